// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import type { RoomWords } from "../../src/screens/facility";
import { facilityMap, facilityTree, layOutRooms, wayBetween, type Spot } from "../../src/screens/facility-map";
import { ROOMS } from "./fake-lobby";

const BOX = { width: 172, height: 62 };

/** Rooms by name, each with the rooms that its doors lead to. */
function facility(doors: Readonly<Record<string, readonly string[]>>): readonly RoomWords[] {
  return Object.entries(doors).map(([id, to]) => ({ id, name: id, type: id, occupancy: 0, capacity: 8, portals: to.map((name) => ({ to: name, name })) }));
}

const FACILITIES: Readonly<Record<string, readonly RoomWords[]>> = {
  "a hall with rooms around it": facility({ hall: ["wait", "lab", "ward", "stage"], wait: ["hall", "one", "two"], one: ["wait"], two: ["wait"], ward: ["hall"], lab: ["hall"], stage: ["hall"] }),
  "a ring": facility({ a: ["b", "f"], b: ["a", "c"], c: ["b", "d"], d: ["c", "e"], e: ["d", "f"], f: ["e", "a"] }),
  "doors of one way, far back": facility({ a: ["b", "c", "d"], b: ["e"], c: [], d: [], e: ["g"], g: ["a", "c", "h"], h: ["b"] }),
  "rooms without doors": facility({ a: ["b"], b: ["a"], c: [], d: [], e: [], f: [] }),
  "one room": facility({ a: [] }),
};

/** Whether a stretch from corner to corner, along an axis, enters a box. */
function enters([x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number], { x, y }: Spot): boolean {
  return Math.max(x1, x2) > x && Math.min(x1, x2) < x + BOX.width && Math.max(y1, y2) > y && Math.min(y1, y2) < y + BOX.height;
}

describe.each(Object.entries(FACILITIES))("a map of %s", (_name, rooms) => {
  const spots = layOutRooms(rooms);

  it("has each room once, and no two on one spot", () => {
    expect(spots.map(({ room }) => room.id).sort()).toEqual(rooms.map(({ id }) => id).sort());
    expect(new Set(spots.map(({ x, y }) => `${x} ${y}`)).size).toBe(rooms.length);
  });

  it("leads each way from wall to wall of its two rooms, square, and across no room", () => {
    for (const from of spots) {
      for (const { to } of from.room.portals) {
        const end = spots.find(({ room }) => room.id === to)!;
        const corners = wayBetween(from, end, spots);
        corners.slice(1).forEach((corner, index) => {
          const before = corners[index]!;
          expect(corner[0] === before[0] || corner[1] === before[1]).toBe(true);
          for (const spot of spots) expect(enters(before, corner, spot), `${from.room.id} to ${to} across ${spot.room.id}`).toBe(false);
        });
        const touches = ([x, y]: readonly [number, number], spot: Spot): boolean => (x === spot.x || x === spot.x + BOX.width) && y > spot.y && y < spot.y + BOX.height;
        const ends = [corners[0]!, corners.at(-1)!];
        for (const spot of [from, end]) expect(ends.some((corner) => touches(corner, spot))).toBe(true);
      }
    }
  });
});

it("draws a way once that has a door at both ends, and no smaller than can be read", () => {
  const map = facilityMap(ROOMS, "lobby", () => undefined);
  expect(map.querySelectorAll(".way")).toHaveLength(4);
  const picture = map.querySelector<SVGElement>("svg")!;
  const width = Number(picture.getAttribute("viewBox")!.split(" ")[2]);
  expect((14 * Number.parseFloat(picture.style.minWidth)) / width).toBeGreaterThanOrEqual(11.9);
});

it("is a list beside the view, each room under the one that it is reached from", () => {
  const rows = [...facilityTree(ROOMS, "lobby", () => undefined).querySelectorAll<HTMLElement>(".room-row")];
  expect(rows.map((row) => [row.querySelector("strong")?.textContent, row.style.getPropertyValue("--depth")])).toEqual([
    ["Lobby", "0"], ["Consulting room 1", "1"], ["Consulting room 2", "1"], ["Auditorium", "1"], ["Operating theatre", "2"],
  ]);
  expect(rows[0]?.textContent).toContain("Here");
});
