using System;
using System.Collections.Generic;

// The declarations of Unity's API that the package uses, so that its Unity layer is compiled where no Unity is. Nothing
// here runs but what tests lean on: arithmetic, and which object is whose child.
namespace UnityEngine
{
    public struct Vector3
    {
        public float x, y, z;

        public Vector3(float x, float y, float z)
        {
            this.x = x;
            this.y = y;
            this.z = z;
        }

        public static Vector3 up { get { return new Vector3(0, 1, 0); } }

        public static Vector3 operator +(Vector3 a, Vector3 b)
        {
            return new Vector3(a.x + b.x, a.y + b.y, a.z + b.z);
        }

        public static Vector3 operator -(Vector3 a, Vector3 b)
        {
            return new Vector3(a.x - b.x, a.y - b.y, a.z - b.z);
        }
    }

    public struct Quaternion
    {
        public float x, y, z, w;

        public Quaternion(float x, float y, float z, float w)
        {
            this.x = x;
            this.y = y;
            this.z = z;
            this.w = w;
        }

        public Vector3 eulerAngles { get { throw new NotSupportedException(); } }

        public static Quaternion Inverse(Quaternion q)
        {
            return new Quaternion(-q.x, -q.y, -q.z, q.w);
        }

        public static Quaternion operator *(Quaternion a, Quaternion b)
        {
            return new Quaternion(
                a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
                a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
                a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w,
                a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z);
        }

        public static Vector3 operator *(Quaternion q, Vector3 v)
        {
            Quaternion turned = q * new Quaternion(v.x, v.y, v.z, 0) * Inverse(q);
            return new Vector3(turned.x, turned.y, turned.z);
        }
    }

    public struct Pose
    {
        public Vector3 position;
        public Quaternion rotation;
    }

    public struct Rect
    {
        public Rect(float x, float y, float width, float height)
        {
        }
    }

    public class Object
    {
        public string name { get; set; }

        /// <summary>At once; Unity itself waits for the end of the frame.</summary>
        public static void Destroy(Object gone)
        {
            ((GameObject)gone).transform.Part();
        }

        public static T Instantiate<T>(T original, Transform parent) where T : Object
        {
            throw new NotSupportedException();
        }
    }

    public enum PrimitiveType
    {
        Sphere, Cube,
    }

    public sealed class GameObject : Object
    {
        public GameObject(string name)
        {
            this.name = name;
            activeSelf = true;
            transform = AddComponent<Transform>();
        }

        public Transform transform { get; private set; }
        public bool activeSelf { get; private set; }
        public bool activeInHierarchy { get { return activeSelf; } }

        public void SetActive(bool value)
        {
            activeSelf = value;
        }

        public T AddComponent<T>() where T : Component
        {
            T made = Activator.CreateInstance<T>();
            made.gameObject = this;
            return made;
        }

        public static GameObject CreatePrimitive(PrimitiveType type)
        {
            return new GameObject(type.ToString());
        }
    }

    public class Component : Object
    {
        public GameObject gameObject { get; internal set; }
        public Transform transform { get { return gameObject.transform; } }
    }

    public class Behaviour : Component
    {
        public bool enabled { get; set; }
    }

    public class MonoBehaviour : Behaviour
    {
    }

    public class Transform : Component
    {
        private readonly List<Transform> children = new List<Transform>();
        private Transform above;

        public Transform()
        {
            rotation = new Quaternion(0, 0, 0, 1);
        }

        public Vector3 position { get; set; }
        public Quaternion rotation { get; set; }
        public Vector3 localScale { get; set; }
        public int childCount { get { return children.Count; } }

        public Transform GetChild(int index)
        {
            return children[index];
        }

        public void SetParent(Transform parent, bool worldPositionStays)
        {
            above = parent;
            parent.children.Add(this);
        }

        internal void Part()
        {
            above.children.Remove(this);
        }

        public void SetPositionAndRotation(Vector3 place, Quaternion turn)
        {
            position = place;
            rotation = turn;
        }

        public Vector3 TransformPoint(Vector3 point)
        {
            return position + rotation * point;
        }

        public Vector3 InverseTransformPoint(Vector3 point)
        {
            return Quaternion.Inverse(rotation) * (point - position);
        }

        public void RotateAround(Vector3 point, Vector3 axis, float angle)
        {
        }
    }

    public static class Time
    {
        private static readonly System.Diagnostics.Stopwatch Watch = System.Diagnostics.Stopwatch.StartNew();

        public static double realtimeSinceStartupAsDouble { get { return Watch.Elapsed.TotalSeconds; } }
    }

    public static class Debug
    {
        public static void Log(object message)
        {
        }
    }

    public static class GUILayout
    {
        public static bool Button(string text)
        {
            return false;
        }

        public static void Label(string text)
        {
        }

        public static string TextField(string text)
        {
            return text;
        }

        public static void BeginArea(Rect area)
        {
        }

        public static void EndArea()
        {
        }
    }

    [AttributeUsage(AttributeTargets.Field)]
    public sealed class SerializeField : Attribute
    {
    }

    [AttributeUsage(AttributeTargets.Field)]
    public sealed class TooltipAttribute : Attribute
    {
        public TooltipAttribute(string text)
        {
        }
    }

    [AttributeUsage(AttributeTargets.Class)]
    public sealed class DefaultExecutionOrder : Attribute
    {
        public DefaultExecutionOrder(int order)
        {
        }
    }

    public static class SubsystemManager
    {
        public static void GetSubsystems<T>(List<T> subsystems)
        {
        }
    }
}

namespace UnityEngine.XR.Hands
{
    public enum XRHandJointID
    {
        Wrist = 1, Palm, ThumbMetacarpal,
    }

    public struct XRHandJoint
    {
        public bool TryGetPose(out Pose pose)
        {
            pose = default(Pose);
            return false;
        }
    }

    public struct XRHand
    {
        public bool isTracked { get { return false; } }

        public XRHandJoint GetJoint(XRHandJointID id)
        {
            return default(XRHandJoint);
        }
    }

    public sealed class XRHandSubsystem
    {
        public bool running { get { return false; } }
        public XRHand leftHand { get { return default(XRHand); } }
        public XRHand rightHand { get { return default(XRHand); } }
    }
}

namespace UnityEditor
{
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class CustomEditor : Attribute
    {
        public CustomEditor(Type inspected)
        {
        }
    }

    public class Editor : UnityEngine.Object
    {
        public UnityEngine.Object target { get { throw new NotSupportedException(); } }

        public virtual void OnInspectorGUI()
        {
        }

        public virtual bool RequiresConstantRepaint()
        {
            return false;
        }

        public bool DrawDefaultInspector()
        {
            return false;
        }
    }

    public static class EditorGUILayout
    {
        public static void LabelField(string label, string text)
        {
        }
    }
}
