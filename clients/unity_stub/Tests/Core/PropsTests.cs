using System;
using System.Collections.Generic;
using NUnit.Framework;
using Polyclinic.Protocol.Generated;

namespace Polyclinic.Tests
{
    public sealed class PropsTests
    {
        private const uint Self = 7, Bo = 11, Cart = 21;
        private World world;
        private Session session;
        private uint tick;
        private List<string> told;

        [SetUp]
        public void EnterARoomWithACart()
        {
            world = new World();
            session = new Session("test", world);
            world.Attach(session);
            SessionTests.Give(session, SessionTests.Welcome(false), 0);
            tick = 0;
            told = new List<string>();
            world.Entered += seen => told.Add("entered " + seen.Name);
            world.Left += seen => told.Add("left " + seen.Entity);
            world.Held += thing => told.Add("held by " + thing.Holder);
            Receive(Frames.Enter(++tick, new Dictionary<int, uint> { { 0, Bo } }));
            Receive(Frames.Thing(++tick, 1, Cart, Facts(0, ""), false));
            told.Clear();
        }

        private void Receive(byte[] frame)
        {
            session.Receive(frame, frame.Length, 33 * tick);
        }

        private static ObjectFacts Facts(uint holder, string hand)
        {
            return new ObjectFacts
            {
                Kind = "prop", Name = "Cart", Model = "cart", Grabbable = true, Holder = holder, Hand = hand,
                Grip = holder == 0 ? new int[0] : new[] { 0, 0, -100, 3, 0, 0, 0 }, Ownership = holder,
            };
        }

        private SeenThing Shown()
        {
            for (int frame = 0; frame < 30; frame++)
            {
                world.Sample(33 * tick + 10 * frame);
            }
            return world.Things[Cart];
        }

        [Test]
        public void AThingThatNobodyHoldsIsWhereItWasTold()
        {
            SeenThing cart = Shown();
            Assert.IsTrue(cart.Shown);
            Assert.AreEqual(1.0, cart.Place.Position.X, 1e-9);
            Assert.AreEqual(0.9, cart.Place.Position.Y, 1e-9);
        }

        [Test]
        public void ItIsTheSameThingInAHandAndGoesWithThat()
        {
            SeenThing before = world.Things[Cart];
            Receive(Frames.Thing(++tick, 1, Cart, Facts(Bo, "left"), true));
            Assert.AreEqual("held by 11", string.Join(", ", told.ToArray()));
            SeenThing cart = Shown();
            Assert.IsTrue(ReferenceEquals(before, cart));
            Assert.IsTrue(cart.Shown);
            Vec3 hand = world.People[Bo].Left.Place.Position;
            Assert.AreEqual(0.1, (cart.Place.Position - hand).Length, 1e-9);
        }

        [Test]
        public void WhatSomebodyOutOfSightHoldsIsNotShown()
        {
            Receive(Frames.Thing(++tick, 1, Cart, Facts(99, "right"), true));
            Assert.IsFalse(Shown().Shown);
        }

        [Test]
        public void WhatOneHoldsGoesWithOnesOwnHand()
        {
            Receive(Frames.Thing(++tick, 1, Cart, Facts(Self, "right"), true));
            world.OwnRight = new Place(new Vec3(0.3, 1.1, -0.4), Quat.Identity);
            SeenThing cart = Shown();
            Assert.AreEqual(-0.5, cart.Place.Position.Z, 1e-9);
            Receive(Frames.Thing(++tick, 1, Cart, Facts(0, ""), true));
            Assert.AreEqual(1.0, Shown().Place.Position.X, 1e-9);
        }

        [Test]
        public void AGripIsSentAsItIsRead()
        {
            var grip = new Place(new Vec3(0.12, -0.034, 0.5), new Quat(0.5, -0.5, 0.5, 0.5));
            Place again = Props.PlaceOf(Props.Grip(grip));
            Assert.AreEqual(0.0, (again.Position - grip.Position).Length, 1e-9);
            Assert.AreEqual(grip.Rotation.Y, again.Rotation.Y, 1e-9);
            Assert.Throws<WireFault>(() => Props.PlaceOf(new[] { 0, 0, 0, 4, 0, 0, 0 }));
        }

        [Test]
        public void AGripThatIsNoneOrOutOfReachIsNotSent()
        {
            var near = new Vec3(1, -1, 0.9994);
            Assert.AreEqual(1000, Props.Grip(new Place(near, Quat.Identity))[0]);
            Place[] none =
            {
                new Place(new Vec3(1.001, 0, 0), Quat.Identity), new Place(new Vec3(0, 0, -1.001), Quat.Identity),
                new Place(new Vec3(double.NaN, 0, 0), Quat.Identity), new Place(near, default(Quat)),
                new Place(new Vec3(0, double.NegativeInfinity, 0), Quat.Identity),
                new Place(near, new Quat(0, double.NaN, 0, 1)),
            };
            Array.ForEach(none, grip => Assert.Throws<ArgumentException>(() => Props.Grip(grip)));
        }

        [Test]
        public void AThingIsGrippedOnlyByAHandThatIsThere()
        {
            SeenThing cart = Shown();
            Place grip;
            Assert.IsFalse(world.TryGrip(cart, false, out grip), "before anything is tracked");
            world.OwnRight = new Place(new Vec3(1, 1, 0), Quat.Identity);
            Assert.IsFalse(world.TryGrip(cart, false, out grip), "where it was last");
            world.OwnRightTracked = true;
            Assert.IsTrue(world.TryGrip(cart, false, out grip));
            Assert.AreEqual(-0.1, grip.Position.Y, 1e-9);
            Assert.IsFalse(world.TryGrip(cart, true, out grip), "the other hand");
            world.OwnRight = new Place(new Vec3(2.5, 1, 0), Quat.Identity);
            Assert.IsFalse(world.TryGrip(cart, false, out grip), "too far away");
        }
    }
}
