using Polyclinic.Protocol.Generated;

namespace Polyclinic
{
    /// <summary>What the wearer does. Set what is tracked before it is sent; the object may be used again.</summary>
    public sealed class LocalPose
    {
        public bool HeadTracked, LeftTracked, RightTracked;

        /// <summary>In the room: the head is between the eyes, a hand is its grip.</summary>
        public Place Head, Left, Right;
        public bool LeftFingersTracked, RightFingersTracked;

        /// <summary>26 joints of XR_EXT_hand_tracking, all of a hand in one frame.</summary>
        public readonly Place[] LeftJoints = new Place[HandModel.JointCount], RightJoints = new Place[HandModel.JointCount];
        public bool FaceTracked;

        /// <summary>52 ARKit weights, 0 to 1.</summary>
        public readonly double[] Face = new double[Wire.FaceValues];

        /// <summary>0 to 1.</summary>
        public double Voice;
        public bool Seated, Signing;

        /// <summary>Quantise into `state`. What is not finite, and a hand beyond the wire's reach, is not tracked.</summary>
        public void Write(AvatarState state)
        {
            state.Clear();
            state.Voice = Quantities.Unit(Vec3.Finite(Voice) ? Voice : 0);
            state.Flags = (Seated ? (int)StateFlag.Seated : 0) | (Signing ? (int)StateFlag.Signing : 0);
            if (HeadTracked && Quantities.IsPlace(Head))
            {
                WritePart(state, AvatarState.Head, Head);
                WriteHand(state, AvatarState.Left, LeftTracked, Left, LeftFingersTracked, LeftJoints);
                WriteHand(state, AvatarState.Right, RightTracked, Right, RightFingersTracked, RightJoints);
            }
            if (FaceTracked)
            {
                state.Flags |= (int)StateFlag.Face;
                for (int index = 0; index < Face.Length; index++)
                {
                    state.Values[AvatarState.Face][index] = Quantities.Unit(Vec3.Finite(Face[index]) ? Face[index] : 0);
                }
            }
        }

        private static void WriteHand(
            AvatarState state, int part, bool tracked, Place place, bool fingersTracked, Place[] joints)
        {
            if (!tracked || !Quantities.IsPlace(place) || !WritePart(state, part, place) || !fingersTracked)
            {
                return;
            }
            bool left = part == AvatarState.Left;
            int group = left ? AvatarState.LeftFingers : AvatarState.RightFingers;
            HandModel.ValuesFromJoints(joints, left, state.Values[group]);
            state.Flags |= AvatarState.ValuesFlag(group);
        }

        /// <summary>A hand goes relative to the quantised head, so that errors do not add.</summary>
        private static bool WritePart(AvatarState state, int part, Place place)
        {
            TrackedPart head = part == AvatarState.Head ? default(TrackedPart) : state.Parts[AvatarState.Head];
            int most = part == AvatarState.Head ? Wire.HeadPositionMax : Wire.HandPositionMax;
            var told = default(TrackedPart);
            told.X = Quantities.Millimetres(place.Position.X) - head.X;
            told.Y = Quantities.Millimetres(place.Position.Y) - head.Y;
            told.Z = Quantities.Millimetres(place.Position.Z) - head.Z;
            if (told.X < -most || told.X > most || told.Y < -most || told.Y > most || told.Z < -most || told.Z > most)
            {
                return false;
            }
            Quantities.Pack(place.Rotation, ref told);
            state.Parts[part] = told;
            state.Flags |= AvatarState.PartFlag(part);
            return true;
        }
    }
}
