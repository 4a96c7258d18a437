using System;

namespace Polyclinic
{
    /// <summary>How late snapshots come at the latest, of late: what playing them out has to wait for. Up at once, down
    /// slowly, since a network that has hiccuped does so again.</summary>
    public sealed class Lateness
    {
        private const double MostMs = 500, DownShare = 0.01;
        private bool noted;

        public double Milliseconds { get; private set; }

        public void Restart()
        {
            noted = false;
            Milliseconds = 0;
        }

        /// <summary>A frame came so late.</summary>
        public void Note(double late)
        {
            double bounded = Math.Max(0, Math.Min(MostMs, late));
            bool rises = !noted || bounded > Milliseconds;
            Milliseconds += rises ? bounded - Milliseconds : (bounded - Milliseconds) * DownShare;
            noted = true;
        }
    }
}
