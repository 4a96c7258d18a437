using System;
using System.Collections.Generic;
using Polyclinic.Protocol.Generated;

namespace Polyclinic
{
    /// <summary>What is held of an entity in sight. The object stays the same from its enter to its leave.</summary>
    public sealed class HeldEntity
    {
        public int Alias;
        public uint Entity;

        /// <summary>A msgpack map, see Facts.</summary>
        public byte[] Facts;
        public readonly HeldRecord Record = new HeldRecord();

        /// <summary>Of its last record's sample, when the tick began; -1 in a frame without ages.</summary>
        public int AgeMs;
        internal int EnteredIn, SeenIn;
    }

    /// <summary>What one client sees over one socket: applies snapshots (SPEC.md section 5.2). After a WireFault it is
    /// worthless. Nothing is allocated but when somebody enters.</summary>
    public sealed class FrameReader
    {
        private const int WideAliases = 65536;
        private const int AllFlags = (int)(FrameFlag.Wide | FrameFlag.Ages | FrameFlag.Leaves | FrameFlag.Enters
            | FrameFlag.Map | FrameFlag.Soon);

        private readonly RecordReader records = new RecordReader();
        private HeldEntity[] byAlias = new HeldEntity[256];
        private ByteReader reader;
        private int flags;
        private int frames;
        private bool hasMoment;

        /// <summary>Of the last frame: tick and server clock (ms), both wrap.</summary>
        public uint Tick { get; private set; }
        public uint Time { get; private set; }

        /// <summary>What the last frame did. An entity that entered is also among the updated.</summary>
        public readonly List<HeldEntity> Left = new List<HeldEntity>();
        public readonly List<HeldEntity> Entered = new List<HeldEntity>();
        public readonly List<HeldEntity> Updated = new List<HeldEntity>();

        /// <summary>Who holds an alias; null for nobody.</summary>
        public HeldEntity Of(int alias)
        {
            return alias < byAlias.Length ? byAlias[alias] : null;
        }

        public int AliasesEnd
        {
            get { return byAlias.Length; }
        }

        /// <summary>Forget everything: a socket begins.</summary>
        public void Restart()
        {
            Array.Clear(byAlias, 0, byAlias.Length);
            Left.Clear();
            Entered.Clear();
            Updated.Clear();
            hasMoment = false;
        }

        /// <summary>Take in a whole snapshot message, kind byte included.</summary>
        public void Apply(byte[] data, int length)
        {
            Left.Clear();
            Entered.Clear();
            Updated.Clear();
            frames++;
            reader = new ByteReader(data, 0, length);
            if (reader.U8() != (int)Kind.Snapshot)
            {
                throw new WireFault("not a snapshot");
            }
            flags = reader.U8();
            if ((flags & ~AllFlags) != 0)
            {
                throw new WireFault("unknown frame flags");
            }
            ReadMoment();
            ReadLeaves();
            ReadEnters();
            ReadRecords();
            if (!reader.AtEnd)
            {
                throw new WireFault("bytes after the last record");
            }
        }

        private bool Has(FrameFlag flag)
        {
            return (flags & (int)flag) != 0;
        }

        private int CountOrAlias()
        {
            return Has(FrameFlag.Wide) ? reader.U16() : reader.U8();
        }

        private void ReadMoment()
        {
            if (!Has(FrameFlag.Soon))
            {
                Tick = reader.U32();
                Time = reader.U32();
                hasMoment = true;
                return;
            }
            if (!hasMoment)
            {
                throw new WireFault("what has passed since a frame, before the first");
            }
            unchecked
            {
                Tick += (uint)reader.U8();
                Time += (uint)reader.U8();
            }
        }

        private void ReadLeaves()
        {
            int count = Has(FrameFlag.Leaves) ? CountOrAlias() : 0;
            for (int index = 0; index < count; index++)
            {
                HeldEntity held = Live(CountOrAlias());
                byAlias[held.Alias] = null;
                Left.Add(held);
            }
        }

        private HeldEntity Live(int alias)
        {
            HeldEntity held = Of(alias);
            if (held == null)
            {
                throw new WireFault("an alias that is not live");
            }
            return held;
        }

        private void ReadEnters()
        {
            int count = Has(FrameFlag.Enters) ? CountOrAlias() : 0;
            for (int index = 0; index < count; index++)
            {
                int alias = CountOrAlias();
                if (Of(alias) != null)
                {
                    throw new WireFault("an alias that enters, but is live");
                }
                var held = new HeldEntity { Alias = alias, Entity = reader.U32(), EnteredIn = frames };
                int size = reader.U16();
                held.Facts = new byte[size];
                Buffer.BlockCopy(reader.Data, reader.Take(size), held.Facts, 0, size);
                MakeRoomFor(alias);
                byAlias[alias] = held;
                Entered.Add(held);
            }
        }

        private void MakeRoomFor(int alias)
        {
            if (alias >= byAlias.Length)
            {
                Array.Resize(ref byAlias, Math.Min(WideAliases, Math.Max(alias + 1, 2 * byAlias.Length)));
            }
        }

        private void ReadRecords()
        {
            if (Has(FrameFlag.Map))
            {
                ReadByMap();
            }
            else
            {
                for (int left = CountOrAlias(); left > 0; left--)
                {
                    ReadRecord(CountOrAlias());
                }
            }
            foreach (HeldEntity held in Entered)
            {
                if (held.SeenIn != frames)
                {
                    throw new WireFault("an alias that enters without a record");
                }
            }
        }

        private void ReadByMap()
        {
            int size = CountOrAlias();
            if (size > (Has(FrameFlag.Wide) ? Wire.MapWideBytesMax : Wire.MapNarrowBytesMax))
            {
                throw new WireFault("a map that reaches beyond all aliases");
            }
            int start = reader.Take(size);
            if (size > 0 && reader.Data[start + size - 1] == 0)
            {
                throw new WireFault("a map that ends with nobody");
            }
            for (int alias = 0; alias < 8 * size; alias++)
            {
                if ((reader.Data[start + (alias >> 3)] >> (alias & 7) & 1) != 0)
                {
                    ReadRecord(alias);
                }
            }
        }

        private void ReadRecord(int alias)
        {
            HeldEntity held = Live(alias);
            if (held.SeenIn == frames)
            {
                throw new WireFault("an alias twice in a frame");
            }
            held.SeenIn = frames;
            reader.Offset = records.Apply(held.Record, reader.Data, reader.Offset, reader.Length);
            if (held.EnteredIn == frames && !records.WasFull)
            {
                throw new WireFault("an alias that enters with a delta");
            }
            held.AgeMs = Has(FrameFlag.Ages) ? reader.U8() * Wire.AgeUnitMs : -1;
            Updated.Add(held);
        }
    }
}
