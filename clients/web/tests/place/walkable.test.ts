import { describe, expect, it } from "vitest";
import { findPath } from "../../src/place/path";
import { Walkable } from "../../src/place/walkable";

const BOUNDS = [[-3, 0, -3], [3, 4, 3]] as const;
const TABLE = { minX: -1, minZ: -0.5, maxX: 1, maxZ: 0.5 };

describe("where one can walk", () => {
  it("keeps people inside the bounds and out of furniture", () => {
    const room = new Walkable(BOUNDS, [TABLE]);
    expect(room.free(0, 2)).toBe(true);
    expect(room.free(0, 0)).toBe(false);
    expect(room.free(0, 0.6)).toBe(false);
    expect(room.free(2.95, 0)).toBe(false);
  });

  it("slides along what is in the way", () => {
    const room = new Walkable(BOUNDS, [TABLE]);
    const at = { x: 0, z: 0 };
    room.slide(-0.5, 1.2, 0.5, 0.2, at);
    expect(at.x).toBeCloseTo(0.5);
    expect(at.z).toBeGreaterThan(0.69);
    room.slide(0, 2, 9, 2, at);
    expect(at.x).toBeCloseTo(2.8);
  });

  it("rounds a corner that one walks against at its side, and stands where one walks straight against it", () => {
    const room = new Walkable(BOUNDS, [TABLE]);
    const at = { x: -2, z: 0.84 };
    for (let picture = 0; picture < 200; picture += 1) {
      // Nearly along the table's long side, and a little towards it: the corner is met from outside.
      room.slide(at.x, at.z, at.x + 0.02, at.z - 0.006, at);
      expect(room.free(at.x, at.z)).toBe(true);
    }
    expect(at.x).toBeGreaterThan(1);
    Object.assign(at, { x: -2, z: 0 });
    for (let picture = 0; picture < 200; picture += 1) room.slide(at.x, at.z, at.x + 0.02, at.z, at);
    expect(at.x).toBeCloseTo(-1.2, 1);
    expect(at.z).toBe(0);
  });

  it("does not jump over thin things in one long step", () => {
    const room = new Walkable(BOUNDS, [{ minX: -3, minZ: 0, maxX: 3, maxZ: 0.02 }]);
    const at = { x: 0, z: 0 };
    room.slide(0, 2, 0, -2, at);
    expect(at.z).toBeGreaterThan(0.2);
  });

  it("lets who is inside furniture walk out of it", () => {
    const room = new Walkable(BOUNDS, [TABLE]);
    const at = { x: 0, z: 0 };
    room.slide(0, 0, 0, 1.5, at);
    expect(at.z).toBeCloseTo(1.5);
  });
});

describe("ways around furniture", () => {
  it("leads around the table, never through it", () => {
    const room = new Walkable(BOUNDS, [TABLE]);
    const way = findPath(room, { x: 0, z: 2 }, { x: 0, z: -2 });
    expect(way.length).toBeGreaterThan(1);
    let from = { x: 0, z: 2 };
    for (const point of way) {
      for (let share = 0; share <= 1; share += 0.05) {
        expect(room.free(from.x + (point.x - from.x) * share, from.z + (point.z - from.z) * share)).toBe(true);
      }
      from = point;
    }
    expect(Math.hypot(from.x, from.z + 2)).toBeLessThan(0.25);
  });

  it("goes straight where nothing is in the way, and nowhere where no way leads", () => {
    expect(findPath(new Walkable(BOUNDS, []), { x: -2, z: 2 }, { x: 2, z: -2 })).toHaveLength(1);
    const walled = new Walkable(BOUNDS, [{ minX: -3, minZ: -0.1, maxX: 3, maxZ: 0.1 }]);
    expect(findPath(walled, { x: 0, z: 2 }, { x: 0, z: -2 })).toEqual([]);
  });

  it("costs no more in the largest room there can be, near by or across it", () => {
    const asked: number[] = [];
    class Counted extends Walkable {
      override free(x: number, z: number): boolean {
        asked.push(x);
        return super.free(x, z);
      }
    }
    const room = new Counted([[-8388, 0, -8388], [8388, 4, 8388]], [TABLE]);
    const near = findPath(room, { x: 0, z: 2 }, { x: 0, z: -2 });
    expect(near.length).toBeGreaterThan(1);
    expect(Math.hypot(near.at(-1)!.x, near.at(-1)!.z + 2)).toBeLessThan(0.25);
    const far = findPath(room, { x: -8000, z: 3 }, { x: 8000, z: 0 }).at(-1)!;
    expect(Math.hypot(far.x - 8000, far.z)).toBeLessThan(50);
    findPath(room, { x: -1e300, z: 1e300 }, { x: 0, z: 2 });
    expect(asked.length).toBeLessThan(3_000_000);
  });

  it("ends beside a thing that stands in furniture", () => {
    const room = new Walkable(BOUNDS, [TABLE]);
    const last = findPath(room, { x: 0, z: 2.5 }, { x: 0, z: 0.2 }).at(-1)!;
    expect(room.free(last.x, last.z)).toBe(true);
    expect(Math.hypot(last.x, last.z - 0.2)).toBeLessThan(0.8);
  });
});
