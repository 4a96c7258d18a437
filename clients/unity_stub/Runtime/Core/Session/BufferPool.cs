using System.Collections.Concurrent;

namespace Polyclinic
{
    /// <summary>Byte arrays that are used again: a snapshot comes with every tick, and garbage costs a headset frames.</summary>
    public sealed class BufferPool
    {
        private const int Smallest = 2048, Kept = 64;
        private readonly ConcurrentBag<byte[]> free = new ConcurrentBag<byte[]>();

        /// <summary>An array of at least so many bytes.</summary>
        public byte[] Take(int size)
        {
            byte[] bytes;
            if (size <= Smallest)
            {
                return free.TryTake(out bytes) ? bytes : new byte[Smallest];
            }
            return new byte[size];
        }

        public void Give(byte[] bytes)
        {
            if (bytes.Length == Smallest && free.Count < Kept)
            {
                free.Add(bytes);
            }
        }
    }
}
