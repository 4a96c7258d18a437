using System;
using System.Collections.Generic;
using NUnit.Framework;
using Polyclinic.Protocol.Generated;

namespace Polyclinic.Tests
{
    using Node = Dictionary<string, object>;

    public sealed class SessionTests
    {
        private sealed class Listener : ISessionListener
        {
            public int Welcomes, Frames, Events, Corrections;

            void ISessionListener.Welcomed(Welcome welcome)
            {
                Welcomes++;
            }

            void ISessionListener.Framed(FrameReader frame, double time, double now)
            {
                Frames++;
            }

            void ISessionListener.Told(Event told)
            {
                Events++;
            }

            void ISessionListener.Corrected(Correction correction)
            {
                Corrections++;
            }
        }

        [Test]
        public void EveryWholeSessionIsUnderstood()
        {
            foreach (Node vector in Vectors.Of("sessions", "sessions"))
            {
                Follow(Vectors.Nodes(vector["steps"]), vector.Text("name"));
            }
        }

        /// <summary>What the server sends is taken in; greetings that it welcomes are the ones this client would send.</summary>
        private static void Follow(List<Node> steps, string name)
        {
            var listener = new Listener();
            var session = new Session(ClientOf(steps), listener);
            int taken = 0;
            for (int index = 0; index < steps.Count; index++)
            {
                Node step = steps[index];
                if (step.ContainsKey("drop") || step.ContainsKey("close"))
                {
                    session.Suspend(index);
                }
                else if (step.Text("from") == "server")
                {
                    byte[] message = Vectors.Bytes(step["hex"]);
                    session.Receive(message, message.Length, index);
                    taken += message[0] == (byte)Kind.Snapshot || message[0] == (byte)Kind.Welcome ? 1 : 0;
                }
                else if (index + 1 < steps.Count && IsWelcome(steps[index + 1]))
                {
                    AssertGreets(session, step.Text("hex"), name);
                }
            }
            Assert.AreEqual(taken, listener.Welcomes + listener.Frames, name);
        }

        private static bool IsWelcome(Node step)
        {
            return step.ContainsKey("hex") && step.Text("hex").StartsWith("81", System.StringComparison.Ordinal);
        }

        private static string ClientOf(List<Node> steps)
        {
            Hello hello = steps[0].ContainsKey("hex") ? HelloOf(steps[0].Text("hex")) : null;
            return hello != null ? hello.Client : "test";
        }

        private static Hello HelloOf(string hex)
        {
            byte[] message = Vectors.Bytes(hex);
            bool known = message[0] == (byte)Kind.Hello && hex.Contains(Hex(Wire.SchemaHash));
            try
            {
                return known ? Messages.ReadClient(message, message.Length) as Hello : null;
            }
            catch (WireFault)
            {
                // Of another version, with keys of its own.
                return null;
            }
        }

        private static string Hex(string ascii)
        {
            byte[] bytes = System.Text.Encoding.ASCII.GetBytes(ascii);
            return Vectors.Hex(bytes, bytes.Length);
        }

        private static void AssertGreets(Session session, string hex, string name)
        {
            Hello hello = HelloOf(hex);
            byte[] greeting = hello != null ? session.Hello(hello.Ticket) : session.Resume();
            Assert.AreEqual(hex, Vectors.Hex(greeting, greeting.Length), name);
        }

        [Test]
        public void AnEventThatIsNotTheNextIsAFault()
        {
            Session session = Live();
            Give(session, Told(1), 0);
            byte[] third = MsgpackWriter.Message(Kind.Event, Told(3));
            Assert.Throws<WireFault>(() => session.Receive(third, third.Length, 0));
        }

        [Test]
        public void EventsAreAcknowledgedWithinASecondOrEveryThirtyTwo()
        {
            Session session = Live();
            Drain(session, 0);
            Give(session, Told(1), 100);
            Assert.AreEqual(0, Acknowledged(session, 1000), "not yet");
            Assert.AreEqual(1, Acknowledged(session, 1100), "after a second");
            for (int number = 2; number <= 33; number++)
            {
                Give(session, Told(number), 1200);
            }
            Assert.AreEqual(33, Acknowledged(session, 1200), "at once");
        }

        [Test]
        public void AnOperationIsAskedAgainUnderTheSameIdAfterAResume()
        {
            Session session = Live();
            Drain(session, 0);
            Outcome outcome = null;
            session.Operate("chat", "say", new Say { Text = "Hi" }, answer => outcome = answer);
            byte[] first = session.Due(0);
            session.Suspend(1);
            Assert.IsTrue(session.MayResume(1000));
            Assert.IsFalse(session.MayResume(31000));
            Give(session, Welcome(true), 2);
            List<byte[]> sent = Drain(session, 2);
            Assert.IsTrue(sent.Exists(message => Vectors.Hex(message, message.Length) == Vectors.Hex(first, first.Length)));
            var operation = (Operation)Messages.ReadClient(first, first.Length);
            Give(session, new Result { Op = operation.Op, Ok = false, Code = "rate_limited" }, 3);
            Assert.AreEqual("rate_limited", outcome.Code);
        }

        [Test]
        public void AnOperationThatWasNeverSentIsSentOnceAfterAResume()
        {
            foreach (bool resumed in new[] { true, false })
            {
                Session session = Live();
                Drain(session, 0);
                Action<Outcome> again = outcome => { };
                if (!resumed)
                {
                    // Asked again by who is told, in the middle of the new welcome.
                    again = outcome => session.Operate("chat", "say", new Say { Text = "Hi" }, ignored => { });
                }
                session.Operate("chat", "say", new Say { Text = "Hi" }, again);
                session.Suspend(1);
                Give(session, Welcome(resumed), 2);
                int sent = Drain(session, 2).FindAll(message => message[0] == (byte)Kind.Operation).Count;
                Assert.AreEqual(1, sent, resumed ? "resumed" : "begun anew");
            }
        }

        /// <summary>How an operation went that is answered with a body.</summary>
        private static Outcome Answered(Session session, string feature, string type, IWireMap asked, IWireMap body)
        {
            Outcome outcome = null;
            Drain(session, 0);
            session.Operate(feature, type, asked, answer => outcome = answer);
            byte[] sent = session.Due(0);
            Give(session, new Result
            {
                Op = ((Operation)Messages.ReadClient(sent, sent.Length)).Op, Ok = false, Code = "held",
                Body = body == null ? null : MsgpackWriter.Map(body),
            }, 0);
            return outcome;
        }

        [Test]
        public void AnAnswerIsReadAsWhatTheFeatureAnswers()
        {
            var offer = new Offer { Prop = 21, Offered = true };
            var truth = new Truth
            {
                Prop = 21, Holder = 11, Hand = "left", Grip = new int[0], Ownership = 3, Authority = 1,
                Position = new[] { 1, 2, 3 }, Rotation = new[] { 3, 0, 0, 0 },
            };
            Outcome outcome = Answered(Live(), "props", "offer", offer, truth);
            Assert.AreEqual("held", outcome.Code);
            Assert.AreEqual(11, ((Truth)outcome.Body).Holder);
            Assert.AreEqual(3, ((Truth)outcome.Body).Ownership);
            Assert.IsTrue(Answered(Live(), "props", "offer", offer, null).Body == null, "a refusal without a word");
            Outcome own = Answered(Live(), "notes", "write", offer, truth);
            Assert.IsTrue(own.Body == null, "of a feature that is not known");
            Assert.AreEqual(11, Convert.ToInt32(MsgpackReader.ReadMap(own.Raw, 0, own.Raw.Length)["holder"]));
        }

        [Test]
        public void AnAnswerThatIsNoneCostsTheSessionAndTheOperationIsLost()
        {
            Session session = Live();
            Outcome outcome = null;
            Drain(session, 0);
            session.Operate("props", "offer", new Offer { Prop = 21 }, answer => outcome = answer);
            byte[] sent = session.Due(0);
            byte[] result = MsgpackWriter.Message(Kind.Result, new Result
            {
                Op = ((Operation)Messages.ReadClient(sent, sent.Length)).Op, Ok = true,
                Body = MsgpackWriter.Map(new Say { Text = "Hi" }),
            });
            Assert.Throws<WireFault>(() => session.Receive(result, result.Length, 0));
            session.Abandon();
            Assert.AreEqual("lost", outcome.Code);
        }

        [Test]
        public void AnOperationOfASessionThatIsGoneIsLost()
        {
            Session session = Live();
            Outcome outcome = null;
            session.Operate("chat", "say", new Say { Text = "Hi" }, answer => outcome = answer);
            session.Suspend(1);
            Give(session, Welcome(false), 2);
            Assert.AreEqual("lost", outcome.Code);
        }

        [Test]
        public void TheClockTrustsTheShortestWayAndFollowsTheServersOverTheTurn()
        {
            var clock = new ServerClock();
            clock.Start(uint.MaxValue - 10, 1000);
            clock.Note(1000, uint.MaxValue - 5, 1010);
            Assert.AreEqual(uint.MaxValue - 5, clock.WireTimeAt(1005));
            clock.Note(2000, 500, 2400);
            Assert.AreEqual(uint.MaxValue - 5, clock.WireTimeAt(1005), "a longer way tells less");
            Assert.AreEqual(4, clock.WireTimeAt(1015), "it wraps");
            Assert.AreEqual(10.0, clock.RoundTrip, 0.0);
        }

        [Test]
        public void WaitsDoubleToHalfAMinute()
        {
            var backoff = new Backoff(() => 1.0);
            double[] waits = { 1000, 2000, 4000, 8000, 16000, 30000, 30000 };
            System.Array.ForEach(waits, wait => Assert.AreEqual(wait, backoff.Wait(), 0.0));
            backoff.NoteLive(9999);
            Assert.AreEqual(30000.0, backoff.Wait(), 0.0);
            backoff.NoteLive(10000);
            Assert.AreEqual(1000.0, backoff.Wait(), 0.0);
        }

        [Test]
        public void CloseCodesAreTakenByTheirRange()
        {
            int[] back = { 1001, 1006, 1011, 1012, 4000, 4321, 4499 }, final = { 1000, 1002, 1009, 3000, 4500, 4777, 4999 };
            System.Array.ForEach(back, code => Assert.IsTrue(Backoff.Reconnects(code), code.ToString()));
            System.Array.ForEach(final, code => Assert.IsFalse(Backoff.Reconnects(code), code.ToString()));
        }

        internal static Session Live()
        {
            var session = new Session("test", new Listener());
            Give(session, Welcome(false), 0);
            return session;
        }

        internal static Welcome Welcome(bool resumed)
        {
            double[][] bounds = { new double[] { -50, 0, -50 }, new double[] { 50, 4, 50 } };
            return new Welcome
            {
                Session = "s", Entity = 7, Resumed = resumed, ResumeToken = "r", ResumeSeconds = 30, Time = 50000,
                Room = new RoomDescription
                {
                    Id = "a", Type = "lobby", Name = "A", Scene = "a.glb", TickHz = 30, Bounds = bounds, Visible = 8,
                    Zones = new ZoneDescription[0], Features = new[] { "presence", "chat" },
                },
                Spawn = new Spawn { Position = new[] { 0, 1.6, 0 } },
            };
        }

        internal static void Give(Session session, IWireMap message, double now)
        {
            Kind kind = message is Welcome ? Kind.Welcome : message is Event ? Kind.Event : Kind.Result;
            byte[] bytes = MsgpackWriter.Message(kind, message);
            session.Receive(bytes, bytes.Length, now);
        }

        private static Event Told(long number)
        {
            return new Event { EventNumber = number, Feature = "x", Type = "y" };
        }

        private static List<byte[]> Drain(Session session, double now)
        {
            var sent = new List<byte[]>();
            for (byte[] due = session.Due(now); due != null; due = session.Due(now))
            {
                sent.Add(due);
            }
            return sent;
        }

        /// <summary>The event that is acknowledged by now; 0 for none.</summary>
        private static long Acknowledged(Session session, double now)
        {
            byte[] ack = Drain(session, now).Find(message => message[0] == (byte)Kind.Ack);
            return ack == null ? 0 : ((Ack)Messages.ReadClient(ack, ack.Length)).Event;
        }
    }
}
