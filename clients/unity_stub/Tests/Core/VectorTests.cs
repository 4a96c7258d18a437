using System;
using System.Collections.Generic;
using NUnit.Framework;
using Polyclinic.Protocol.Generated;

namespace Polyclinic.Tests
{
    using Node = Dictionary<string, object>;

    /// <summary>Every vector that a client can be held to; transport's are of what a server judges.</summary>
    public sealed class VectorTests
    {
        private const double Near = 1e-6;

        [Test]
        public void TheSchemaIsTheOneOfTheVectors()
        {
            Assert.AreEqual((string)Vectors.File("schema")["hash"], Wire.SchemaHash);
        }

        [Test]
        public void NumbersAreRoundedAsTold()
        {
            foreach (Node vector in Vectors.Of("quantities", "scaled"))
            {
                double value = vector.Number("value");
                Assert.AreEqual(vector.Int("result"), Scaled(vector.Text("quantity"), value), vector.Text("name"));
            }
        }

        private static long Scaled(string quantity, double value)
        {
            switch (quantity)
            {
                case "position_mm": return Quantities.Millimetres(value);
                case "flexion": return Quantities.Flexion(value);
                case "spread": return Quantities.Spread(value);
                case "voice":
                case "weight": return Quantities.Unit(value);
                default: throw new AssertionException("no such quantity: " + quantity);
            }
        }

        [Test]
        public void RotationsArePackedAndUnpackedAsTold()
        {
            foreach (Node vector in Vectors.Of("quantities", "rotations"))
            {
                string name = vector.Text("name");
                var part = default(TrackedPart);
                Quantities.Pack(Turn(vector.List("quaternion")), ref part);
                List<object> packed = vector.List("packed");
                int[] told = { part.Largest, part.A, part.B, part.C };
                for (int index = 0; index < told.Length; index++)
                {
                    Assert.AreEqual((long)packed[index], told[index], name);
                }
                var read = default(TrackedPart);
                Quantities.FromBits(BitConverter.ToUInt32(Vectors.Bytes(vector["hex"]), 0), ref read);
                Assert.AreEqual(part, read, name);
                AssertNear(Turn(vector.List("unpacked")), Quantities.Unpack(read), name);
            }
        }

        [Test]
        public void RotationsOutOfTheirRangeAreRefused()
        {
            foreach (Node vector in Vectors.Of("quantities", "invalid_rotations"))
            {
                uint bits = BitConverter.ToUInt32(Vectors.Bytes(vector["hex"]), 0);
                Assert.Throws<WireFault>(() =>
                {
                    var part = default(TrackedPart);
                    Quantities.FromBits(bits, ref part);
                }, vector.Text("name"));
            }
        }

        [Test]
        public void HandsStandAsTold()
        {
            foreach (Node vector in Vectors.Of("hands", "hands"))
            {
                byte[] values = Vectors.Bytes(vector["values"]);
                var joints = new Place[HandModel.JointCount];
                bool left = vector.Text("side") == "left";
                HandModel.JointsFromValues(Array.ConvertAll(values, value => (double)value), left, joints);
                for (int joint = 0; joint < joints.Length; joint++)
                {
                    List<object> told = ((List<object>)vector.List("joints")[joint]);
                    string name = vector.Text("name") + " " + Tables.Joints[joint];
                    Vec3 off = joints[joint].Position - Vectors.Point(told);
                    Assert.AreEqual(0.0, off.Length, Near, name);
                    AssertNear(Turn(told.GetRange(3, 4)), joints[joint].Rotation, name);
                }
            }
        }

        [Test]
        public void PosesAreWrittenAndReadAsTold()
        {
            foreach (Node vector in Vectors.Of("pose", "valid"))
            {
                Node pose = vector.Map("pose");
                AvatarState state = Vectors.State(pose.Map("state"));
                var bytes = new byte[Wire.PoseBytesMax];
                int length = PoseCodec.Write(bytes, state, (int)pose.Int("sequence"), pose.U32("sampled_at"));
                Assert.AreEqual(vector.Text("hex"), Vectors.Hex(bytes, length), vector.Text("name"));
                var read = new AvatarState();
                int sequence;
                uint sampledAt;
                PoseCodec.Read(bytes, length, read, out sequence, out sampledAt);
                Vectors.AssertSame(state, read, vector.Text("name"));
                Assert.AreEqual(pose.Int("sequence"), sequence);
                Assert.AreEqual(pose.Int("sampled_at"), sampledAt);
            }
        }

        [Test]
        public void MalformedPosesAreRefused()
        {
            foreach (Node vector in Vectors.Of("pose", "invalid"))
            {
                byte[] bytes = Vectors.Bytes(vector["hex"]);
                int sequence;
                uint sampledAt;
                Assert.Throws<WireFault>(
                    () => PoseCodec.Read(bytes, bytes.Length, new AvatarState(), out sequence, out sampledAt),
                    vector.Text("name"));
            }
        }

        [Test]
        public void RecordsLeaveWhatIsTold()
        {
            foreach (Node vector in Vectors.Of("record", "valid"))
            {
                HeldRecord held = HeldAfter(vector.List("before"));
                Apply(held, vector["hex"]);
                Vectors.AssertSame(Vectors.State(vector.Map("after")), held.State, vector.Text("name"));
                byte[] full = FullRecordWriter.Write(held);
                Assert.AreEqual(vector.Text("full"), Vectors.Hex(full, full.Length), vector.Text("name"));
            }
        }

        [Test]
        public void MalformedRecordsAreRefused()
        {
            foreach (Node vector in Vectors.Of("record", "invalid"))
            {
                HeldRecord held = HeldAfter(vector.List("before"));
                Assert.Throws<WireFault>(() => Apply(held, vector["hex"]), vector.Text("name"));
            }
        }

        private static HeldRecord HeldAfter(List<object> records)
        {
            var held = new HeldRecord();
            records.ForEach(record => Apply(held, record));
            return held;
        }

        private static void Apply(HeldRecord held, object hex)
        {
            byte[] bytes = Vectors.Bytes(hex);
            int end = new RecordReader().Apply(held, bytes, 0, bytes.Length);
            Assert.AreEqual(bytes.Length, end, "bytes of the record");
        }

        [Test]
        public void FramesLeaveWhatIsTold()
        {
            foreach (Node vector in Vectors.Of("frame", "valid"))
            {
                var reader = new FrameReader();
                foreach (Node frame in Vectors.Nodes(vector["frames"]))
                {
                    byte[] bytes = Vectors.Bytes(frame["hex"]);
                    reader.Apply(bytes, bytes.Length);
                    AssertFrame(frame, reader, vector.Text("name"));
                }
            }
        }

        private static void AssertFrame(Node frame, FrameReader reader, string name)
        {
            Assert.AreEqual(frame.Int("tick"), reader.Tick, name);
            Assert.AreEqual(frame.Int("time"), reader.Time, name);
            List<object> left = frame.List("left");
            Assert.AreEqual(left.Count, reader.Left.Count, name + " left");
            for (int index = 0; index < left.Count; index++)
            {
                Assert.AreEqual((long)left[index], reader.Left[index].Entity, name + " left");
            }
            foreach (HeldEntity held in reader.Updated)
            {
                object age = frame.Map("ages")[held.Alias.ToString()];
                Assert.AreEqual(age ?? -1L, held.AgeMs, name + " age");
            }
            AssertHolds(Vectors.Nodes(frame["holds"]), reader, name);
        }

        private static void AssertHolds(List<Node> holds, FrameReader reader, string name)
        {
            int live = 0;
            for (int alias = 0; alias < reader.AliasesEnd; alias++)
            {
                live += reader.Of(alias) == null ? 0 : 1;
            }
            Assert.AreEqual(holds.Count, live, name + " holds");
            foreach (Node told in holds)
            {
                HeldEntity held = reader.Of((int)told.Int("alias"));
                Assert.IsTrue(held != null, name + " alias");
                Assert.AreEqual(told.Int("entity"), held.Entity, name);
                Assert.AreEqual(told.Text("facts"), Vectors.Hex(held.Facts, held.Facts.Length), name + " facts");
                Vectors.AssertSame(Vectors.State(told.Map("state")), held.Record.State, name);
            }
        }

        [Test]
        public void MalformedFramesAreRefused()
        {
            foreach (Node vector in Vectors.Of("frame", "invalid"))
            {
                var reader = new FrameReader();
                foreach (object before in vector.List("before"))
                {
                    byte[] frame = Vectors.Bytes(before);
                    reader.Apply(frame, frame.Length);
                }
                byte[] bytes = Vectors.Bytes(vector["hex"]);
                Assert.Throws<WireFault>(() => reader.Apply(bytes, bytes.Length), vector.Text("name"));
            }
        }

        [Test]
        public void MessagesAreReadAndWrittenAsTold()
        {
            foreach (Node vector in Vectors.Of("messages", "valid"))
            {
                byte[] bytes = Vectors.Bytes(vector["hex"]);
                AssertSameTree(vector["body"], MsgpackReader.ReadMap(bytes, 1, bytes.Length), vector.Text("name"));
                IWireMap message = Read(vector);
                if (vector.Flag("canonical"))
                {
                    byte[] written = MsgpackWriter.Message((Kind)vector.Int("kind"), message);
                    Assert.AreEqual(vector.Text("hex"), Vectors.Hex(written, written.Length), vector.Text("name"));
                }
            }
        }

        [Test]
        public void MalformedMessagesAreRefused()
        {
            foreach (Node vector in Vectors.Of("messages", "invalid"))
            {
                Assert.Throws<WireFault>(() => Read(vector), vector.Text("name"));
            }
        }

        [Test]
        public void FactsAreReadAndWrittenAsTold()
        {
            foreach (Node vector in Vectors.Of("messages", "facts"))
            {
                byte[] bytes = Vectors.Bytes(vector["hex"]);
                IWireMap facts = vector.Map("body").Text("kind") == "avatar"
                    ? (IWireMap)Messages.ReadBody(bytes, AvatarFacts.Read) : Messages.ReadBody(bytes, ObjectFacts.Read);
                byte[] written = MsgpackWriter.Map(facts);
                Assert.AreEqual(vector.Text("hex"), Vectors.Hex(written, written.Length), vector.Text("name"));
            }
        }

        private static IWireMap Read(Node vector)
        {
            byte[] bytes = Vectors.Bytes(vector["hex"]);
            return vector.Text("from") == "client"
                ? Messages.ReadClient(bytes, bytes.Length) : Messages.ReadServer(bytes, bytes.Length);
        }

        private static void AssertSameTree(object expected, object actual, string name)
        {
            var map = expected as Node;
            if (actual is byte[])
            {
                Assert.AreEqual(map.Text("hex"), Vectors.Hex((byte[])actual, ((byte[])actual).Length), name);
            }
            else if (map != null)
            {
                var other = (Node)actual;
                Assert.AreEqual(map.Count, other.Count, name);
                foreach (string key in map.Keys)
                {
                    Assert.IsTrue(other.ContainsKey(key), name + " " + key);
                    AssertSameTree(map[key], other[key], name + " " + key);
                }
            }
            else if (expected is List<object>)
            {
                var list = (List<object>)expected;
                Assert.AreEqual(list.Count, ((List<object>)actual).Count, name);
                for (int index = 0; index < list.Count; index++)
                {
                    AssertSameTree(list[index], ((List<object>)actual)[index], name + " " + index);
                }
            }
            else if (expected is double)
            {
                Assert.AreEqual((double)expected, Convert.ToDouble(actual), Near, name);
            }
            else
            {
                Assert.AreEqual(expected, actual, name);
            }
        }

        private static Quat Turn(List<object> told)
        {
            double[] n = told.ConvertAll(Convert.ToDouble).ToArray();
            return new Quat(n[0], n[1], n[2], n[3]);
        }

        private static void AssertNear(Quat expected, Quat actual, string name)
        {
            Assert.AreEqual(expected.X, actual.X, Near, name);
            Assert.AreEqual(expected.Y, actual.Y, Near, name);
            Assert.AreEqual(expected.Z, actual.Z, Near, name);
            Assert.AreEqual(expected.W, actual.W, Near, name);
        }
    }
}
