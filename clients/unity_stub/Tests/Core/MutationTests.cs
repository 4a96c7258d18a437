using System;
using System.Collections.Generic;
using NUnit.Framework;
using Polyclinic.Protocol.Generated;

namespace Polyclinic.Tests
{
    using Node = Dictionary<string, object>;

    /// <summary>Whatever a server sends, a client refuses it or takes it in; it never falls over it.</summary>
    public sealed class MutationTests
    {
        private const int Rounds = 60;
        private readonly Random random = new Random(11);

        [Test]
        public void MutatedFramesAreTakenInOrRefused()
        {
            int refused = 0;
            foreach (Node vector in Vectors.Of("frame", "valid"))
            {
                List<Node> frames = Vectors.Nodes(vector["frames"]);
                for (int round = 0; round < Rounds; round++)
                {
                    var reader = new FrameReader();
                    int broken = random.Next(frames.Count);
                    for (int index = 0; index <= broken; index++)
                    {
                        byte[] bytes = Vectors.Bytes(frames[index]["hex"]);
                        byte[] sent = index == broken ? Mutated(bytes) : bytes;
                        refused += Refused(() => reader.Apply(sent, sent.Length)) ? 1 : 0;
                    }
                }
            }
            Assert.IsTrue(refused > 100, refused + " were refused");
        }

        [Test]
        public void MutatedMessagesAreTakenInOrRefused()
        {
            int refused = 0;
            foreach (Node vector in Vectors.Of("messages", "valid"))
            {
                byte[] bytes = Vectors.Bytes(vector["hex"]);
                for (int round = 0; round < Rounds; round++)
                {
                    byte[] sent = Mutated(bytes);
                    refused += Refused(() => Messages.ReadServer(sent, sent.Length)) ? 1 : 0;
                }
            }
            Assert.IsTrue(refused > 100, refused + " were refused");
        }

        private static bool Refused(Action code)
        {
            try
            {
                code();
                return false;
            }
            catch (WireFault)
            {
                return true;
            }
        }

        /// <summary>Some bits turned, some bytes cut off or put in.</summary>
        private byte[] Mutated(byte[] bytes)
        {
            var changed = new List<byte>(bytes);
            for (int count = random.Next(1, 4); count > 0 && changed.Count > 0; count--)
            {
                int at = random.Next(changed.Count);
                switch (random.Next(4))
                {
                    case 0: changed.RemoveRange(at, changed.Count - at); break;
                    case 1: changed.Insert(at, (byte)random.Next(256)); break;
                    default: changed[at] ^= (byte)(1 << random.Next(8)); break;
                }
            }
            return changed.ToArray();
        }
    }
}
