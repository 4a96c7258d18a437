using System;
using System.Threading.Tasks;
using Polyclinic.Protocol.Generated;

namespace Polyclinic
{
    public enum RoomState
    {
        /// <summary>A ticket is asked for and the welcome awaited.</summary>
        Joining,
        Live,

        /// <summary>The connection was lost; the place in the room is kept for a while.</summary>
        Reconnecting,

        /// <summary>Left, removed, refused or given up.</summary>
        Ended,
    }

    /// <summary>Who comes into which room.</summary>
    public sealed class RoomOptions
    {
        public string Room = "lobby", Name = "", Role = "", Look = "plain", Client = "polyclinic-unity";

        /// <summary>How long a lost connection is tried to be had back.</summary>
        public double PatienceMs = 120000;
    }

    /// <summary>A room one is in or comes into. Pump it once a frame, in one thread: all events come from there. A lost
    /// connection comes back by itself.</summary>
    public sealed partial class Room : IDisposable
    {
        private const double WelcomeMs = 10000;

        // What came while nobody pumped is taken in over several frames, none of them longer than a headset forgives.
        private const int MessagesAPump = 64;

        private readonly RoomOptions options;
        private readonly IFrontDesk desk;
        private readonly Func<ITransport> connect;
        private readonly Session session;
        private readonly Backoff backoff;
        private readonly AvatarState pose = new AvatarState();
        private ITransport transport;
        private Task<Ticket> asking;
        private string address, ticket;
        private bool greeted, resuming, everLive;
        private double attemptAt, openedAt, liveSince, lostAt = double.NaN, lastPose = double.NegativeInfinity, clock;

        public readonly World World = new World();

        public RoomState State { get; private set; }

        /// <summary>Why it ended or is reconnecting: a close code or the front desk's code, and words for people.</summary>
        public string Code { get; private set; }
        public string Reason { get; private set; }

        /// <summary>Whether the last welcome was that of a resume in which nothing was missed.</summary>
        public bool Resumed { get; private set; }

        public event Action<RoomState> StateChanged;

        /// <param name="chance">A number from 0 to below 1, for the waits between attempts.</param>
        public Room(RoomOptions options, IFrontDesk desk, Func<ITransport> connect, Func<double> chance)
        {
            this.options = options;
            this.desk = desk;
            this.connect = connect;
            backoff = new Backoff(chance);
            session = new Session(options.Client, World);
            World.Attach(session);
            Code = Reason = "";
        }

        /// <summary>The room, the spawn and one's own entity; null before the first welcome.</summary>
        public Welcome Welcome { get { return session.Welcome; } }

        /// <summary>Milliseconds there and back; NaN before the first answer.</summary>
        public double RoundTrip { get { return session.Clock.RoundTrip; } }

        /// <summary>Receive, send what is due, come back. `now` is a steady clock in milliseconds.</summary>
        public void Pump(double now)
        {
            clock = now;
            if (State == RoomState.Ended)
            {
                return;
            }
            if (transport != null)
            {
                PumpTransport(now);
            }
            else if (asking != null)
            {
                PumpTicket(now);
            }
            else if (now >= attemptAt)
            {
                Attempt(now);
            }
        }

        private void Attempt(double now)
        {
            resuming = session.MayResume(now);
            if (resuming)
            {
                Open(now);
                return;
            }
            asking = desk.AskTicket(options.Room, options.Name, options.Role, options.Look);
        }

        private void PumpTicket(double now)
        {
            if (!asking.IsCompleted)
            {
                return;
            }
            Task<Ticket> answered = asking;
            asking = null;
            if (answered.Status == TaskStatus.RanToCompletion)
            {
                address = answered.Result.World;
                ticket = answered.Result.Value;
                Open(now);
                return;
            }
            Exception fault = answered.Exception != null ? answered.Exception.GetBaseException() : null;
            var refused = fault as JoinRefused;
            string code = refused != null ? refused.Code : "unexpected";
            string reason = fault != null ? fault.Message : "the question was given up";
            if (everLive && refused != null && refused.Temporary)
            {
                Wait(now, code, reason);
                return;
            }
            End(code, reason);
        }

        private void Open(double now)
        {
            transport = connect();
            transport.Open(address);
            openedAt = now;
            greeted = false;
        }

        private void PumpTransport(double now)
        {
            TransportState state = transport.State;
            if (state == TransportState.Open && !greeted)
            {
                greeted = true;
                Send(resuming ? session.Resume() : session.Hello(ticket));
            }
            bool drained = ReceiveSome(now);
            if (transport == null)
            {
                return;
            }
            if (state == TransportState.Closed && drained)
            {
                Lost(now, transport.CloseCode, transport.CloseReason);
            }
            else if (session.Live)
            {
                for (byte[] due = session.Due(now); due != null; due = session.Due(now))
                {
                    Send(due);
                }
            }
            else if (now - openedAt > WelcomeMs)
            {
                Lost(now, (int)CloseCode.Abnormal, "no welcome");
            }
        }

        /// <summary>Whether nothing is left. Whoever is told of a message may leave the room or drop the connection.</summary>
        private bool ReceiveSome(double now)
        {
            ITransport from = transport;
            Incoming message;
            for (int count = 0; count < MessagesAPump && transport == from; count++)
            {
                if (!from.TryReceive(out message))
                {
                    return true;
                }
                bool wasLive = session.Live;
                try
                {
                    session.Receive(message.Data, message.Length, now);
                }
                catch (WireFault fault)
                {
                    Distrust(from, now, "the server broke the protocol: " + fault.Message);
                    return true;
                }
                finally
                {
                    from.Release(message);
                }
                if (!wasLive && session.Live)
                {
                    NoteWelcome(now);
                }
            }
            return false;
        }

        private void Distrust(ITransport from, double now, string reason)
        {
            if (transport != from)
            {
                session.Abandon();
                return;
            }
            from.Close((int)CloseCode.Malformed);
            Lost(now, (int)CloseCode.Abnormal, reason, broken: true);
        }

        private void NoteWelcome(double now)
        {
            everLive = true;
            liveSince = now;
            lostAt = double.NaN;
            Resumed = session.Welcome.Resumed;
            Code = Reason = "";
            Become(RoomState.Live);
        }

        private void Lost(double now, int code, string reason, bool broken = false)
        {
            ITransport gone = transport;
            transport = null;
            // After a fault of the server the close frame is still on its way: it is not cut off.
            if (!broken)
            {
                gone.Dispose();
            }
            if (session.Live && !broken)
            {
                backoff.NoteLive(now - liveSince);
                session.Suspend(now);
            }
            // A token is good once, and a server that was restarted has forgotten it: what is left is a new ticket.
            bool anew = resuming && code == (int)CloseCode.Replayed;
            if (anew || broken)
            {
                session.Abandon();
            }
            if (State == RoomState.Ended)
            {
                // Left by who was told that an operation is lost.
                return;
            }
            if (!Backoff.Reconnects(code) && !anew)
            {
                End(code.ToString(), reason);
                return;
            }
            Wait(now, code.ToString(), reason);
        }

        private void Wait(double now, string code, string reason)
        {
            lostAt = double.IsNaN(lostAt) ? now : lostAt;
            if (now - lostAt > options.PatienceMs)
            {
                End(code, reason);
                return;
            }
            attemptAt = now + backoff.Wait();
            Code = code;
            Reason = reason;
            Become(everLive ? RoomState.Reconnecting : RoomState.Joining);
        }

        private void End(string code, string reason)
        {
            Code = code;
            Reason = reason;
            // First of all: who is told that an operation is lost and asks again is refused.
            State = RoomState.Ended;
            try
            {
                session.Abandon();
            }
            finally
            {
                World.End();
                TellState();
            }
        }

        private void Become(RoomState state)
        {
            bool same = State == state;
            State = state;
            if (!same)
            {
                TellState();
            }
        }

        private void TellState()
        {
            if (StateChanged != null)
            {
                StateChanged(State);
            }
        }

        private void Send(byte[] message)
        {
            transport.Send(message, message.Length);
        }

        /// <summary>Show where the wearer is; more often than the room ticks it is not sent. Whether it was.</summary>
        public bool SendPose(LocalPose local, double now)
        {
            World.OwnLeft = local.Left;
            World.OwnRight = local.Right;
            World.OwnLeftTracked = local.LeftTracked;
            World.OwnRightTracked = local.RightTracked;
            if (State != RoomState.Live || transport == null || now - lastPose < 950.0 / session.Welcome.Room.TickHz)
            {
                return false;
            }
            lastPose = now;
            local.Write(pose);
            byte[] message;
            int length = session.Pose(pose, now, out message);
            transport.Send(message, length);
            return true;
        }

        /// <summary>Drop the socket as a lost network would: the session is resumed.</summary>
        public void DropConnection()
        {
            if (transport != null)
            {
                Lost(clock, (int)CloseCode.Abnormal, "dropped");
            }
        }

        /// <summary>Leave for good; also from within an event. Everybody and everything leaves one's sight.</summary>
        public void Dispose()
        {
            if (State == RoomState.Ended)
            {
                return;
            }
            ITransport left = transport;
            if (left != null && session.Live)
            {
                Send(MsgpackWriter.Message(Kind.Bye, new Bye()));
                left.Close((int)CloseCode.Normal);
            }
            else if (left != null)
            {
                left.Dispose();
            }
            transport = null;
            End("", "left");
        }
    }
}
