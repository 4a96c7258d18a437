using System;
using Polyclinic.Protocol.Generated;

namespace Polyclinic
{
    /// <summary>A finger of the reference hand in metres and quaternions.</summary>
    internal sealed class HandFinger
    {
        public readonly int First;
        public readonly Vec3 Root, Metacarpal;
        public readonly bool HasMetacarpal, SpreadFirst;
        public readonly Quat MetacarpalTurn;
        public readonly double[] Bones;
        public readonly Quat[] Tilts, Turns;

        public HandFinger(ReferenceFinger told)
        {
            First = told.First;
            Root = Metres(told.Root);
            Bones = Array.ConvertAll(told.Bones, bone => bone / 1000);
            Tilts = Array.ConvertAll(told.Tilts, Turn);
            Turns = Array.ConvertAll(told.Turns, Turn);
            HasMetacarpal = told.Metacarpal != null;
            Metacarpal = HasMetacarpal ? Metres(told.Metacarpal) : default(Vec3);
            MetacarpalTurn = Turn(told.MetacarpalTurn);
            SpreadFirst = told.SpreadFirst;
        }

        private static Vec3 Metres(double[] millimetres)
        {
            return new Vec3(millimetres[0], millimetres[1], millimetres[2]) * 0.001;
        }

        /// <summary>About X, then the turned Y, then the turned Z.</summary>
        private static Quat Turn(double[] degrees)
        {
            const double half = Math.PI / 360;
            var aboutZ = new Quat(0, 0, Math.Sin(degrees[2] * half), Math.Cos(degrees[2] * half));
            return Quat.AboutX(degrees[0] * 2 * half) * Quat.AboutY(degrees[1] * 2 * half) * aboutZ;
        }
    }

    /// <summary>20 values of a hand to the 26 joints of XR_EXT_hand_tracking and back (SPEC.md 4.1). All in the frame of
    /// the wrist; allocates nothing.</summary>
    public static class HandModel
    {
        public const int JointCount = 26;
        public const int Palm = 0, Wrist = 1, MiddleMetacarpal = 11, MiddleProximal = 12;
        private const int ValuesOfFinger = 4, MovableOfFinger = 3, Levels = 64;

        private static readonly HandFinger[] Fingers = Array.ConvertAll(Tables.Fingers, told => new HandFinger(told));
        private static readonly Place GripInWrist = new Place(
            new Vec3(Tables.GripInWrist[0], Tables.GripInWrist[1], Tables.GripInWrist[2]),
            new Quat(Tables.GripInWrist[3], Tables.GripInWrist[4], Tables.GripInWrist[5], Tables.GripInWrist[6]));

        /// <summary>The wrist of a hand with this grip pose, which is what the wire carries.</summary>
        public static Place WristFromGrip(Place grip, bool left)
        {
            Place wrist = (left ? grip.Mirrored : grip) * GripInWrist.Inverse;
            return left ? wrist.Mirrored : wrist;
        }

        /// <summary>The grip pose of a hand with this wrist.</summary>
        public static Place GripFromWrist(Place wrist, bool left)
        {
            Place grip = (left ? wrist.Mirrored : wrist) * GripInWrist;
            return left ? grip.Mirrored : grip;
        }

        /// <summary>Pose the reference hand: write 26 joints of it for 20 values of 0 to 255.</summary>
        public static void JointsFromValues(double[] values, bool left, Place[] joints)
        {
            for (int number = 0; number < Fingers.Length; number++)
            {
                PoseFinger(Fingers[number], values, number * ValuesOfFinger, joints);
            }
            Vec3 middle = (joints[MiddleProximal].Position + joints[MiddleMetacarpal].Position) * 0.5;
            joints[Palm] = new Place(middle, Quat.Identity);
            joints[Wrist] = new Place(default(Vec3), Quat.Identity);
            for (int joint = 0; left && joint < joints.Length; joint++)
            {
                joints[joint] = joints[joint].Mirrored;
            }
        }

        private static void PoseFinger(HandFinger finger, double[] values, int at, Place[] joints)
        {
            if (finger.HasMetacarpal)
            {
                joints[finger.First - 1] = new Place(finger.Metacarpal, finger.MetacarpalTurn);
            }
            Quat frame = Quat.Identity;
            Vec3 place = finger.Root;
            double spread = Quantities.SpreadOf(values[at + MovableOfFinger]);
            for (int joint = 0; joint < MovableOfFinger; joint++)
            {
                frame = frame * JointTurn(finger, joint, Quantities.FlexionOf(values[at + joint]), spread);
                joints[finger.First + joint] = new Place(place, frame);
                place = place + frame * new Vec3(0, 0, -finger.Bones[joint]);
            }
            joints[finger.First + MovableOfFinger] = new Place(place, frame);
        }

        private static Quat JointTurn(HandFinger finger, int joint, double flexion, double spread)
        {
            Quat before, after;
            AroundHinge(finger, joint, spread, out before, out after);
            return before * Quat.AboutX(-flexion) * after;
        }

        /// <summary>What a joint turns by before and after its flexion.</summary>
        private static void AroundHinge(HandFinger finger, int joint, double spread, out Quat before, out Quat after)
        {
            before = finger.Tilts[joint];
            after = finger.Turns[joint];
            if (joint > 0)
            {
                return;
            }
            Quat aside = Quat.AboutY(spread);
            before = finger.SpreadFirst ? before * aside : before;
            after = finger.SpreadFirst ? after : aside * after;
        }

        /// <summary>Take the 20 values from 26 tracked joints in any one frame; each joint in the frame the receiver will
        /// have before it, so that it makes up for what was rounded off that.</summary>
        public static void ValuesFromJoints(Place[] joints, bool left, byte[] values)
        {
            Quat toWrist = Side(joints[Wrist].Rotation, left).Inverse;
            for (int number = 0; number < Fingers.Length; number++)
            {
                FitFinger(Fingers[number], joints, toWrist, left, values, number * ValuesOfFinger);
            }
        }

        private static Quat Side(Quat turn, bool left)
        {
            return left ? new Quat(turn.X, -turn.Y, -turn.Z, turn.W) : turn;
        }

        private static void FitFinger(
            HandFinger finger, Place[] joints, Quat toWrist, bool left, byte[] values, int at)
        {
            Quat frame = Quat.Identity;
            double spread = 0;
            for (int joint = 0; joint < MovableOfFinger; joint++)
            {
                Quat moved = frame.Inverse * (toWrist * Side(joints[finger.First + joint].Rotation, left));
                if (joint == 0)
                {
                    values[at + MovableOfFinger] = NearestSpread(finger, moved);
                    spread = Quantities.SpreadOf(values[at + MovableOfFinger]);
                }
                Quat before, after;
                AroundHinge(finger, joint, spread, out before, out after);
                Quat bent = before.Inverse * moved * after.Inverse;
                values[at + joint] = Held(
                    -2 * Math.Atan2(bent.X, bent.W), Wire.FlexionOffset, Wire.FlexionSpan);
                frame = frame * JointTurn(finger, joint, Quantities.FlexionOf(values[at + joint]), spread);
            }
        }

        private static byte NearestSpread(HandFinger finger, Quat moved)
        {
            Quat bare = finger.Tilts[0].Inverse * moved * finger.Turns[0].Inverse;
            double z = finger.SpreadFirst ? bare.Z : -bare.Z;
            double angle = Math.Atan2(
                2 * (bare.W * bare.Y - bare.X * z),
                bare.W * bare.W + bare.X * bare.X - bare.Y * bare.Y - z * z);
            return Held(angle, Wire.SpreadOffset, Wire.SpreadSpan);
        }

        /// <summary>The nearest of the values that come out of a record as they went in, a whole turn on or not.</summary>
        private static byte Held(double radians, double offset, double span)
        {
            double middle = span / 2 - offset;
            double around = middle + Math.IEEERemainder(radians - middle, 2 * Math.PI);
            double value = (around + offset) / span * Wire.UnitMax;
            int level = (int)Math.Max(0, Math.Min(Levels - 1, Math.Floor(value * (Levels - 1) / Wire.UnitMax + 0.5)));
            // The levels do not lie quite evenly: a neighbour may be nearer.
            for (int near = Math.Max(0, level - 1); near <= Math.Min(Levels - 1, level + 1); near++)
            {
                level = Off(near, value) < Off(level, value) ? near : level;
            }
            return (byte)Quantities.ToValue(level, Wire.ValueBits);
        }

        private static double Off(int level, double value)
        {
            return Math.Abs(Quantities.ToValue(level, Wire.ValueBits) - value);
        }
    }
}
