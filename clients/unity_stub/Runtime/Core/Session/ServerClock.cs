using System;

namespace Polyclinic
{
    /// <summary>Tells the server's time from one's own, in milliseconds. Of the last answers the one with the shortest way
    /// there and back is trusted: it bounds the error by half that time.</summary>
    public sealed class ServerClock
    {
        private const int SamplesKept = 8;
        private const double Turn = 4294967296.0;
        private readonly double[] ways = new double[SamplesKept];
        private readonly double[] guesses = new double[SamplesKept];
        private int noted;
        private double offset;

        /// <summary>Take the time in a welcome as a first guess; it is late by the way here.</summary>
        public void Start(uint serverTime, double now)
        {
            noted = 0;
            offset = serverTime - now;
        }

        /// <summary>Take in an answer: asked at `sent`, here at `now`, both on one's own clock.</summary>
        public void Note(double sent, uint serverTime, double now)
        {
            double guess = serverTime - (sent + now) / 2;
            // The guess nearest to what is held, whole turns of the server's clock apart.
            guess += Math.Round((offset - guess) / Turn) * Turn;
            ways[noted % SamplesKept] = Math.Max(0, now - sent);
            guesses[noted % SamplesKept] = guess;
            noted++;
            offset = guesses[Best()];
        }

        private int Best()
        {
            int best = 0;
            for (int index = 1; index < Math.Min(noted, SamplesKept); index++)
            {
                best = ways[index] < ways[best] ? index : best;
            }
            return best;
        }

        /// <summary>Milliseconds there and back; NaN before the first answer.</summary>
        public double RoundTrip
        {
            get { return noted == 0 ? double.NaN : ways[Best()]; }
        }

        /// <summary>The server's time, not wrapped: of the turn in which the session began.</summary>
        public double At(double now)
        {
            return now + offset;
        }

        /// <summary>The same as the wire has it.</summary>
        public uint WireTimeAt(double now)
        {
            return (uint)(long)Math.Floor(At(now));
        }
    }
}
