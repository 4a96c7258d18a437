using UnityEngine;

namespace Polyclinic.Unity
{
    /// <summary>Somebody in sight. What is assigned is moved; an own avatar reads `Person`, whose numbers are this frame's.</summary>
    public sealed class RemoteAvatar : MonoBehaviour
    {
        private const float HeadSize = 0.22f, HandSize = 0.09f;

        [SerializeField] private Transform head;
        [SerializeField] private Transform leftHand;
        [SerializeField] private Transform rightHand;
        [SerializeField, Tooltip("26 transforms in the order of XR_EXT_hand_tracking: palm, wrist, thumb, ...; or none")]
        private Transform[] leftJoints = new Transform[0];
        [SerializeField] private Transform[] rightJoints = new Transform[0];
        private Transform room;

        public SeenPerson Person { get; private set; }

        /// <summary>A head and two hands of plain shapes.</summary>
        public static RemoteAvatar Plain(Transform parent)
        {
            var made = new GameObject("Avatar");
            made.transform.SetParent(parent, false);
            var avatar = made.AddComponent<RemoteAvatar>();
            avatar.head = Shape(made.transform, "Head", PrimitiveType.Sphere, HeadSize);
            avatar.leftHand = Shape(made.transform, "Left hand", PrimitiveType.Cube, HandSize);
            avatar.rightHand = Shape(made.transform, "Right hand", PrimitiveType.Cube, HandSize);
            return avatar;
        }

        private static Transform Shape(Transform parent, string name, PrimitiveType type, float size)
        {
            GameObject shape = GameObject.CreatePrimitive(type);
            shape.name = name;
            shape.transform.SetParent(parent, false);
            shape.transform.localScale = new Vector3(size, size, size);
            return shape.transform;
        }

        internal void Show(SeenPerson person, Transform inRoom)
        {
            Person = person;
            room = inRoom;
            gameObject.name = person.Name;
        }

        // After the room has sampled, and after animations that would otherwise win.
        private void LateUpdate()
        {
            Follow(head, Person.Head);
            Follow(leftHand, Person.Left);
            Follow(rightHand, Person.Right);
            FollowJoints(leftJoints, Person.Left);
            FollowJoints(rightJoints, Person.Right);
        }

        private void Follow(Transform moved, PartView part)
        {
            if (moved == null)
            {
                return;
            }
            bool shown = part.Presence > 0;
            if (moved.gameObject.activeSelf != shown)
            {
                moved.gameObject.SetActive(shown);
            }
            if (shown)
            {
                Axes.Put(moved, room, part.Place);
            }
        }

        private void FollowJoints(Transform[] joints, HandView hand)
        {
            for (int joint = 0; hand.FingersTracked && joint < joints.Length; joint++)
            {
                if (joints[joint] != null)
                {
                    Axes.Put(joints[joint], room, hand.Joints[joint]);
                }
            }
        }
    }
}
