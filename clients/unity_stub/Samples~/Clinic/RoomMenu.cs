using System.Collections.Generic;
using Polyclinic;
using Polyclinic.Unity;
using UnityEngine;

/// <summary>A small menu over a scene with a PolyclinicRoom: where to go and as whom, what is said, what is at hand.</summary>
public sealed class RoomMenu : MonoBehaviour
{
    private const int LinesKept = 8;

    [SerializeField] private PolyclinicRoom room;
    private readonly Queue<string> lines = new Queue<string>();
    private Room heard;
    private string draft = "";

    // A room that is enabled from the start, or by somebody else's button, is listened to as well.
    private void Update()
    {
        Room joined = room.Joined;
        if (joined == heard)
        {
            return;
        }
        heard = joined;
        if (joined != null)
        {
            joined.World.Said += Keep;
        }
    }

    private void OnGUI()
    {
        GUILayout.BeginArea(new Rect(10, 10, 320, 460));
        if (room.Joined == null)
        {
            Entrance();
        }
        else
        {
            Inside(room.Joined);
        }
        GUILayout.EndArea();
    }

    private void Entrance()
    {
        GUILayout.Label("Server");
        room.Server = GUILayout.TextField(room.Server);
        GUILayout.Label("Room");
        room.RoomId = GUILayout.TextField(room.RoomId);
        GUILayout.Label("Name");
        room.DisplayName = GUILayout.TextField(room.DisplayName);
        if (GUILayout.Button("Join"))
        {
            room.enabled = true;
        }
    }

    private void Inside(Room joined)
    {
        GUILayout.Label(joined.State + " " + joined.Reason + " " + joined.World.Roster.Count + " here");
        foreach (string line in lines)
        {
            GUILayout.Label(line);
        }
        draft = GUILayout.TextField(draft);
        if (GUILayout.Button("Say") && draft.Length > 0)
        {
            joined.Say(draft);
            draft = "";
        }
        foreach (SeenThing thing in joined.World.Things.Values)
        {
            Offer(joined, thing);
        }
        if (GUILayout.Button("Leave"))
        {
            room.enabled = false;
        }
    }

    private static void Offer(Room joined, SeenThing thing)
    {
        bool mine = thing.Holder != 0 && thing.Holder == joined.World.Self;
        if (thing.Grabbable && GUILayout.Button((mine ? "Put down " : "Take ") + thing.Name))
        {
            if (mine)
            {
                joined.Put(thing, thing.Place);
            }
            else
            {
                joined.Grab(thing, false, new Place(default(Vec3), Quat.Identity));
            }
        }
    }

    private void Keep(ChatLine said)
    {
        lines.Enqueue(said.Name + ": " + said.Text);
        while (lines.Count > LinesKept)
        {
            lines.Dequeue();
        }
    }
}
