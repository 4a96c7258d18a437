using UnityEditor;
using UnityEngine;

namespace Polyclinic.Unity.Editor
{
    /// <summary>While it runs, the inspector of a room says how it goes, and can lose the connection on purpose.</summary>
    [CustomEditor(typeof(PolyclinicRoom))]
    public sealed class PolyclinicRoomEditor : UnityEditor.Editor
    {
        public override void OnInspectorGUI()
        {
            DrawDefaultInspector();
            Room room = ((PolyclinicRoom)target).Joined;
            if (room == null)
            {
                return;
            }
            EditorGUILayout.LabelField("State", room.State + " " + room.Code + " " + room.Reason);
            EditorGUILayout.LabelField("Round trip", room.RoundTrip.ToString("0") + " ms");
            EditorGUILayout.LabelField("In sight", room.World.People.Count + " people, " + room.World.Things.Count + " things");
            EditorGUILayout.LabelField("In the room", room.World.Roster.Count.ToString());
            if (room.State == RoomState.Live && GUILayout.Button("Lose the connection"))
            {
                room.DropConnection();
            }
        }

        public override bool RequiresConstantRepaint()
        {
            return ((PolyclinicRoom)target).Joined != null;
        }
    }
}
