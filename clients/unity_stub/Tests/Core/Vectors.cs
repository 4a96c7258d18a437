using System;
using System.Collections.Generic;
using System.IO;
using NUnit.Framework;

namespace Polyclinic.Tests
{
    using Node = Dictionary<string, object>;

    /// <summary>The vectors of protocol/vectors: in POLYCLINIC_VECTORS, or from this folder upwards.</summary>
    public static class Vectors
    {
        public static Node File(string name)
        {
            return (Node)Json.Read(System.IO.File.ReadAllText(Path.Combine(Folder(), name + ".json")));
        }

        private static string Folder()
        {
            string told = Environment.GetEnvironmentVariable("POLYCLINIC_VECTORS");
            string folder = Directory.GetCurrentDirectory();
            while (told == null && folder != null)
            {
                string here = Path.Combine(folder, Path.Combine("protocol", "vectors"));
                told = Directory.Exists(here) ? here : null;
                folder = Path.GetDirectoryName(folder);
            }
            if (told == null)
            {
                Assert.Fail("no vectors: set POLYCLINIC_VECTORS to the folder protocol/vectors of Polyclinic");
            }
            return told;
        }

        /// <summary>The vectors of a list of a file; at least one.</summary>
        public static List<Node> Of(string file, string list)
        {
            List<Node> nodes = Nodes(File(file)[list]);
            Assert.IsTrue(nodes.Count > 0, file + " has no " + list);
            return nodes;
        }

        public static List<Node> Nodes(object list)
        {
            return ((List<object>)list).ConvertAll(entry => (Node)entry);
        }

        public static Vec3 Point(List<object> told)
        {
            return new Vec3(Convert.ToDouble(told[0]), Convert.ToDouble(told[1]), Convert.ToDouble(told[2]));
        }

        public static byte[] Bytes(object hex)
        {
            var text = (string)hex;
            var bytes = new byte[text.Length / 2];
            for (int index = 0; index < bytes.Length; index++)
            {
                bytes[index] = Convert.ToByte(text.Substring(2 * index, 2), 16);
            }
            return bytes;
        }

        public static string Hex(byte[] bytes, int length)
        {
            return BitConverter.ToString(bytes, 0, length).Replace("-", "").ToLowerInvariant();
        }

        public static AvatarState State(Node told)
        {
            var state = new AvatarState { Flags = (int)told.Int("flags"), Voice = (int)told.Int("voice") };
            string[] parts = { "head", "left", "right" }, groups = { "left_fingers", "right_fingers", "face" };
            for (int index = 0; index < parts.Length; index++)
            {
                if (told[parts[index]] != null)
                {
                    state.Parts[index] = Part((List<object>)told[parts[index]]);
                }
                if (told[groups[index]] != null)
                {
                    byte[] values = Bytes(told[groups[index]]);
                    Buffer.BlockCopy(values, 0, state.Values[index], 0, values.Length);
                }
            }
            return state;
        }

        private static TrackedPart Part(List<object> told)
        {
            int[] n = told.ConvertAll(value => (int)(long)value).ToArray();
            return new TrackedPart { X = n[0], Y = n[1], Z = n[2], Largest = n[3], A = n[4], B = n[5], C = n[6] };
        }

        public static void AssertSame(AvatarState expected, AvatarState actual, string name)
        {
            Assert.AreEqual(expected.Flags, actual.Flags, name + " flags");
            Assert.AreEqual(expected.Voice, actual.Voice, name + " voice");
            for (int index = 0; index < AvatarState.PartCount; index++)
            {
                Assert.AreEqual(expected.Parts[index], actual.Parts[index], name + " part " + index);
                string told = Hex(expected.Values[index], expected.Values[index].Length);
                Assert.AreEqual(told, Hex(actual.Values[index], actual.Values[index].Length), name + " values " + index);
            }
        }
    }
}
