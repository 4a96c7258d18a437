using System;
using Polyclinic.Protocol.Generated;

namespace Polyclinic
{
    /// <summary>A state between two that were told.</summary>
    public sealed class Motion
    {
        public int Flags;
        public double Voice;

        /// <summary>Head and hands, all in the room.</summary>
        public readonly Place[] Parts = new Place[AvatarState.PartCount];

        /// <summary>Fingers and face, 0 to 255.</summary>
        public readonly double[][] Values =
        {
            new double[Wire.FingerValues], new double[Wire.FingerValues], new double[Wire.FaceValues],
        };

        public bool HasPart(int part)
        {
            return (Flags & AvatarState.PartFlag(part)) != 0;
        }

        public bool HasValues(int group)
        {
            return (Flags & AvatarState.ValuesFlag(group)) != 0;
        }
    }

    /// <summary>Plays the records of an entity out evenly: some time behind the server, so that there is mostly a next one to
    /// move to; else on for at most 100 ms. Times are the server's, ms, not wrapped. Nothing is allocated once made.</summary>
    public sealed class MotionBuffer
    {
        private const int Kept = 16;
        private const double ExtrapolatedMs = 100, ShortestMs = 10, LongestMs = 600, Overdue = 1.5, Rest = 2.5;
        private const double SettleMs = 80, SlewShare = 0.1;

        private readonly Sample[] ring = new Sample[Kept];
        private readonly Vec3[] error = new Vec3[AvatarState.PartCount];
        private readonly Vec3[] shown = new Vec3[AvatarState.PartCount];
        private int newest = -1, count, shownFlags;
        private double interval, doubted, delay = double.NaN, ahead, lastNow = double.NaN;
        private bool changed;

        private sealed class Sample
        {
            public double Time;
            public readonly Motion State = new Motion();
        }

        /// <param name="tickMs">Between two ticks of the room.</param>
        public MotionBuffer(double tickMs)
        {
            interval = tickMs;
            for (int index = 0; index < Kept; index++)
            {
                ring[index] = new Sample();
            }
        }

        private Sample Newest
        {
            get { return ring[newest]; }
        }

        /// <summary>Forget all but the last state: its clock is another one's.</summary>
        public void Restart()
        {
            count = 0;
            newest = -1;
            delay = lastNow = double.NaN;
            ahead = 0;
        }

        /// <summary>Take in what a record has left, of a frame of this time.</summary>
        public void Add(AvatarState state, double time)
        {
            if (count > 0 && LearnInterval(time - Newest.Time))
            {
                // It stood still, else it would have been told: the motion begins now, not when it last ended.
                Copy(Newest.State, Next(time - interval).State);
            }
            Write(state, Next(time).State);
            changed = true;
        }

        /// <summary>Follow how often records come. Whether this one comes after a rest: a long gap is one at first, and what
        /// the server has come to send rarely when the next is as long.</summary>
        private bool LearnInterval(double gap)
        {
            if (gap < ShortestMs)
            {
                return false;
            }
            if (gap <= Rest * interval + ShortestMs)
            {
                interval += gap > interval ? (gap - interval) / 2 : (gap - interval) / 16;
                interval = Math.Min(LongestMs, interval);
                doubted = 0;
                return false;
            }
            bool again = doubted > 0 && gap < 2 * doubted && gap <= 2 * LongestMs;
            interval = again ? Math.Min(LongestMs, gap) : interval;
            doubted = again ? 0 : gap;
            return !again;
        }

        private Sample Next(double time)
        {
            newest = (newest + 1) % Kept;
            count = Math.Min(count + 1, Kept);
            Newest.Time = time;
            return Newest;
        }

        private static void Write(AvatarState from, Motion to)
        {
            to.Flags = from.Flags;
            to.Voice = from.Voice / (double)Wire.UnitMax;
            bool placed = from.HasPart(AvatarState.Head);
            for (int part = 0; part < AvatarState.PartCount; part++)
            {
                if (from.HasPart(part) && placed)
                {
                    to.Parts[part] = Quantities.PlaceOf(from, part);
                }
                else
                {
                    // A hand without the head it is relative to has no place.
                    to.Flags &= ~AvatarState.PartFlag(part);
                }
            }
            for (int group = 0; group < AvatarState.PartCount; group++)
            {
                for (int index = 0; from.HasValues(group) && index < from.Values[group].Length; index++)
                {
                    to.Values[group][index] = from.Values[group][index];
                }
            }
        }

        private static void Copy(Motion from, Motion to)
        {
            to.Flags = from.Flags;
            to.Voice = from.Voice;
            Array.Copy(from.Parts, to.Parts, AvatarState.PartCount);
            for (int group = 0; group < AvatarState.PartCount; group++)
            {
                Array.Copy(from.Values[group], to.Values[group], from.Values[group].Length);
            }
        }

        /// <summary>Write the state to show at a moment of the server's clock into `target`.</summary>
        /// <param name="lateness">How late frames come.</param>
        /// <param name="lastFrame">When the last frame was: what it did not tell has not changed.</param>
        public void SampleAt(double serverNow, double lateness, double lastFrame, Motion target)
        {
            if (count == 0)
            {
                target.Flags = 0;
                return;
            }
            double elapsed = double.IsNaN(lastNow) ? 0 : Math.Max(0, serverNow - lastNow);
            lastNow = serverNow;
            double at = serverNow - Delay(interval + lateness, elapsed);
            // A record after an extrapolation finds what is shown elsewhere than it says.
            bool differs = changed && ahead > 0;
            ahead = changed ? 0 : ahead;
            Reach(at - Newest.Time, lastFrame, elapsed);
            if (at >= Newest.Time)
            {
                Extrapolate(target);
            }
            else
            {
                Interpolate(at, target);
            }
            Settle(target, elapsed, differs);
        }

        /// <summary>A delay that changes by a tenth of the time: faster would be seen as a jerk.</summary>
        private double Delay(double wanted, double elapsed)
        {
            double most = elapsed * SlewShare;
            delay = double.IsNaN(delay) ? wanted : delay + Math.Max(-most, Math.Min(most, wanted - delay));
            return delay;
        }

        private void Reach(double over, double lastFrame, double elapsed)
        {
            bool atRest = lastFrame - Newest.Time > Overdue * interval;
            double wanted = atRest ? 0 : Math.Max(0, Math.Min(ExtrapolatedMs, over));
            ahead = wanted < ahead ? Math.Max(wanted, ahead - elapsed) : wanted;
        }

        private Sample Back(int steps)
        {
            return ring[(newest - steps + Kept) % Kept];
        }

        private void Extrapolate(Motion target)
        {
            Copy(Newest.State, target);
            if (count < 2 || ahead <= 0)
            {
                return;
            }
            Sample before = Back(1);
            double share = 1 + ahead / Math.Max(ShortestMs, Newest.Time - before.Time);
            for (int part = 0; part < AvatarState.PartCount; part++)
            {
                if (before.State.HasPart(part) && target.HasPart(part))
                {
                    target.Parts[part] = Between(before.State.Parts[part], Newest.State.Parts[part], share);
                }
            }
        }

        private void Interpolate(double at, Motion target)
        {
            int back = 1;
            while (back < count - 1 && Back(back).Time > at)
            {
                back++;
            }
            if (back >= count)
            {
                Copy(Newest.State, target);
                return;
            }
            Sample from = Back(back), to = Back(back - 1);
            double share = Math.Max(0, (at - from.Time) / Math.Max(1, to.Time - from.Time));
            Copy(from.State, target);
            target.Voice += (to.State.Voice - from.State.Voice) * share;
            for (int part = 0; part < AvatarState.PartCount; part++)
            {
                if (to.State.HasPart(part) && target.HasPart(part))
                {
                    target.Parts[part] = Between(from.State.Parts[part], to.State.Parts[part], share);
                }
            }
            for (int group = 0; group < AvatarState.PartCount; group++)
            {
                double[] values = target.Values[group], next = to.State.Values[group];
                bool both = to.State.HasValues(group) && target.HasValues(group);
                for (int index = 0; both && index < values.Length; index++)
                {
                    values[index] += (next[index] - values[index]) * share;
                }
            }
        }

        private static Place Between(Place from, Place to, double share)
        {
            Vec3 position = from.Position + (to.Position - from.Position) * share;
            return new Place(position, Quat.Slerp(from.Rotation, to.Rotation, share));
        }

        /// <summary>What was extrapolated wrongly is made good over some frames.</summary>
        private void Settle(Motion target, double elapsed, bool differs)
        {
            double left = Math.Exp(-elapsed / SettleMs);
            for (int part = 0; part < AvatarState.PartCount; part++)
            {
                bool known = target.HasPart(part) && (shownFlags & AvatarState.PartFlag(part)) != 0;
                error[part] = error[part] * left;
                if (differs && known)
                {
                    error[part] = shown[part] - target.Parts[part].Position;
                }
                error[part] = known ? error[part] : default(Vec3);
                target.Parts[part].Position = target.Parts[part].Position + error[part];
                shown[part] = target.Parts[part].Position;
            }
            shownFlags = target.Flags;
            changed = false;
        }
    }
}
