using System;
using System.Collections.Generic;
using Polyclinic.Protocol.Generated;

namespace Polyclinic.Tests
{
    /// <summary>Snapshots, as a server would write them.</summary>
    public static class Frames
    {
        private static readonly byte[] Avatar =
            MsgpackWriter.Map(new AvatarFacts { Kind = "avatar", Name = "Bo", Role = "patient", Avatar = "plain" });

        /// <summary>Avatars enter, with everything tracked and moving a millimetre a tick.</summary>
        public static byte[] Enter(uint tick, Dictionary<int, uint> entities)
        {
            byte[] record = FullRecordWriter.Write(EverythingTracked());
            var frame = new List<byte> { (byte)Kind.Snapshot, (byte)FrameFlag.Enters };
            frame.AddRange(BitConverter.GetBytes(tick));
            frame.AddRange(BitConverter.GetBytes(50000u + 33 * tick));
            frame.Add((byte)entities.Count);
            foreach (KeyValuePair<int, uint> entity in entities)
            {
                frame.Add((byte)entity.Key);
                frame.AddRange(BitConverter.GetBytes(entity.Value));
                frame.AddRange(BitConverter.GetBytes((ushort)Avatar.Length));
                frame.AddRange(Avatar);
            }
            frame.Add((byte)entities.Count);
            foreach (int alias in entities.Keys)
            {
                frame.Add((byte)alias);
                frame.AddRange(record);
            }
            return frame.ToArray();
        }

        private static HeldRecord EverythingTracked()
        {
            var held = new HeldRecord();
            held.State.Flags = Protocol.Generated.Wire.StateFlagsAll;
            for (int part = 0; part < AvatarState.PartCount; part++)
            {
                held.State.Parts[part] = new TrackedPart { X = 100 * part, Y = 100, Largest = 3, B = 20 };
                // A step of 1 is expected to go on for ever: (14 + 8) >> 4.
                held.Moving[part] = new Trend { StepX = 1 };
                held.Turning[part] = default(Trend);
                held.Spreads[part] = 0;
            }
            return held;
        }

        /// <summary>A thing enters or, if it was there, has new facts; held, it has no place of its own.</summary>
        public static byte[] Thing(uint tick, int alias, uint entity, ObjectFacts told, bool wasThere)
        {
            var held = new HeldRecord();
            held.State.Flags = told.Holder == 0 ? (int)StateFlag.Head : 0;
            held.State.Parts[AvatarState.Head] =
                told.Holder == 0 ? new TrackedPart { X = 1000, Y = 900, Largest = 3 } : default(TrackedPart);
            byte[] facts = MsgpackWriter.Map(told);
            int flags = (int)FrameFlag.Enters | (wasThere ? (int)FrameFlag.Leaves : 0);
            var frame = new List<byte> { (byte)Kind.Snapshot, (byte)flags };
            frame.AddRange(BitConverter.GetBytes(tick));
            frame.AddRange(BitConverter.GetBytes(50000u + 33 * tick));
            frame.AddRange(wasThere ? new byte[] { 1, (byte)alias } : new byte[0]);
            frame.AddRange(new byte[] { 1, (byte)alias });
            frame.AddRange(BitConverter.GetBytes(entity));
            frame.AddRange(BitConverter.GetBytes((ushort)facts.Length));
            frame.AddRange(facts);
            frame.AddRange(new byte[] { 1, (byte)alias });
            frame.AddRange(FullRecordWriter.Write(held));
            return frame.ToArray();
        }

        /// <summary>Somebody leaves, and nothing else happens.</summary>
        public static byte[] Leave(uint tick, int alias)
        {
            var frame = new List<byte> { (byte)Kind.Snapshot, (byte)FrameFlag.Leaves };
            frame.AddRange(BitConverter.GetBytes(tick));
            frame.AddRange(BitConverter.GetBytes(50000u + 33 * tick));
            frame.AddRange(new byte[] { 1, (byte)alias, 0 });
            return frame.ToArray();
        }

        /// <summary>A tick on, every one of the first `count` aliases moves as expected.</summary>
        public static byte[] Next(int count)
        {
            // A plain delta: 18 codes of nothing unexpected, a bit each at spread 0.
            return OfAll(count, new byte[] { 0x04, 0x00, 0x00 });
        }

        /// <summary>A tick on, every one of the first `count` aliases is told anew, as it entered.</summary>
        public static byte[] Again(int count)
        {
            return OfAll(count, FullRecordWriter.Write(EverythingTracked()));
        }

        private static byte[] OfAll(int count, byte[] record)
        {
            var map = new byte[(count + 7) / 8];
            for (int alias = 0; alias < count; alias++)
            {
                map[alias / 8] |= (byte)(1 << (alias % 8));
            }
            var frame = new List<byte>
            {
                (byte)Kind.Snapshot, (byte)(FrameFlag.Map | FrameFlag.Soon), 1, 33, (byte)map.Length,
            };
            frame.AddRange(map);
            for (int index = 0; index < count; index++)
            {
                frame.AddRange(record);
            }
            return frame.ToArray();
        }
    }
}
