// Written by tools/generate.py from protocol/. Do not edit: change that and run `make generate`.

namespace Polyclinic.Protocol.Generated
{
    /// <summary>Reads one msgpack value after another and throws its own exception for what is not as asked.</summary>
    public interface IMapReader
    {
        /// <summary>Begins a map. Returns how many keys follow.</summary>
        int BeginMap();

        /// <summary>Begins an array. Returns how many values follow.</summary>
        int BeginArray();

        string Key();

        bool Bool();

        /// <summary>An integer; never a float.</summary>
        long Int(long least, long most);

        /// <summary>A finite float, or an integer.</summary>
        double Float();

        /// <summary>At most this many Unicode code points; -1 has no limit of its own.</summary>
        string Text(int most);

        byte[] Binary(int length);

        /// <summary>A whole map as its bytes, checked to be within the limits of msgpack bodies.</summary>
        byte[] RawMap();

        /// <summary>The exception for what is well-formed msgpack and yet not this wire's.</summary>
        System.Exception Fault(string reason);
    }

    /// <summary>Writes one msgpack value after another.</summary>
    public interface IMapWriter
    {
        void BeginMap(int count);

        void BeginArray(int count);

        void Key(string key);

        void Bool(bool value);

        void Int(long value);

        void Float(double value);

        void Text(string value);

        void Binary(byte[] value);

        /// <summary>A whole map that is encoded already; null stands for an empty one.</summary>
        void RawMap(byte[] value);
    }

    /// <summary>A map of this wire.</summary>
    public interface IWireMap
    {
        void Write(IMapWriter writer);
    }

    /// <summary>First message of a client that has a ticket.</summary>
    public sealed class Hello : IWireMap
    {
        public long Version;
        public string Schema;
        public string Ticket;
        public string Client;
        public bool Ages = false;

        public static Hello Read(IMapReader reader)
        {
            var read = new Hello();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "version":
                        bit = 1;
                        read.Version = reader.Int(-9007199254740991L, 9007199254740991L);
                        break;
                    case "schema":
                        bit = 2;
                        read.Schema = reader.Text(64);
                        break;
                    case "ticket":
                        bit = 4;
                        read.Ticket = reader.Text(2048);
                        break;
                    case "client":
                        bit = 8;
                        read.Client = reader.Text(64);
                        break;
                    case "ages":
                        bit = 16;
                        read.Ages = reader.Bool();
                        break;
                    default:
                        throw reader.Fault("Hello has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Hello has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 15) != 15)
            {
                throw reader.Fault("Hello lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(4 + (Ages ? 1 : 0));
            writer.Key("version");
            writer.Int(Version);
            writer.Key("schema");
            writer.Text(Schema);
            writer.Key("ticket");
            writer.Text(Ticket);
            writer.Key("client");
            writer.Text(Client);
            if (Ages)
            {
                writer.Key("ages");
                writer.Bool(Ages);
            }
        }
    }

    /// <summary>First message of a client that comes back to its session.</summary>
    public sealed class Resume : IWireMap
    {
        public long Version;
        public string Schema;
        public string Token;
        public long LastEvent;
        public bool Ages = false;
        public string Ticket = "";

        public static Resume Read(IMapReader reader)
        {
            var read = new Resume();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "version":
                        bit = 1;
                        read.Version = reader.Int(-9007199254740991L, 9007199254740991L);
                        break;
                    case "schema":
                        bit = 2;
                        read.Schema = reader.Text(64);
                        break;
                    case "token":
                        bit = 4;
                        read.Token = reader.Text(128);
                        break;
                    case "last_event":
                        bit = 8;
                        read.LastEvent = reader.Int(0L, 9007199254740991L);
                        break;
                    case "ages":
                        bit = 16;
                        read.Ages = reader.Bool();
                        break;
                    case "ticket":
                        bit = 32;
                        read.Ticket = reader.Text(2048);
                        break;
                    default:
                        throw reader.Fault("Resume has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Resume has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 15) != 15)
            {
                throw reader.Fault("Resume lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(4 + (Ages ? 1 : 0) + (Ticket != "" ? 1 : 0));
            writer.Key("version");
            writer.Int(Version);
            writer.Key("schema");
            writer.Text(Schema);
            writer.Key("token");
            writer.Text(Token);
            writer.Key("last_event");
            writer.Int(LastEvent);
            if (Ages)
            {
                writer.Key("ages");
                writer.Bool(Ages);
            }
            if (Ticket != "")
            {
                writer.Key("ticket");
                writer.Text(Ticket);
            }
        }
    }

    /// <summary>The highest event the client has handled.</summary>
    public sealed class Ack : IWireMap
    {
        public long Event;

        public static Ack Read(IMapReader reader)
        {
            var read = new Ack();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "event":
                        bit = 1;
                        read.Event = reader.Int(0L, 9007199254740991L);
                        break;
                    default:
                        throw reader.Fault("Ack has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Ack has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 1) != 1)
            {
                throw reader.Fault("Ack lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(1);
            writer.Key("event");
            writer.Int(Event);
        }
    }

    /// <summary>Something a feature is asked to do; `body` is the feature's to check, see `codec.convert_body`.</summary>
    public sealed class Operation : IWireMap
    {
        public byte[] Op;
        public string Feature;
        public string Type;
        public byte[] Body;

        public static Operation Read(IMapReader reader)
        {
            var read = new Operation();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "op":
                        bit = 1;
                        read.Op = reader.Binary(16);
                        break;
                    case "feature":
                        bit = 2;
                        read.Feature = reader.Text(32);
                        break;
                    case "type":
                        bit = 4;
                        read.Type = reader.Text(32);
                        break;
                    case "body":
                        bit = 8;
                        read.Body = reader.RawMap();
                        break;
                    default:
                        throw reader.Fault("Operation has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Operation has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 15) != 15)
            {
                throw reader.Fault("Operation lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(4);
            writer.Key("op");
            writer.Binary(Op);
            writer.Key("feature");
            writer.Text(Feature);
            writer.Key("type");
            writer.Text(Type);
            writer.Key("body");
            writer.RawMap(Body);
        }
    }

    /// <summary>Asks for the server's clock; `sent` is the client's own, in milliseconds.</summary>
    public sealed class Clock : IWireMap
    {
        public double Sent;

        public static Clock Read(IMapReader reader)
        {
            var read = new Clock();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "sent":
                        bit = 1;
                        read.Sent = reader.Float();
                        break;
                    default:
                        throw reader.Fault("Clock has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Clock has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 1) != 1)
            {
                throw reader.Fault("Clock lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(1);
            writer.Key("sent");
            writer.Float(Sent);
        }
    }

    /// <summary>The client leaves for good.</summary>
    public sealed class Bye : IWireMap
    {

        public static Bye Read(IMapReader reader)
        {
            if (reader.BeginMap() != 0)
            {
                throw reader.Fault("Bye has no keys");
            }

            return new Bye();
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(0);
        }
    }

    /// <summary>The most the client wants to be sent, in kbit/s over any second; the greatest value lifts the limit.</summary>
    public sealed class Budget : IWireMap
    {
        public int Kbits;

        public static Budget Read(IMapReader reader)
        {
            var read = new Budget();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "kbits":
                        bit = 1;
                        read.Kbits = (int)reader.Int(8L, 1000000L);
                        break;
                    default:
                        throw reader.Fault("Budget has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Budget has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 1) != 1)
            {
                throw reader.Fault("Budget lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(1);
            writer.Key("kbits");
            writer.Int(Kbits);
        }
    }

    /// <summary>A fresh ticket, of the same person for the same room: the session goes on for as long as it lets them.</summary>
    public sealed class Refresh : IWireMap
    {
        public string Ticket;

        public static Refresh Read(IMapReader reader)
        {
            var read = new Refresh();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "ticket":
                        bit = 1;
                        read.Ticket = reader.Text(2048);
                        break;
                    default:
                        throw reader.Fault("Refresh has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Refresh has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 1) != 1)
            {
                throw reader.Fault("Refresh lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(1);
            writer.Key("ticket");
            writer.Text(Ticket);
        }
    }

    /// <summary>A box of the room with its own privacy.</summary>
    public sealed class ZoneDescription : IWireMap
    {
        public string Name;
        public double[][] Box;
        public bool Private;

        public static ZoneDescription Read(IMapReader reader)
        {
            var read = new ZoneDescription();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "name":
                        bit = 1;
                        read.Name = reader.Text(-1);
                        break;
                    case "box":
                        bit = 2;
                        {
                            int size0 = reader.BeginArray();
                            if (size0 != 2)
                            {
                                throw reader.Fault(size0 + " values, not 2");
                            }

                            read.Box = new double[size0][];
                            for (int at0 = 0; at0 < size0; at0++)
                            {
                                {
                                    int size1 = reader.BeginArray();
                                    if (size1 != 3)
                                    {
                                        throw reader.Fault(size1 + " values, not 3");
                                    }

                                    read.Box[at0] = new double[size1];
                                    for (int at1 = 0; at1 < size1; at1++)
                                    {
                                        read.Box[at0][at1] = reader.Float();
                                    }
                                }

                            }
                        }

                        break;
                    case "private":
                        bit = 4;
                        read.Private = reader.Bool();
                        break;
                    default:
                        throw reader.Fault("ZoneDescription has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("ZoneDescription has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 7) != 7)
            {
                throw reader.Fault("ZoneDescription lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(3);
            writer.Key("name");
            writer.Text(Name);
            writer.Key("box");
            writer.BeginArray(Box.Length);
            for (int at0 = 0; at0 < Box.Length; at0++)
            {
                writer.BeginArray(Box[at0].Length);
                for (int at1 = 0; at1 < Box[at0].Length; at1++)
                {
                    writer.Float(Box[at0][at1]);
                }

            }

            writer.Key("private");
            writer.Bool(Private);
        }
    }

    /// <summary>What a client needs to know of the room it has joined.</summary>
    public sealed class RoomDescription : IWireMap
    {
        public string Id;
        public string Type;
        public string Name;
        public string Scene;
        public long TickHz;
        public double[][] Bounds;
        public long Visible;
        public ZoneDescription[] Zones;
        public string[] Features;

        public static RoomDescription Read(IMapReader reader)
        {
            var read = new RoomDescription();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "id":
                        bit = 1;
                        read.Id = reader.Text(-1);
                        break;
                    case "type":
                        bit = 2;
                        read.Type = reader.Text(-1);
                        break;
                    case "name":
                        bit = 4;
                        read.Name = reader.Text(-1);
                        break;
                    case "scene":
                        bit = 8;
                        read.Scene = reader.Text(-1);
                        break;
                    case "tick_hz":
                        bit = 16;
                        read.TickHz = reader.Int(-9007199254740991L, 9007199254740991L);
                        break;
                    case "bounds":
                        bit = 32;
                        {
                            int size0 = reader.BeginArray();
                            if (size0 != 2)
                            {
                                throw reader.Fault(size0 + " values, not 2");
                            }

                            read.Bounds = new double[size0][];
                            for (int at0 = 0; at0 < size0; at0++)
                            {
                                {
                                    int size1 = reader.BeginArray();
                                    if (size1 != 3)
                                    {
                                        throw reader.Fault(size1 + " values, not 3");
                                    }

                                    read.Bounds[at0] = new double[size1];
                                    for (int at1 = 0; at1 < size1; at1++)
                                    {
                                        read.Bounds[at0][at1] = reader.Float();
                                    }
                                }

                            }
                        }

                        break;
                    case "visible":
                        bit = 64;
                        read.Visible = reader.Int(-9007199254740991L, 9007199254740991L);
                        break;
                    case "zones":
                        bit = 128;
                        {
                            int size0 = reader.BeginArray();
                            read.Zones = new ZoneDescription[size0];
                            for (int at0 = 0; at0 < size0; at0++)
                            {
                                read.Zones[at0] = ZoneDescription.Read(reader);
                            }
                        }

                        break;
                    case "features":
                        bit = 256;
                        {
                            int size0 = reader.BeginArray();
                            read.Features = new string[size0];
                            for (int at0 = 0; at0 < size0; at0++)
                            {
                                read.Features[at0] = reader.Text(-1);
                            }
                        }

                        break;
                    default:
                        throw reader.Fault("RoomDescription has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("RoomDescription has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 511) != 511)
            {
                throw reader.Fault("RoomDescription lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(9);
            writer.Key("id");
            writer.Text(Id);
            writer.Key("type");
            writer.Text(Type);
            writer.Key("name");
            writer.Text(Name);
            writer.Key("scene");
            writer.Text(Scene);
            writer.Key("tick_hz");
            writer.Int(TickHz);
            writer.Key("bounds");
            writer.BeginArray(Bounds.Length);
            for (int at0 = 0; at0 < Bounds.Length; at0++)
            {
                writer.BeginArray(Bounds[at0].Length);
                for (int at1 = 0; at1 < Bounds[at0].Length; at1++)
                {
                    writer.Float(Bounds[at0][at1]);
                }

            }

            writer.Key("visible");
            writer.Int(Visible);
            writer.Key("zones");
            writer.BeginArray(Zones.Length);
            for (int at0 = 0; at0 < Zones.Length; at0++)
            {
                Zones[at0].Write(writer);
            }

            writer.Key("features");
            writer.BeginArray(Features.Length);
            for (int at0 = 0; at0 < Features.Length; at0++)
            {
                writer.Text(Features[at0]);
            }

        }
    }

    /// <summary>Where a fresh avatar stands: metres, and radians about +Y from -Z, counterclockwise seen from above.</summary>
    public sealed class Spawn : IWireMap
    {
        public double[] Position;
        public double Yaw;

        public static Spawn Read(IMapReader reader)
        {
            var read = new Spawn();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "position":
                        bit = 1;
                        {
                            int size0 = reader.BeginArray();
                            if (size0 != 3)
                            {
                                throw reader.Fault(size0 + " values, not 3");
                            }

                            read.Position = new double[size0];
                            for (int at0 = 0; at0 < size0; at0++)
                            {
                                read.Position[at0] = reader.Float();
                            }
                        }

                        break;
                    case "yaw":
                        bit = 2;
                        read.Yaw = reader.Float();
                        break;
                    default:
                        throw reader.Fault("Spawn has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Spawn has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 3) != 3)
            {
                throw reader.Fault("Spawn lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(2);
            writer.Key("position");
            writer.BeginArray(Position.Length);
            for (int at0 = 0; at0 < Position.Length; at0++)
            {
                writer.Float(Position[at0]);
            }

            writer.Key("yaw");
            writer.Float(Yaw);
        }
    }

    /// <summary>The session is live.</summary>
    public sealed class Welcome : IWireMap
    {
        public string Session;
        public uint Entity;
        public bool Resumed;
        public string ResumeToken;
        public double ResumeSeconds;
        public long Event;
        public RoomDescription Room;
        public uint Tick;
        public uint Time;
        public Spawn Spawn;
        public string[] Rights = new string[0];
        public double ExpiresIn = 0.0;

        public static Welcome Read(IMapReader reader)
        {
            var read = new Welcome();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "session":
                        bit = 1;
                        read.Session = reader.Text(-1);
                        break;
                    case "entity":
                        bit = 2;
                        read.Entity = (uint)reader.Int(1L, 4294967295L);
                        break;
                    case "resumed":
                        bit = 4;
                        read.Resumed = reader.Bool();
                        break;
                    case "resume_token":
                        bit = 8;
                        read.ResumeToken = reader.Text(128);
                        break;
                    case "resume_seconds":
                        bit = 16;
                        read.ResumeSeconds = reader.Float();
                        break;
                    case "event":
                        bit = 32;
                        read.Event = reader.Int(0L, 9007199254740991L);
                        break;
                    case "room":
                        bit = 64;
                        read.Room = RoomDescription.Read(reader);
                        break;
                    case "tick":
                        bit = 128;
                        read.Tick = (uint)reader.Int(0L, 4294967295L);
                        break;
                    case "time":
                        bit = 256;
                        read.Time = (uint)reader.Int(0L, 4294967295L);
                        break;
                    case "spawn":
                        bit = 512;
                        read.Spawn = Spawn.Read(reader);
                        break;
                    case "rights":
                        bit = 1024;
                        {
                            int size0 = reader.BeginArray();
                            read.Rights = new string[size0];
                            for (int at0 = 0; at0 < size0; at0++)
                            {
                                read.Rights[at0] = reader.Text(-1);
                            }
                        }

                        break;
                    case "expires_in":
                        bit = 2048;
                        read.ExpiresIn = reader.Float();
                        break;
                    default:
                        throw reader.Fault("Welcome has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Welcome has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 1023) != 1023)
            {
                throw reader.Fault("Welcome lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(10 + (Rights.Length > 0 ? 1 : 0) + (ExpiresIn != 0.0 ? 1 : 0));
            writer.Key("session");
            writer.Text(Session);
            writer.Key("entity");
            writer.Int(Entity);
            writer.Key("resumed");
            writer.Bool(Resumed);
            writer.Key("resume_token");
            writer.Text(ResumeToken);
            writer.Key("resume_seconds");
            writer.Float(ResumeSeconds);
            writer.Key("event");
            writer.Int(Event);
            writer.Key("room");
            Room.Write(writer);
            writer.Key("tick");
            writer.Int(Tick);
            writer.Key("time");
            writer.Int(Time);
            writer.Key("spawn");
            Spawn.Write(writer);
            if (Rights.Length > 0)
            {
                writer.Key("rights");
                writer.BeginArray(Rights.Length);
                for (int at0 = 0; at0 < Rights.Length; at0++)
                {
                    writer.Text(Rights[at0]);
                }

            }
            if (ExpiresIn != 0.0)
            {
                writer.Key("expires_in");
                writer.Float(ExpiresIn);
            }
        }
    }

    /// <summary>Something a feature tells this session; `event` is its number.</summary>
    public sealed class Event : IWireMap
    {
        public long EventNumber;
        public string Feature;
        public string Type;
        public byte[] Body;

        public static Event Read(IMapReader reader)
        {
            var read = new Event();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "event":
                        bit = 1;
                        read.EventNumber = reader.Int(1L, 9007199254740991L);
                        break;
                    case "feature":
                        bit = 2;
                        read.Feature = reader.Text(-1);
                        break;
                    case "type":
                        bit = 4;
                        read.Type = reader.Text(-1);
                        break;
                    case "body":
                        bit = 8;
                        read.Body = reader.RawMap();
                        break;
                    default:
                        throw reader.Fault("Event has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Event has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 15) != 15)
            {
                throw reader.Fault("Event lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(4);
            writer.Key("event");
            writer.Int(EventNumber);
            writer.Key("feature");
            writer.Text(Feature);
            writer.Key("type");
            writer.Text(Type);
            writer.Key("body");
            writer.RawMap(Body);
        }
    }

    /// <summary>The one answer to an operation.</summary>
    public sealed class Result : IWireMap
    {
        public byte[] Op;
        public bool Ok;
        public string Code = "";
        public string Detail = "";
        public byte[] Body;

        public static Result Read(IMapReader reader)
        {
            var read = new Result();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "op":
                        bit = 1;
                        read.Op = reader.Binary(16);
                        break;
                    case "ok":
                        bit = 2;
                        read.Ok = reader.Bool();
                        break;
                    case "code":
                        bit = 4;
                        read.Code = reader.Text(-1);
                        break;
                    case "detail":
                        bit = 8;
                        read.Detail = reader.Text(-1);
                        break;
                    case "body":
                        bit = 16;
                        read.Body = reader.RawMap();
                        break;
                    default:
                        throw reader.Fault("Result has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Result has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 3) != 3)
            {
                throw reader.Fault("Result lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(2 + (Code != "" ? 1 : 0) + (Detail != "" ? 1 : 0) + (Body != null ? 1 : 0));
            writer.Key("op");
            writer.Binary(Op);
            writer.Key("ok");
            writer.Bool(Ok);
            if (Code != "")
            {
                writer.Key("code");
                writer.Text(Code);
            }
            if (Detail != "")
            {
                writer.Key("detail");
                writer.Text(Detail);
            }
            if (Body != null)
            {
                writer.Key("body");
                writer.RawMap(Body);
            }
        }
    }

    /// <summary>The fresh ticket counts.</summary>
    public sealed class Refreshed : IWireMap
    {
        public double ExpiresIn;

        public static Refreshed Read(IMapReader reader)
        {
            var read = new Refreshed();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "expires_in":
                        bit = 1;
                        read.ExpiresIn = reader.Float();
                        break;
                    default:
                        throw reader.Fault("Refreshed has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Refreshed has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 1) != 1)
            {
                throw reader.Fault("Refreshed lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(1);
            writer.Key("expires_in");
            writer.Float(ExpiresIn);
        }
    }

    /// <summary>The server's clock, with the client's own as it came.</summary>
    public sealed class ClockReply : IWireMap
    {
        public double Sent;
        public uint Time;

        public static ClockReply Read(IMapReader reader)
        {
            var read = new ClockReply();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "sent":
                        bit = 1;
                        read.Sent = reader.Float();
                        break;
                    case "time":
                        bit = 2;
                        read.Time = (uint)reader.Int(0L, 4294967295L);
                        break;
                    default:
                        throw reader.Fault("ClockReply has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("ClockReply has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 3) != 3)
            {
                throw reader.Fault("ClockReply lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(2);
            writer.Key("sent");
            writer.Float(Sent);
            writer.Key("time");
            writer.Int(Time);
        }
    }

    /// <summary>Where the server holds the client's head to be after the pose with this sequence.</summary>
    public sealed class Correction : IWireMap
    {
        public int Sequence;
        public long[] Position;
        public string Reason;

        public static Correction Read(IMapReader reader)
        {
            var read = new Correction();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "sequence":
                        bit = 1;
                        read.Sequence = (int)reader.Int(0L, 65535L);
                        break;
                    case "position":
                        bit = 2;
                        {
                            int size0 = reader.BeginArray();
                            if (size0 != 3)
                            {
                                throw reader.Fault(size0 + " values, not 3");
                            }

                            read.Position = new long[size0];
                            for (int at0 = 0; at0 < size0; at0++)
                            {
                                read.Position[at0] = reader.Int(-9007199254740991L, 9007199254740991L);
                            }
                        }

                        break;
                    case "reason":
                        bit = 4;
                        read.Reason = reader.Text(-1);
                        if (read.Reason != "bounds" && read.Reason != "speed")
                        {
                            throw reader.Fault("no word for it: " + read.Reason);
                        }

                        break;
                    default:
                        throw reader.Fault("Correction has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Correction has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 7) != 7)
            {
                throw reader.Fault("Correction lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(3);
            writer.Key("sequence");
            writer.Int(Sequence);
            writer.Key("position");
            writer.BeginArray(Position.Length);
            for (int at0 = 0; at0 < Position.Length; at0++)
            {
                writer.Int(Position[at0]);
            }

            writer.Key("reason");
            writer.Text(Reason);
        }
    }

    /// <summary>What an observer is told once of an avatar that enters its sight.</summary>
    public sealed class AvatarFacts : IWireMap
    {
        public string Kind;
        public string Name;
        public string Role;
        public string Avatar;

        public static AvatarFacts Read(IMapReader reader)
        {
            var read = new AvatarFacts();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "kind":
                        bit = 1;
                        read.Kind = reader.Text(-1);
                        if (read.Kind != "avatar")
                        {
                            throw reader.Fault("no word for it: " + read.Kind);
                        }

                        break;
                    case "name":
                        bit = 2;
                        read.Name = reader.Text(-1);
                        break;
                    case "role":
                        bit = 4;
                        read.Role = reader.Text(-1);
                        break;
                    case "avatar":
                        bit = 8;
                        read.Avatar = reader.Text(-1);
                        break;
                    default:
                        throw reader.Fault("AvatarFacts has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("AvatarFacts has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 15) != 15)
            {
                throw reader.Fault("AvatarFacts lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(4);
            writer.Key("kind");
            writer.Text(Kind);
            writer.Key("name");
            writer.Text(Name);
            writer.Key("role");
            writer.Text(Role);
            writer.Key("avatar");
            writer.Text(Avatar);
        }
    }

    /// <summary>What an observer is told of an object that enters its sight, and anew whenever it changes.</summary>
    public sealed class ObjectFacts : IWireMap
    {
        public string Kind;
        public string Name;
        public string Model;
        public bool Grabbable = false;
        public uint Holder = 0;
        public string Hand = "";
        public int[] Grip = new int[0];
        public uint Ownership = 0;
        public uint Authority = 0;
        public bool Offered = false;

        public static ObjectFacts Read(IMapReader reader)
        {
            var read = new ObjectFacts();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "kind":
                        bit = 1;
                        read.Kind = reader.Text(-1);
                        if (read.Kind != "panel" && read.Kind != "prop")
                        {
                            throw reader.Fault("no word for it: " + read.Kind);
                        }

                        break;
                    case "name":
                        bit = 2;
                        read.Name = reader.Text(-1);
                        break;
                    case "model":
                        bit = 4;
                        read.Model = reader.Text(-1);
                        break;
                    case "grabbable":
                        bit = 8;
                        read.Grabbable = reader.Bool();
                        break;
                    case "holder":
                        bit = 16;
                        read.Holder = (uint)reader.Int(0L, 4294967295L);
                        break;
                    case "hand":
                        bit = 32;
                        read.Hand = reader.Text(-1);
                        if (read.Hand != "" && read.Hand != "left" && read.Hand != "right")
                        {
                            throw reader.Fault("no word for it: " + read.Hand);
                        }

                        break;
                    case "grip":
                        bit = 64;
                        {
                            int size0 = reader.BeginArray();
                            read.Grip = new int[size0];
                            for (int at0 = 0; at0 < size0; at0++)
                            {
                                read.Grip[at0] = (int)reader.Int(-1000L, 1000L);
                            }
                        }

                        break;
                    case "ownership":
                        bit = 128;
                        read.Ownership = (uint)reader.Int(0L, 4294967295L);
                        break;
                    case "authority":
                        bit = 256;
                        read.Authority = (uint)reader.Int(0L, 4294967295L);
                        break;
                    case "offered":
                        bit = 512;
                        read.Offered = reader.Bool();
                        break;
                    default:
                        throw reader.Fault("ObjectFacts has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("ObjectFacts has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 7) != 7)
            {
                throw reader.Fault("ObjectFacts lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(3 + (Grabbable ? 1 : 0) + (Holder != 0 ? 1 : 0) + (Hand != "" ? 1 : 0) + (Grip.Length > 0 ? 1 : 0) + (Ownership != 0 ? 1 : 0) + (Authority != 0 ? 1 : 0) + (Offered ? 1 : 0));
            writer.Key("kind");
            writer.Text(Kind);
            writer.Key("name");
            writer.Text(Name);
            writer.Key("model");
            writer.Text(Model);
            if (Grabbable)
            {
                writer.Key("grabbable");
                writer.Bool(Grabbable);
            }
            if (Holder != 0)
            {
                writer.Key("holder");
                writer.Int(Holder);
            }
            if (Hand != "")
            {
                writer.Key("hand");
                writer.Text(Hand);
            }
            if (Grip.Length > 0)
            {
                writer.Key("grip");
                writer.BeginArray(Grip.Length);
                for (int at0 = 0; at0 < Grip.Length; at0++)
                {
                    writer.Int(Grip[at0]);
                }

            }
            if (Ownership != 0)
            {
                writer.Key("ownership");
                writer.Int(Ownership);
            }
            if (Authority != 0)
            {
                writer.Key("authority");
                writer.Int(Authority);
            }
            if (Offered)
            {
                writer.Key("offered");
                writer.Bool(Offered);
            }
        }
    }

    /// <summary>Say something to those who may perceive the sender.</summary>
    public sealed class Say : IWireMap
    {
        public string Text;

        public static Say Read(IMapReader reader)
        {
            var read = new Say();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "text":
                        bit = 1;
                        read.Text = reader.Text(-1);
                        break;
                    default:
                        throw reader.Fault("Say has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Say has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 1) != 1)
            {
                throw reader.Fault("Say lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(1);
            writer.Key("text");
            writer.Text(Text);
        }
    }

    /// <summary>Take a thing into a hand, or into the other one.</summary>
    public sealed class Grab : IWireMap
    {
        public uint Prop;
        public string Hand;
        public int[] Grip;
        public uint Ownership;

        public static Grab Read(IMapReader reader)
        {
            var read = new Grab();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "prop":
                        bit = 1;
                        read.Prop = (uint)reader.Int(1L, 4294967295L);
                        break;
                    case "hand":
                        bit = 2;
                        read.Hand = reader.Text(-1);
                        if (read.Hand != "left" && read.Hand != "right")
                        {
                            throw reader.Fault("no word for it: " + read.Hand);
                        }

                        break;
                    case "grip":
                        bit = 4;
                        {
                            int size0 = reader.BeginArray();
                            if (size0 != 7)
                            {
                                throw reader.Fault(size0 + " values, not 7");
                            }

                            read.Grip = new int[size0];
                            for (int at0 = 0; at0 < size0; at0++)
                            {
                                read.Grip[at0] = (int)reader.Int(-1000L, 1000L);
                            }
                        }

                        break;
                    case "ownership":
                        bit = 8;
                        read.Ownership = (uint)reader.Int(0L, 4294967295L);
                        break;
                    default:
                        throw reader.Fault("Grab has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Grab has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 15) != 15)
            {
                throw reader.Fault("Grab lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(4);
            writer.Key("prop");
            writer.Int(Prop);
            writer.Key("hand");
            writer.Text(Hand);
            writer.Key("grip");
            writer.BeginArray(Grip.Length);
            for (int at0 = 0; at0 < Grip.Length; at0++)
            {
                writer.Int(Grip[at0]);
            }

            writer.Key("ownership");
            writer.Int(Ownership);
        }
    }

    /// <summary>Put down what one holds.</summary>
    public sealed class Put : IWireMap
    {
        public uint Prop;
        public int[] Position;
        public int[] Rotation;
        public uint Ownership;

        public static Put Read(IMapReader reader)
        {
            var read = new Put();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "prop":
                        bit = 1;
                        read.Prop = (uint)reader.Int(1L, 4294967295L);
                        break;
                    case "position":
                        bit = 2;
                        {
                            int size0 = reader.BeginArray();
                            if (size0 != 3)
                            {
                                throw reader.Fault(size0 + " values, not 3");
                            }

                            read.Position = new int[size0];
                            for (int at0 = 0; at0 < size0; at0++)
                            {
                                read.Position[at0] = (int)reader.Int(-8388607L, 8388607L);
                            }
                        }

                        break;
                    case "rotation":
                        bit = 4;
                        {
                            int size0 = reader.BeginArray();
                            if (size0 != 4)
                            {
                                throw reader.Fault(size0 + " values, not 4");
                            }

                            read.Rotation = new int[size0];
                            for (int at0 = 0; at0 < size0; at0++)
                            {
                                read.Rotation[at0] = (int)reader.Int(-400L, 400L);
                            }
                        }

                        break;
                    case "ownership":
                        bit = 8;
                        read.Ownership = (uint)reader.Int(0L, 4294967295L);
                        break;
                    default:
                        throw reader.Fault("Put has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Put has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 15) != 15)
            {
                throw reader.Fault("Put lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(4);
            writer.Key("prop");
            writer.Int(Prop);
            writer.Key("position");
            writer.BeginArray(Position.Length);
            for (int at0 = 0; at0 < Position.Length; at0++)
            {
                writer.Int(Position[at0]);
            }

            writer.Key("rotation");
            writer.BeginArray(Rotation.Length);
            for (int at0 = 0; at0 < Rotation.Length; at0++)
            {
                writer.Int(Rotation[at0]);
            }

            writer.Key("ownership");
            writer.Int(Ownership);
        }
    }

    /// <summary>Let others take what one holds, or no longer.</summary>
    public sealed class Offer : IWireMap
    {
        public uint Prop;
        public bool Offered;

        public static Offer Read(IMapReader reader)
        {
            var read = new Offer();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "prop":
                        bit = 1;
                        read.Prop = (uint)reader.Int(1L, 4294967295L);
                        break;
                    case "offered":
                        bit = 2;
                        read.Offered = reader.Bool();
                        break;
                    default:
                        throw reader.Fault("Offer has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Offer has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 3) != 3)
            {
                throw reader.Fault("Offer lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(2);
            writer.Key("prop");
            writer.Int(Prop);
            writer.Key("offered");
            writer.Bool(Offered);
        }
    }

    /// <summary>Push or turn what nobody holds.</summary>
    public sealed class Move : IWireMap
    {
        public uint Prop;
        public int[] Position;
        public int[] Rotation;
        public uint Ownership;
        public uint Authority;

        public static Move Read(IMapReader reader)
        {
            var read = new Move();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "prop":
                        bit = 1;
                        read.Prop = (uint)reader.Int(1L, 4294967295L);
                        break;
                    case "position":
                        bit = 2;
                        {
                            int size0 = reader.BeginArray();
                            if (size0 != 3)
                            {
                                throw reader.Fault(size0 + " values, not 3");
                            }

                            read.Position = new int[size0];
                            for (int at0 = 0; at0 < size0; at0++)
                            {
                                read.Position[at0] = (int)reader.Int(-8388607L, 8388607L);
                            }
                        }

                        break;
                    case "rotation":
                        bit = 4;
                        {
                            int size0 = reader.BeginArray();
                            if (size0 != 4)
                            {
                                throw reader.Fault(size0 + " values, not 4");
                            }

                            read.Rotation = new int[size0];
                            for (int at0 = 0; at0 < size0; at0++)
                            {
                                read.Rotation[at0] = (int)reader.Int(-400L, 400L);
                            }
                        }

                        break;
                    case "ownership":
                        bit = 8;
                        read.Ownership = (uint)reader.Int(0L, 4294967295L);
                        break;
                    case "authority":
                        bit = 16;
                        read.Authority = (uint)reader.Int(0L, 4294967295L);
                        break;
                    default:
                        throw reader.Fault("Move has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Move has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 31) != 31)
            {
                throw reader.Fault("Move lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(5);
            writer.Key("prop");
            writer.Int(Prop);
            writer.Key("position");
            writer.BeginArray(Position.Length);
            for (int at0 = 0; at0 < Position.Length; at0++)
            {
                writer.Int(Position[at0]);
            }

            writer.Key("rotation");
            writer.BeginArray(Rotation.Length);
            for (int at0 = 0; at0 < Rotation.Length; at0++)
            {
                writer.Int(Rotation[at0]);
            }

            writer.Key("ownership");
            writer.Int(Ownership);
            writer.Key("authority");
            writer.Int(Authority);
        }
    }

    /// <summary>Ask who saw one just now.</summary>
    public sealed class Recent : IWireMap
    {

        public static Recent Read(IMapReader reader)
        {
            if (reader.BeginMap() != 0)
            {
                throw reader.Fault("Recent has no keys");
            }

            return new Recent();
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(0);
        }
    }

    /// <summary>Open every curtain of the room, for an emergency.</summary>
    public sealed class BreakGlass : IWireMap
    {
        public string Reason;
        public string Text;
        public uint Minutes;

        public static BreakGlass Read(IMapReader reader)
        {
            var read = new BreakGlass();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "reason":
                        bit = 1;
                        read.Reason = reader.Text(-1);
                        if (read.Reason != "life_threat" && read.Reason != "no_response" && read.Reason != "other" && read.Reason != "risk_to_others" && read.Reason != "safety_check")
                        {
                            throw reader.Fault("no word for it: " + read.Reason);
                        }

                        break;
                    case "text":
                        bit = 2;
                        read.Text = reader.Text(-1);
                        break;
                    case "minutes":
                        bit = 4;
                        read.Minutes = (uint)reader.Int(0L, 4294967295L);
                        break;
                    default:
                        throw reader.Fault("BreakGlass has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("BreakGlass has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 7) != 7)
            {
                throw reader.Fault("BreakGlass lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(3);
            writer.Key("reason");
            writer.Text(Reason);
            writer.Key("text");
            writer.Text(Text);
            writer.Key("minutes");
            writer.Int(Minutes);
        }
    }

    /// <summary>Close the curtains again.</summary>
    public sealed class EndEmergency : IWireMap
    {

        public static EndEmergency Read(IMapReader reader)
        {
            if (reader.BeginMap() != 0)
            {
                throw reader.Fault("EndEmergency has no keys");
            }

            return new EndEmergency();
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(0);
        }
    }

    /// <summary>Write on a panel, in place of all that stands there.</summary>
    public sealed class Overwrite : IWireMap
    {
        public uint Panel;
        public string Text;
        public uint Version;

        public static Overwrite Read(IMapReader reader)
        {
            var read = new Overwrite();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "panel":
                        bit = 1;
                        read.Panel = (uint)reader.Int(1L, 4294967295L);
                        break;
                    case "text":
                        bit = 2;
                        read.Text = reader.Text(-1);
                        break;
                    case "version":
                        bit = 4;
                        read.Version = (uint)reader.Int(0L, 4294967295L);
                        break;
                    default:
                        throw reader.Fault("Overwrite has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Overwrite has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 7) != 7)
            {
                throw reader.Fault("Overwrite lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(3);
            writer.Key("panel");
            writer.Int(Panel);
            writer.Key("text");
            writer.Text(Text);
            writer.Key("version");
            writer.Int(Version);
        }
    }

    /// <summary>Show somebody out; why is a word and never a text, because it goes into the reason of the close.</summary>
    public sealed class Remove : IWireMap
    {
        public uint Entity;
        public string Reason;

        public static Remove Read(IMapReader reader)
        {
            var read = new Remove();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "entity":
                        bit = 1;
                        read.Entity = (uint)reader.Int(1L, 4294967295L);
                        break;
                    case "reason":
                        bit = 2;
                        read.Reason = reader.Text(-1);
                        if (read.Reason != "disturbing" && read.Reason != "other" && read.Reason != "private" && read.Reason != "unsafe" && read.Reason != "wrong_room")
                        {
                            throw reader.Fault("no word for it: " + read.Reason);
                        }

                        break;
                    default:
                        throw reader.Fault("Remove has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Remove has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 3) != 3)
            {
                throw reader.Fault("Remove lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(2);
            writer.Key("entity");
            writer.Int(Entity);
            writer.Key("reason");
            writer.Text(Reason);
        }
    }

    /// <summary>Silence somebody's voice and chat for all others.</summary>
    public sealed class Mute : IWireMap
    {
        public uint Entity;

        public static Mute Read(IMapReader reader)
        {
            var read = new Mute();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "entity":
                        bit = 1;
                        read.Entity = (uint)reader.Int(1L, 4294967295L);
                        break;
                    default:
                        throw reader.Fault("Mute has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Mute has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 1) != 1)
            {
                throw reader.Fault("Mute lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(1);
            writer.Key("entity");
            writer.Int(Entity);
        }
    }

    /// <summary>Lift that again.</summary>
    public sealed class Unmute : IWireMap
    {
        public uint Entity;

        public static Unmute Read(IMapReader reader)
        {
            var read = new Unmute();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "entity":
                        bit = 1;
                        read.Entity = (uint)reader.Int(1L, 4294967295L);
                        break;
                    default:
                        throw reader.Fault("Unmute has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Unmute has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 1) != 1)
            {
                throw reader.Fault("Unmute lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(1);
            writer.Key("entity");
            writer.Int(Entity);
        }
    }

    /// <summary>Somebody is there: a key was pressed, a question answered.</summary>
    public sealed class Here : IWireMap
    {

        public static Here Read(IMapReader reader)
        {
            if (reader.BeginMap() != 0)
            {
                throw reader.Fault("Here has no keys");
            }

            return new Here();
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(0);
        }
    }

    /// <summary>Whether the headset is off, or the page hidden.</summary>
    public sealed class Away : IWireMap
    {
        public bool AwayNumber;

        public static Away Read(IMapReader reader)
        {
            var read = new Away();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "away":
                        bit = 1;
                        read.AwayNumber = reader.Bool();
                        break;
                    default:
                        throw reader.Fault("Away has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Away has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 1) != 1)
            {
                throw reader.Fault("Away lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(1);
            writer.Key("away");
            writer.Bool(AwayNumber);
        }
    }

    /// <summary>Give consent for a purpose, or withdraw it.</summary>
    public sealed class SetConsent : IWireMap
    {
        public string Purpose;
        public bool Given;

        public static SetConsent Read(IMapReader reader)
        {
            var read = new SetConsent();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "purpose":
                        bit = 1;
                        read.Purpose = reader.Text(-1);
                        if (read.Purpose != "observe" && read.Purpose != "record_audio" && read.Purpose != "record_motion" && read.Purpose != "research" && read.Purpose != "transcribe" && read.Purpose != "treat")
                        {
                            throw reader.Fault("no word for it: " + read.Purpose);
                        }

                        break;
                    case "given":
                        bit = 2;
                        read.Given = reader.Bool();
                        break;
                    default:
                        throw reader.Fault("SetConsent has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("SetConsent has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 3) != 3)
            {
                throw reader.Fault("SetConsent lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(2);
            writer.Key("purpose");
            writer.Text(Purpose);
            writer.Key("given");
            writer.Bool(Given);
        }
    }

    /// <summary>Take somebody into one's care team, who then sees one as one is, or out of it.</summary>
    public sealed class ClearFor : IWireMap
    {
        public uint Entity;
        public bool Cleared;

        public static ClearFor Read(IMapReader reader)
        {
            var read = new ClearFor();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "entity":
                        bit = 1;
                        read.Entity = (uint)reader.Int(1L, 4294967295L);
                        break;
                    case "cleared":
                        bit = 2;
                        read.Cleared = reader.Bool();
                        break;
                    default:
                        throw reader.Fault("ClearFor has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("ClearFor has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 3) != 3)
            {
                throw reader.Fault("ClearFor lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(2);
            writer.Key("entity");
            writer.Int(Entity);
            writer.Key("cleared");
            writer.Bool(Cleared);
        }
    }

    /// <summary>Begin or end a recording of the room.</summary>
    public sealed class SetRecording : IWireMap
    {
        public string Kind;
        public bool On;

        public static SetRecording Read(IMapReader reader)
        {
            var read = new SetRecording();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "kind":
                        bit = 1;
                        read.Kind = reader.Text(-1);
                        if (read.Kind != "audio" && read.Kind != "motion" && read.Kind != "transcript")
                        {
                            throw reader.Fault("no word for it: " + read.Kind);
                        }

                        break;
                    case "on":
                        bit = 2;
                        read.On = reader.Bool();
                        break;
                    default:
                        throw reader.Fault("SetRecording has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("SetRecording has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 3) != 3)
            {
                throw reader.Fault("SetRecording lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(2);
            writer.Key("kind");
            writer.Text(Kind);
            writer.Key("on");
            writer.Bool(On);
        }
    }

    /// <summary>Somebody in the room.</summary>
    public sealed class Person : IWireMap
    {
        public uint Entity;
        public string Name;
        public string Role;

        public static Person Read(IMapReader reader)
        {
            var read = new Person();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "entity":
                        bit = 1;
                        read.Entity = (uint)reader.Int(1L, 4294967295L);
                        break;
                    case "name":
                        bit = 2;
                        read.Name = reader.Text(-1);
                        break;
                    case "role":
                        bit = 4;
                        read.Role = reader.Text(-1);
                        break;
                    default:
                        throw reader.Fault("Person has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Person has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 7) != 7)
            {
                throw reader.Fault("Person lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(3);
            writer.Key("entity");
            writer.Int(Entity);
            writer.Key("name");
            writer.Text(Name);
            writer.Key("role");
            writer.Text(Role);
        }
    }

    /// <summary>A page of everybody, at most 200; the first page replaces what the client knew.</summary>
    public sealed class Roster : IWireMap
    {
        public Person[] People;
        public bool More;

        public static Roster Read(IMapReader reader)
        {
            var read = new Roster();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "people":
                        bit = 1;
                        {
                            int size0 = reader.BeginArray();
                            read.People = new Person[size0];
                            for (int at0 = 0; at0 < size0; at0++)
                            {
                                read.People[at0] = Person.Read(reader);
                            }
                        }

                        break;
                    case "more":
                        bit = 2;
                        read.More = reader.Bool();
                        break;
                    default:
                        throw reader.Fault("Roster has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Roster has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 3) != 3)
            {
                throw reader.Fault("Roster lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(2);
            writer.Key("people");
            writer.BeginArray(People.Length);
            for (int at0 = 0; at0 < People.Length; at0++)
            {
                People[at0].Write(writer);
            }

            writer.Key("more");
            writer.Bool(More);
        }
    }

    /// <summary>Who came and who left since the client was last told, at most 200 of each.</summary>
    public sealed class Changed : IWireMap
    {
        public Person[] Joined;
        public uint[] Left;

        public static Changed Read(IMapReader reader)
        {
            var read = new Changed();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "joined":
                        bit = 1;
                        {
                            int size0 = reader.BeginArray();
                            read.Joined = new Person[size0];
                            for (int at0 = 0; at0 < size0; at0++)
                            {
                                read.Joined[at0] = Person.Read(reader);
                            }
                        }

                        break;
                    case "left":
                        bit = 2;
                        {
                            int size0 = reader.BeginArray();
                            read.Left = new uint[size0];
                            for (int at0 = 0; at0 < size0; at0++)
                            {
                                read.Left[at0] = (uint)reader.Int(1L, 4294967295L);
                            }
                        }

                        break;
                    default:
                        throw reader.Fault("Changed has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Changed has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 3) != 3)
            {
                throw reader.Fault("Changed lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(2);
            writer.Key("joined");
            writer.BeginArray(Joined.Length);
            for (int at0 = 0; at0 < Joined.Length; at0++)
            {
                Joined[at0].Write(writer);
            }

            writer.Key("left");
            writer.BeginArray(Left.Length);
            for (int at0 = 0; at0 < Left.Length; at0++)
            {
                writer.Int(Left[at0]);
            }

        }
    }

    /// <summary>Somebody said something.</summary>
    public sealed class Said : IWireMap
    {
        public uint Entity;
        public string Name;
        public string Text;
        public uint Time;

        public static Said Read(IMapReader reader)
        {
            var read = new Said();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "entity":
                        bit = 1;
                        read.Entity = (uint)reader.Int(1L, 4294967295L);
                        break;
                    case "name":
                        bit = 2;
                        read.Name = reader.Text(-1);
                        break;
                    case "text":
                        bit = 4;
                        read.Text = reader.Text(-1);
                        break;
                    case "time":
                        bit = 8;
                        read.Time = (uint)reader.Int(0L, 4294967295L);
                        break;
                    default:
                        throw reader.Fault("Said has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Said has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 15) != 15)
            {
                throw reader.Fault("Said lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(4);
            writer.Key("entity");
            writer.Int(Entity);
            writer.Key("name");
            writer.Text(Name);
            writer.Key("text");
            writer.Text(Text);
            writer.Key("time");
            writer.Int(Time);
        }
    }

    /// <summary>Something that was said before one came.</summary>
    public sealed class Line : IWireMap
    {
        public string Name;
        public string Text;
        public double Age;

        public static Line Read(IMapReader reader)
        {
            var read = new Line();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "name":
                        bit = 1;
                        read.Name = reader.Text(-1);
                        break;
                    case "text":
                        bit = 2;
                        read.Text = reader.Text(-1);
                        break;
                    case "age":
                        bit = 4;
                        read.Age = reader.Float();
                        break;
                    default:
                        throw reader.Fault("Line has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Line has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 7) != 7)
            {
                throw reader.Fault("Line lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(3);
            writer.Key("name");
            writer.Text(Name);
            writer.Key("text");
            writer.Text(Text);
            writer.Key("age");
            writer.Float(Age);
        }
    }

    /// <summary>What was said before one came, in a room that keeps it: the last lines, oldest first.</summary>
    public sealed class Earlier : IWireMap
    {
        public Line[] Lines;

        public static Earlier Read(IMapReader reader)
        {
            var read = new Earlier();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "lines":
                        bit = 1;
                        {
                            int size0 = reader.BeginArray();
                            read.Lines = new Line[size0];
                            for (int at0 = 0; at0 < size0; at0++)
                            {
                                read.Lines[at0] = Line.Read(reader);
                            }
                        }

                        break;
                    default:
                        throw reader.Fault("Earlier has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Earlier has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 1) != 1)
            {
                throw reader.Fault("Earlier lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(1);
            writer.Key("lines");
            writer.BeginArray(Lines.Length);
            for (int at0 = 0; at0 < Lines.Length; at0++)
            {
                Lines[at0].Write(writer);
            }

        }
    }

    /// <summary>Somebody wishes for what one holds.</summary>
    public sealed class Wanted : IWireMap
    {
        public uint Prop;
        public uint Entity;
        public string Name;

        public static Wanted Read(IMapReader reader)
        {
            var read = new Wanted();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "prop":
                        bit = 1;
                        read.Prop = (uint)reader.Int(1L, 4294967295L);
                        break;
                    case "entity":
                        bit = 2;
                        read.Entity = (uint)reader.Int(1L, 4294967295L);
                        break;
                    case "name":
                        bit = 4;
                        read.Name = reader.Text(-1);
                        break;
                    default:
                        throw reader.Fault("Wanted has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Wanted has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 7) != 7)
            {
                throw reader.Fault("Wanted lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(3);
            writer.Key("prop");
            writer.Int(Prop);
            writer.Key("entity");
            writer.Int(Entity);
            writer.Key("name");
            writer.Text(Name);
        }
    }

    /// <summary>Somebody sees behind every curtain of the room.</summary>
    public sealed class Alert : IWireMap
    {
        public uint Entity;
        public string Name;
        public string Role;
        public string Reason;
        public uint Until;

        public static Alert Read(IMapReader reader)
        {
            var read = new Alert();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "entity":
                        bit = 1;
                        read.Entity = (uint)reader.Int(1L, 4294967295L);
                        break;
                    case "name":
                        bit = 2;
                        read.Name = reader.Text(-1);
                        break;
                    case "role":
                        bit = 4;
                        read.Role = reader.Text(-1);
                        break;
                    case "reason":
                        bit = 8;
                        read.Reason = reader.Text(-1);
                        if (read.Reason != "life_threat" && read.Reason != "no_response" && read.Reason != "other" && read.Reason != "risk_to_others" && read.Reason != "safety_check")
                        {
                            throw reader.Fault("no word for it: " + read.Reason);
                        }

                        break;
                    case "until":
                        bit = 16;
                        read.Until = (uint)reader.Int(0L, 4294967295L);
                        break;
                    default:
                        throw reader.Fault("Alert has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Alert has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 31) != 31)
            {
                throw reader.Fault("Alert lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(5);
            writer.Key("entity");
            writer.Int(Entity);
            writer.Key("name");
            writer.Text(Name);
            writer.Key("role");
            writer.Text(Role);
            writer.Key("reason");
            writer.Text(Reason);
            writer.Key("until");
            writer.Int(Until);
        }
    }

    /// <summary>Somebody sees behind the curtains no more.</summary>
    public sealed class AlertEnded : IWireMap
    {
        public uint Entity;
        public string Why;

        public static AlertEnded Read(IMapReader reader)
        {
            var read = new AlertEnded();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "entity":
                        bit = 1;
                        read.Entity = (uint)reader.Int(1L, 4294967295L);
                        break;
                    case "why":
                        bit = 2;
                        read.Why = reader.Text(-1);
                        if (read.Why != "done" && read.Why != "left" && read.Why != "time" && read.Why != "unavailable")
                        {
                            throw reader.Fault("no word for it: " + read.Why);
                        }

                        break;
                    default:
                        throw reader.Fault("AlertEnded has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("AlertEnded has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 3) != 3)
            {
                throw reader.Fault("AlertEnded lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(2);
            writer.Key("entity");
            writer.Int(Entity);
            writer.Key("why");
            writer.Text(Why);
        }
    }

    /// <summary>What stands on a panel.</summary>
    public sealed class Written : IWireMap
    {
        public uint Panel;
        public string Text;
        public uint Version;

        public static Written Read(IMapReader reader)
        {
            var read = new Written();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "panel":
                        bit = 1;
                        read.Panel = (uint)reader.Int(1L, 4294967295L);
                        break;
                    case "text":
                        bit = 2;
                        read.Text = reader.Text(-1);
                        break;
                    case "version":
                        bit = 4;
                        read.Version = (uint)reader.Int(0L, 4294967295L);
                        break;
                    default:
                        throw reader.Fault("Written has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Written has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 7) != 7)
            {
                throw reader.Fault("Written lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(3);
            writer.Key("panel");
            writer.Int(Panel);
            writer.Key("text");
            writer.Text(Text);
            writer.Key("version");
            writer.Int(Version);
        }
    }

    /// <summary>Somebody was silenced, or is heard again.</summary>
    public sealed class Muted : IWireMap
    {
        public uint Entity;
        public bool MutedNumber;

        public static Muted Read(IMapReader reader)
        {
            var read = new Muted();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "entity":
                        bit = 1;
                        read.Entity = (uint)reader.Int(1L, 4294967295L);
                        break;
                    case "muted":
                        bit = 2;
                        read.MutedNumber = reader.Bool();
                        break;
                    default:
                        throw reader.Fault("Muted has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Muted has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 3) != 3)
            {
                throw reader.Fault("Muted lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(2);
            writer.Key("entity");
            writer.Int(Entity);
            writer.Key("muted");
            writer.Bool(MutedNumber);
        }
    }

    /// <summary>Nobody seems to be there, and the session is locked in so many seconds; 0: somebody is there after all.</summary>
    public sealed class Warned : IWireMap
    {
        public double Seconds;

        public static Warned Read(IMapReader reader)
        {
            var read = new Warned();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "seconds":
                        bit = 1;
                        read.Seconds = reader.Float();
                        break;
                    default:
                        throw reader.Fault("Warned has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Warned has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 1) != 1)
            {
                throw reader.Fault("Warned lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(1);
            writer.Key("seconds");
            writer.Float(Seconds);
        }
    }

    /// <summary>What one has given consent for.</summary>
    public sealed class Consents : IWireMap
    {
        public string[] Given;

        public static Consents Read(IMapReader reader)
        {
            var read = new Consents();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "given":
                        bit = 1;
                        {
                            int size0 = reader.BeginArray();
                            read.Given = new string[size0];
                            for (int at0 = 0; at0 < size0; at0++)
                            {
                                read.Given[at0] = reader.Text(-1);
                            }
                        }

                        break;
                    default:
                        throw reader.Fault("Consents has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Consents has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 1) != 1)
            {
                throw reader.Fault("Consents lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(1);
            writer.Key("given");
            writer.BeginArray(Given.Length);
            for (int at0 = 0; at0 < Given.Length; at0++)
            {
                writer.Text(Given[at0]);
            }

        }
    }

    /// <summary>Whom the client does not perceive because they withdrew what it is there for.</summary>
    public sealed class Hidden : IWireMap
    {
        public uint[] Entities;

        public static Hidden Read(IMapReader reader)
        {
            var read = new Hidden();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "entities":
                        bit = 1;
                        {
                            int size0 = reader.BeginArray();
                            read.Entities = new uint[size0];
                            for (int at0 = 0; at0 < size0; at0++)
                            {
                                read.Entities[at0] = (uint)reader.Int(1L, 4294967295L);
                            }
                        }

                        break;
                    default:
                        throw reader.Fault("Hidden has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Hidden has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 1) != 1)
            {
                throw reader.Fault("Hidden lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(1);
            writer.Key("entities");
            writer.BeginArray(Entities.Length);
            for (int at0 = 0; at0 < Entities.Length; at0++)
            {
                writer.Int(Entities[at0]);
            }

        }
    }

    /// <summary>Nobody who is there allows any more what the client is there for.</summary>
    public sealed class Ending : IWireMap
    {
        public double Seconds;

        public static Ending Read(IMapReader reader)
        {
            var read = new Ending();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "seconds":
                        bit = 1;
                        read.Seconds = reader.Float();
                        break;
                    default:
                        throw reader.Fault("Ending has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Ending has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 1) != 1)
            {
                throw reader.Fault("Ending lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(1);
            writer.Key("seconds");
            writer.Float(Seconds);
        }
    }

    /// <summary>Whether the room is being recorded.</summary>
    public sealed class RecordingTold : IWireMap
    {
        public string Kind;
        public string State;
        public string Why = "";

        public static RecordingTold Read(IMapReader reader)
        {
            var read = new RecordingTold();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "kind":
                        bit = 1;
                        read.Kind = reader.Text(-1);
                        if (read.Kind != "audio" && read.Kind != "motion" && read.Kind != "transcript")
                        {
                            throw reader.Fault("no word for it: " + read.Kind);
                        }

                        break;
                    case "state":
                        bit = 2;
                        read.State = reader.Text(-1);
                        if (read.State != "off" && read.State != "on" && read.State != "paused")
                        {
                            throw reader.Fault("no word for it: " + read.State);
                        }

                        break;
                    case "why":
                        bit = 4;
                        read.Why = reader.Text(-1);
                        if (read.Why != "" && read.Why != "behind" && read.Why != "failed" && read.Why != "unavailable")
                        {
                            throw reader.Fault("no word for it: " + read.Why);
                        }

                        break;
                    default:
                        throw reader.Fault("RecordingTold has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("RecordingTold has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 3) != 3)
            {
                throw reader.Fault("RecordingTold lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(2 + (Why != "" ? 1 : 0));
            writer.Key("kind");
            writer.Text(Kind);
            writer.Key("state");
            writer.Text(State);
            if (Why != "")
            {
                writer.Key("why");
                writer.Text(Why);
            }
        }
    }

    /// <summary>How a thing is, as the result of an operation on it tells.</summary>
    public sealed class Truth : IWireMap
    {
        public uint Prop;
        public uint Holder;
        public string Hand;
        public int[] Grip;
        public uint Ownership;
        public uint Authority;
        public bool Offered;
        public int[] Position;
        public int[] Rotation;

        public static Truth Read(IMapReader reader)
        {
            var read = new Truth();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "prop":
                        bit = 1;
                        read.Prop = (uint)reader.Int(1L, 4294967295L);
                        break;
                    case "holder":
                        bit = 2;
                        read.Holder = (uint)reader.Int(0L, 4294967295L);
                        break;
                    case "hand":
                        bit = 4;
                        read.Hand = reader.Text(-1);
                        if (read.Hand != "" && read.Hand != "left" && read.Hand != "right")
                        {
                            throw reader.Fault("no word for it: " + read.Hand);
                        }

                        break;
                    case "grip":
                        bit = 8;
                        {
                            int size0 = reader.BeginArray();
                            read.Grip = new int[size0];
                            for (int at0 = 0; at0 < size0; at0++)
                            {
                                read.Grip[at0] = (int)reader.Int(-1000L, 1000L);
                            }
                        }

                        break;
                    case "ownership":
                        bit = 16;
                        read.Ownership = (uint)reader.Int(0L, 4294967295L);
                        break;
                    case "authority":
                        bit = 32;
                        read.Authority = (uint)reader.Int(0L, 4294967295L);
                        break;
                    case "offered":
                        bit = 64;
                        read.Offered = reader.Bool();
                        break;
                    case "position":
                        bit = 128;
                        {
                            int size0 = reader.BeginArray();
                            if (size0 != 3)
                            {
                                throw reader.Fault(size0 + " values, not 3");
                            }

                            read.Position = new int[size0];
                            for (int at0 = 0; at0 < size0; at0++)
                            {
                                read.Position[at0] = (int)reader.Int(-8388607L, 8388607L);
                            }
                        }

                        break;
                    case "rotation":
                        bit = 256;
                        {
                            int size0 = reader.BeginArray();
                            if (size0 != 4)
                            {
                                throw reader.Fault(size0 + " values, not 4");
                            }

                            read.Rotation = new int[size0];
                            for (int at0 = 0; at0 < size0; at0++)
                            {
                                read.Rotation[at0] = (int)reader.Int(-400L, 400L);
                            }
                        }

                        break;
                    default:
                        throw reader.Fault("Truth has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Truth has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 511) != 511)
            {
                throw reader.Fault("Truth lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(9);
            writer.Key("prop");
            writer.Int(Prop);
            writer.Key("holder");
            writer.Int(Holder);
            writer.Key("hand");
            writer.Text(Hand);
            writer.Key("grip");
            writer.BeginArray(Grip.Length);
            for (int at0 = 0; at0 < Grip.Length; at0++)
            {
                writer.Int(Grip[at0]);
            }

            writer.Key("ownership");
            writer.Int(Ownership);
            writer.Key("authority");
            writer.Int(Authority);
            writer.Key("offered");
            writer.Bool(Offered);
            writer.Key("position");
            writer.BeginArray(Position.Length);
            for (int at0 = 0; at0 < Position.Length; at0++)
            {
                writer.Int(Position[at0]);
            }

            writer.Key("rotation");
            writer.BeginArray(Rotation.Length);
            for (int at0 = 0; at0 < Rotation.Length; at0++)
            {
                writer.Int(Rotation[at0]);
            }

        }
    }

    /// <summary>Somebody who saw who asks, or may see them; perhaps gone by now.</summary>
    public sealed class Seer : IWireMap
    {
        public uint Entity;
        public string Name;
        public string Role;
        public uint Seconds;
        public uint Ago;
        public bool Unseen;

        public static Seer Read(IMapReader reader)
        {
            var read = new Seer();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "entity":
                        bit = 1;
                        read.Entity = (uint)reader.Int(1L, 4294967295L);
                        break;
                    case "name":
                        bit = 2;
                        read.Name = reader.Text(-1);
                        break;
                    case "role":
                        bit = 4;
                        read.Role = reader.Text(-1);
                        break;
                    case "seconds":
                        bit = 8;
                        read.Seconds = (uint)reader.Int(0L, 4294967295L);
                        break;
                    case "ago":
                        bit = 16;
                        read.Ago = (uint)reader.Int(0L, 4294967295L);
                        break;
                    case "unseen":
                        bit = 32;
                        read.Unseen = reader.Bool();
                        break;
                    default:
                        throw reader.Fault("Seer has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Seer has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 63) != 63)
            {
                throw reader.Fault("Seer lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(6);
            writer.Key("entity");
            writer.Int(Entity);
            writer.Key("name");
            writer.Text(Name);
            writer.Key("role");
            writer.Text(Role);
            writer.Key("seconds");
            writer.Int(Seconds);
            writer.Key("ago");
            writer.Int(Ago);
            writer.Key("unseen");
            writer.Bool(Unseen);
        }
    }

    /// <summary>Who saw who asks: those who do now, those unseen, then the newest first, at most 100.</summary>
    public sealed class Seen : IWireMap
    {
        public Seer[] People;

        public static Seen Read(IMapReader reader)
        {
            var read = new Seen();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "people":
                        bit = 1;
                        {
                            int size0 = reader.BeginArray();
                            read.People = new Seer[size0];
                            for (int at0 = 0; at0 < size0; at0++)
                            {
                                read.People[at0] = Seer.Read(reader);
                            }
                        }

                        break;
                    default:
                        throw reader.Fault("Seen has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Seen has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 1) != 1)
            {
                throw reader.Fault("Seen lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(1);
            writer.Key("people");
            writer.BeginArray(People.Length);
            for (int at0 = 0; at0 < People.Length; at0++)
            {
                People[at0].Write(writer);
            }

        }
    }

    /// <summary>The glass is broken as soon as that is written down.</summary>
    public sealed class Broken : IWireMap
    {
        public uint Until;

        public static Broken Read(IMapReader reader)
        {
            var read = new Broken();
            int seen = 0;
            for (int count = reader.BeginMap(); count > 0; count--)
            {
                string key = reader.Key();
                int bit;
                switch (key)
                {
                    case "until":
                        bit = 1;
                        read.Until = (uint)reader.Int(0L, 4294967295L);
                        break;
                    default:
                        throw reader.Fault("Broken has no key " + key);
                }

                if ((seen & bit) != 0)
                {
                    throw reader.Fault("Broken has the key " + key + " twice");
                }

                seen |= bit;
            }

            if ((seen & 1) != 1)
            {
                throw reader.Fault("Broken lacks a key");
            }

            return read;
        }

        public void Write(IMapWriter writer)
        {
            writer.BeginMap(1);
            writer.Key("until");
            writer.Int(Until);
        }
    }

    /// <summary>The features' words, and messages by their kind.</summary>
    public static class Bodies
    {
        public const string ChatFeature = "chat";
        public const string PropsFeature = "props";
        public const string AccessFeature = "access";
        public const string EmergencyFeature = "emergency";
        public const string PanelsFeature = "panels";
        public const string ModerationFeature = "moderation";
        public const string SafetyFeature = "safety";
        public const string ConsentFeature = "consent";
        public const string PresenceFeature = "presence";
        /// <summary>Operation of chat, with a Say.</summary>
        public const string ChatSay = "say";
        /// <summary>Operation of props, with a Grab.</summary>
        public const string PropsGrab = "grab";
        /// <summary>Operation of props, with a Put.</summary>
        public const string PropsPut = "put";
        /// <summary>Operation of props, with a Offer.</summary>
        public const string PropsOffer = "offer";
        /// <summary>Operation of props, with a Move.</summary>
        public const string PropsMove = "move";
        /// <summary>Operation of access, with a Recent.</summary>
        public const string AccessRecent = "recent";
        /// <summary>Operation of emergency, with a BreakGlass.</summary>
        public const string EmergencyBreakGlass = "break_glass";
        /// <summary>Operation of emergency, with a EndEmergency.</summary>
        public const string EmergencyEnd = "end";
        /// <summary>Operation of panels, with a Overwrite.</summary>
        public const string PanelsWrite = "write";
        /// <summary>Operation of moderation, with a Remove.</summary>
        public const string ModerationRemove = "remove";
        /// <summary>Operation of moderation, with a Mute.</summary>
        public const string ModerationMute = "mute";
        /// <summary>Operation of moderation, with a Unmute.</summary>
        public const string ModerationUnmute = "unmute";
        /// <summary>Operation of safety, with a Here.</summary>
        public const string SafetyHere = "here";
        /// <summary>Operation of safety, with a Away.</summary>
        public const string SafetyAway = "away";
        /// <summary>Operation of consent, with a SetConsent.</summary>
        public const string ConsentSet = "set";
        /// <summary>Operation of consent, with a ClearFor.</summary>
        public const string ConsentClear = "clear";
        /// <summary>Operation of consent, with a SetRecording.</summary>
        public const string ConsentRecord = "record";
        /// <summary>Event of presence, with a Roster.</summary>
        public const string PresenceRoster = "roster";
        /// <summary>Event of presence, with a Changed.</summary>
        public const string PresenceChanged = "changed";
        /// <summary>Event of chat, with a Said.</summary>
        public const string ChatSaid = "said";
        /// <summary>Event of chat, with a Earlier.</summary>
        public const string ChatEarlier = "earlier";
        /// <summary>Event of props, with a Wanted.</summary>
        public const string PropsWanted = "wanted";
        /// <summary>Event of emergency, with a Alert.</summary>
        public const string EmergencyAlert = "alert";
        /// <summary>Event of emergency, with a AlertEnded.</summary>
        public const string EmergencyEnded = "ended";
        /// <summary>Event of panels, with a Written.</summary>
        public const string PanelsWritten = "written";
        /// <summary>Event of moderation, with a Muted.</summary>
        public const string ModerationMuted = "muted";
        /// <summary>Event of safety, with a Warned.</summary>
        public const string SafetyWarned = "warned";
        /// <summary>Event of consent, with a Consents.</summary>
        public const string ConsentConsents = "consents";
        /// <summary>Event of consent, with a Hidden.</summary>
        public const string ConsentHidden = "hidden";
        /// <summary>Event of consent, with a Ending.</summary>
        public const string ConsentEnding = "ending";
        /// <summary>Event of consent, with a RecordingTold.</summary>
        public const string ConsentRecording = "recording";

        public static IWireMap ReadClient(Kind kind, IMapReader reader)
        {
            switch (kind)
            {
                case Kind.Hello:
                    return Hello.Read(reader);
                case Kind.Resume:
                    return Resume.Read(reader);
                case Kind.Ack:
                    return Ack.Read(reader);
                case Kind.Operation:
                    return Operation.Read(reader);
                case Kind.Clock:
                    return Clock.Read(reader);
                case Kind.Bye:
                    return Bye.Read(reader);
                case Kind.Budget:
                    return Budget.Read(reader);
                case Kind.Refresh:
                    return Refresh.Read(reader);
                default:
                    throw reader.Fault("kind " + (int)kind);
            }
        }

        public static IWireMap ReadServer(Kind kind, IMapReader reader)
        {
            switch (kind)
            {
                case Kind.Welcome:
                    return Welcome.Read(reader);
                case Kind.Event:
                    return Event.Read(reader);
                case Kind.Result:
                    return Result.Read(reader);
                case Kind.Refreshed:
                    return Refreshed.Read(reader);
                case Kind.ClockReply:
                    return ClockReply.Read(reader);
                case Kind.Correction:
                    return Correction.Read(reader);
                default:
                    throw reader.Fault("kind " + (int)kind);
            }
        }

        /// <summary>What answers an operation; null for one that is answered without a body.</summary>
        public static IWireMap ReadResult(string feature, string type, IMapReader reader)
        {
            switch (feature + "." + type)
            {
                case "props.grab":
                    return Truth.Read(reader);
                case "props.put":
                    return Truth.Read(reader);
                case "props.offer":
                    return Truth.Read(reader);
                case "props.move":
                    return Truth.Read(reader);
                case "access.recent":
                    return Seen.Read(reader);
                case "emergency.break_glass":
                    return Broken.Read(reader);
                case "panels.write":
                    return Written.Read(reader);
                case "consent.set":
                    return Consents.Read(reader);
                default:
                    return null;
            }
        }
    }
}
