import * as THREE from "three";
import { describe, expect, it } from "vitest";

import { Arm, Bone, FOREARM, UPPER_ARM } from "../../src/avatars/body/bones";
import { FLAT } from "../../src/avatars/body/fingers";
import { lookOf } from "../../src/avatars";
import { Figure } from "../../src/avatars/pose/figure";
import { PoseRows } from "../../src/avatars/rows";
import { OPEN, person, reach, stand } from "./people";
import type { MadeUp } from "./people";

class Stage {
  readonly rows = new PoseRows(1);
  readonly row: number;
  readonly figure: Figure;
  private seconds = 0;

  constructor(readonly who: MadeUp) {
    this.row = this.rows.take(lookOf(who.entity, who.name, who.role).palette);
    this.figure = new Figure(who);
  }

  step(seconds: number, passed = 1 / 72): void {
    for (const end = this.seconds + seconds; this.seconds < end; this.seconds += passed) {
      this.figure.pose(this.rows, this.row, this.who, { seconds: this.seconds, passed, floor: 0 }, null);
    }
  }

  place(bone: number): THREE.Vector3 {
    return this.rows.placeOf(this.row, bone, new THREE.Vector3());
  }
}

function standing(height = 1.6): Stage {
  const who = person(0);
  stand(who, 2, height, 3, 0.7);
  return new Stage(who);
}

const wristOf = (who: MadeUp, side: "left" | "right"): THREE.Vector3 => new THREE.Vector3().fromArray(who[side].jointPositions, 3);

describe("a figure", () => {
  it("breathes where nobody's hands are tracked, and is still for who wants less motion", () => {
    const moves = (still: boolean): number => {
      const one = standing();
      one.figure.still = still;
      one.step(4);
      const before = one.place(Bone.head);
      one.step(1);
      return one.place(Bone.head).distanceTo(before);
    };
    expect(moves(false)).toBeGreaterThan(1e-3);
    expect(moves(true)).toBeLessThan(1e-6);
  });

  it("is as tall as its eyes are high, its feet on the floor", () => {
    for (const height of [1.3, 1.6, 1.85]) {
      const stage = standing(height);
      stage.step(0.2);
      expect(stage.figure.scale).toBeCloseTo(height / 1.6, 2);
      for (const foot of [Bone.footLeft, Bone.footRight]) expect(stage.place(foot).y).toBeCloseTo(0.085 * stage.figure.scale, 2);
      expect(stage.place(Bone.hips).y).toBeCloseTo(0.93 * stage.figure.scale, 1);
    }
  });

  it("sits with its hips low, its knees ahead and its feet on the floor", () => {
    const who = person(1);
    who.seated = true;
    stand(who, 0, 1.2, 0, 0);
    const stage = new Stage(who);
    stage.step(0.2);
    const hips = stage.place(Bone.hips), knee = stage.place(Bone.shinLeft);
    expect(hips.y).toBeGreaterThan(0.4);
    expect(hips.y).toBeLessThan(0.65);
    expect(knee.z).toBeLessThan(hips.z - 0.3);
    expect(stage.place(Bone.footLeft).y).toBeLessThan(0.12);
  });

  it("bends its knees where its head goes down, and does not shrink", () => {
    const stage = standing(1.6);
    stage.step(0.2);
    stand(stage.who, 2, 1.15, 3, 0.7);
    stage.step(1);
    expect(stage.figure.scale).toBeCloseTo(1, 2);
    expect(stage.place(Bone.footLeft).y).toBeCloseTo(0.085, 2);
    expect(stage.place(Bone.hips).y).toBeLessThan(0.75);
  });

  it("has its wrists where hands are tracked, with fingers and with controllers", () => {
    for (const fingers of [OPEN, undefined]) {
      const stage = standing();
      stage.step(0.5);
      for (const side of ["left", "right"] as const) reach(stage.who, side, [side === "left" ? -0.2 : 0.2, -0.25, 0.35], new THREE.Euler(0.6, 0.2, 0.4), OPEN);
      const expected = { left: wristOf(stage.who, "left"), right: wristOf(stage.who, "right") };
      stage.who.left.fingersTracked = stage.who.right.fingersTracked = fingers !== undefined;
      stage.step(0.5);
      expect(stage.place(Bone.armLeft + Arm.hand).distanceTo(expected.left)).toBeLessThan(1e-4);
      expect(stage.place(Bone.armRight + Arm.hand).distanceTo(expected.right)).toBeLessThan(1e-4);
    }
  });

  it("keeps its arms' lengths, its elbows below and outside the line from shoulder to hand", () => {
    const stage = standing();
    stage.step(0.5);
    reach(stage.who, "right", [0.15, -0.3, 0.3], new THREE.Euler(0.3, 0, 0), OPEN);
    stage.step(0.5);
    const shoulder = stage.place(Bone.armRight), elbow = stage.place(Bone.armRight + Arm.fore), wrist = stage.place(Bone.armRight + Arm.hand);
    expect(shoulder.distanceTo(elbow)).toBeCloseTo(UPPER_ARM, 3);
    expect(elbow.distanceTo(wrist)).toBeCloseTo(FOREARM, 3);
    expect(elbow.y).toBeLessThan((shoulder.y + wrist.y) / 2);
  });

  it("has each finger's joints where they are tracked", () => {
    const stage = standing();
    reach(stage.who, "left", [-0.2, -0.2, 0.3], new THREE.Euler(0.5, 0, 0), OPEN);
    stage.step(0.5);
    const tracked = new THREE.Vector3().fromArray(stage.who.left.jointPositions, 8 * 3);
    expect(stage.place(Bone.armLeft + Arm.fingers + 4).distanceTo(tracked)).toBeLessThan(1e-4);
    expect(FLAT.positions).toHaveLength(20);
  });

  it("lets an arm vanish where tracking ended before it hangs at the side: it never glides", () => {
    const stage = standing();
    reach(stage.who, "right", [0.2, -0.1, 0.4], new THREE.Euler(0.5, 0, 0), OPEN);
    stage.step(0.5);
    const last = stage.place(Bone.armRight + Arm.hand);
    stage.who.right.presence = 0.4;
    stage.step(0.02);
    expect(stage.figure.right.seen).toBeCloseTo(0.4);
    expect(stage.place(Bone.armRight + Arm.hand).distanceTo(last)).toBeLessThan(0.02);
    stage.who.right.presence = 0;
    stage.step(1 / 72);
    expect(stage.figure.right.seen).toBeLessThan(0.1);
    stage.step(0.6);
    expect(stage.figure.right.seen).toBe(1);
    expect(stage.place(Bone.armRight + Arm.hand).y).toBeLessThan(1);
  });

  it("steps after a head that walks, and stands with both feet while it stands", () => {
    const stage = standing();
    stage.step(1);
    const before = stage.place(Bone.footLeft);
    stage.step(1);
    expect(stage.place(Bone.footLeft).distanceTo(before)).toBeLessThan(1e-6);
    let highest = 0;
    for (let i = 0; i < 100; i++) {
      stand(stage.who, 2, 1.6, 3 - i * 0.012, 0);
      stage.step(1 / 72);
      highest = Math.max(highest, stage.place(Bone.footLeft).y);
    }
    stage.step(1);
    expect(highest).toBeGreaterThan(0.1);
    expect(stage.place(Bone.footLeft).distanceTo(stage.place(Bone.hips).setY(0.085))).toBeLessThan(0.3);
  });

  it("blinks now and then, opens its mouth with its voice, and follows a tracked face", () => {
    const stage = standing();
    let most = 0, open = 0;
    for (let i = 0; i < 700; i++) {
      stage.step(1 / 72);
      most = Math.max(most, stage.figure.face.blink[0]);
      if (stage.figure.face.blink[0] < 0.05) open++;
    }
    expect(most).toBeGreaterThan(0.9);
    expect(open).toBeGreaterThan(560);
    const shut = stage.place(Bone.mouthBottom).distanceTo(stage.place(Bone.mouthTop));
    stage.who.voice = 0.8;
    stage.step(0.5);
    expect(stage.place(Bone.mouthBottom).distanceTo(stage.place(Bone.mouthTop))).toBeGreaterThan(shut + 0.004);
    stage.who.face = new Float32Array(52);
    stage.who.face[0] = 1;
    stage.step(1 / 72);
    expect(stage.figure.face.blink).toEqual([1, 0]);
    expect(stage.figure.face.jaw).toBe(0);
  });
});

describe("a look", () => {
  it("is the same for everybody who sees the same person", () => {
    expect(lookOf(7, "Ann", "clinician")).toEqual(lookOf(7, "Ann", "clinician"));
  });

  it("differs from person to person, and tells a clinician from a patient", () => {
    const looks = Array.from({ length: 40 }, (_, i) => lookOf(i, `Person ${i}`, "patient"));
    expect(new Set(looks.map(({ hair }) => hair)).size).toBeGreaterThanOrEqual(6);
    expect(new Set(looks.map(({ palette }) => palette.slice(0, 3).join())).size).toBeGreaterThanOrEqual(6);
    for (let i = 0; i < 40; i++) {
      expect(["scrubs", "coat"]).toContain(lookOf(i, "N", "clinician").outfit);
      expect(["jumper", "shirt"]).toContain(lookOf(i, "N", "patient").outfit);
    }
  });
});
