using System;
using Polyclinic.Protocol.Generated;

namespace Polyclinic
{
    /// <summary>How a position or a rotation has been changing, in the units of its tier (SPEC.md section 5.3).</summary>
    public struct Trend
    {
        public int StepX, StepY, StepZ;
        public int Spread;

        public static Trend First
        {
            get { return new Trend { Spread = Wire.SpreadFirst }; }
        }

        /// <summary>What is expected after a step: most of it again, since a motion goes on and slows down.</summary>
        public static int Expected(int step)
        {
            return (step * Wire.Prediction + (1 << (Wire.PredictionShift - 1))) >> Wire.PredictionShift;
        }

        public Trend AtRest
        {
            get { return new Trend { Spread = Math.Max(0, Spread - 1) }; }
        }

        public Trend TurnedOver
        {
            get { return new Trend { Spread = Spread }; }
        }

        /// <summary>The spread after `count` codes of this sum: halfway up to what had suited them, or down by one.</summary>
        public static int NextSpread(int spread, long sum, int count)
        {
            if (count == 0)
            {
                return spread;
            }
            int suited = Math.Min(Wire.SpreadMax, BitLength(9 * sum / (16 * count)));
            return suited > spread ? (spread + suited + 1) / 2 : Math.Max(suited, spread - 1);
        }

        private static int BitLength(long value)
        {
            int bits = 0;
            for (; value != 0; value >>= 1)
            {
                bits++;
            }
            return bits;
        }
    }

    /// <summary>What is held of an entity between two records of it: its state, and what the next delta builds on.</summary>
    public sealed class HeldRecord
    {
        public readonly AvatarState State = new AvatarState();
        public Tier Tier;

        /// <summary>Of head, left and right; the first one of what is not tracked.</summary>
        public readonly Trend[] Moving = new Trend[AvatarState.PartCount];
        public readonly Trend[] Turning = new Trend[AvatarState.PartCount];

        /// <summary>Of the left fingers, the right ones and the face.</summary>
        public readonly int[] Spreads = new int[AvatarState.PartCount];

        public HeldRecord()
        {
            Clear();
        }

        public void Clear()
        {
            State.Clear();
            Tier = Tier.Full;
            for (int index = 0; index < AvatarState.PartCount; index++)
            {
                Moving[index] = Turning[index] = Trend.First;
                Spreads[index] = Wire.SpreadFirst;
            }
        }
    }
}
