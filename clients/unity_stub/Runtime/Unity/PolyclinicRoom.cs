using System.Collections.Generic;
using UnityEngine;

namespace Polyclinic.Unity
{
    /// <summary>A room of a Polyclinic server in a scene: its transform is the room's origin. It joins when it is enabled,
    /// comes back by itself when the connection is lost, and leaves when it is disabled.</summary>
    [DefaultExecutionOrder(-50)]
    public sealed class PolyclinicRoom : MonoBehaviour
    {
        [SerializeField, Tooltip("Address of the front desk")]
        private string server = "http://127.0.0.1:8080";
        [SerializeField] private string room = "lobby";
        [SerializeField] private string displayName = "Visitor";
        [SerializeField] private string role = "clinician";
        [SerializeField] private string look = "plain";
        [SerializeField, Tooltip("Whose motion is sent; may be empty for who only looks on")]
        private LocalRig rig;
        [SerializeField, Tooltip("Shown for each person; plain shapes if empty")]
        private RemoteAvatar avatarPrefab;
        [SerializeField, Tooltip("Shown for each thing; a plain box if empty")]
        private RoomObject objectPrefab;

        private readonly Dictionary<uint, RemoteAvatar> avatars = new Dictionary<uint, RemoteAvatar>();
        private readonly Dictionary<uint, RoomObject> objects = new Dictionary<uint, RoomObject>();
        private readonly LocalPose pose = new LocalPose();

        /// <summary>The room that is joined; null while disabled.</summary>
        public Room Joined { get; private set; }

        public string Server { get { return server; } set { server = value; } }
        public string RoomId { get { return room; } set { room = value; } }
        public string DisplayName { get { return displayName; } set { displayName = value; } }
        public string Role { get { return role; } set { role = value; } }

        /// <summary>Milliseconds of a clock that does not stand still while the game is paused.</summary>
        private static double Now { get { return Time.realtimeSinceStartupAsDouble * 1000; } }

        private void OnEnable()
        {
            var who = new RoomOptions { Room = room, Name = displayName, Role = role, Look = look };
            var chance = new System.Random();
            Joined = new Room(who, new FrontDesk(server), () => new WebSocketTransport(), chance.NextDouble);
            Joined.World.Entered += Enter;
            Joined.World.Left += Leave;
            Joined.World.Moved += MoveRig;
            Joined.StateChanged += PlaceRig;
        }

        private void OnDisable()
        {
            // All that is in sight leaves it, as it does when the room ends by itself.
            Joined.Dispose();
            Joined = null;
        }

        private void Update()
        {
            double now = Now;
            // Whoever is told of something may disable this, which leaves the room.
            Room joined = Joined;
            joined.Pump(now);
            if (joined != Joined)
            {
                return;
            }
            if (rig != null)
            {
                rig.Track(transform, pose);
                joined.SendPose(pose, now);
            }
            joined.World.Sample(now);
        }

        private void Enter(SeenEntity seen)
        {
            var person = seen as SeenPerson;
            if (person != null)
            {
                RemoteAvatar avatar = avatarPrefab != null ? Instantiate(avatarPrefab, transform) : RemoteAvatar.Plain(transform);
                avatar.Show(person, transform);
                avatars[seen.Entity] = avatar;
                return;
            }
            RoomObject thing = objectPrefab != null ? Instantiate(objectPrefab, transform) : RoomObject.Plain(transform);
            thing.Show((SeenThing)seen, this);
            objects[seen.Entity] = thing;
        }

        private void Leave(SeenEntity seen)
        {
            RemoteAvatar avatar;
            RoomObject thing;
            if (avatars.TryGetValue(seen.Entity, out avatar))
            {
                avatars.Remove(seen.Entity);
                Destroy(avatar.gameObject);
            }
            if (objects.TryGetValue(seen.Entity, out thing))
            {
                objects.Remove(seen.Entity);
                Destroy(thing.gameObject);
            }
        }

        /// <summary>A fresh join begins at the spawn.</summary>
        private void PlaceRig(RoomState state)
        {
            if (state == RoomState.Live && !Joined.Resumed && rig != null)
            {
                double[] at = Joined.Welcome.Spawn.Position;
                rig.StandAt(transform, new Vec3(at[0], at[1], at[2]), Joined.Welcome.Spawn.Yaw);
            }
        }

        /// <summary>The server holds the head to be elsewhere: the rig moves, the head in it does not.</summary>
        private void MoveRig(Vec3 head, string reason)
        {
            if (rig != null)
            {
                rig.MoveHeadTo(transform, head);
            }
        }
    }
}
