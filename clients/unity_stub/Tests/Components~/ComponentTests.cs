using System.Collections.Generic;
using System.Reflection;
using System.Threading;
using NUnit.Framework;
using Polyclinic.Protocol.Generated;
using Polyclinic.Unity;
using UnityEngine;

namespace Polyclinic.Tests
{
    /// <summary>The components, called as Unity calls them, over declarations of its API.</summary>
    public sealed class ComponentTests
    {
        private const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic;
        private PolyclinicRoom room;

        [SetUp]
        public void EnableARoom()
        {
            room = new GameObject("Room").AddComponent<PolyclinicRoom>();
            // Nobody listens on the port of "discard".
            room.Server = "http://127.0.0.1:9";
            Call(room, "OnEnable");
        }

        private static void Call(MonoBehaviour on, string message)
        {
            on.GetType().GetMethod(message, Hidden).Invoke(on, null);
        }

        private static void Set(object on, string field, object value)
        {
            on.GetType().GetField(field, Hidden).SetValue(on, value);
        }

        private Session Session
        {
            get { return (Session)typeof(Room).GetField("session", Hidden).GetValue(room.Joined); }
        }

        /// <summary>Two people and a thing within reach of the right hand.</summary>
        private void See()
        {
            SessionTests.Give(Session, SessionTests.Welcome(false), 0);
            byte[] people = Frames.Enter(1, new Dictionary<int, uint> { { 0, 11 }, { 1, 12 } });
            byte[] thing = Frames.Thing(2, 5, 21, new ObjectFacts
            {
                Kind = "prop", Name = "Cart", Model = "cart", Grabbable = true, Hand = "", Grip = new int[0],
            }, false);
            Session.Receive(people, people.Length, 33);
            Session.Receive(thing, thing.Length, 66);
            room.Joined.World.Sample(500);
        }

        private RoomObject Cart()
        {
            var objects = (Dictionary<uint, RoomObject>)typeof(PolyclinicRoom).GetField("objects", Hidden).GetValue(room);
            return objects[21];
        }

        /// <summary>How many operations go out next.</summary>
        private int Asked()
        {
            int count = 0;
            for (byte[] due = Session.Due(1e6); due != null; due = Session.Due(1e6))
            {
                count += due[0] == (byte)Kind.Operation ? 1 : 0;
            }
            return count;
        }

        private void HoldRightHand(bool tracked, double x)
        {
            var pose = new LocalPose { RightTracked = tracked, Right = new Place(new Vec3(x, 1, 0), Quat.Identity) };
            room.Joined.SendPose(pose, 0);
        }

        [Test]
        public void WhoIsToldSomethingMayDisableTheRoom()
        {
            room.Joined.StateChanged += state => Call(room, "OnDisable");
            for (int frame = 0; frame < 2000 && room.Joined != null; frame++)
            {
                Call(room, "Update");
                Thread.Sleep(5);
            }
            Assert.IsTrue(room.Joined == null, "the refused join ended the room, which disabled it");
        }

        [Test]
        public void NobodyStandsAroundWhenTheRoomHasEnded()
        {
            See();
            Assert.AreEqual(3, room.transform.childCount);
            room.Joined.Dispose();
            Assert.AreEqual(0, room.transform.childCount);
            Call(room, "OnDisable");
            Call(room, "OnEnable");
            See();
            Assert.AreEqual(3, room.transform.childCount, "again");
            Call(room, "OnDisable");
            Assert.AreEqual(0, room.transform.childCount, "disabled");
        }

        [Test]
        public void AHandThatIsTrackedAndNearTakesAThing()
        {
            See();
            HoldRightHand(true, 0.8);
            Cart().Grab(false);
            Assert.AreEqual(1, Asked());
        }

        [Test]
        public void AHandThatIsNotTrackedOrFarAwayTakesNothing()
        {
            See();
            Cart().Grab(false);
            HoldRightHand(false, 0.8);
            Cart().Grab(false);
            HoldRightHand(true, -0.1);
            Cart().Grab(false);
            HoldRightHand(true, double.NaN);
            Cart().Grab(false);
            Assert.AreEqual(0, Asked());
        }

        [Test]
        public void AThingThatNobodyKnowsThePlaceOfIsNotPutDown()
        {
            See();
            RoomObject cart = Cart();
            byte[] held = Frames.Thing(3, 5, 21, new ObjectFacts
            {
                Kind = "prop", Name = "Cart", Model = "cart", Holder = 99, Hand = "left", Grip = new int[0],
            }, true);
            Session.Receive(held, held.Length, 600);
            room.Joined.World.Sample(700);
            cart.Release();
            Assert.AreEqual(0, Asked());
        }

        [Test]
        public void AnObjectWhoseRoomWasLeftIsNobodys()
        {
            See();
            RoomObject cart = Cart();
            Call(room, "OnDisable");
            Assert.IsFalse(cart.Mine);
        }

        [Test]
        public void TheMenuHearsARoomThatItDidNotJoin()
        {
            RoomMenu menu = new GameObject("Menu").AddComponent<RoomMenu>();
            Set(menu, "room", room);
            var lines = (Queue<string>)typeof(RoomMenu).GetField("lines", Hidden).GetValue(menu);
            for (int visit = 1; visit <= 2; visit++)
            {
                Call(menu, "Update");
                Call(menu, "Update");
                Say();
                Assert.AreEqual(visit, lines.Count, "each line once");
                Call(room, "OnDisable");
                Call(menu, "Update");
                Call(room, "OnEnable");
            }
            Assert.AreEqual("Bo: Hi", lines.Peek());
        }

        private void Say()
        {
            ISessionListener world = room.Joined.World;
            world.Told(new Event
            {
                EventNumber = 1, Feature = "chat", Type = "said",
                Body = MsgpackWriter.Map(new Said { Entity = 11, Name = "Bo", Text = "Hi", Time = 1 }),
            });
        }
    }
}
