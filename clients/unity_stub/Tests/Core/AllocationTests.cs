using System;
using System.Collections.Generic;
using System.Reflection;
using NUnit.Framework;

namespace Polyclinic.Tests
{
    /// <summary>Garbage costs a headset frames, so what happens every frame makes none.</summary>
    public sealed class AllocationTests
    {
        private const int FrameCount = 10000, People = 8;

        [Test]
        public void AFrameAllocatesNothing()
        {
            var world = new World();
            var session = new Session("test", world);
            world.Attach(session);
            SessionTests.Give(session, SessionTests.Welcome(false), 0);
            var entities = new Dictionary<int, uint>();
            for (int alias = 0; alias < People; alias++)
            {
                entities[alias] = 100u + (uint)alias;
            }
            byte[] enter = Frames.Enter(1, entities), next = Frames.Next(People);
            session.Receive(enter, enter.Length, 33);
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
            var state = new AvatarState();
            // What is made once, by the first calls of code and of static tables, is not of a frame.
            Run(session, world, pose, state, next, 0, 100);
            double before = world.People[100].Told.Parts[AvatarState.Head].X;
            long bytes = Allocated(() => Run(session, world, pose, state, next, 100, FrameCount));
            Assert.AreEqual(before + FrameCount, world.People[100].Told.Parts[AvatarState.Head].X, 0.0, "they moved");
            Assert.AreEqual(0, bytes, "bytes of all frames");
        }

        private static Place At(double x, double y)
        {
            return new Place(new Vec3(x, y, 0), Quat.Identity);
        }

        private static void Run(
            Session session, World world, LocalPose pose, AvatarState state, byte[] frame, int first, int count)
        {
            for (int index = first; index < first + count; index++)
            {
                double now = 66 + 33 * index;
                session.Receive(frame, frame.Length, now);
                world.Sample(now);
                pose.Write(state);
                byte[] message;
                session.Pose(state, now, out message);
            }
        }

        private static long Allocated(Action action)
        {
            // Found by its name: not every profile of .NET declares it.
            MethodInfo count = typeof(GC).GetMethod("GetAllocatedBytesForCurrentThread");
            Assert.IsTrue(count != null, "this runtime does not count what it allocates");
            var allocated = (Func<long>)Delegate.CreateDelegate(typeof(Func<long>), count);
            long before = allocated();
            action();
            return allocated() - before;
        }

        [Test]
        public void TheCountSeesWhatIsAllocated()
        {
            var kept = new object[1000];
            long bytes = Allocated(() =>
            {
                for (int index = 0; index < kept.Length; index++)
                {
                    kept[index] = new object();
                }
            });
            Assert.IsTrue(bytes >= 16 * kept.Length, bytes + " bytes");
        }
    }
}
