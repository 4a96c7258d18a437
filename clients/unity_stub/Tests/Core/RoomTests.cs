using System;
using System.Collections.Generic;
using NUnit.Framework;
using Polyclinic.Protocol.Generated;

namespace Polyclinic.Tests
{
    public sealed class RoomTests : InARoom
    {
        [Test]
        public void AJoinAsksForATicketAndGreetsWithIt()
        {
            Join();
            Assert.AreEqual(1, desk.Asked);
            Assert.AreEqual((int)Kind.Hello, Last.Sent[0][0]);
            Assert.AreEqual(RoomState.Live, room.State);
            Assert.AreEqual(7, room.World.Self);
        }

        [Test]
        public void ARefusalEndsTheFirstJoin()
        {
            desk.Refusal = new JoinRefused("room_unknown", "no such room");
            Step();
            Step();
            Assert.AreEqual(RoomState.Ended, room.State);
            Assert.AreEqual("room_unknown", room.Code);
        }

        [Test]
        public void ARefusalThatMayPassIsTemporary()
        {
            Assert.IsTrue(new JoinRefused("unreachable", "").Temporary);
            Assert.IsTrue(new JoinRefused("room_full", "", 409).Temporary);
            Assert.IsTrue(new JoinRefused("rate_limited", "", 429).Temporary);
            Assert.IsTrue(new JoinRefused("identity_unavailable", "", 503).Temporary);
            Assert.IsFalse(new JoinRefused("room_unknown", "", 404).Temporary);
            Assert.IsFalse(new JoinRefused("unexpected", "", 200).Temporary);
        }

        [Test]
        public void ALostSocketIsResumedAfterTheWaitWithoutATicket()
        {
            Join();
            Last.Fail(1006);
            Step(100);
            Assert.AreEqual(RoomState.Reconnecting, room.State);
            Step(499);
            Assert.AreEqual(1, wires.Count, "half a second is not over");
            Step(1);
            Step();
            Assert.AreEqual((int)Kind.Resume, Last.Sent[0][0]);
            Welcome(true);
            Assert.AreEqual(RoomState.Live, room.State);
            Assert.IsTrue(room.Resumed);
            Assert.AreEqual(1, desk.Asked);
        }

        [Test]
        public void ATokenThatServedIsFollowedByATicket()
        {
            Join();
            Last.Fail(1006);
            Step(100);
            Step(500);
            Step();
            Last.Fail((int)CloseCode.Replayed);
            Step();
            Step(1000);
            Step();
            Step();
            Assert.AreEqual(2, desk.Asked);
            Assert.AreEqual((int)Kind.Hello, Last.Sent[0][0]);
        }

        [Test]
        public void ACloseForGoodEndsTheRoom()
        {
            Join();
            Last.Fail((int)CloseCode.Removed);
            Step();
            Assert.AreEqual(RoomState.Ended, room.State);
            Assert.AreEqual("4503", room.Code);
        }

        [Test]
        public void AServerThatBreaksTheProtocolIsLeftWith4501AndJoinedAnew()
        {
            Join();
            FakeWire first = Last;
            first.Coming.Enqueue(new byte[] { (byte)Kind.Snapshot, 0xFF });
            Step();
            Assert.AreEqual((int)CloseCode.Malformed, first.ClosedWith);
            Step(1000);
            Step();
            Step();
            Assert.AreEqual(2, desk.Asked);
            Assert.AreEqual((int)Kind.Hello, Last.Sent[0][0]);
        }

        [Test]
        public void PosesGoOutNoFasterThanTheRoomTicks()
        {
            Join();
            int before = Last.Sent.Count;
            var pose = new LocalPose { HeadTracked = true, Head = new Place(new Vec3(0, 1.6, 0), Quat.Identity) };
            for (int millisecond = 0; millisecond < 1000; millisecond += 5)
            {
                room.SendPose(pose, now + millisecond);
            }
            int poses = Last.Sent.Count - before;
            Assert.IsTrue(poses >= 25 && poses <= 31, poses + " poses");
        }

        [Test]
        public void TheRosterFollowsItsPagesAndChanges()
        {
            Join();
            Told("presence", "roster", new Roster { People = new[] { Someone(1) }, More = true }, 1);
            Assert.AreEqual(0, room.World.Roster.Count, "half a roster is none");
            Told("presence", "roster", new Roster { People = new[] { Someone(2) } }, 2);
            Told("presence", "changed", new Changed { Joined = new[] { Someone(3) }, Left = new[] { 1u } }, 3);
            Assert.AreEqual(2, room.World.Roster.Count);
            Assert.IsTrue(room.World.Roster.ContainsKey(2) && room.World.Roster.ContainsKey(3));
            Told("presence", "changed", new Changed { Joined = new[] { Someone(4) }, Left = new[] { 4u } }, 4);
            Assert.IsFalse(room.World.Roster.ContainsKey(4), "who came and left between two changes is not there");
        }

        private static Person Someone(uint entity)
        {
            return new Person { Entity = entity, Name = "P" + entity, Role = "patient" };
        }

        [Test]
        public void WhoIsGoneAfterAResumeHasLeft()
        {
            Join();
            var left = new List<uint>();
            room.World.Left += seen => left.Add(seen.Entity);
            Last.Coming.Enqueue(Frames.Enter(1, new Dictionary<int, uint> { { 0, 11 }, { 1, 12 } }));
            Step();
            SeenPerson stays = room.World.People[12];
            Last.Fail(1006);
            Step(100);
            Step(500);
            Step();
            Welcome(true);
            Assert.AreEqual(2, room.World.People.Count, "until the first frame they are shown");
            Last.Coming.Enqueue(Frames.Enter(9, new Dictionary<int, uint> { { 0, 12 } }));
            Step();
            Assert.AreEqual(1, left.Count);
            Assert.AreEqual(11, left[0]);
            Assert.IsTrue(ReferenceEquals(stays, room.World.People[12]));
        }

        [Test]
        public void LeavingSaysGoodbye()
        {
            Join();
            FakeWire wire = Last;
            room.Dispose();
            Assert.AreEqual((int)Kind.Bye, wire.Sent[wire.Sent.Count - 1][0]);
            Assert.AreEqual(1000, wire.ClosedWith);
            Assert.AreEqual(RoomState.Ended, room.State);
        }

        [Test]
        public void APlaceThatIsNoneIsNotSent()
        {
            Join();
            Last.Coming.Enqueue(Frames.Thing(1, 5, 21, new ObjectFacts
            {
                Kind = "prop", Name = "Cart", Model = "cart", Grabbable = true, Hand = "", Grip = new int[0],
            }, false));
            Step();
            SeenThing cart = room.World.Things[21];
            var nowhere = new Place(new Vec3(0, double.NaN, 0), Quat.Identity);
            var untrue = new Place(new Vec3(0, 1, 0), default(Quat));
            foreach (Place none in new[] { nowhere, untrue })
            {
                Assert.Throws<ArgumentException>(() => room.Put(cart, none));
                Assert.Throws<ArgumentException>(() => room.Move(cart, none));
                Assert.Throws<ArgumentException>(() => room.Grab(cart, true, none));
            }
            Step();
            Assert.IsFalse(Last.Sent.Exists(message => message[0] == (byte)Kind.Operation));
        }

        [Test]
        public void AHandIsTheWearersOnlyWhileItIsTracked()
        {
            var pose = new LocalPose { LeftTracked = true, Left = new Place(new Vec3(1, 1, 1), Quat.Identity) };
            room.SendPose(pose, now);
            Assert.IsTrue(room.World.OwnLeftTracked && !room.World.OwnRightTracked);
            pose.LeftTracked = false;
            room.SendPose(pose, now);
            Assert.IsFalse(room.World.OwnLeftTracked);
            Assert.AreEqual(1.0, room.World.OwnLeft.Position.X, 0.0, "what it holds stays where it was");
        }
    }
}
