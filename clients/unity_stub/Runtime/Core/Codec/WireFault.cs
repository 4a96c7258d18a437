using System;

namespace Polyclinic
{
    /// <summary>Bytes that the wire does not allow: the server's fault, and the end of the socket (SPEC.md section 1).</summary>
    public sealed class WireFault : Exception
    {
        public WireFault(string reason) : base(reason)
        {
        }
    }
}
