using System;

namespace Polyclinic
{
    /// <summary>Random waits whose upper end doubles from 1 s to 30 s (SPEC.md section 9), so that a thousand clients do not
    /// come back at once.</summary>
    public sealed class Backoff
    {
        private const double FirstMs = 1000, LongestMs = 30000, SteadyMs = 10000;
        private readonly Func<double> chance;
        private double upper = FirstMs;

        public Backoff(Func<double> chance)
        {
            this.chance = chance;
        }

        /// <summary>Milliseconds to wait before the next attempt.</summary>
        public double Wait()
        {
            double wait = chance() * upper;
            upper = Math.Min(upper * 2, LongestMs);
            return wait;
        }

        /// <summary>Begin anew if the session was live for a while: a server that welcomes and closes earns no haste.</summary>
        public void NoteLive(double milliseconds)
        {
            upper = milliseconds >= SteadyMs ? FirstMs : upper;
        }

        /// <summary>Whether a client comes back after a close code, known or not: the range decides.</summary>
        public static bool Reconnects(int code)
        {
            return (code >= 4000 && code < 4500) || code == 1001 || code == 1006 || code == 1011 || code == 1012;
        }
    }
}
