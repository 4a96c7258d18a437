import { readFileSync } from "node:fs";
import * as THREE from "three";
import { describe, expect, it } from "vitest";
import { Gesture, makeWish, OPEN, reaching } from "../../src/presence/gestures";
import { makeHeadsetInput, readHeadset } from "../../src/presence/headset";
import { gripFromWrist, jointsFromMatrices, pinches, pinchGap, WEBXR_JOINTS, wristFromGrip } from "../../src/presence/joints";
import { makePose } from "../../src/presence/pose";
import { SimulatedHand, writeJoints } from "../../src/presence/simulated";
import type { Side } from "../../src/world/model";

interface HandsVector { name: string; side: Side; joints: number[][] }
const vectors = JSON.parse(
  readFileSync(new URL("../../../../protocol/vectors/hands.json", import.meta.url), "utf8"),
) as { grip_in_wrist: number[]; hands: HandsVector[] };

const degrees = (a: THREE.Quaternion, b: THREE.Quaternion): number => (a.angleTo(b) * 180) / Math.PI;

/** What `fillPoses` writes for a hand of the vectors. */
function matricesOf(hand: HandsVector, moved = new THREE.Matrix4()): Float32Array {
  const out = new Float32Array(16 * 25);
  hand.joints.slice(1).forEach((joint, i) => {
    const at = new THREE.Vector3().fromArray(joint);
    const turned = new THREE.Quaternion().fromArray(joint, 3);
    moved.clone().multiply(new THREE.Matrix4().compose(at, turned, new THREE.Vector3(1, 1, 1))).toArray(out, 16 * i);
  });
  return out;
}

describe("tracked hands", () => {
  const moved = new THREE.Matrix4().compose(
    new THREE.Vector3(0.3, 1.2, -0.4),
    new THREE.Quaternion().setFromEuler(new THREE.Euler(0.4, -1.1, 0.3)),
    new THREE.Vector3(1, 1, 1),
  );

  it.each(vectors.hands)("keep their joints and get the palm of the spec: $name", (hand) => {
    const rotations = new Float32Array(104);
    const places = new Float32Array(78);
    expect(jointsFromMatrices(matricesOf(hand, moved), rotations, places)).toBe(true);
    const turn = new THREE.Quaternion().setFromRotationMatrix(moved);
    hand.joints.forEach((joint, i) => {
      const expected = new THREE.Quaternion().fromArray(joint, 3).premultiply(turn);
      expect(degrees(expected, new THREE.Quaternion().fromArray(rotations, 4 * i))).toBeLessThan(0.05);
      const at = new THREE.Vector3().fromArray(joint).applyMatrix4(moved);
      expect(at.distanceTo(new THREE.Vector3().fromArray(places, 3 * i))).toBeLessThan(1e-5);
    });
  });

  it("name WebXR's joints in the order of XR_EXT_hand_tracking", () => {
    expect(WEBXR_JOINTS).toHaveLength(25);
    expect(WEBXR_JOINTS[4]).toBe("thumb-tip");
    expect(WEBXR_JOINTS[9]).toBe("index-finger-tip");
  });

  it("are not tracked where a number is not finite", () => {
    const matrices = matricesOf(vectors.hands[0]!);
    matrices[20] = NaN;
    expect(jointsFromMatrices(matrices, new Float32Array(104), new Float32Array(78))).toBe(false);
  });

  it.each(["left", "right"] as const)("have the grip of the spec, and the wrist back from it: %s", (side) => {
    const [x, y, z, qx, qy, qz, qw] = vectors.grip_in_wrist as [number, number, number, number, number, number, number];
    const grip = makePose();
    gripFromWrist(side, new THREE.Vector3(), new THREE.Quaternion(), grip);
    const mirror = side === "left" ? -1 : 1;
    expect(grip.position).toEqual([mirror * x, y, z]);
    expect(grip.rotation).toEqual([qx, mirror * qy, mirror * qz, qw]);
    const wrist = wristFromGrip(side, new THREE.Quaternion(...grip.rotation), new THREE.Quaternion());
    expect(degrees(wrist, new THREE.Quaternion())).toBeLessThan(1e-4);
  });

  it("pinch when thumb and index meet, without fluttering", () => {
    const named = (name: string): Float32Array => {
      const places = new Float32Array(78);
      jointsFromMatrices(matricesOf(vectors.hands.find((hand) => hand.name === name)!), new Float32Array(104), places);
      return places;
    };
    expect(pinchGap(named("pinch_right"))).toBeLessThan(pinchGap(named("flat_right")));
    expect(pinches(false, pinchGap(named("flat_right")))).toBe(false);
    expect(pinches(false, 0.01)).toBe(true);
    expect(pinches(false, 0.025)).toBe(false);
    expect(pinches(true, 0.025)).toBe(true);
  });
});

describe("what a headset tells", () => {
  const space = {} as unknown as XRReferenceSpace;
  const poseAt = (x: number, emulated = false): XRPose =>
    ({ transform: { matrix: new THREE.Matrix4().makeTranslation(x, 1, 0).toArray(new Float32Array(16)) }, emulatedPosition: emulated }) as unknown as XRPose;

  function frameOf(poses: Map<object, XRPose>): XRFrame {
    return { getViewerPose: () => poses.get(space), getPose: (of: object) => poses.get(of) } as unknown as XRFrame;
  }

  it("becomes a head, a grip, a ray and the sticks of xr-standard", () => {
    const grip = {};
    const ray = {};
    const button = (value: number): GamepadButton => ({ value, pressed: value > 0.5, touched: false });
    const gamepad = { axes: [0, 0, 1, -1], buttons: [button(0), button(1), button(0), button(0), button(1), button(0)] };
    const source = { handedness: "left", targetRayMode: "tracked-pointer", gripSpace: grip, targetRaySpace: ray, gamepad } as unknown as XRInputSource;
    const input = makeHeadsetInput();
    readHeadset(frameOf(new Map([[space, poseAt(0)], [grip, poseAt(2)], [ray, poseAt(3)]])), space, [source], input);
    expect(input.headTracked).toBe(true);
    expect(input.left.tracked).toBe(true);
    expect(input.left.grip.position).toEqual([2, 1, 0]);
    expect(input.left.ray.position[0]).toBe(3);
    expect([input.left.stickX, input.left.stickY]).toEqual([1, -1]);
    expect([input.left.squeeze, input.left.trigger, input.left.primary]).toEqual([true, false, true]);
    expect(input.right.tracked).toBe(false);
  });

  it("has no hand where the controller lies out of sight or is gone", () => {
    const grip = {};
    const source = { handedness: "right", targetRayMode: "tracked-pointer", gripSpace: grip, targetRaySpace: {} } as unknown as XRInputSource;
    const input = makeHeadsetInput();
    readHeadset(frameOf(new Map([[grip, poseAt(2)]])), space, [source], input);
    expect(input.right.tracked).toBe(true);
    expect(input.headTracked).toBe(false);
    readHeadset(frameOf(new Map([[grip, poseAt(2, true)]])), space, [source], input);
    expect(input.right.tracked).toBe(false);
    readHeadset(frameOf(new Map()), space, [], input);
    expect(input.right.tracked).toBe(false);
  });

  it("has the hand of a controller that can only be seen to turn", () => {
    const grip = {};
    const source = { handedness: "right", targetRayMode: "tracked-pointer", gripSpace: grip, targetRaySpace: {} } as unknown as XRInputSource;
    const input = makeHeadsetInput();
    readHeadset(frameOf(new Map([[grip, poseAt(2, true)]])), space, [source], input);
    expect(input.right.tracked).toBe(true);
  });
});

describe("hands of who has none tracked", () => {
  it.each(["flat_left", "flat_right"])("lie as the reference hand does when stretched: %s", (name) => {
    const hand = vectors.hands.find((one) => one.name === name)!;
    const joints = new Float32Array(104);
    writeJoints(hand.side, new THREE.Quaternion(), [0, 0, 0, 0, 0, 0], joints);
    // Movable joints; a metacarpal of a finger never moves on the wire, whatever is sent.
    const movable = hand.joints.map((_, i) => i).filter((i) => i < 6 || (i - 1) % 5 !== 0);
    for (const i of movable) {
      const off = degrees(new THREE.Quaternion().fromArray(hand.joints[i]!, 3), new THREE.Quaternion().fromArray(joints, 4 * i));
      expect(off, `joint ${i}`).toBeLessThan(13);
    }
  });

  it("close towards the palm, on both sides", () => {
    for (const side of ["left", "right"] as const) {
      const joints = new Float32Array(104);
      writeJoints(side, new THREE.Quaternion(), [1, 1, 1, 1, 1, 0], joints);
      const along = new THREE.Vector3(0, 0, -1).applyQuaternion(new THREE.Quaternion().fromArray(joints, 4 * 7));
      expect(along.y).toBeLessThan(-0.9);
    }
  });

  it("rise to wave, are told as tracked, and hang again when it is over", () => {
    const hand = new SimulatedHand("right");
    const gesture = new Gesture();
    const wish = makeWish();
    const eye = new THREE.Vector3(1, 1.6, 2);
    const step = (): void => {
      gesture.step(1 / 60);
      hand.update(1 / 60, gesture.hand(0, wish) ? wish : null, eye, new THREE.Quaternion());
    };
    step();
    expect(hand.tracked).toBe(false);
    gesture.start("wave");
    let least = Infinity;
    let most = -Infinity;
    for (let frame = 0; frame < 130; frame++) {
      step();
      if (frame < 30) continue;
      least = Math.min(least, hand.pose.position[0]);
      most = Math.max(most, hand.pose.position[0]);
    }
    expect(hand.tracked).toBe(true);
    expect(hand.pose.position[1]).toBeGreaterThan(1.4);
    expect(most - least).toBeGreaterThan(0.08);
    for (let frame = 0; frame < 120; frame++) step();
    expect(hand.tracked).toBe(false);
  });

  it("wave with the palm ahead and the fingers up", () => {
    const gesture = new Gesture();
    const wish = makeWish();
    gesture.start("wave");
    gesture.hand(0, wish);
    expect(new THREE.Vector3(0, 0, -1).applyQuaternion(wish.turn).y).toBeGreaterThan(0.8);
    expect(new THREE.Vector3(0, 1, 0).applyQuaternion(wish.turn).z).toBeGreaterThan(0.8);
    expect(wish.shape).toBe(OPEN);
  });

  it("reach no farther than an arm, towards the thing", () => {
    const wish = makeWish();
    reaching("right", new THREE.Vector3(0.5, -1, -1.2), wish);
    const shoulder = new THREE.Vector3(0.17, -0.24, 0.02);
    expect(wish.place.distanceTo(shoulder)).toBeCloseTo(0.66);
    const along = new THREE.Vector3(0, 0, -1).applyQuaternion(wish.turn);
    expect(along.angleTo(wish.place.clone().sub(shoulder))).toBeLessThan(0.01);
  });

  it("nod with the head alone", () => {
    const gesture = new Gesture();
    gesture.start("nod");
    gesture.step(0.3);
    expect(gesture.headPitch).toBeLessThan(-0.1);
    expect(gesture.hand(0, makeWish())).toBe(false);
  });
});
