using System;
using System.Collections.Generic;
using System.Reflection;
using NUnit.Framework;
using Polyclinic.Protocol.Generated;

namespace Polyclinic.Tests
{
    /// <summary>Garbage costs a headset frames, so what happens every frame in the thread that pumps makes none.</summary>
    public sealed class AllocationTests
    {
        private const int FrameCount = 3000, People = 30, Whole = 10;
        private const double TickMs = 33;

        /// <summary>Hands out and takes messages in arrays of a pool, as the real one does.</summary>
        private sealed class PooledWire : ITransport
        {
            private readonly BufferPool pool = new BufferPool();
            public byte[] Coming;
            public int Poses, Others;

            public TransportState State { get { return TransportState.Open; } }
            public int CloseCode { get { return 1006; } }
            public string CloseReason { get { return ""; } }

            public void Open(string address)
            {
            }

            public bool TryReceive(out Incoming message)
            {
                message = default(Incoming);
                if (Coming == null)
                {
                    return false;
                }
                message.Data = pool.Take(Coming.Length);
                message.Length = Coming.Length;
                Buffer.BlockCopy(Coming, 0, message.Data, 0, message.Length);
                Coming = null;
                return true;
            }

            public void Release(Incoming message)
            {
                pool.Give(message.Data);
            }

            public void Send(byte[] data, int length)
            {
                byte[] copy = pool.Take(length);
                Buffer.BlockCopy(data, 0, copy, 0, length);
                pool.Give(copy);
                Poses += data[0] == (byte)Kind.Pose ? 1 : 0;
                Others += data[0] == (byte)Kind.Pose ? 0 : 1;
            }

            public void Close(int code)
            {
            }

            public void Dispose()
            {
            }
        }

        private static readonly Func<long> AllocatedSoFar = Count();
        private readonly PooledWire wire = new PooledWire();
        private readonly LocalPose pose = AllTracked();
        private byte[] next, again;
        private Room room;

        private static Func<long> Count()
        {
            // Found by its name: not every profile of .NET declares it.
            MethodInfo count = typeof(GC).GetMethod("GetAllocatedBytesForCurrentThread");
            Assert.IsTrue(count != null, "this runtime does not count what it allocates");
            return (Func<long>)Delegate.CreateDelegate(typeof(Func<long>), count);
        }

        private static LocalPose AllTracked()
        {
            var pose = new LocalPose
            {
                HeadTracked = true, LeftTracked = true, RightTracked = true,
                LeftFingersTracked = true, RightFingersTracked = true, FaceTracked = true,
                Head = At(0, 1.6), Left = At(-0.2, 1.2), Right = At(0.2, 1.2),
            };
            for (int joint = 0; joint < HandModel.JointCount; joint++)
            {
                pose.LeftJoints[joint] = pose.RightJoints[joint] = At(0, 0);
            }
            return pose;
        }

        private static Place At(double x, double y)
        {
            return new Place(new Vec3(x, y, 0), Quat.Identity);
        }

        private static ObjectFacts Held(uint holder)
        {
            return new ObjectFacts
            {
                Kind = "prop", Name = "Cart", Model = "cart", Grabbable = true, Holder = holder, Hand = "right",
                Grip = new[] { 0, 0, -100, 3, 0, 0, 0 },
            };
        }

        /// <summary>People in sight, one thing in the hand of one of them and one in one's own.</summary>
        private void Enter()
        {
            room = new Room(new RoomOptions(), new FakeDesk(), () => wire, () => 0.5);
            for (int count = 0; count < 3; count++)
            {
                room.Pump(0);
            }
            var entities = new Dictionary<int, uint>();
            for (int alias = 0; alias < People; alias++)
            {
                entities[alias] = 100u + (uint)alias;
            }
            byte[][] told =
            {
                MsgpackWriter.Message(Kind.Welcome, SessionTests.Welcome(false)), Frames.Enter(1, entities),
                Frames.Thing(2, 30, 21, Held(7), false), Frames.Thing(3, 31, 22, Held(100), false),
            };
            foreach (byte[] message in told)
            {
                wire.Coming = message;
                room.Pump(0);
            }
            next = Frames.Next(People);
            again = Frames.Again(People);
            Assert.IsTrue(again.Length > 2048, again.Length + " bytes are one of the pool's smallest arrays");
        }

        /// <summary>Bytes that were allocated, but for frames in which anything else than a pose went out: the clock is asked
        /// for every 10 s, and that message is made anew.</summary>
        private long Run(int first, int count)
        {
            long bytes = 0;
            for (int index = first; index < first + count; index++)
            {
                double now = TickMs * index;
                int others = wire.Others;
                wire.Coming = index % Whole == 0 ? again : next;
                long before = AllocatedSoFar();
                room.Pump(now);
                room.SendPose(pose, now);
                room.World.Sample(now);
                bytes += wire.Others == others ? AllocatedSoFar() - before : 0;
            }
            return bytes;
        }

        [Test]
        public void AFrameAllocatesNothing()
        {
            Enter();
            // What is made once, by the first calls of code and of static tables, is not of a frame.
            Run(0, 100);
            int poses = wire.Poses, others = wire.Others;
            long bytes = Run(100, FrameCount);
            Assert.AreEqual(RoomState.Live, room.State);
            Assert.AreEqual((Whole - 1) * 1.0, room.World.People[119].Told.Parts[AvatarState.Head].X, 0.0, "they moved");
            Assert.IsTrue(room.World.Things[21].Shown && room.World.Things[22].Shown, "both things went with a hand");
            Assert.AreEqual(FrameCount, wire.Poses - poses, "poses went out");
            Assert.IsTrue(wire.Others - others <= FrameCount * TickMs / 10000 + 1, "little else did");
            Assert.AreEqual(0, bytes, "bytes of all frames");
        }

        [Test]
        public void TheCountSeesWhatIsAllocated()
        {
            var kept = new object[1000];
            long before = AllocatedSoFar();
            for (int index = 0; index < kept.Length; index++)
            {
                kept[index] = new object();
            }
            long bytes = AllocatedSoFar() - before;
            Assert.IsTrue(bytes >= 16 * kept.Length, bytes + " bytes");
        }

        [Test]
        public void ArraysOfEverySizeOfAMessageAreUsedAgain()
        {
            var pool = new BufferPool();
            foreach (int size in new[] { 0, 1, 2048, 2049, 60000, 1 << 20 })
            {
                byte[] first = pool.Take(size);
                Assert.IsTrue(first.Length >= size);
                Assert.IsFalse(ReferenceEquals(first, pool.Take(size)), "one that is out is not given again");
                pool.Give(first);
                Assert.IsTrue(ReferenceEquals(first, pool.Take(size)), size.ToString());
            }
        }

        [Test]
        public void APoolKeepsNoMoreThanAFewMegabytes()
        {
            var pool = new BufferPool();
            pool.Give(new byte[2049]);
            Assert.AreEqual(2048, pool.Take(2048).Length, "an array of another's is not kept");
            Assert.AreEqual(4096, pool.Take(2049).Length);
            Assert.AreEqual((1 << 20) + 1, pool.Take((1 << 20) + 1).Length);
            var given = new HashSet<byte[]>();
            for (int size = 2048; size <= 1 << 20; size *= 2)
            {
                for (int count = 0; count < 100; count++)
                {
                    var bytes = new byte[size];
                    given.Add(bytes);
                    pool.Give(bytes);
                }
            }
            long kept = 0;
            for (int size = 2048; size <= 1 << 20; size *= 2)
            {
                for (byte[] taken = pool.Take(size); given.Contains(taken); taken = pool.Take(size))
                {
                    kept += size;
                }
            }
            Assert.IsTrue(kept > 1 << 20 && kept < 3 << 20, kept + " bytes");
        }
    }
}
