using System;
using System.Collections.Generic;

namespace Polyclinic
{
    /// <summary>Byte arrays that are used again, from any thread: a snapshot comes with every tick, and garbage costs a headset
    /// frames. Sizes are powers of two up to the longest message of a server; what is larger is made anew.</summary>
    public sealed class BufferPool
    {
        // What waits is within 128 KiB for each size, or is one array: less than 3 MiB for all of them.
        private const int Smallest = 2048, Sizes = 10, SmallestKept = 64;
        private readonly Stack<byte[]>[] free = new Stack<byte[]>[Sizes];

        public BufferPool()
        {
            for (int index = 0; index < Sizes; index++)
            {
                free[index] = new Stack<byte[]>(Kept(index));
            }
        }

        private static int Kept(int index)
        {
            return Math.Max(1, SmallestKept >> index);
        }

        /// <summary>The smallest size that holds so many bytes; `Sizes` if none does.</summary>
        private static int IndexOf(int size)
        {
            int index = 0;
            while (index < Sizes && Smallest << index < size)
            {
                index++;
            }
            return index;
        }

        /// <summary>An array of at least so many bytes.</summary>
        public byte[] Take(int size)
        {
            int index = IndexOf(size);
            if (index == Sizes)
            {
                return new byte[size];
            }
            lock (free[index])
            {
                if (free[index].Count > 0)
                {
                    return free[index].Pop();
                }
            }
            return new byte[Smallest << index];
        }

        /// <summary>Have it used again; whoever gives it may not touch it any more.</summary>
        public void Give(byte[] bytes)
        {
            int index = IndexOf(bytes.Length);
            if (index == Sizes || bytes.Length != Smallest << index)
            {
                return;
            }
            lock (free[index])
            {
                if (free[index].Count < Kept(index))
                {
                    free[index].Push(bytes);
                }
            }
        }
    }
}
