import * as THREE from "three";
import { describe, expect, it } from "vitest";
import { TeleportArc } from "../../src/presence/arc";
import { deadZone, MovementBudget, PoseRhythm, SnapTurn, towards, Walker } from "../../src/presence/locomotion";
import { Joystick } from "../../src/presence/pointer";
import { yawOf } from "../../src/world/yaw";
import { makePose } from "../../src/presence/pose";
import { Rig, wrapped } from "../../src/presence/rig";
import { eased, vignetteFor } from "../../src/presence/vignette";
import { openFloor } from "./open-floor";

describe("walking", () => {
  it("goes forward along the heading, and reaches its speed softly", () => {
    const walker = new Walker();
    walker.step(0.016, 1, 0, 0, 1.6);
    expect(walker.speed).toBeGreaterThan(0);
    expect(walker.speed).toBeLessThan(0.5);
    for (let i = 0; i < 100; i++) walker.step(0.016, 1, 0, Math.PI / 2, 1.6);
    expect(walker.speedX).toBeCloseTo(-1.6, 2);
    expect(walker.speedZ).toBeCloseTo(0, 2);
  });

  it("is no faster on the diagonal, and stands still in the end", () => {
    const walker = new Walker();
    for (let i = 0; i < 100; i++) walker.step(0.016, 1, 1, 0, 1.6);
    expect(walker.speed).toBeCloseTo(1.6, 2);
    for (let i = 0; i < 100; i++) walker.step(0.016, 0, 0, 0, 1.6);
    expect(walker.speed).toBe(0);
  });
});

describe("turning", () => {
  it("snaps once for each push of the stick", () => {
    const snap = new SnapTurn();
    expect(snap.step(0.9, 30)).toBeCloseTo(-Math.PI / 6);
    expect(snap.step(1, 30)).toBe(0);
    expect(snap.step(0.5, 30)).toBe(0);
    expect(snap.step(0.1, 30)).toBe(0);
    expect(snap.step(-0.9, 45)).toBeCloseTo(Math.PI / 4);
  });

  it("turns the rig on the spot where the head is", () => {
    const rig = new Rig();
    const local = makePose();
    local.position = [0.8, 1.6, -0.4];
    const before = makePose();
    const after = makePose();
    rig.shift(2, 0, 1);
    rig.toRoom(local, before);
    rig.turn(1.1, before.position);
    rig.toRoom(local, after);
    after.position.forEach((value, axis) => { expect(value).toBeCloseTo(before.position[axis]!, 9); });
    expect(yawOf(new THREE.Quaternion(...after.rotation))).toBeCloseTo(1.1);
  });

  it("places the same in numbers as in the scene", () => {
    const rig = new Rig();
    rig.yaw = 0.7;
    rig.shift(1, 0, -2);
    rig.lift = 0.4;
    rig.apply();
    const local = makePose();
    local.position = [0.3, 1.2, 0.5];
    const out = makePose();
    rig.toRoom(local, out);
    const expected = rig.object.localToWorld(new THREE.Vector3(...local.position));
    expect(expected.distanceTo(new THREE.Vector3(...out.position))).toBeLessThan(1e-9);
  });

  it("takes the shorter way round", () => {
    expect(wrapped(1.5 * Math.PI)).toBeCloseTo(-0.5 * Math.PI);
    expect(towards(3, -3, 1)).toBeCloseTo(2 * Math.PI - 6);
    expect(towards(0, 3, 0.1)).toBeCloseTo(0.1);
  });

  it("knows the heading of who looks straight down", () => {
    const rotation = new THREE.Quaternion().setFromEuler(new THREE.Euler(-Math.PI / 2, 0.8, 0, "YXZ"));
    expect(yawOf(rotation)).toBeCloseTo(0.8);
    rotation.setFromEuler(new THREE.Euler(Math.PI / 2, 0.8, 0, "YXZ"));
    expect(yawOf(rotation)).toBeCloseTo(0.8);
  });
});

describe("what the server believes", () => {
  it("pays walks from a budget and long ways with jumps", () => {
    const budget = new MovementBudget();
    for (let i = 0; i < 4; i++) {
      expect(budget.allows(7, 0)).toBe(true);
      budget.spend(7, 0);
    }
    expect(budget.allows(7, 0)).toBe(false);
    expect(budget.allows(5, 0)).toBe(true);
    budget.spend(5, 0);
    expect(budget.allows(5, 0)).toBe(false);
    expect(budget.allows(7, 2000)).toBe(true);
  });

  it("is told at most 60 poses a second, and as many as one and a half times the room's ticks", () => {
    const count = (displayHz: number, tickHz: number): number => {
      const rhythm = new PoseRhythm(tickHz);
      let sent = 0;
      for (let frame = 0; frame < displayHz * 4; frame++) if (rhythm.due((frame * 1000) / displayHz)) sent += 1;
      return sent / 4;
    };
    expect(count(90, 60)).toBeLessThanOrEqual(60.5);
    expect(count(60, 60)).toBeGreaterThan(58);
    expect(count(72, 30)).toBeLessThanOrEqual(45.5);
    expect(count(72, 30)).toBeGreaterThan(34);
  });
});

describe("teleport", () => {
  it("lands where a thrown ball would, if one can stand there", () => {
    const arc = new TeleportArc();
    arc.aim([0, 1.4, 0], [0, 0, -1], openFloor(), () => true);
    expect(arc.valid).toBe(true);
    expect(arc.target[1]).toBe(0);
    expect(arc.target[2]).toBeCloseTo(-6.2 * Math.sqrt((2 * 1.4) / 9.8));
    expect(arc.points[3 * (arc.count - 1) + 1]).toBeCloseTo(0, 5);
  });

  it("is not valid in furniture, nor where the server would not believe it", () => {
    const arc = new TeleportArc();
    arc.aim([0, 1.4, 0], [0, 0, -1], { ...openFloor(), free: () => false }, () => true);
    expect(arc.valid).toBe(false);
    arc.aim([0, 1.4, 0], [0, 0, -1], openFloor(), (distance) => distance < 2);
    expect(arc.valid).toBe(false);
  });
});

describe("comfort", () => {
  it("narrows the view with speed, as much as one set", () => {
    expect(vignetteFor(0, 0, 1)).toBe(0);
    expect(vignetteFor(1.5, 0, 0.6)).toBeCloseTo(0.6);
    expect(vignetteFor(0, 0.6, 1)).toBeCloseTo(0.5);
    expect(vignetteFor(9, 9, 0)).toBe(0);
  });

  it("closes faster than it opens", () => {
    expect(eased(0, 1, 0.05)).toBeGreaterThan(1 - eased(1, 0, 0.05));
  });
});

describe("sticks", () => {
  it("rest in the middle and reach the full way", () => {
    expect(deadZone(0.1)).toBe(0);
    expect(deadZone(1)).toBe(1);
    expect(deadZone(-1)).toBe(-1);
  });

  it("follow a thumb up to their rim", () => {
    const stick = new Joystick(50);
    stick.begin(100, 100);
    stick.move(102, 101);
    expect([stick.x, stick.y]).toEqual([0, 0]);
    stick.move(100, 300);
    expect(stick.y).toBeCloseTo(1);
    stick.end();
    expect(stick.y).toBe(0);
  });
});
