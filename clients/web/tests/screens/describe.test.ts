import { describe, expect, it } from "vitest";
import { describeRoom, directionWords, distanceWords, placeWords, zoneName, type Standing } from "../../src/screens/describe";
import { LOBBY, person, quietLobby, thing } from "./fake-lobby";

const NORTH: Standing = { position: [0, 1.6, 0], yaw: 0 };

describe("where something is", () => {
  it.each([
    [[0, 0, -2], "ahead"],
    [[2, 0, -2], "ahead to the right"],
    [[2, 0, 0], "to the right"],
    [[2, 0, 2], "behind you to the right"],
    [[0, 0, 2], "behind you"],
    [[-2, 0, 2], "behind you to the left"],
    [[-2, 0, 0], "to the left"],
    [[-2, 0, -2], "ahead to the left"],
  ] as const)("%j is %s of who looks along -Z", (place, words) => {
    expect(directionWords(NORTH, place)).toBe(words);
  });

  it("turns with the head, however often", () => {
    const west = Math.PI / 2;
    expect(directionWords({ ...NORTH, yaw: west }, [-2, 0, 0])).toBe("ahead");
    expect(directionWords({ ...NORTH, yaw: west - 6 * Math.PI }, [0, 0, -2])).toBe("to the right");
  });

  it("is told finer when it is near", () => {
    expect([0.4, 1.2, 2.6, 7.4].map(distanceWords)).toEqual(["less than 1 m", "1 m", "2.5 m", "7 m"]);
    expect(placeWords(NORTH, [0.1, 0, 0.1])).toBe("right where you are");
  });
});

describe("a room in words", () => {
  const from: Standing = { position: [0, 1.6, 2], yaw: 0 };

  it("has the nearest first, with what each does and holds", () => {
    const words = describeRoom(quietLobby(), from);
    expect(words.people.map(({ name, text }) => [name, text])).toEqual([
      ["Grace Okafor", "2 m ahead to the left, offers stethoscope"],
      ["Dr. Elisabeth van der Meer-Hohenstein", "3 m behind you, speaking"],
      ["نور الهدى", "5 m ahead to the right, in Reception, sitting"],
    ]);
    expect(words.outOfSight).toEqual(["Kwame"]);
    expect(words.things.map((each) => each.thing.name)).toEqual(["clipboard", "Monitor", "Whiteboard"]);
    expect(words.held.map((each) => each.name)).toEqual(["tablet"]);
    expect(words.ways.map((way) => way.name)).toEqual(["Consulting room 1", "Auditorium"]);
  });

  it("says nothing of what its holder's absence hides", () => {
    const room = quietLobby();
    room.things.set(30, { ...thing(30, "scalpel", [0, 1, 0]), shown: false });
    expect(JSON.stringify(describeRoom(room, from))).not.toContain("scalpel");
  });

  it("counts people as one would", () => {
    const room = quietLobby();
    room.people.clear();
    expect(describeRoom(room, from).here).toBe("You are in Lobby, facing north. Nobody else is in sight.");
    room.people.set(9, person(9, "Bo", "patient", [0, 1.6, 0]));
    expect(describeRoom(room, { position: [-1, 1.6, -1], yaw: Math.PI }).here).toBe("You are in Lobby, Waiting area, facing south. One person is in sight.");
  });

  it("takes the first zone that holds a place", () => {
    expect(zoneName(LOBBY, [0, 1, -1])).toBe("Waiting area");
    expect(zoneName(LOBBY, [0, 1, 1])).toBe("");
  });
});
