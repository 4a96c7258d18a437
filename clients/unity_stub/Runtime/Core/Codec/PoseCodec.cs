using System;
using Polyclinic.Protocol.Generated;

namespace Polyclinic
{
    /// <summary>The pose message (SPEC.md section 5.1): written by a client, read by who records one.</summary>
    public static class PoseCodec
    {
        /// <summary>Bytes of a pose with these flags, kind byte included.</summary>
        public static int SizeOf(int flags)
        {
            int size = Wire.PoseHeaderBytes;
            size += (flags & (int)StateFlag.Head) != 0 ? Wire.HeadBytes : 0;
            size += (flags & (int)StateFlag.Left) != 0 ? Wire.HandBytes : 0;
            size += (flags & (int)StateFlag.Right) != 0 ? Wire.HandBytes : 0;
            size += (flags & (int)StateFlag.LeftFingers) != 0 ? Wire.FingerValues : 0;
            size += (flags & (int)StateFlag.RightFingers) != 0 ? Wire.FingerValues : 0;
            size += (flags & (int)StateFlag.Face) != 0 ? Wire.FaceValues : 0;
            return size;
        }

        /// <summary>Write a whole message into `target`, of at least Wire.PoseBytesMax bytes; how many it has.</summary>
        public static int Write(byte[] target, AvatarState state, int sequence, uint sampledAt)
        {
            target[0] = (byte)Kind.Pose;
            target[1] = (byte)state.Flags;
            int end = Put(target, 2, (uint)sequence, 2);
            end = Put(target, end, sampledAt, 4);
            target[end++] = (byte)state.Voice;
            for (int part = 0; part < AvatarState.PartCount; part++)
            {
                if (!state.HasPart(part))
                {
                    continue;
                }
                TrackedPart told = state.Parts[part];
                int axis = part == AvatarState.Head ? 3 : 2;
                end = Put(target, end, (uint)told.X, axis);
                end = Put(target, end, (uint)told.Y, axis);
                end = Put(target, end, (uint)told.Z, axis);
                end = Put(target, end, Quantities.ToBits(told), Wire.RotationBytes);
            }
            for (int group = 0; group < AvatarState.PartCount; group++)
            {
                if (state.HasValues(group))
                {
                    byte[] values = state.Values[group];
                    Buffer.BlockCopy(values, 0, target, end, values.Length);
                    end += values.Length;
                }
            }
            return end;
        }

        private static int Put(byte[] target, int offset, uint value, int bytes)
        {
            for (int index = 0; index < bytes; index++)
            {
                target[offset + index] = (byte)(value >> (8 * index));
            }
            return offset + bytes;
        }

        /// <summary>Read a whole message into `state`. Throws WireFault.</summary>
        public static void Read(byte[] data, int length, AvatarState state, out int sequence, out uint sampledAt)
        {
            if (length < Wire.PoseHeaderBytes)
            {
                throw new WireFault("fewer bytes than a pose has");
            }
            var reader = new ByteReader(data, 0, length);
            state.Clear();
            if (reader.U8() != (int)Kind.Pose)
            {
                throw new WireFault("not a pose");
            }
            state.Flags = reader.U8();
            sequence = reader.U16();
            sampledAt = reader.U32();
            state.Voice = reader.U8();
            if (!AvatarState.FlagsAreValid(state.Flags) || length != SizeOf(state.Flags))
            {
                throw new WireFault("flags that no avatar has, or not their length");
            }
            for (int part = 0; part < AvatarState.PartCount; part++)
            {
                if (state.HasPart(part))
                {
                    state.Parts[part] = ReadPart(ref reader, part == AvatarState.Head);
                }
            }
            for (int group = 0; group < AvatarState.PartCount; group++)
            {
                byte[] values = state.Values[group];
                if (state.HasValues(group))
                {
                    Buffer.BlockCopy(data, reader.Take(values.Length), values, 0, values.Length);
                }
            }
        }

        private static TrackedPart ReadPart(ref ByteReader reader, bool head)
        {
            var told = default(TrackedPart);
            told.X = head ? reader.I24() : reader.I16();
            told.Y = head ? reader.I24() : reader.I16();
            told.Z = head ? reader.I24() : reader.I16();
            Quantities.FromBits(reader.U32(), ref told);
            return told;
        }
    }
}
