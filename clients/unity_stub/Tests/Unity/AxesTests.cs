using NUnit.Framework;
using Polyclinic.Unity;
using UnityEngine;

namespace Polyclinic.Tests
{
    public sealed class AxesTests
    {
        [Test]
        public void AheadInTheRoomIsAheadInUnity()
        {
            Vector3 ahead = Axes.ToUnity(new Vec3(1, 2, -3));
            Assert.AreEqual(1.0, ahead.x, 1e-6);
            Assert.AreEqual(2.0, ahead.y, 1e-6);
            Assert.AreEqual(3.0, ahead.z, 1e-6);
        }

        [Test]
        public void ATurnTurnsTheSameThingsInBoth()
        {
            Quat turn = new Quat(0.1, -0.7, 0.3, 0.6).Normalised;
            var point = new Vec3(0.4, -1.1, 2.5);
            Vector3 turnedThere = Axes.ToUnity(turn) * Axes.ToUnity(point);
            Vector3 turnedHere = Axes.ToUnity(turn * point);
            Assert.AreEqual(turnedHere.x, turnedThere.x, 1e-5);
            Assert.AreEqual(turnedHere.y, turnedThere.y, 1e-5);
            Assert.AreEqual(turnedHere.z, turnedThere.z, 1e-5);
        }

        [Test]
        public void WhatIsConvertedComesBack()
        {
            var place = new Place(new Vec3(1, 2, 3), new Quat(0.1, -0.7, 0.3, 0.6).Normalised);
            Place again = Axes.FromUnity(Axes.ToUnity(place.Position), Axes.ToUnity(place.Rotation));
            Assert.AreEqual(0.0, (again.Position - place.Position).Length, 1e-6);
            Assert.AreEqual(place.Rotation.Y, again.Rotation.Y, 1e-6);
            Assert.AreEqual(place.Rotation.W, again.Rotation.W, 1e-6);
        }
    }
}
