using System;
using Polyclinic.Protocol.Generated;

namespace Polyclinic
{
    /// <summary>Applies records, full ones and deltas, to what is held (SPEC.md section 5.3). Throws WireFault; then
    /// what was held is worthless.</summary>
    public sealed class RecordReader
    {
        private const int UprightAxis = 3, SidewaysAxis = 1;
        private readonly BitReader bits = new BitReader();
        private HeldRecord held;

        /// <summary>Whether the last record was a full one.</summary>
        public bool WasFull { get; private set; }

        /// <summary>Apply the record at `offset`; the offset of the first byte after it.</summary>
        public int Apply(HeldRecord target, byte[] data, int offset, int length)
        {
            bits.Start(data, offset, length);
            held = target;
            WasFull = bits.ReadFlag();
            if (WasFull)
            {
                ReadFull();
            }
            else
            {
                ReadDelta();
            }
            return bits.End();
        }

        private void ReadFull()
        {
            held.Clear();
            held.Tier = (Tier)bits.Read(Wire.TierBits);
            held.State.Flags = ReadFlags();
            held.State.Voice = ReadVoice();
            for (int part = 0; part < AvatarState.PartCount; part++)
            {
                if (!held.State.HasPart(part))
                {
                    continue;
                }
                ReadPart(part);
                held.Moving[part] = ReadTrend();
                held.Turning[part] = held.Tier == Tier.Presence ? Trend.First : ReadTrend();
            }
            for (int group = 0; group < AvatarState.PartCount; group++)
            {
                if (held.State.HasValues(group))
                {
                    ReadValues(held.State.Values[group]);
                    held.Spreads[group] = ReadSpread();
                }
            }
        }

        private void ReadDelta()
        {
            int before = held.State.Flags;
            int carried = bits.ReadFlag() ? ReadMore(before) : 0;
            bool plain = bits.ReadFlag();
            for (int part = 0; part < AvatarState.PartCount; part++)
            {
                ReadPartChange(part, (before & AvatarState.PartFlag(part)) != 0, plain);
            }
            for (int group = 0; group < AvatarState.PartCount; group++)
            {
                int flag = AvatarState.ValuesFlag(group);
                ReadValuesChange(group, (before & flag) != 0, (carried & flag) != 0);
            }
        }

        /// <summary>Flags, voice, and which values that last are carried.</summary>
        private int ReadMore(int before)
        {
            int carried = 0;
            if (bits.ReadFlag())
            {
                held.State.Flags = ReadFlags();
            }
            if (bits.ReadFlag())
            {
                held.State.Voice = ReadVoice();
            }
            for (int group = 0; group < AvatarState.PartCount; group++)
            {
                int flag = AvatarState.ValuesFlag(group);
                if ((before & held.State.Flags & flag) != 0 && bits.ReadFlag())
                {
                    carried |= flag;
                }
            }
            return carried;
        }

        private void ReadPartChange(int part, bool wasSet, bool plain)
        {
            if (!held.State.HasPart(part))
            {
                held.State.Parts[part] = default(TrackedPart);
                held.Moving[part] = held.Turning[part] = Trend.First;
            }
            else if (!wasSet)
            {
                ReadPart(part);
                held.Moving[part] = held.Turning[part] = Trend.First;
            }
            else if (plain || bits.ReadFlag())
            {
                ReadSteps(part, plain);
            }
            else
            {
                held.Moving[part] = held.Moving[part].AtRest;
                held.Turning[part] = held.Tier == Tier.Presence ? held.Turning[part] : held.Turning[part].AtRest;
            }
        }

        private void ReadSteps(int part, bool plain)
        {
            int shift = Tables.TierPositionShift[(int)held.Tier], turn = Tables.TierRotationShift[(int)held.Tier];
            TrackedPart told = held.State.Parts[part];
            Trend moved = ReadStep(held.Moving[part]);
            held.Moving[part] = moved;
            told.X = Moved(part, told.X, moved.StepX, shift);
            told.Y = Moved(part, told.Y, moved.StepY, shift);
            told.Z = Moved(part, told.Z, moved.StepZ, shift);
            if (!plain && bits.ReadFlag())
            {
                ReadRotation(ref told);
                held.Turning[part] = held.Turning[part].TurnedOver;
            }
            else if (held.Tier != Tier.Presence)
            {
                Trend turned = ReadStep(held.Turning[part]);
                held.Turning[part] = turned;
                told.A = ((told.A >> turn) + turned.StepX) << turn;
                told.B = ((told.B >> turn) + turned.StepY) << turn;
                told.C = ((told.C >> turn) + turned.StepZ) << turn;
            }
            CheckPart(part, told);
            held.State.Parts[part] = told;
        }

        /// <summary>Checked in units: millimetres might not fit an int.</summary>
        private static int Moved(int part, int from, int step, int shift)
        {
            int units = (from >> shift) + step;
            if (Math.Abs(units) > Farthest(part) >> shift)
            {
                throw new WireFault("a position out of its range");
            }
            return units << shift;
        }

        private static int Farthest(int part)
        {
            return part == AvatarState.Head ? Wire.HeadPositionMax : Wire.HandPositionMax;
        }

        private Trend ReadStep(Trend trend)
        {
            int x = bits.ReadCode(trend.Spread), y = bits.ReadCode(trend.Spread), z = bits.ReadCode(trend.Spread);
            return new Trend
            {
                StepX = Trend.Expected(trend.StepX) + BitReader.Unfold(x),
                StepY = Trend.Expected(trend.StepY) + BitReader.Unfold(y),
                StepZ = Trend.Expected(trend.StepZ) + BitReader.Unfold(z),
                Spread = Trend.NextSpread(trend.Spread, (long)x + y + z, 3),
            };
        }

        private void ReadValuesChange(int group, bool wasSet, bool carried)
        {
            byte[] values = held.State.Values[group];
            if (!held.State.HasValues(group))
            {
                Array.Clear(values, 0, values.Length);
                held.Spreads[group] = Wire.SpreadFirst;
            }
            else if (!wasSet)
            {
                ReadValues(values);
                held.Spreads[group] = Wire.SpreadFirst;
            }
            else if (carried)
            {
                held.Spreads[group] = ReadChanges(values, held.Spreads[group]);
            }
        }

        private int ReadChanges(byte[] values, int spread)
        {
            long sum = 0;
            int count = 0;
            for (int start = 0; start < values.Length; start += Wire.ValueGroup)
            {
                if (!bits.ReadFlag())
                {
                    continue;
                }
                for (int index = start; index < start + Wire.ValueGroup; index++)
                {
                    int code = bits.ReadCode(spread);
                    sum += code;
                    count++;
                    int level = Quantities.ToLevel(values[index], Wire.ValueBits) + BitReader.Unfold(code);
                    if (level < 0 || level >= 1 << Wire.ValueBits)
                    {
                        throw new WireFault("a value out of its range");
                    }
                    values[index] = (byte)Quantities.ToValue(level, Wire.ValueBits);
                }
            }
            return Trend.NextSpread(spread, sum, count);
        }

        private int ReadFlags()
        {
            int flags = bits.Read(Wire.FlagsBits);
            if (!AvatarState.FlagsAreValid(flags) || (flags & ~Tables.TierFlags[(int)held.Tier]) != 0)
            {
                throw new WireFault("flags that no avatar has in this tier");
            }
            return flags;
        }

        private int ReadVoice()
        {
            return Quantities.ToValue(bits.Read(Wire.VoiceBits), Wire.VoiceBits);
        }

        private void ReadPart(int part)
        {
            int width = bits.Read(Wire.WidthBits);
            if (width > Wire.WidthMax)
            {
                throw new WireFault("a position of too many bits");
            }
            int shift = Tables.TierPositionShift[(int)held.Tier];
            var told = default(TrackedPart);
            told.X = bits.ReadSigned(width) << shift;
            told.Y = bits.ReadSigned(width) << shift;
            told.Z = bits.ReadSigned(width) << shift;
            ReadRotation(ref told);
            CheckPart(part, told);
            held.State.Parts[part] = told;
        }

        private void ReadRotation(ref TrackedPart told)
        {
            int turn = Tables.TierRotationShift[(int)held.Tier], middle = Wire.RotationMax >> turn;
            if (held.Tier == Tier.Presence)
            {
                bool sideways = bits.ReadFlag();
                int value = (bits.Read(Wire.YawBits) - middle) << turn;
                told.Largest = sideways ? SidewaysAxis : UprightAxis;
                told.A = 0;
                told.B = sideways ? 0 : value;
                told.C = sideways ? value : 0;
                return;
            }
            told.Largest = bits.Read(2);
            told.A = (bits.Read(Wire.RotationBits - turn) - middle) << turn;
            told.B = (bits.Read(Wire.RotationBits - turn) - middle) << turn;
            told.C = (bits.Read(Wire.RotationBits - turn) - middle) << turn;
        }

        private static void CheckPart(int part, TrackedPart told)
        {
            if (Math.Max(Math.Abs(told.X), Math.Max(Math.Abs(told.Y), Math.Abs(told.Z))) > Farthest(part))
            {
                throw new WireFault("a position out of its range");
            }
            Quantities.CheckRotation(told);
        }

        private Trend ReadTrend()
        {
            int spread = ReadSpread();
            return new Trend
            {
                StepX = bits.ReadSignedCode(spread),
                StepY = bits.ReadSignedCode(spread),
                StepZ = bits.ReadSignedCode(spread),
                Spread = spread,
            };
        }

        private int ReadSpread()
        {
            int spread = bits.Read(Wire.SpreadBits);
            if (spread > Wire.SpreadMax)
            {
                throw new WireFault("a spread beyond the greatest");
            }
            return spread;
        }

        private void ReadValues(byte[] values)
        {
            for (int index = 0; index < values.Length; index++)
            {
                values[index] = (byte)Quantities.ToValue(bits.Read(Wire.ValueBits), Wire.ValueBits);
            }
        }
    }
}
