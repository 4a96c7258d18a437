using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using Polyclinic.Protocol.Generated;

namespace Polyclinic.Probe
{
    using Line = Dictionary<string, object>;

    /// <summary>Joins a room, says in JSON lines what it sees, and does what it is told on standard input.</summary>
    public static class Probe
    {
        private const int StepMs = 5;
        private static readonly Stopwatch Watch = Stopwatch.StartNew();
        private static readonly ConcurrentQueue<string> Commands = new ConcurrentQueue<string>();
        private static Room room;
        private static readonly LocalPose Pose = new LocalPose();

        public static int Main(string[] arguments)
        {
            var options = new Dictionary<string, string>
            {
                { "server", "http://127.0.0.1:8080" }, { "room", "lobby" }, { "name", "Probe" }, { "role", "clinician" },
                { "report", "1000" },
            };
            for (int index = 0; index + 1 < arguments.Length; index += 2)
            {
                options[arguments[index].TrimStart('-')] = arguments[index + 1];
            }
            var who = new RoomOptions
            {
                Room = options["room"], Name = options["name"], Role = options["role"], Client = "polyclinic-probe",
            };
            var random = new Random();
            room = new Room(who, new FrontDesk(options["server"]), () => new WebSocketTransport(), random.NextDouble);
            Listen();
            new Thread(ReadCommands) { IsBackground = true }.Start();
            double nextReport = 0, reportMs = Number(options["report"]);
            while (room.State != RoomState.Ended)
            {
                double now = Watch.Elapsed.TotalMilliseconds;
                room.Pump(now);
                RunCommands();
                room.SendPose(Pose, now);
                room.World.Sample(now);
                if (room.State == RoomState.Live && now >= nextReport)
                {
                    nextReport = now + reportMs;
                    Report(now);
                }
                Thread.Sleep(StepMs);
            }
            // What says goodbye does so on other threads.
            Thread.Sleep(200);
            return room.Reason == "left" ? 0 : 1;
        }

        private static void Print(string what, Line line)
        {
            line["event"] = what;
            Console.WriteLine(Json.Write(line));
            Console.Out.Flush();
        }

        private static void Listen()
        {
            World world = room.World;
            room.StateChanged += state => TellState(state);
            world.Entered += seen => Print("entered", Describe(seen));
            world.Left += seen => Print("left", new Line { { "entity", seen.Entity } });
            world.Held += thing => Print("held", Describe(thing));
            world.Said += said => Print("said", new Line
            {
                { "entity", said.Entity }, { "name", said.Name }, { "text", said.Text },
            });
            world.RosterChanged += () => Print("roster", new Line { { "people", new List<uint>(world.Roster.Keys) } });
            world.Wanted += (prop, entity, name) => Print("wanted", new Line
            {
                { "prop", prop }, { "entity", entity }, { "name", name },
            });
            world.Moved += (position, reason) => Print("corrected", new Line
            {
                { "position", Axes(position) }, { "reason", reason },
            });
        }

        private static void TellState(RoomState state)
        {
            var line = new Line
            {
                { "state", state.ToString().ToLowerInvariant() }, { "code", room.Code }, { "reason", room.Reason },
            };
            if (state == RoomState.Live)
            {
                line["resumed"] = room.Resumed;
                line["entity"] = room.Welcome.Entity;
                line["room"] = room.Welcome.Room.Id;
                line["features"] = room.Welcome.Room.Features;
                if (!room.Resumed)
                {
                    Stand(room.Welcome.Spawn);
                }
            }
            Print("state", line);
        }

        private static void Stand(Spawn spawn)
        {
            var head = new Place(
                new Vec3(spawn.Position[0], spawn.Position[1], spawn.Position[2]), Quat.AboutY(spawn.Yaw));
            StandAt(head);
        }

        private static void StandAt(Place head)
        {
            Pose.HeadTracked = Pose.LeftTracked = Pose.RightTracked = true;
            Pose.Head = head;
            Pose.Left = head * new Place(new Vec3(-0.2, -0.4, -0.3), Quat.Identity);
            Pose.Right = head * new Place(new Vec3(0.2, -0.4, -0.3), Quat.Identity);
        }

        private static double[] Axes(Vec3 position)
        {
            return new[] { position.X, position.Y, position.Z };
        }

        private static Line Describe(SeenEntity seen)
        {
            var line = new Line { { "entity", seen.Entity }, { "name", seen.Name } };
            var person = seen as SeenPerson;
            if (person != null)
            {
                line["kind"] = "avatar";
                line["role"] = person.Role;
                return line;
            }
            var thing = (SeenThing)seen;
            line["kind"] = thing.Kind;
            line["model"] = thing.Model;
            line["grabbable"] = thing.Grabbable;
            line["holder"] = thing.Holder;
            line["hand"] = thing.Hand;
            line["offered"] = thing.Offered;
            line["ownership"] = thing.Ownership;
            line["authority"] = thing.Authority;
            return line;
        }

        /// <summary>`head` and hands are what was told last, in `tick`, as finely as `tier` has it; `shown` is the head as it is
        /// drawn now.</summary>
        private static void Report(double now)
        {
            var people = new List<Line>();
            foreach (SeenPerson person in room.World.People.Values)
            {
                Line line = Describe(person);
                line["head"] = TellPart(person.Told, AvatarState.Head);
                line["left"] = TellPart(person.Told, AvatarState.Left);
                line["right"] = TellPart(person.Told, AvatarState.Right);
                line["tick"] = person.ToldTick;
                line["tier"] = (int)person.ToldTier;
                line["shown"] = person.Head.Presence > 0 ? Axes(person.Head.Place.Position) : null;
                line["speaking"] = person.Speaking;
                people.Add(line);
            }
            var things = new List<Line>();
            foreach (SeenThing thing in room.World.Things.Values)
            {
                Line line = Describe(thing);
                line["position"] = thing.Shown ? Axes(thing.Place.Position) : null;
                things.Add(line);
            }
            Print("sight", new Line
            {
                { "people", people }, { "things", things }, { "self", room.World.Self },
                { "own", Axes(Pose.Head.Position) }, { "round_trip", Number(room.RoundTrip) },
            });
        }

        private static object Number(double value)
        {
            return double.IsNaN(value) ? null : (object)value;
        }

        private static object TellPart(AvatarState told, int part)
        {
            bool placed = told.HasPart(AvatarState.Head) && told.HasPart(part);
            return placed ? Axes(Quantities.PlaceOf(told, part).Position) : null;
        }

        private static void ReadCommands()
        {
            for (string line = Console.In.ReadLine(); line != null; line = Console.In.ReadLine())
            {
                Commands.Enqueue(line);
            }
            Commands.Enqueue("quit");
        }

        private static void RunCommands()
        {
            string line;
            while (Commands.TryDequeue(out line))
            {
                string[] words = line.Split(new[] { ' ' }, StringSplitOptions.RemoveEmptyEntries);
                if (words.Length > 0)
                {
                    Guard(line, words);
                }
            }
        }

        private static void Guard(string line, string[] words)
        {
            try
            {
                Run(line, words);
            }
            catch (Exception fault) when (fault is FormatException || fault is IndexOutOfRangeException
                || fault is KeyNotFoundException || fault is OverflowException)
            {
                Print("refused", new Line { { "command", line }, { "reason", fault.Message } });
            }
        }

        private static void Run(string line, string[] words)
        {
            Action<Outcome> answered = outcome => Print("outcome", new Line
            {
                { "command", words[0] }, { "ok", outcome.Ok }, { "code", outcome.Code }, { "detail", outcome.Detail },
                { "body", MsgpackReader.ReadMap(outcome.Raw, 0, outcome.Raw.Length) },
            });
            switch (words[0])
            {
                case "quit": room.Dispose(); break;
                case "drop": room.DropConnection(); break;
                case "say": room.Say(line.Substring(line.IndexOf(' ') + 1), answered); break;
                case "walk": StandAt(new Place(Point(words, 1), Pose.Head.Rotation)); break;
                case "grab": room.Grab(Thing(words), words[2] == "left", new Place(default(Vec3), Quat.Identity), answered); break;
                case "put": room.Put(Thing(words), new Place(Point(words, 2), Quat.Identity), answered); break;
                case "offer": room.Offer(Thing(words), words[2] == "true", answered); break;
                case "move": room.Move(Thing(words), new Place(Point(words, 2), Quat.Identity), answered); break;
                default: throw new FormatException("no such command");
            }
        }

        private static SeenThing Thing(string[] words)
        {
            return room.World.Things[uint.Parse(words[1], CultureInfo.InvariantCulture)];
        }

        private static Vec3 Point(string[] words, int first)
        {
            return new Vec3(Number(words[first]), Number(words[first + 1]), Number(words[first + 2]));
        }

        private static double Number(string word)
        {
            return double.Parse(word, CultureInfo.InvariantCulture);
        }
    }
}
