using System;
using System.Text;
using Polyclinic.Protocol.Generated;

namespace Polyclinic
{
    /// <summary>Writes msgpack in the shortest forms; a float is always a float64.</summary>
    public sealed class MsgpackWriter : IMapWriter
    {
        private byte[] bytes = new byte[128];
        private int count;

        /// <summary>A whole message: the kind byte, then the body.</summary>
        public static byte[] Message(Kind kind, IWireMap body)
        {
            var writer = new MsgpackWriter();
            writer.Put((byte)kind);
            body.Write(writer);
            return writer.ToArray();
        }

        /// <summary>A body alone, as operations carry it.</summary>
        public static byte[] Map(IWireMap body)
        {
            var writer = new MsgpackWriter();
            body.Write(writer);
            return writer.ToArray();
        }

        public byte[] ToArray()
        {
            var whole = new byte[count];
            Buffer.BlockCopy(bytes, 0, whole, 0, count);
            return whole;
        }

        public void BeginMap(int entries)
        {
            Container(entries, 0x80, 0xDE);
        }

        public void BeginArray(int entries)
        {
            Container(entries, 0x90, 0xDC);
        }

        public void Key(string key)
        {
            Text(key);
        }

        public void Bool(bool value)
        {
            Put(value ? (byte)0xC3 : (byte)0xC2);
        }

        public void Int(long value)
        {
            if (value >= -32 && value < 0x80)
            {
                Put((byte)value);
            }
            else if (value >= 0)
            {
                int width = value <= byte.MaxValue ? 0 : value <= ushort.MaxValue ? 1 : value <= uint.MaxValue ? 2 : 3;
                Put((byte)(0xCC + width));
                Big((ulong)value, 1 << width);
            }
            else
            {
                int width = value >= sbyte.MinValue ? 0 : value >= short.MinValue ? 1 : value >= int.MinValue ? 2 : 3;
                Put((byte)(0xD0 + width));
                Big((ulong)value, 1 << width);
            }
        }

        public void Float(double value)
        {
            Put(0xCB);
            Big((ulong)BitConverter.DoubleToInt64Bits(value), 8);
        }

        public void Text(string value)
        {
            byte[] encoded = Encoding.UTF8.GetBytes(value);
            if (encoded.Length < 32)
            {
                Put((byte)(0xA0 | encoded.Length));
            }
            else
            {
                Length(encoded.Length, 0xD9);
            }
            Append(encoded);
        }

        public void Binary(byte[] value)
        {
            Length(value.Length, 0xC4);
            Append(value);
        }

        public void RawMap(byte[] value)
        {
            if (value == null)
            {
                BeginMap(0);
                return;
            }
            Append(value);
        }

        private void Container(int entries, int small, int large)
        {
            if (entries < 16)
            {
                Put((byte)(small | entries));
                return;
            }
            Put((byte)large);
            Big((ulong)entries, 2);
        }

        private void Length(int length, int smallest)
        {
            int width = length <= byte.MaxValue ? 0 : length <= ushort.MaxValue ? 1 : 2;
            Put((byte)(smallest + width));
            Big((ulong)length, 1 << width);
        }

        private void Big(ulong value, int width)
        {
            for (int shift = 8 * (width - 1); shift >= 0; shift -= 8)
            {
                Put((byte)(value >> shift));
            }
        }

        private void Put(byte value)
        {
            if (count == bytes.Length)
            {
                Array.Resize(ref bytes, 2 * count);
            }
            bytes[count++] = value;
        }

        private void Append(byte[] more)
        {
            if (count + more.Length > bytes.Length)
            {
                Array.Resize(ref bytes, Math.Max(2 * bytes.Length, count + more.Length));
            }
            Buffer.BlockCopy(more, 0, bytes, count, more.Length);
            count += more.Length;
        }
    }
}
