using System;
using Polyclinic.Protocol.Generated;

namespace Polyclinic
{
    /// <summary>Metres, quaternions and angles to the integers of the wire and back (SPEC.md section 4).</summary>
    public static class Quantities
    {
        private const double ShortestQuaternion = 1e-6;

        /// <summary>Round half up in float64, as everybody on this wire does; C# itself rounds half to even.</summary>
        public static long Quantise(double value, double scale)
        {
            return (long)Math.Floor(value * scale + 0.5);
        }

        public static int Millimetres(double metres)
        {
            double rounded = Math.Floor(metres * Wire.PositionScale + 0.5);
            return (int)Math.Max(-Wire.HeadPositionMax, Math.Min(Wire.HeadPositionMax, rounded));
        }

        /// <summary>A number from 0 to 1 as u8.</summary>
        public static byte Unit(double value)
        {
            return (byte)Math.Max(0, Math.Min(Wire.UnitMax, Quantise(value, Wire.UnitMax)));
        }

        public static byte Flexion(double radians)
        {
            return Unit((radians + Wire.FlexionOffset) / Wire.FlexionSpan);
        }

        public static byte Spread(double radians)
        {
            return Unit((radians + Wire.SpreadOffset) / Wire.SpreadSpan);
        }

        public static double FlexionOf(double value)
        {
            return value / Wire.UnitMax * Wire.FlexionSpan - Wire.FlexionOffset;
        }

        public static double SpreadOf(double value)
        {
            return value / Wire.UnitMax * Wire.SpreadSpan - Wire.SpreadOffset;
        }

        /// <summary>The u8 that a level of so many bits stands for: its bits, repeated from the top.</summary>
        public static int ToValue(int level, int bits)
        {
            return level << (8 - bits) | level >> (2 * bits - 8);
        }

        /// <summary>The nearest of the levels of so many bits.</summary>
        public static int ToLevel(int value, int bits)
        {
            return (value * ((1 << bits) - 1) + Wire.UnitMax / 2) / Wire.UnitMax;
        }

        /// <summary>Whether a part can be sent: finite, and turned by something that has a direction.</summary>
        public static bool IsPlace(Place place)
        {
            double length = place.Rotation.Length;
            return place.Position.IsFinite && Vec3.Finite(length) && length >= ShortestQuaternion;
        }

        /// <summary>Put the rotation into `part`: three components over the largest, the first of equals.</summary>
        public static void Pack(Quat turn, ref TrackedPart part)
        {
            double x = Math.Abs(turn.X), y = Math.Abs(turn.Y), z = Math.Abs(turn.Z), w = Math.Abs(turn.W);
            int largest = x >= y && x >= z && x >= w ? 0 : y >= z && y >= w ? 1 : z >= w ? 2 : 3;
            double over = largest == 0 ? turn.X : largest == 1 ? turn.Y : largest == 2 ? turn.Z : turn.W;
            part.Largest = largest;
            part.A = (int)Quantise((largest == 0 ? turn.Y : turn.X) / over, Wire.RotationMax);
            part.B = (int)Quantise((largest <= 1 ? turn.Z : turn.Y) / over, Wire.RotationMax);
            part.C = (int)Quantise((largest <= 2 ? turn.W : turn.Z) / over, Wire.RotationMax);
        }

        /// <summary>The unit quaternion of a valid packed rotation.</summary>
        public static Quat Unpack(TrackedPart part)
        {
            const double m = Wire.RotationMax;
            switch (part.Largest)
            {
                case 0: return new Quat(m, part.A, part.B, part.C).Normalised;
                case 1: return new Quat(part.A, m, part.B, part.C).Normalised;
                case 2: return new Quat(part.A, part.B, m, part.C).Normalised;
                default: return new Quat(part.A, part.B, part.C, m).Normalised;
            }
        }

        /// <summary>The 4 bytes of a packed rotation.</summary>
        public static uint ToBits(TrackedPart part)
        {
            return (uint)part.Largest | (uint)(part.A + Wire.RotationMax) << 2
                | (uint)(part.B + Wire.RotationMax) << 12 | (uint)(part.C + Wire.RotationMax) << 22;
        }

        /// <summary>Read 4 bytes of a packed rotation into `part`. Throws WireFault.</summary>
        public static void FromBits(uint bits, ref TrackedPart part)
        {
            part.Largest = (int)(bits & 3);
            part.A = (int)(bits >> 2 & 0x3FF) - Wire.RotationMax;
            part.B = (int)(bits >> 12 & 0x3FF) - Wire.RotationMax;
            part.C = (int)(bits >> 22) - Wire.RotationMax;
            CheckRotation(part);
        }

        internal static void CheckRotation(TrackedPart part)
        {
            if (Math.Max(Math.Abs(part.A), Math.Max(Math.Abs(part.B), Math.Abs(part.C))) > Wire.RotationMax)
            {
                throw new WireFault("a rotation out of its range");
            }
        }

        /// <summary>Where a part of a state is in the room; a hand's place is relative to the head.</summary>
        public static Place PlaceOf(AvatarState state, int part)
        {
            TrackedPart told = state.Parts[part];
            TrackedPart origin = part == AvatarState.Head ? default(TrackedPart) : state.Parts[AvatarState.Head];
            const double scale = Wire.PositionScale;
            var position = new Vec3(
                (told.X + origin.X) / scale, (told.Y + origin.Y) / scale, (told.Z + origin.Z) / scale);
            return new Place(position, Unpack(told));
        }
    }
}
