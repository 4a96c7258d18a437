using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using Polyclinic.Protocol.Generated;

namespace Polyclinic
{
    /// <summary>Who is told what a session's messages say, in their order.</summary>
    public interface ISessionListener
    {
        /// <summary>The session is live. If it was not resumed, all that was known of the room is void.</summary>
        void Welcomed(Welcome welcome);

        /// <summary>A snapshot was applied; `time` is its server clock, not wrapped, `now` one's own.</summary>
        void Framed(FrameReader frame, double time, double now);

        void Told(Event told);

        void Corrected(Correction correction);
    }

    /// <summary>One client's side of a session, without sockets or clocks: bytes and times come in, bytes go out. `now` is
    /// one's own clock in milliseconds, from any origin.</summary>
    public sealed class Session
    {
        private const double ClockFirstMs = 250, ClockMs = 10000;
        private const int ClockFirstCount = 4;

        private sealed class Asked
        {
            public string Feature, Type;
            public byte[] Message;
            public Action<Outcome> Answered;
        }

        private readonly RandomNumberGenerator random = RandomNumberGenerator.Create();
        private readonly Dictionary<string, Asked> unanswered = new Dictionary<string, Asked>();
        private readonly Queue<byte[]> unsent = new Queue<byte[]>();
        private readonly byte[] pose = new byte[Wire.PoseBytesMax];
        private readonly ISessionListener listener;
        private readonly string client;
        private long lastEvent, acknowledged;
        private double ackDue, clockDue, suspendedAt, frameTime;
        private uint frameWireTime;
        private bool suspended, abandoned;
        private int clockAsked, sequence;
        private int budget = Wire.BudgetNone;
        private bool budgetDue;

        public readonly ServerClock Clock = new ServerClock();
        public readonly FrameReader Frames = new FrameReader();

        /// <summary>The last one; null before the first.</summary>
        public Welcome Welcome { get; private set; }
        public bool Live { get; private set; }

        public Session(string client, ISessionListener listener)
        {
            this.client = client.Length > 64 ? client.Substring(0, 64) : client;
            this.listener = listener;
        }

        /// <summary>Begin a new session.</summary>
        public byte[] Hello(string ticket)
        {
            return MsgpackWriter.Message(Kind.Hello, new Hello
            {
                Version = Wire.Version, Schema = Wire.SchemaHash, Ticket = ticket, Client = client,
            });
        }

        /// <summary>Ask for the session back; only while MayResume.</summary>
        public byte[] Resume()
        {
            return MsgpackWriter.Message(Kind.Resume, new Resume
            {
                Version = Wire.Version, Schema = Wire.SchemaHash, Token = Welcome.ResumeToken, LastEvent = lastEvent,
            });
        }

        /// <summary>Whether the server may still keep this session.</summary>
        public bool MayResume(double now)
        {
            return suspended && !abandoned && now - suspendedAt < Welcome.ResumeSeconds * 1000;
        }

        /// <summary>The socket is lost.</summary>
        public void Suspend(double now)
        {
            suspendedAt = Live ? now : suspendedAt;
            suspended |= Live;
            Live = false;
        }

        /// <summary>Give the session up: the next begins with a ticket. What was asked gets no answer.</summary>
        public void Abandon()
        {
            Live = false;
            abandoned = true;
            LoseOperations();
        }

        private void LoseOperations()
        {
            var lost = new Queue<Asked>(unanswered.Values);
            unanswered.Clear();
            unsent.Clear();
            TellLost(lost);
        }

        /// <summary>Everyone is told, also where one of them throws.</summary>
        private static void TellLost(Queue<Asked> lost)
        {
            try
            {
                while (lost.Count > 0)
                {
                    lost.Dequeue().Answered(Outcome.Lost);
                }
            }
            finally
            {
                if (lost.Count > 0)
                {
                    TellLost(lost);
                }
            }
        }

        /// <summary>Take in one message. Throws WireFault if the server broke the protocol; then abandon the session.</summary>
        public void Receive(byte[] data, int length, double now)
        {
            if (!Live)
            {
                var welcome = Messages.ReadServer(data, length) as Welcome;
                if (welcome == null)
                {
                    throw new WireFault("no welcome");
                }
                Begin(welcome, now);
            }
            else if (length > 0 && data[0] == (byte)Kind.Snapshot)
            {
                Frames.Apply(data, length);
                frameTime += (int)(Frames.Time - frameWireTime);
                frameWireTime = Frames.Time;
                listener.Framed(Frames, frameTime, now);
            }
            else
            {
                ReceiveMessage(Messages.ReadServer(data, length), now);
            }
        }

        private void Begin(Welcome welcome, double now)
        {
            Welcome = welcome;
            Live = true;
            suspended = abandoned = false;
            if (!welcome.Resumed)
            {
                LoseOperations();
                lastEvent = acknowledged = welcome.Event;
            }
            unsent.Clear();
            foreach (Asked asked in unanswered.Values)
            {
                // Under the same id it takes effect once, whether the first one came through or not.
                unsent.Enqueue(asked.Message);
            }
            Frames.Restart();
            frameTime = frameWireTime = welcome.Time;
            Clock.Start(welcome.Time, now);
            clockDue = now;
            clockAsked = 0;
            ackDue = now;
            budgetDue = budget != Wire.BudgetNone;
            listener.Welcomed(welcome);
        }

        private void ReceiveMessage(IWireMap message, double now)
        {
            if (message is Event)
            {
                ReceiveEvent((Event)message, now);
            }
            else if (message is Result)
            {
                Answer((Result)message);
            }
            else if (message is ClockReply)
            {
                Clock.Note(((ClockReply)message).Sent, ((ClockReply)message).Time, now);
            }
            else if (message is Correction)
            {
                listener.Corrected((Correction)message);
            }
            else if (message is Welcome)
            {
                throw new WireFault("a second welcome");
            }
        }

        private void ReceiveEvent(Event told, double now)
        {
            if (told.EventNumber != lastEvent + 1)
            {
                throw new WireFault("event " + told.EventNumber + " after event " + lastEvent);
            }
            ackDue = lastEvent == acknowledged ? now + Wire.AckMs : ackDue;
            lastEvent = told.EventNumber;
            listener.Told(told);
        }

        private void Answer(Result result)
        {
            string op = Convert.ToBase64String(result.Op);
            Asked asked;
            if (unanswered.TryGetValue(op, out asked))
            {
                // Before it counts as answered: a body that is none costs the session, and then this too is lost.
                Outcome outcome = Outcome.Of(result, asked.Feature, asked.Type);
                unanswered.Remove(op);
                asked.Answered(outcome);
            }
        }

        /// <summary>Ask a feature for something. Over a lost connection that is resumed it is sent again, and takes effect
        /// once.</summary>
        public void Operate(string feature, string type, IWireMap body, Action<Outcome> answered)
        {
            var op = new byte[Wire.OperationIdBytes];
            random.GetBytes(op);
            var operation = new Operation { Op = op, Feature = feature, Type = type, Body = MsgpackWriter.Map(body) };
            byte[] message = MsgpackWriter.Message(Kind.Operation, operation);
            unanswered[Convert.ToBase64String(op)] = new Asked
            {
                Feature = feature, Type = type, Message = message, Answered = answered,
            };
            if (Live)
            {
                unsent.Enqueue(message);
            }
        }

        /// <summary>Ask to be sent at most so many kbit/s, in this session and in those after it.</summary>
        public void Limit(int kbits)
        {
            if (kbits < Wire.BudgetLeast || kbits > Wire.BudgetNone)
            {
                throw new ArgumentOutOfRangeException("kbits");
            }
            budget = kbits;
            budgetDue = true;
        }

        /// <summary>Lay a pose out under the next number; how many bytes of `message` it has.</summary>
        public int Pose(AvatarState state, double sampledAt, out byte[] message)
        {
            message = pose;
            int length = PoseCodec.Write(pose, state, sequence, Clock.WireTimeAt(sampledAt));
            sequence = (sequence + 1) & 0xFFFF;
            return length;
        }

        /// <summary>The next message that must be sent by now; null for none.</summary>
        public byte[] Due(double now)
        {
            long unacknowledged = lastEvent - acknowledged;
            if (unacknowledged >= Wire.AckEvents || (unacknowledged > 0 && now >= ackDue))
            {
                acknowledged = lastEvent;
                return MsgpackWriter.Message(Kind.Ack, new Ack { Event = lastEvent });
            }
            if (budgetDue)
            {
                budgetDue = false;
                return MsgpackWriter.Message(Kind.Budget, new Budget { Kbits = budget });
            }
            if (now >= clockDue)
            {
                clockDue = now + (++clockAsked < ClockFirstCount ? ClockFirstMs : ClockMs);
                return MsgpackWriter.Message(Kind.Clock, new Clock { Sent = now });
            }
            return unsent.Count > 0 ? unsent.Dequeue() : null;
        }
    }
}
