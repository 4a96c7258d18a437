using System;
using System.Collections.Generic;
using Polyclinic.Protocol.Generated;

namespace Polyclinic
{
    /// <summary>Places of things as the feature `props` has them: mm, then the rotation as three over the largest.</summary>
    internal static class Props
    {
        public const string Feature = "props", Wanted = "wanted";

        /// <summary>[x, y, z, i, a, b, c]; null is where the hand itself is.</summary>
        public static Place PlaceOf(List<object> told)
        {
            if (told == null)
            {
                return new Place(default(Vec3), Quat.Identity);
            }
            var part = new TrackedPart
            {
                X = At(told, 0), Y = At(told, 1), Z = At(told, 2),
                Largest = At(told, 3), A = At(told, 4), B = At(told, 5), C = At(told, 6),
            };
            var position = new Vec3(part.X, part.Y, part.Z) * (1.0 / Wire.PositionScale);
            return new Place(position, Quantities.Unpack(part));
        }

        private static int At(List<object> told, int index)
        {
            return index < told.Count ? (int)(long)told[index] : 0;
        }

        public static long[] Position(Vec3 metres)
        {
            return new long[]
            {
                Quantities.Millimetres(metres.X), Quantities.Millimetres(metres.Y), Quantities.Millimetres(metres.Z),
            };
        }

        public static long[] Rotation(Quat turn)
        {
            var part = default(TrackedPart);
            Quantities.Pack(turn, ref part);
            return new long[] { part.Largest, part.A, part.B, part.C };
        }

        public static long[] Grip(Place grip)
        {
            var whole = new long[7];
            Position(grip.Position).CopyTo(whole, 0);
            Rotation(grip.Rotation).CopyTo(whole, 3);
            return whole;
        }
    }
}
