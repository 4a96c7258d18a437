using UnityEngine;

namespace Polyclinic.Unity
{
    /// <summary>Between the room's axes (right-handed, -Z forward) and Unity's (left-handed, +Z forward).</summary>
    public static class Axes
    {
        public static Vector3 ToUnity(Vec3 position)
        {
            return new Vector3((float)position.X, (float)position.Y, (float)-position.Z);
        }

        public static Quaternion ToUnity(Quat turn)
        {
            return new Quaternion((float)-turn.X, (float)-turn.Y, (float)turn.Z, (float)turn.W);
        }

        public static Place FromUnity(Vector3 position, Quaternion turn)
        {
            return new Place(
                new Vec3(position.x, position.y, -position.z), new Quat(-turn.x, -turn.y, turn.z, turn.w));
        }

        /// <summary>Put a transform where a place is, in the frame of the room's transform.</summary>
        public static void Put(Transform moved, Transform room, Place place)
        {
            moved.SetPositionAndRotation(
                room.TransformPoint(ToUnity(place.Position)), room.rotation * ToUnity(place.Rotation));
        }

        /// <summary>Where a transform is in the room.</summary>
        public static Place In(Transform room, Transform tracked)
        {
            return FromUnity(
                room.InverseTransformPoint(tracked.position), Quaternion.Inverse(room.rotation) * tracked.rotation);
        }
    }
}
