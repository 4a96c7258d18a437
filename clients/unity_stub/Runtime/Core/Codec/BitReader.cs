using Polyclinic.Protocol.Generated;

namespace Polyclinic
{
    /// <summary>Reads bits of a message, the lowest of a byte first (SPEC.md section 5.3). Throws WireFault past the end.</summary>
    public sealed class BitReader
    {
        private byte[] data;
        private long position;
        private long end;

        /// <summary>Begin at a byte; nothing is read from byte `length` on.</summary>
        public void Start(byte[] bytes, int offset, int length)
        {
            data = bytes;
            position = 8L * offset;
            end = 8L * length;
        }

        /// <summary>An unsigned number of at most 32 bits.</summary>
        public int Read(int width)
        {
            if (position + width > end)
            {
                throw new WireFault("a record that is cut short");
            }
            ulong gathered = 0;
            int first = (int)(position >> 3);
            int skipped = (int)(position & 7);
            int bytes = (skipped + width + 7) >> 3;
            for (int index = 0; index < bytes; index++)
            {
                gathered |= (ulong)data[first + index] << (8 * index);
            }
            position += width;
            return (int)(uint)((gathered >> skipped) & ((1UL << width) - 1));
        }

        public bool ReadFlag()
        {
            return Read(1) != 0;
        }

        /// <summary>Two's complement; one of no bits is 0.</summary>
        public int ReadSigned(int width)
        {
            int value = Read(width);
            return width > 0 && value >> (width - 1) != 0 ? value - (1 << width) : value;
        }

        /// <summary>A number in the code of the trends: Rice's, with an exponential tail.</summary>
        public int ReadCode(int spread)
        {
            int ones = 0;
            while (ReadFlag())
            {
                if (++ones > Wire.PrefixMax)
                {
                    throw new WireFault("a code with too long a prefix");
                }
            }
            long high = ones;
            if (ones >= Wire.ShortPrefixes)
            {
                int width = ones - Wire.ShortPrefixes;
                high = Wire.ShortPrefixes - 1 + (1L << width) + Read(width);
            }
            long number = high << spread | (uint)Read(spread);
            if (number >> Wire.CodedBitsMax != 0)
            {
                throw new WireFault("a code with too large a number");
            }
            return (int)number;
        }

        /// <summary>A number with its sign folded in: 0, -1, 1, -2, 2 are 0, 1, 2, 3, 4.</summary>
        public int ReadSignedCode(int spread)
        {
            return Unfold(ReadCode(spread));
        }

        public static int Unfold(int code)
        {
            return (code & 1) != 0 ? -((code + 1) >> 1) : code >> 1;
        }

        /// <summary>Read the zeros that fill the last byte; the offset of the next one.</summary>
        public int End()
        {
            if (Read((int)(-position & 7)) != 0)
            {
                throw new WireFault("bits after a record that are not zero");
            }
            return (int)(position >> 3);
        }
    }
}
