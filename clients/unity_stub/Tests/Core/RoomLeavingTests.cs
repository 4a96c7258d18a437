using System;
using System.Collections.Generic;
using NUnit.Framework;
using Polyclinic.Protocol.Generated;

namespace Polyclinic.Tests
{
    /// <summary>How a room is left, also by whoever is just being told something, and what is left behind: nothing.</summary>
    public sealed class RoomLeavingTests : InARoom
    {
        private static readonly ObjectFacts Cart = new ObjectFacts
        {
            Kind = "prop", Name = "Cart", Model = "cart", Grabbable = true, Hand = "", Grip = new int[0],
        };

        private void Meet(uint tick, params uint[] entities)
        {
            var aliases = new Dictionary<int, uint>();
            foreach (uint entity in entities)
            {
                aliases[aliases.Count] = entity;
            }
            Last.Coming.Enqueue(Frames.Enter(tick, aliases));
            Step();
        }

        private void Answer(Result result)
        {
            byte[] operation = Last.Sent.FindLast(message => message[0] == (byte)Kind.Operation);
            result.Op = ((Operation)Messages.ReadClient(operation, operation.Length)).Op;
            Last.Coming.Enqueue(MsgpackWriter.Message(Kind.Result, result));
            Step();
        }

        private int Disposals()
        {
            int count = 0;
            wires.ForEach(wire => count += wire.Disposals);
            return count;
        }

        [Test]
        public void ASocketWithoutAWelcomeIsDroppedAfterTenSeconds()
        {
            Step();
            Step();
            Step();
            Assert.AreEqual((int)Kind.Hello, Last.Sent[0][0]);
            Step(10000);
            Assert.AreEqual(0, Last.Disposals, "ten seconds are not over");
            Step(1);
            Assert.AreEqual(1, Last.Disposals, "or a late welcome makes a ghost of it");
            Assert.AreEqual(RoomState.Joining, room.State);
            Assert.AreEqual("1006 no welcome", room.Code + " " + room.Reason);
        }

        [Test]
        public void ASocketThatDoesNotOpenIsDroppedAfterTenSeconds()
        {
            slow = true;
            Step();
            Step();
            Step(10001);
            Assert.AreEqual(1, Last.Disposals);
            Assert.AreEqual(0, Last.Sent.Count);
        }

        [Test]
        public void EverySocketThatIsLostIsDisposedOnce()
        {
            foreach (int code in new[] { 1006, 1001, 4001 })
            {
                OpenTheDoor();
                Join();
                Last.Fail(code);
                Step();
                Assert.AreEqual(1, Disposals(), code.ToString());
            }
            OpenTheDoor();
            Join();
            room.DropConnection();
            Assert.AreEqual(1, Disposals(), "dropped");
        }

        [Test]
        public void AFarewellIsNotCutOff()
        {
            Join();
            FakeWire first = Last;
            first.Coming.Enqueue(new byte[] { (byte)Kind.Snapshot, 0xFF });
            Step();
            Assert.AreEqual((int)CloseCode.Malformed, first.ClosedWith);
            Assert.AreEqual(0, Disposals(), "a fault is told to the server");
            Assert.AreEqual(0, first.Lent, "what was wrong is given back too");
            OpenTheDoor();
            Join();
            room.Dispose();
            Assert.AreEqual(0, Disposals(), "so is leaving");
        }

        [Test]
        public void WhoIsToldSomethingMayLeave()
        {
            var leave = new Dictionary<string, Action>
            {
                { "entered", () => room.World.Entered += seen => room.Dispose() },
                { "left", () => room.World.Left += seen => room.Dispose() },
                { "said", () => room.World.Said += line => room.Dispose() },
                { "roster", () => room.World.RosterChanged += () => room.Dispose() },
                { "held", () => room.World.Held += thing => room.Dispose() },
                { "answer", () => room.Say("Hi", outcome => room.Dispose()) },
            };
            foreach (KeyValuePair<string, Action> handler in leave)
            {
                OpenTheDoor();
                Join();
                handler.Value();
                GoThroughAll();
                Assert.AreEqual(RoomState.Ended, room.State, handler.Key);
                Assert.AreEqual("left", room.Reason, handler.Key);
                Assert.AreEqual(0, room.World.People.Count + room.World.Things.Count, handler.Key);
                Assert.AreEqual(0, Last.Lent, handler.Key);
            }
        }

        [Test]
        public void WhoIsToldSomethingMayDropTheConnection()
        {
            var drop = new Dictionary<string, Action>
            {
                { "entered", () => room.World.Entered += seen => room.DropConnection() },
                { "left", () => room.World.Left += seen => room.DropConnection() },
                { "said", () => room.World.Said += line => room.DropConnection() },
                { "roster", () => room.World.RosterChanged += () => room.DropConnection() },
                { "held", () => room.World.Held += thing => room.DropConnection() },
                { "answer", () => room.Say("Hi", outcome => room.DropConnection()) },
            };
            foreach (KeyValuePair<string, Action> handler in drop)
            {
                OpenTheDoor();
                Join();
                handler.Value();
                GoThroughAll();
                Assert.AreEqual(RoomState.Reconnecting, room.State, handler.Key);
                Assert.AreEqual(1, Last.Disposals, handler.Key);
                Assert.AreEqual(0, Last.Lent, handler.Key);
                Step(500);
                Step();
                Assert.AreEqual((int)Kind.Resume, Last.Sent[0][0], handler.Key);
                Welcome(true);
                Assert.AreEqual(RoomState.Live, room.State, handler.Key);
            }
        }

        [Test]
        public void WhoIsToldThatItIsLiveMayLeaveOrDropTheConnection()
        {
            room.StateChanged += state => room.Dispose();
            Join();
            Assert.AreEqual(RoomState.Ended, room.State);
            OpenTheDoor();
            room.Say("Too early", outcome => room.DropConnection());
            Join();
            Assert.AreEqual(1, Last.Disposals, "within the welcome");
            Step(500);
            Step();
            Welcome(true);
            Assert.AreEqual(RoomState.Live, room.State);
        }

        /// <summary>Everything that can be told, while the room is live.</summary>
        private void GoThroughAll()
        {
            Step();
            Action[] told =
            {
                () => Answer(new Result { Ok = true }),
                () => Meet(1, 11, 12),
                () => Last.Coming.Enqueue(Frames.Thing(2, 5, 21, Cart, false)),
                () => Last.Coming.Enqueue(Frames.Thing(3, 5, 21, Cart, true)),
                () => Told("presence", "roster", new Roster { People = new Person[0] }, 1),
                () => Told("chat", "said", new Said { Entity = 11, Name = "Bo", Text = "Hi", Time = 1 }, 2),
                () => Last.Coming.Enqueue(Frames.Leave(4, 0)),
            };
            bool asks = Last.Sent.Exists(message => message[0] == (byte)Kind.Operation);
            for (int index = asks ? 0 : 1; index < told.Length && room.State == RoomState.Live; index++)
            {
                told[index]();
                Step();
            }
        }

        [Test]
        public void NothingIsToldAfterTheRoomWasLeft()
        {
            var told = new List<string>();
            room.World.Entered += seen => told.Add("entered " + seen.Entity);
            room.World.Entered += seen => room.Dispose();
            room.World.Left += seen => told.Add("left " + seen.Entity);
            room.StateChanged += state => told.Add(state.ToString());
            Join();
            Meet(1, 11, 12, 13);
            Step();
            Assert.AreEqual("Live, entered 11, left 11, Ended", string.Join(", ", told.ToArray()));
        }

        [Test]
        public void AllLeaveWhenTheRoomEnds()
        {
            foreach (string how in new[] { "removed", "disposed", "lost for too long" })
            {
                OpenTheDoor();
                var left = new List<uint>();
                room.World.Left += seen => left.Add(seen.Entity);
                Join();
                Told("presence", "roster", new Roster { People = new[] { new Person { Entity = 11, Name = "Bo", Role = "patient" } } }, 1);
                Meet(1, 11, 12);
                Last.Coming.Enqueue(Frames.Thing(2, 5, 21, Cart, false));
                Step();
                Assert.AreEqual(3, room.World.People.Count + room.World.Things.Count, how);
                End(how);
                Assert.AreEqual(RoomState.Ended, room.State, how);
                left.Sort();
                Assert.AreEqual("11 12 21", string.Join(" ", left), how);
                Assert.AreEqual(0, room.World.People.Count + room.World.Things.Count + room.World.Roster.Count, how);
                room.World.Sample(now);
            }
        }

        private void End(string how)
        {
            if (how == "disposed")
            {
                room.Dispose();
                return;
            }
            if (how == "removed")
            {
                Last.Fail((int)CloseCode.Removed);
                Step();
                return;
            }
            for (int attempt = 0; attempt < 50 && room.State != RoomState.Ended; attempt++)
            {
                Last.Fail(1006);
                Step(30000);
            }
        }

        [Test]
        public void WhoAsksAgainWhenTheRoomHasEndedIsRefusedAndAllAreAnswered()
        {
            Join();
            int answered = 0, ended = 0;
            room.StateChanged += state => ended += state == RoomState.Ended ? 1 : 0;
            for (int count = 0; count < 3; count++)
            {
                room.Say("Hi", outcome =>
                {
                    answered++;
                    Assert.AreEqual("lost", outcome.Code);
                    room.Say("Hi again", again => answered += 100);
                });
            }
            Assert.Throws<InvalidOperationException>(() => room.Dispose());
            Assert.AreEqual(3, answered);
            Assert.AreEqual(1, ended);
            Assert.AreEqual(RoomState.Ended, room.State);
        }

        [Test]
        public void WhoLeavesBecauseAnOperationWasLostIsNotBroughtBack()
        {
            Join();
            room.Say("Hi", outcome => room.Dispose());
            Last.Coming.Enqueue(new byte[] { (byte)Kind.Snapshot, 0xFF });
            Step();
            Assert.AreEqual(RoomState.Ended, room.State);
            Step(60000);
            Assert.AreEqual(1, wires.Count);
        }

        [Test]
        public void ABacklogIsTakenInOverSeveralFrames()
        {
            Join();
            int said = 0;
            room.World.Said += line => said++;
            for (int number = 1; number <= 1000; number++)
            {
                Last.Coming.Enqueue(MsgpackWriter.Message(Kind.Event, new Event
                {
                    EventNumber = number, Feature = "chat", Type = "said",
                    Body = MsgpackWriter.Map(new Said { Entity = 11, Name = "Bo", Text = "Hi", Time = 1 }),
                }));
            }
            Last.Fail((int)CloseCode.Removed);
            Step();
            Assert.IsTrue(said > 0 && said <= 100, said + " in one frame");
            for (int frame = 0; frame < 100; frame++)
            {
                Step(11);
            }
            Assert.AreEqual(1000, said, "what came before the close is told");
            Assert.AreEqual(RoomState.Ended, room.State);
        }
    }
}
