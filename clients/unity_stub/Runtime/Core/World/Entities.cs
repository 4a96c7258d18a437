using System;
using Polyclinic.Protocol.Generated;

namespace Polyclinic
{
    /// <summary>A head or a hand of somebody in sight, as it is to be shown.</summary>
    public class PartView
    {
        private const double AppearMs = 150, FadeMs = 300;

        /// <summary>0 where it is not tracked, 1 where it is, and between them while it fades.</summary>
        public double Presence { get; private set; }

        /// <summary>In the room.</summary>
        public Place Place;

        internal void Follow(Motion motion, int part, double elapsed)
        {
            bool tracked = motion.HasPart(part);
            double step = tracked ? elapsed / AppearMs : -elapsed / FadeMs;
            Presence = Math.Max(0, Math.Min(1, Presence + step));
            Place = tracked ? motion.Parts[part] : Place;
        }
    }

    /// <summary>A hand; its place is its grip's.</summary>
    public sealed class HandView : PartView
    {
        public bool FingersTracked { get; private set; }

        /// <summary>The 26 joints of XR_EXT_hand_tracking in the room, where fingers are tracked.</summary>
        public readonly Place[] Joints = new Place[HandModel.JointCount];

        internal void FollowFingers(Motion motion, int group, bool left)
        {
            FingersTracked = motion.HasValues(group);
            if (!FingersTracked)
            {
                return;
            }
            HandModel.JointsFromValues(motion.Values[group], left, Joints);
            Place wrist = HandModel.WristFromGrip(Place, left);
            for (int joint = 0; joint < Joints.Length; joint++)
            {
                Joints[joint] = wrist * Joints[joint];
            }
        }
    }

    /// <summary>Somebody or something in sight. The object stays the same for as long as the entity is in sight.</summary>
    public abstract class SeenEntity
    {
        internal readonly MotionBuffer Buffer;
        internal readonly Motion Motion = new Motion();

        public readonly uint Entity;
        public string Name { get; protected set; }

        /// <summary>What the server told last, in the integers of the wire: newer than what is shown.</summary>
        public AvatarState Told { get; internal set; }

        /// <summary>The room's tick in which that was told, which wraps, and how finely.</summary>
        public uint ToldTick { get; internal set; }
        public Tier ToldTier { get; internal set; }

        internal SeenEntity(uint entity, double tickMs)
        {
            Entity = entity;
            Buffer = new MotionBuffer(tickMs);
        }
    }

    /// <summary>Somebody in sight.</summary>
    public sealed class SeenPerson : SeenEntity
    {
        private const double VoiceSmoothMs = 60, SpeakingLevel = 0.08;

        public string Role { get; private set; }

        /// <summary>The look that they chose; what a client does not know is shown as its default.</summary>
        public string Look { get; private set; }
        public readonly PartView Head = new PartView();
        public readonly HandView Left = new HandView(), Right = new HandView();

        /// <summary>0 to 1, smoothed for a mouth.</summary>
        public double Voice { get; private set; }
        public bool Speaking { get { return Voice > SpeakingLevel; } }
        public bool Seated { get { return (Motion.Flags & (int)StateFlag.Seated) != 0; } }
        public bool Signing { get { return (Motion.Flags & (int)StateFlag.Signing) != 0; } }
        public bool FaceTracked { get { return Motion.HasValues(AvatarState.Face); } }

        internal SeenPerson(uint entity, AvatarFacts facts, double tickMs) : base(entity, tickMs)
        {
            Learn(facts);
        }

        internal void Learn(AvatarFacts facts)
        {
            Name = facts.Name;
            Role = facts.Role;
            Look = facts.Avatar;
        }

        /// <summary>The weight of one of the 52 ARKit blendshapes, in the order of Tables.Blendshapes, 0 to 1.</summary>
        public double FaceWeight(int blendshape)
        {
            return Motion.Values[AvatarState.Face][blendshape] / Wire.UnitMax;
        }

        internal void Sample(double serverNow, double lateness, double lastFrame, double elapsed)
        {
            Buffer.SampleAt(serverNow, lateness, lastFrame, Motion);
            Head.Follow(Motion, AvatarState.Head, elapsed);
            Left.Follow(Motion, AvatarState.Left, elapsed);
            Right.Follow(Motion, AvatarState.Right, elapsed);
            Left.FollowFingers(Motion, AvatarState.LeftFingers, true);
            Right.FollowFingers(Motion, AvatarState.RightFingers, false);
            Voice += (Motion.Voice - Voice) * (1 - Math.Exp(-elapsed / VoiceSmoothMs));
        }
    }

    /// <summary>A thing in sight: a prop or a panel.</summary>
    public sealed class SeenThing : SeenEntity
    {
        public string Kind { get; private set; }
        public string Model { get; private set; }
        public bool Grabbable { get; private set; }

        /// <summary>The entity that holds it, 0 for nobody, and in which hand: "left", "right" or "".</summary>
        public uint Holder { get; private set; }
        public string Hand { get; private set; }

        /// <summary>In the frame of that hand.</summary>
        public Place Grip { get; private set; }
        public uint Ownership { get; private set; }
        public uint Authority { get; private set; }

        /// <summary>Whether its holder lets whoever wishes take it.</summary>
        public bool Offered { get; private set; }

        /// <summary>False while it is nowhere that is known: its holder is not in sight.</summary>
        public bool Shown { get; internal set; }
        public Place Place { get; internal set; }

        internal SeenThing(uint entity, ObjectFacts facts, double tickMs) : base(entity, tickMs)
        {
            Learn(facts);
        }

        internal void Learn(ObjectFacts facts)
        {
            Name = facts.Name;
            Kind = facts.Kind;
            Model = facts.Model;
            Grabbable = facts.Grabbable;
            Holder = facts.Holder;
            Hand = facts.Hand;
            Grip = Props.PlaceOf(facts.Grip);
            Ownership = facts.Ownership;
            Authority = facts.Authority;
            Offered = facts.Offered;
        }
    }
}
