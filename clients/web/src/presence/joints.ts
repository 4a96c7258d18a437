/** Tracked hands: the 25 joints of WebXR as the 26 of XR_EXT_hand_tracking, and the grip that follows from the wrist. */
import * as THREE from "three";
import type { Side } from "../world/model";
import { JOINTS, writePose, type MutablePose } from "./pose";

/** In the order of XR_EXT_hand_tracking less the palm, which WebXR does not have. */
export const WEBXR_JOINTS = [
  "wrist",
  "thumb-metacarpal", "thumb-phalanx-proximal", "thumb-phalanx-distal", "thumb-tip",
  "index-finger-metacarpal", "index-finger-phalanx-proximal", "index-finger-phalanx-intermediate",
  "index-finger-phalanx-distal", "index-finger-tip",
  "middle-finger-metacarpal", "middle-finger-phalanx-proximal", "middle-finger-phalanx-intermediate",
  "middle-finger-phalanx-distal", "middle-finger-tip",
  "ring-finger-metacarpal", "ring-finger-phalanx-proximal", "ring-finger-phalanx-intermediate",
  "ring-finger-phalanx-distal", "ring-finger-tip",
  "pinky-finger-metacarpal", "pinky-finger-phalanx-proximal", "pinky-finger-phalanx-intermediate",
  "pinky-finger-phalanx-distal", "pinky-finger-tip",
] as const;

const PALM = 0;
const WRIST = 1;
export const THUMB_TIP = 5;
export const INDEX_TIP = 10;

/** SPEC 4.1, `grip_in_wrist` of a right hand; a left one is its mirror image. */
const GRIP_POSITION = { right: new THREE.Vector3(-0.001, -0.037, -0.066), left: new THREE.Vector3(0.001, -0.037, -0.066) };
const GRIP_ROTATION = { right: new THREE.Quaternion(0.5, 0.5, 0.5, 0.5), left: new THREE.Quaternion(0.5, -0.5, -0.5, 0.5) };
const GRIP_INVERSE = { right: GRIP_ROTATION.right.clone().invert(), left: GRIP_ROTATION.left.clone().invert() };

const matrix = new THREE.Matrix4();
const position = new THREE.Vector3();
const rotation = new THREE.Quaternion();
const scale = new THREE.Vector3();

/**
 * From the 25 matrices that `XRFrame.fillPoses` writes, 16 numbers each, to rotations and places of 26 joints. The palm has
 * the wrist's rotation and lies between the metacarpal and the proximal joint of the middle finger (SPEC 4.1). False
 * where a number is not finite: then the fingers are not tracked.
 */
export function jointsFromMatrices(matrices: Float32Array, rotations: Float32Array, places: Float32Array): boolean {
  for (let i = 0; i < JOINTS - 1; i++) {
    matrix.fromArray(matrices, 16 * i).decompose(position, rotation, scale);
    rotation.toArray(rotations, 4 * (i + 1));
    position.toArray(places, 3 * (i + 1));
  }
  for (let i = 0; i < 4; i++) rotations[4 * PALM + i] = rotations[4 * WRIST + i]!;
  const metacarpal = 3 * 11;
  for (let axis = 0; axis < 3; axis++) places[axis] = (places[metacarpal + axis]! + places[metacarpal + 3 + axis]!) / 2;
  return rotations.every(Number.isFinite) && places.every(Number.isFinite);
}

/**
 * The grip of a hand whose wrist is tracked. Runtimes differ in where the grip of a bare hand is; taken from the wrist,
 * others see wrist and fingers where they are.
 */
export function gripFromWrist(side: Side, wrist: THREE.Vector3, turned: THREE.Quaternion, out: MutablePose): void {
  position.copy(GRIP_POSITION[side]).applyQuaternion(turned).add(wrist);
  rotation.copy(turned).multiply(GRIP_ROTATION[side]);
  writePose(out, position, rotation);
}

export function gripFromJoints(side: Side, rotations: Float32Array, places: Float32Array, out: MutablePose): void {
  WRIST_PLACE.fromArray(places, 3 * WRIST);
  WRIST_TURN.fromArray(rotations, 4 * WRIST);
  gripFromWrist(side, WRIST_PLACE, WRIST_TURN, out);
}

/** The other way round: the rotation of the wrist that a grip hangs on. */
export function wristFromGrip(side: Side, grip: THREE.Quaternion, out: THREE.Quaternion): THREE.Quaternion {
  return out.copy(grip).multiply(GRIP_INVERSE[side]);
}

const WRIST_PLACE = new THREE.Vector3();
const WRIST_TURN = new THREE.Quaternion();

/** Metres between the tips of thumb and index. */
export function pinchGap(places: Float32Array): number {
  const a = 3 * THUMB_TIP;
  const b = 3 * INDEX_TIP;
  return Math.hypot(places[a]! - places[b]!, places[a + 1]! - places[b + 1]!, places[a + 2]! - places[b + 2]!);
}

const CLOSED = 0.018;
const OPEN = 0.035;

/** Whether fingers pinch, given whether they did: closing takes less of a gap than opening, so that it does not flutter. */
export function pinches(before: boolean, gap: number): boolean {
  return gap < (before ? OPEN : CLOSED);
}
