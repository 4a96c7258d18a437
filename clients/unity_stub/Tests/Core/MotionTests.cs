using System;
using NUnit.Framework;
using Polyclinic.Protocol.Generated;

namespace Polyclinic.Tests
{
    public sealed class MotionTests
    {
        private const double Tick = 50;
        private MotionBuffer buffer;
        private Motion shown;

        [SetUp]
        public void BeginAnew()
        {
            buffer = new MotionBuffer(Tick);
            shown = new Motion();
        }

        private void Tell(double time, int millimetres, bool withHand = false)
        {
            var state = new AvatarState { Flags = (int)StateFlag.Head | (withHand ? (int)StateFlag.Left : 0) };
            state.Parts[AvatarState.Head] = new TrackedPart { X = millimetres, Largest = 3 };
            state.Parts[AvatarState.Left] = new TrackedPart { Y = -400, Largest = 3 };
            buffer.Add(state, time);
        }

        /// <summary>Where the head is shown at a moment of the server's clock, in mm.</summary>
        private double At(double serverNow, double lastFrame)
        {
            buffer.SampleAt(serverNow, 0, lastFrame, shown);
            return 1000 * shown.Parts[AvatarState.Head].Position.X;
        }

        [Test]
        public void AMotionIsShownEvenlyOneIntervalBehind()
        {
            Tell(1000, 0);
            Tell(1050, 100);
            Assert.AreEqual(50.0, At(1075, 1050), 0.01);
            Assert.AreEqual(80.0, At(1090, 1050), 0.01);
        }

        [Test]
        public void WhatIsLateGoesOnForATenthOfASecondAndNoLonger()
        {
            Tell(1000, 0);
            Tell(1050, 100);
            Assert.AreEqual(100.0, At(1100, 1050), 0.01);
            Assert.AreEqual(200.0, At(1150, 1050), 0.01);
            Assert.AreEqual(300.0, At(1200, 1050), 0.01);
            Assert.AreEqual(300.0, At(1400, 1050), 0.01);
        }

        [Test]
        public void WhatFramesNoLongerTellStandsWhereItWasTold()
        {
            Tell(1000, 0);
            Tell(1050, 100);
            At(1120, 1050);
            Assert.IsTrue(At(1125, 1050) > 140, "it went on");
            for (int now = 1130; now < 1600; now += 10)
            {
                At(now, now);
            }
            Assert.AreEqual(100.0, At(1610, 1610), 0.5);
        }

        [Test]
        public void AMotionAfterARestBeginsWhenItBegan()
        {
            Tell(1000, 0);
            At(4990, 4990);
            Tell(5000, 100);
            Assert.AreEqual(0.0, At(5000, 5000), 0.01, "an interval ago it stood");
            Assert.AreEqual(50.0, At(5025, 5000), 0.01);
        }

        [Test]
        public void ARecordThatComesLateIsCaughtUpWithWithoutAJump()
        {
            Tell(1000, 0);
            Tell(1050, 100);
            double before = At(1100, 1050);
            for (double now = 1101; now <= 1500; now++)
            {
                if (now == 1190)
                {
                    // It has turned back: what was extrapolated was wrong by far.
                    Tell(1100, 50);
                    Tell(1150, 0);
                }
                double at = At(now, now < 1190 ? 1050 : 1150);
                Assert.IsTrue(Math.Abs(at - before) < 12, at - before + " mm within a millisecond at " + now);
                before = at;
            }
            Assert.AreEqual(0.0, before, 110.0);
        }

        [Test]
        public void RecordsThatHaveBecomeRareAreNotTakenForRests()
        {
            for (int record = 0; record < 5; record++)
            {
                Tell(1000 + 50 * record, 0);
            }
            for (int record = 1; record <= 4; record++)
            {
                Tell(1200 + 400 * record, 100 * record);
            }
            // 400 ms behind, halfway between the last two.
            At(2600, 2800);
            Assert.AreEqual(350.0, At(3000, 3000), 60.0);
        }

        [Test]
        public void AHandThatIsLostFadesWhereItWas()
        {
            var hand = new HandView();
            Tell(1000, 0, true);
            buffer.SampleAt(1050, 0, 1000, shown);
            hand.Follow(shown, AvatarState.Left, 150);
            Assert.AreEqual(1.0, hand.Presence, 1e-9);
            Vec3 place = hand.Place.Position;
            Tell(1050, 500);
            buffer.SampleAt(1200, 0, 1200, shown);
            hand.Follow(shown, AvatarState.Left, 150);
            Assert.AreEqual(0.5, hand.Presence, 1e-9);
            Assert.AreEqual(place, hand.Place.Position);
            hand.Follow(shown, AvatarState.Left, 150);
            Assert.AreEqual(0.0, hand.Presence, 1e-9);
        }

        [Test]
        public void LatenessRisesAtOnceAndFallsSlowly()
        {
            var lateness = new Lateness();
            lateness.Note(20);
            lateness.Note(80);
            Assert.AreEqual(80.0, lateness.Milliseconds, 1e-9);
            lateness.Note(20);
            Assert.AreEqual(79.4, lateness.Milliseconds, 1e-9);
        }

        [Test]
        public void AHandThatWasPosedIsFittedToTheSameValues()
        {
            var random = new Random(7);
            var joints = new Place[HandModel.JointCount];
            var fitted = new byte[Wire.FingerValues];
            for (int round = 0; round < 50; round++)
            {
                var values = new double[Wire.FingerValues];
                for (int index = 0; index < values.Length; index++)
                {
                    values[index] = Quantities.ToValue(random.Next(8, 56), Wire.ValueBits);
                }
                bool left = round % 2 == 0;
                HandModel.JointsFromValues(values, left, joints);
                HandModel.ValuesFromJoints(joints, left, fitted);
                for (int index = 0; index < values.Length; index++)
                {
                    Assert.AreEqual((int)values[index], fitted[index], "value " + index);
                }
            }
        }

        [Test]
        public void TheWristAndTheGripFollowFromEachOther()
        {
            var grip = new Place(new Vec3(0.1, 1.2, -0.3), new Quat(0.1, 0.2, 0.3, 0.9).Normalised);
            foreach (bool left in new[] { false, true })
            {
                Place again = HandModel.GripFromWrist(HandModel.WristFromGrip(grip, left), left);
                Assert.AreEqual(0.0, (again.Position - grip.Position).Length, 1e-9);
                Assert.AreEqual(grip.Rotation.X, again.Rotation.X, 1e-9);
            }
        }
    }
}
