using UnityEngine;

namespace Polyclinic.Unity
{
    /// <summary>A thing in sight. The server decides who holds it: Grab and Release ask, and what comes of it is shown.</summary>
    public sealed class RoomObject : MonoBehaviour
    {
        private const float PlainSize = 0.15f;
        private PolyclinicRoom room;
        private GameObject shape;

        public SeenThing Thing { get; private set; }

        /// <summary>Whether the wearer holds it.</summary>
        public bool Mine
        {
            get { return room.Joined != null && Thing.Holder != 0 && Thing.Holder == room.Joined.World.Self; }
        }

        /// <summary>A plain box.</summary>
        public static RoomObject Plain(Transform parent)
        {
            var made = new GameObject("Thing");
            made.transform.SetParent(parent, false);
            GameObject box = GameObject.CreatePrimitive(PrimitiveType.Cube);
            box.transform.SetParent(made.transform, false);
            box.transform.localScale = new Vector3(PlainSize, PlainSize, PlainSize);
            return made.AddComponent<RoomObject>();
        }

        internal void Show(SeenThing thing, PolyclinicRoom inRoom)
        {
            Thing = thing;
            room = inRoom;
            gameObject.name = thing.Name;
            shape = transform.childCount > 0 ? transform.GetChild(0).gameObject : null;
        }

        /// <summary>Ask for it in a hand, where it now is in that. A hand that is not tracked or too far away takes
        /// nothing.</summary>
        public void Grab(bool left)
        {
            Place grip;
            if (!room.Joined.World.TryGrip(Thing, left, out grip))
            {
                Debug.Log("Polyclinic: no hand is there to take " + Thing.Name);
                return;
            }
            room.Joined.Grab(Thing, left, grip, Tell);
        }

        /// <summary>Put it down where it is.</summary>
        public void Release()
        {
            if (!Thing.Shown)
            {
                Debug.Log("Polyclinic: nobody knows where " + Thing.Name + " is");
                return;
            }
            room.Joined.Put(Thing, Thing.Place, Tell);
        }

        /// <summary>Let whoever wishes take it from the wearer's hand, or no longer.</summary>
        public void Offer(bool offered)
        {
            room.Joined.Offer(Thing, offered, Tell);
        }

        private void Tell(Outcome outcome)
        {
            if (!outcome.Ok)
            {
                Debug.Log("Polyclinic: " + outcome.Code + " " + outcome.Detail);
            }
        }

        private void LateUpdate()
        {
            if (shape != null && shape.activeSelf != Thing.Shown)
            {
                shape.SetActive(Thing.Shown);
            }
            if (Thing.Shown)
            {
                Axes.Put(transform, room.transform, Thing.Place);
            }
        }
    }
}
