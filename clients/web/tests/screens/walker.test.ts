import { describe, expect, it } from "vitest";
import { Walker } from "../../src/screens/walker";

const SPAWN = { position: [0, 1.6, 0] as const, yaw: 0 };
const BOUNDS = [[-5, 0, -5], [5, 4, 5]] as const;

function run(walker: Walker, seconds: number, from = 0): void {
  for (let tick = 0; tick <= seconds * 20; tick += 1) walker.step(from + tick * 50);
}

describe("who walks by words", () => {
  it("comes as near as asked, looks there, and never runs", async () => {
    const walker = new Walker(SPAWN, BOUNDS);
    const arrived = walker.walkTo([-3, 1.6, 0], 1);
    walker.step(0);
    walker.step(100);
    expect(Math.abs(walker.standing.position[0])).toBeLessThanOrEqual(0.121);
    run(walker, 4, 150);
    expect(await arrived).toBe(true);
    expect(walker.standing.position[0]).toBeCloseTo(-2, 1);
    expect(walker.standing.yaw).toBeCloseTo(Math.PI / 2);
  });

  it("takes no leap after its window was hidden", () => {
    const walker = new Walker(SPAWN, BOUNDS);
    void walker.walkTo([4, 1.6, 0], 0.5);
    walker.step(0);
    walker.step(60_000);
    expect(walker.standing.position[0]).toBeLessThan(0.31);
  });

  it("gives up a walk for another, and says so", async () => {
    const walker = new Walker(SPAWN, BOUNDS);
    const first = walker.walkTo([4, 1.6, 0], 0.5);
    const second = walker.walkTo([0, 1.6, 1], 0.5);
    expect(await first).toBe(false);
    run(walker, 2);
    expect(await second).toBe(true);
  });

  it("stays inside the walls and still arrives", async () => {
    const walker = new Walker(SPAWN, BOUNDS);
    const arrived = walker.walkTo([9, 1.6, 0], 0.5);
    run(walker, 8);
    expect(await arrived).toBe(true);
    expect(walker.standing.position[0]).toBeCloseTo(4.7);
  });

  it("holds its hand before it, at reach of what it stands by", () => {
    const walker = new Walker({ ...SPAWN, yaw: Math.PI / 2 }, BOUNDS);
    const hand = walker.pose.right?.position ?? [0, 0, 0];
    expect(hand[0]).toBeCloseTo(-0.4);
    expect(hand[2]).toBeCloseTo(-0.15);
    expect(hand[1]).toBeCloseTo(0.9);
  });

  it("goes where the server holds it to be", () => {
    const walker = new Walker(SPAWN, BOUNDS);
    walker.correct([1, 1.5, 2]);
    expect(walker.pose.head?.position).toEqual([1, 1.5, 2]);
  });
});
