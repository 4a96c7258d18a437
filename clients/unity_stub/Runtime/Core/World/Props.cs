using System;
using Polyclinic.Protocol.Generated;

namespace Polyclinic
{
    /// <summary>Places as the feature `props` has them: mm, then the rotation as three over the largest.</summary>
    internal static class Props
    {
        private const int GripNumbers = 7;

        /// <summary>[x, y, z, i, a, b, c]; nothing is where the hand itself is. Throws WireFault.</summary>
        public static Place PlaceOf(int[] told)
        {
            if (told.Length == 0)
            {
                return new Place(default(Vec3), Quat.Identity);
            }
            if (told.Length != GripNumbers || told[3] < 0 || told[3] > 3)
            {
                throw new WireFault("a grip that is none");
            }
            var part = new TrackedPart { Largest = told[3], A = told[4], B = told[5], C = told[6] };
            Quantities.CheckRotation(part);
            var position = new Vec3(told[0], told[1], told[2]) * (1.0 / Wire.PositionScale);
            return new Place(position, Quantities.Unpack(part));
        }

        /// <summary>Throws ArgumentException.</summary>
        public static void Check(Place place)
        {
            if (!Quantities.IsPlace(place))
            {
                throw new ArgumentException("a place that is not finite, or is turned by nothing", "place");
            }
        }

        /// <summary>Whether a hand can hold something there.</summary>
        public static bool IsGrip(Place grip)
        {
            return Quantities.IsPlace(grip) && Array.TrueForAll(
                Position(grip.Position), axis => axis >= -Wire.GripMaxMm && axis <= Wire.GripMaxMm);
        }

        public static int[] Position(Vec3 metres)
        {
            return new[]
            {
                Quantities.Millimetres(metres.X), Quantities.Millimetres(metres.Y), Quantities.Millimetres(metres.Z),
            };
        }

        public static int[] Rotation(Quat turn)
        {
            var part = default(TrackedPart);
            Quantities.Pack(turn, ref part);
            return new[] { part.Largest, part.A, part.B, part.C };
        }

        /// <summary>Throws ArgumentException.</summary>
        public static int[] Grip(Place grip)
        {
            if (!IsGrip(grip))
            {
                throw new ArgumentException("a grip that is none, or further from the hand than a hand reaches", "grip");
            }
            var whole = new int[GripNumbers];
            Position(grip.Position).CopyTo(whole, 0);
            Rotation(grip.Rotation).CopyTo(whole, 3);
            return whole;
        }
    }
}
