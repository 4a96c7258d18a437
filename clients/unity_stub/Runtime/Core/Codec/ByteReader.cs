namespace Polyclinic
{
    /// <summary>Reads little-endian integers of a message. Throws WireFault past the end.</summary>
    public struct ByteReader
    {
        public readonly byte[] Data;
        public readonly int Length;
        public int Offset;

        public ByteReader(byte[] data, int offset, int length)
        {
            Data = data;
            Offset = offset;
            Length = length;
        }

        public bool AtEnd
        {
            get { return Offset == Length; }
        }

        /// <summary>Pass so many bytes; the offset of the first.</summary>
        public int Take(int count)
        {
            if (count > Length - Offset)
            {
                throw new WireFault("cut short");
            }
            int start = Offset;
            Offset += count;
            return start;
        }

        public int U8()
        {
            return Data[Take(1)];
        }

        public int U16()
        {
            int start = Take(2);
            return Data[start] | Data[start + 1] << 8;
        }

        public uint U32()
        {
            int start = Take(4);
            return (uint)(Data[start] | Data[start + 1] << 8 | Data[start + 2] << 16) | (uint)Data[start + 3] << 24;
        }

        public int I16()
        {
            return (short)U16();
        }

        public int I24()
        {
            int start = Take(3);
            return Data[start] | Data[start + 1] << 8 | (sbyte)Data[start + 2] << 16;
        }
    }
}
