using System;
using Polyclinic.Protocol.Generated;

namespace Polyclinic
{
    /// <summary>A head or a hand as the wire has it: mm (a hand's relative to the head), and three over the largest.</summary>
    public struct TrackedPart
    {
        public int X, Y, Z;
        public int Largest, A, B, C;
    }

    /// <summary>What a pose says of an avatar, in the integers of the wire. What its flags do not name is zero.</summary>
    public sealed class AvatarState
    {
        public const int PartCount = 3;
        public const int Head = 0, Left = 1, Right = 2;
        public const int LeftFingers = 0, RightFingers = 1, Face = 2;

        public int Flags;
        public int Voice;

        /// <summary>Head, left and right hand.</summary>
        public readonly TrackedPart[] Parts = new TrackedPart[PartCount];

        /// <summary>20 of the left fingers, 20 of the right ones, 52 of the face.</summary>
        public readonly byte[][] Values =
        {
            new byte[Wire.FingerValues], new byte[Wire.FingerValues], new byte[Wire.FaceValues],
        };

        public static int PartFlag(int part)
        {
            return (int)StateFlag.Head << part;
        }

        public static int ValuesFlag(int group)
        {
            return (int)StateFlag.LeftFingers << group;
        }

        public bool HasPart(int part)
        {
            return (Flags & PartFlag(part)) != 0;
        }

        public bool HasValues(int group)
        {
            return (Flags & ValuesFlag(group)) != 0;
        }

        /// <summary>Whether an avatar may have these flags: fingers go with their hand.</summary>
        public static bool FlagsAreValid(int flags)
        {
            bool left = (flags & (int)StateFlag.LeftFingers) == 0 || (flags & (int)StateFlag.Left) != 0;
            bool right = (flags & (int)StateFlag.RightFingers) == 0 || (flags & (int)StateFlag.Right) != 0;
            return left && right;
        }

        public void Clear()
        {
            Flags = 0;
            Voice = 0;
            Array.Clear(Parts, 0, PartCount);
            foreach (byte[] values in Values)
            {
                Array.Clear(values, 0, values.Length);
            }
        }
    }
}
