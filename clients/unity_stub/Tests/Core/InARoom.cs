using System.Collections.Generic;
using NUnit.Framework;
using Polyclinic.Protocol.Generated;

namespace Polyclinic.Tests
{
    /// <summary>Tests of a room whose sockets, front desk and clock they hold in their hands.</summary>
    public abstract class InARoom
    {
        protected readonly List<FakeWire> wires = new List<FakeWire>();
        protected FakeDesk desk;
        protected Room room;
        protected double now;
        protected bool slow;

        [SetUp]
        public void OpenTheDoor()
        {
            wires.Clear();
            now = 0;
            slow = false;
            desk = new FakeDesk();
            room = new Room(new RoomOptions { Name = "Ann" }, desk, Connect, () => 0.5);
        }

        protected ITransport Connect()
        {
            wires.Add(new FakeWire { Slow = slow });
            return wires[wires.Count - 1];
        }

        protected FakeWire Last { get { return wires[wires.Count - 1]; } }

        protected void Step(double milliseconds = 0)
        {
            now += milliseconds;
            room.Pump(now);
        }

        protected void Join()
        {
            Step();
            Step();
            Step();
            Welcome(false);
        }

        protected void Welcome(bool resumed)
        {
            Last.Coming.Enqueue(MsgpackWriter.Message(Kind.Welcome, SessionTests.Welcome(resumed)));
            Step();
        }

        protected void Told(string feature, string type, IWireMap body, long number)
        {
            Last.Coming.Enqueue(MsgpackWriter.Message(Kind.Event, new Event
            {
                EventNumber = number, Feature = feature, Type = type, Body = MsgpackWriter.Map(body),
            }));
            Step();
        }
    }
}
