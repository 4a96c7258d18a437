using Polyclinic;
using UnityEngine;

/// <summary>Comes into the lobby and stands where people appear; says who is there and what is said; leaves when disabled.</summary>
public sealed class Visitor : MonoBehaviour
{
    private readonly LocalPose pose = new LocalPose();
    private Room room;

    private void OnEnable()
    {
        var who = new RoomOptions { Room = "lobby", Name = "Ada", Role = "clinician" };
        var chance = new System.Random();
        room = new Room(who, new FrontDesk("http://127.0.0.1:8080"), () => new WebSocketTransport(), chance.NextDouble);
        room.StateChanged += Tell;
        room.World.Entered += seen => Debug.Log(seen.Name + " comes into sight");
        room.World.Said += line => Debug.Log(line.Name + ": " + line.Text);
    }

    // Once a frame, in one thread; `now` is a steady clock in milliseconds. All events come from Pump.
    private void Update()
    {
        double now = Time.realtimeSinceStartupAsDouble * 1000;
        room.Pump(now);
        room.SendPose(pose, now);          // goes out as often as the room ticks
        room.World.Sample(now);            // writes Person.Head, Person.Left.Joints, Thing.Place, ... for this moment
    }

    private void OnDisable()
    {
        room.Dispose();                    // leaves the room: everybody is told
    }

    private void Tell(RoomState state)
    {
        Debug.Log(state + " " + room.Code + " " + room.Reason);
        if (state == RoomState.Live && !room.Resumed)
        {
            double[] at = room.Welcome.Spawn.Position;
            pose.Head = new Place(new Vec3(at[0], at[1], at[2]), Quat.AboutY(room.Welcome.Spawn.Yaw));
            pose.HeadTracked = true;
        }
    }
}
