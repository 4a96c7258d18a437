using System;
using System.Collections.Generic;
using Polyclinic.Protocol.Generated;

namespace Polyclinic.Tests
{
    /// <summary>Lays out all that is held as a full record, trends included: what vectors tell of them. A client sends no
    /// records, so the package itself has no writer.</summary>
    public sealed class FullRecordWriter
    {
        private readonly List<bool> bits = new List<bool>();

        public static byte[] Write(HeldRecord held)
        {
            var writer = new FullRecordWriter();
            writer.Record(held);
            var bytes = new byte[(writer.bits.Count + 7) / 8];
            for (int index = 0; index < writer.bits.Count; index++)
            {
                bytes[index / 8] |= (byte)(writer.bits[index] ? 1 << (index % 8) : 0);
            }
            return bytes;
        }

        private void Put(long value, int width)
        {
            for (int bit = 0; bit < width; bit++)
            {
                bits.Add((value >> bit & 1) != 0);
            }
        }

        private void Code(int signed, int spread)
        {
            long number = signed >= 0 ? 2L * signed : -2L * signed - 1, high = number >> spread;
            if (high < Wire.ShortPrefixes)
            {
                Put((1L << (int)high) - 1, (int)high + 1);
            }
            else
            {
                long tail = high - Wire.ShortPrefixes + 1;
                int width = (int)Math.Floor(Math.Log(tail, 2) + 1e-9);
                Put((1L << (Wire.ShortPrefixes + width)) - 1, Wire.ShortPrefixes + width + 1);
                Put(tail - (1L << width), width);
            }
            Put(number, spread);
        }

        private void Record(HeldRecord held)
        {
            Put(1, 1);
            Put((int)held.Tier, Wire.TierBits);
            Put(held.State.Flags, Wire.FlagsBits);
            Put(Quantities.ToLevel(held.State.Voice, Wire.VoiceBits), Wire.VoiceBits);
            for (int part = 0; part < AvatarState.PartCount; part++)
            {
                if (held.State.HasPart(part))
                {
                    Part(held, held.State.Parts[part]);
                    Trend(held.Moving[part]);
                    if (held.Tier != Tier.Presence)
                    {
                        Trend(held.Turning[part]);
                    }
                }
            }
            for (int group = 0; group < AvatarState.PartCount; group++)
            {
                if (held.State.HasValues(group))
                {
                    foreach (byte value in held.State.Values[group])
                    {
                        Put(Quantities.ToLevel(value, Wire.ValueBits), Wire.ValueBits);
                    }
                    Put(held.Spreads[group], Wire.SpreadBits);
                }
            }
        }

        private void Part(HeldRecord held, TrackedPart told)
        {
            int shift = Tables.TierPositionShift[(int)held.Tier], turn = Tables.TierRotationShift[(int)held.Tier];
            int[] axes = { told.X >> shift, told.Y >> shift, told.Z >> shift };
            int width = 0;
            while (Array.Exists(axes, axis => width == 0 ? axis != 0 : axis < -(1 << (width - 1)) || axis >= 1 << (width - 1)))
            {
                width++;
            }
            Put(width, Wire.WidthBits);
            Array.ForEach(axes, axis => Put(axis, width));
            int middle = Wire.RotationMax >> turn;
            if (held.Tier == Tier.Presence)
            {
                Put(told.Largest == 3 ? 0 : 1, 1);
                Put(((told.Largest == 3 ? told.B : told.C) >> turn) + middle, Wire.YawBits);
                return;
            }
            Put(told.Largest, 2);
            foreach (int value in new[] { told.A, told.B, told.C })
            {
                Put((value >> turn) + middle, Wire.RotationBits - turn);
            }
        }

        private void Trend(Trend trend)
        {
            Put(trend.Spread, Wire.SpreadBits);
            Code(trend.StepX, trend.Spread);
            Code(trend.StepY, trend.Spread);
            Code(trend.StepZ, trend.Spread);
        }
    }
}
