using System;
using System.Collections.Generic;
using System.Text;
using Polyclinic.Protocol.Generated;

namespace Polyclinic
{
    /// <summary>Reads msgpack within the limits of SPEC.md section 3: no extensions, bounded, strict. Throws WireFault.</summary>
    public sealed class MsgpackReader : IMapReader
    {
        private static readonly UTF8Encoding Utf8 = new UTF8Encoding(false, true);
        private ByteReader reader;

        /// <summary>Read a body that stands from `offset` to `length`, all of it, whose limits are checked at once.</summary>
        public MsgpackReader(byte[] data, int offset, int length)
        {
            ReadMap(data, offset, length);
            reader = new ByteReader(data, offset, length);
        }

        private MsgpackReader(ByteReader reader)
        {
            this.reader = reader;
        }

        /// <summary>Read a body as a tree. Values are null, bool, long (ulong beyond it), double, string, byte[], List of
        /// object, Dictionary of string to object.</summary>
        public static Dictionary<string, object> ReadMap(byte[] data, int offset, int length)
        {
            var msgpack = new MsgpackReader(new ByteReader(data, offset, length));
            var map = msgpack.Read(1) as Dictionary<string, object>;
            if (map == null)
            {
                throw new WireFault("a body that is not a map");
            }
            if (!msgpack.reader.AtEnd)
            {
                throw new WireFault("bytes after the body");
            }
            return map;
        }

        public int BeginMap()
        {
            int head = reader.U8();
            return head >= 0x80 && head < 0x90 ? head & 0x0F : Sized(head, 0xDE, 2, "a map");
        }

        public int BeginArray()
        {
            int head = reader.U8();
            return head >= 0x90 && head < 0xA0 ? head & 0x0F : Sized(head, 0xDC, 2, "an array");
        }

        /// <summary>The size that follows one of the heads from `first` on: of `bytes` bytes, or of twice as many.</summary>
        private int Sized(int head, int first, int bytes, string wanted)
        {
            if (head != first && head != first + 1)
            {
                throw Fault("not " + wanted);
            }
            return Size(head == first ? bytes : 2 * bytes);
        }

        public string Key()
        {
            return (string)Scalar(typeof(string));
        }

        public bool Bool()
        {
            return (bool)Scalar(typeof(bool));
        }

        public long Int(long least, long most)
        {
            var value = (long)Scalar(typeof(long));
            if (value < least || value > most)
            {
                throw Fault("an integer out of its range");
            }
            return value;
        }

        public double Float()
        {
            object value = Read(1);
            if (!(value is double || value is long || value is ulong))
            {
                throw Fault("not a number");
            }
            return Convert.ToDouble(value);
        }

        public string Text(int most)
        {
            var text = (string)Scalar(typeof(string));
            if (most >= 0 && Characters(text) > most)
            {
                throw Fault("a text of too many characters");
            }
            return text;
        }

        public byte[] Binary(int length)
        {
            var binary = (byte[])Scalar(typeof(byte[]));
            if (length >= 0 && binary.Length != length)
            {
                throw Fault("binary of another length");
            }
            return binary;
        }

        public byte[] RawMap()
        {
            int start = reader.Offset;
            Scalar(typeof(Dictionary<string, object>));
            var raw = new byte[reader.Offset - start];
            Buffer.BlockCopy(reader.Data, start, raw, 0, raw.Length);
            return raw;
        }

        public Exception Fault(string reason)
        {
            return new WireFault(reason);
        }

        private object Scalar(Type wanted)
        {
            object value = Read(1);
            if (value == null || value.GetType() != wanted)
            {
                throw Fault("a value of another type than " + wanted.Name);
            }
            return value;
        }

        private static int Characters(string text)
        {
            int count = 0;
            foreach (char unit in text)
            {
                count += char.IsLowSurrogate(unit) ? 0 : 1;
            }
            return count;
        }

        private object Read(int depth)
        {
            int head = reader.U8();
            if (head < 0x80)
            {
                return (long)head;
            }
            if (head < 0x90)
            {
                return Map(head & 0x0F, depth);
            }
            if (head < 0xA0)
            {
                return List(head & 0x0F, depth);
            }
            if (head < 0xC0)
            {
                return TextOf(head & 0x1F);
            }
            return head >= 0xE0 ? (long)(sbyte)head : Long(head, depth);
        }

        private object Long(int head, int depth)
        {
            switch (head)
            {
                case 0xC0: return null;
                case 0xC2: return false;
                case 0xC3: return true;
                case 0xC4: return Bytes(Size(1));
                case 0xC5: return Bytes(Size(2));
                case 0xC6: return Bytes(Size(4));
                case 0xCA: return Finite(BitConverter.ToSingle(BitConverter.GetBytes((uint)Big(4)), 0));
                case 0xCB: return Finite(BitConverter.Int64BitsToDouble((long)Big(8)));
                case 0xCC: return (long)Big(1);
                case 0xCD: return (long)Big(2);
                case 0xCE: return (long)Big(4);
                case 0xCF: return Unsigned(Big(8));
                case 0xD0: return (long)(sbyte)Big(1);
                case 0xD1: return (long)(short)Big(2);
                case 0xD2: return (long)(int)Big(4);
                case 0xD3: return (long)Big(8);
                case 0xD9: return TextOf(Size(1));
                case 0xDA: return TextOf(Size(2));
                case 0xDB: return TextOf(Size(4));
                case 0xDC: return List(Size(2), depth);
                case 0xDD: return List(Size(4), depth);
                case 0xDE: return Map(Size(2), depth);
                case 0xDF: return Map(Size(4), depth);
                default: throw new WireFault("an extension, or not msgpack");
            }
        }

        private ulong Big(int bytes)
        {
            int start = reader.Take(bytes);
            ulong value = 0;
            for (int index = 0; index < bytes; index++)
            {
                value = value << 8 | reader.Data[start + index];
            }
            return value;
        }

        private int Size(int bytes)
        {
            ulong size = Big(bytes);
            if (size > (ulong)reader.Length)
            {
                throw new WireFault("a length beyond the message");
            }
            return (int)size;
        }

        private static object Unsigned(ulong value)
        {
            return value <= long.MaxValue ? (object)(long)value : value;
        }

        private static object Finite(double value)
        {
            if (!Vec3.Finite(value))
            {
                throw new WireFault("a number that is not finite");
            }
            return value;
        }

        private byte[] Bytes(int size)
        {
            var bytes = new byte[size];
            Buffer.BlockCopy(reader.Data, reader.Take(size), bytes, 0, size);
            return bytes;
        }

        private string TextOf(int size)
        {
            try
            {
                return Utf8.GetString(reader.Data, reader.Take(size), size);
            }
            catch (ArgumentException)
            {
                throw new WireFault("text that is not UTF-8");
            }
        }

        private List<object> List(int count, int depth)
        {
            CheckContainer(count, depth);
            var list = new List<object>(count);
            for (int index = 0; index < count; index++)
            {
                list.Add(Read(depth + 1));
            }
            return list;
        }

        private Dictionary<string, object> Map(int count, int depth)
        {
            CheckContainer(count, depth);
            var map = new Dictionary<string, object>(count);
            for (int index = 0; index < count; index++)
            {
                var key = Read(depth + 1) as string;
                if (key == null || map.ContainsKey(key))
                {
                    throw new WireFault("a key that is not a string, or is there twice");
                }
                map.Add(key, Read(depth + 1));
            }
            return map;
        }

        private static void CheckContainer(int count, int depth)
        {
            if (depth > Wire.MsgpackDepthMax || count > Wire.ContainerEntriesMax)
            {
                throw new WireFault("a map or an array that is too deep or too long");
            }
        }
    }
}
