/**
 * 20 values of a hand as the 26 joints of XR_EXT_hand_tracking, and back (SPEC 4.1). Everything is worked out for a right
 * hand; a left one is its mirror image. Nothing is made when a hand is posed or measured.
 */
import { FINGER_VALUES, UNIT_MAX, VALUE_BITS } from "./generated/constants";
import { FLEXION_OFFSET, FLEXION_SPAN, SPREAD_OFFSET, SPREAD_SPAN } from "./generated/constants";
import { FINGERS, GRIP_IN_WRIST, JOINTS, type ReferenceFinger } from "./generated/tables";
import { flexionOf, spreadOf, valueOf } from "./quantities";
import { addTurned, conjugate, fromDegrees, multiply, normalise } from "./quaternion";

export type Side = "left" | "right";
export const JOINT_COUNT = JOINTS.length;
const PALM = JOINTS.indexOf("palm");
const WRIST = JOINTS.indexOf("wrist");
const MIDDLE_METACARPAL = JOINTS.indexOf("middle_metacarpal");
const MIDDLE_PROXIMAL = JOINTS.indexOf("middle_proximal");
const VALUES_A_FINGER = FINGER_VALUES / FINGERS.length;
/** The values that come out of a record as they went in. */
const HELD = Array.from({ length: 1 << VALUE_BITS }, (_, level) => valueOf(level, VALUE_BITS));
const ORIGIN = new Float64Array(3);
const IDENTITY = Float64Array.of(0, 0, 0, 1);

/** What of a finger is anatomy, ready to be multiplied. */
interface Hinges {
  readonly finger: ReferenceFinger;
  readonly tilts: readonly Float64Array[];
  readonly turns: readonly Float64Array[];
  readonly metacarpalTurn: Float64Array;
}

const HINGES: readonly Hinges[] = FINGERS.map((finger) => ({
  finger,
  tilts: finger.tilts.map(fromDegrees),
  turns: finger.turns.map(fromDegrees),
  metacarpalTurn: fromDegrees(finger.metacarpalTurn),
}));

// Room to work in.
const frame = new Float64Array(4);
const before = new Float64Array(4);
const after = new Float64Array(4);
const bend = new Float64Array(4);
const moved = new Float64Array(4);
const inverse = new Float64Array(4);
const wrist = new Float64Array(7);
const place = new Float64Array(3);
const handPositions = new Float64Array(3 * JOINT_COUNT);
const handRotations = new Float64Array(4 * JOINT_COUNT);

/**
 * Pose the 26 joints of a hand whose grip stands at `position` with `rotation`: 3 numbers each into `positions`, 4 into
 * `rotations`, in the frame in which the grip is given.
 */
export function poseHand(
  values: ArrayLike<number>, side: Side, position: ArrayLike<number>, rotation: ArrayLike<number>, positions: Float32Array, rotations: Float32Array,
): void {
  poseInWrist(values);
  wristOfGrip(side, position, rotation);
  const mirror = side === "left" ? -1 : 1;
  for (let joint = 0; joint < JOINT_COUNT; joint += 1) {
    const p = 3 * joint;
    const q = 4 * joint;
    addTurned(
      positions, p, wrist, 0, wrist, 3, mirror * handPositions[p]!, handPositions[p + 1]!, handPositions[p + 2]!,
    );
    handRotations[q + 1]! *= mirror;
    handRotations[q + 2]! *= mirror;
    multiply(rotations, q, wrist, 3, handRotations, q);
  }
}

/** The same in the frame of the wrist: `positions` and `rotations` are the wrist's own. */
export function poseHandInWrist(values: Uint8Array, side: Side, positions: Float64Array, rotations: Float64Array): void {
  poseInWrist(values);
  positions.set(handPositions);
  rotations.set(handRotations);
  if (side === "right") return;
  for (let joint = 0; joint < JOINT_COUNT; joint += 1) {
    positions[3 * joint]! *= -1;
    rotations[4 * joint + 1]! *= -1;
    rotations[4 * joint + 2]! *= -1;
  }
}

/**
 * Take the 20 values of a hand from the rotations of its 26 joints in any one frame, 4 numbers each. Each joint is made to
 * stand as it did as nearly as the model lets it, given the joints before it. Returns false if one is no rotation.
 */
export function measureHand(rotations: ArrayLike<number>, side: Side, values: Uint8Array): boolean {
  for (let joint = 0; joint < JOINT_COUNT; joint += 1) {
    copyRightHanded(rotations, joint, side);
    if (!normalise(handRotations, 4 * joint)) return false;
  }
  conjugate(inverse, 0, handRotations, 4 * WRIST);
  for (let joint = 0; joint < JOINT_COUNT; joint += 1) {
    if (joint !== WRIST) multiply(handRotations, 4 * joint, inverse, 0, handRotations, 4 * joint);
  }
  for (let number = 0; number < HINGES.length; number += 1) {
    measureFinger(HINGES[number]!, values, number * VALUES_A_FINGER);
  }
  return true;
}

function copyRightHanded(rotations: ArrayLike<number>, joint: number, side: Side): void {
  const mirror = side === "left" ? -1 : 1;
  handRotations[4 * joint] = rotations[4 * joint]!;
  handRotations[4 * joint + 1] = mirror * rotations[4 * joint + 1]!;
  handRotations[4 * joint + 2] = mirror * rotations[4 * joint + 2]!;
  handRotations[4 * joint + 3] = rotations[4 * joint + 3]!;
}

/** A right hand, in the frame of its wrist. */
function poseInWrist(values: ArrayLike<number>): void {
  put(WRIST, ORIGIN, IDENTITY);
  for (let number = 0; number < HINGES.length; number += 1) {
    poseFinger(HINGES[number]!, values, number * VALUES_A_FINGER);
  }
  // OpenXR: the palm lies in the middle of the middle finger's metacarpal bone.
  for (let axis = 0; axis < 3; axis += 1) {
    place[axis] = (handPositions[3 * MIDDLE_PROXIMAL + axis]! + handPositions[3 * MIDDLE_METACARPAL + axis]!) / 2;
  }
  put(PALM, place, IDENTITY);
}

function poseFinger(hinges: Hinges, values: ArrayLike<number>, start: number): void {
  const { finger } = hinges;
  if (finger.metacarpal !== null) {
    toMetres(finger.metacarpal);
    put(finger.first - 1, place, hinges.metacarpalTurn);
  }
  toMetres(finger.root);
  frame.set(IDENTITY);
  const spread = values[start + VALUES_A_FINGER - 1]!;
  for (let joint = 0; joint < finger.bones.length; joint += 1) {
    turnJoint(hinges, joint, values[start + joint]!, spread);
    put(finger.first + joint, place, frame);
    addTurned(place, 0, place, 0, frame, 0, 0, 0, -finger.bones[joint]! / 1000);
  }
  put(finger.first + finger.bones.length, place, frame);
}

function measureFinger(hinges: Hinges, values: Uint8Array, start: number): void {
  const { finger } = hinges;
  frame.set(IDENTITY);
  for (let joint = 0; joint < finger.bones.length; joint += 1) {
    conjugate(moved, 0, frame, 0);
    multiply(moved, 0, moved, 0, handRotations, 4 * (finger.first + joint));
    if (joint === 0) values[start + VALUES_A_FINGER - 1] = nearestSpread(hinges);
    const spread = values[start + VALUES_A_FINGER - 1]!;
    aroundHinge(hinges, joint, spread);
    conjugate(inverse, 0, before, 0);
    multiply(moved, 0, inverse, 0, moved, 0);
    conjugate(inverse, 0, after, 0);
    multiply(moved, 0, moved, 0, inverse, 0);
    values[start + joint] = held(-2 * Math.atan2(moved[0]!, moved[3]!), FLEXION_OFFSET, FLEXION_SPAN);
    turnJoint(hinges, joint, values[start + joint]!, spread);
  }
}

/** Turn `frame` by a movable joint. */
function turnJoint(hinges: Hinges, joint: number, flexion: number, spread: number): void {
  aroundHinge(hinges, joint, spread);
  const half = -flexionOf(flexion) / 2;
  bend[0] = Math.sin(half);
  bend[1] = bend[2] = 0;
  bend[3] = Math.cos(half);
  multiply(frame, 0, frame, 0, before, 0);
  multiply(frame, 0, frame, 0, bend, 0);
  multiply(frame, 0, frame, 0, after, 0);
}

/** What a joint turns by `before` and `after` its flexion. */
function aroundHinge(hinges: Hinges, joint: number, spread: number): void {
  before.set(hinges.tilts[joint]!);
  after.set(hinges.turns[joint]!);
  if (joint > 0) return;
  const half = spreadOf(spread) / 2;
  bend[0] = bend[2] = 0;
  bend[1] = Math.sin(half);
  bend[3] = Math.cos(half);
  if (hinges.finger.spreadFirst) multiply(before, 0, before, 0, bend, 0);
  else multiply(after, 0, bend, 0, after, 0);
}

/** The spread that, with the best flexion for it, comes nearest to what `moved` is of the first joint. */
function nearestSpread(hinges: Hinges): number {
  conjugate(inverse, 0, hinges.tilts[0]!, 0);
  multiply(bend, 0, inverse, 0, moved, 0);
  conjugate(inverse, 0, hinges.turns[0]!, 0);
  multiply(bend, 0, bend, 0, inverse, 0);
  const x = bend[0]!;
  const y = bend[1]!;
  const w = bend[3]!;
  // Of a product of turns about X and Y, z alone depends on which is first, and by its sign only.
  const z = hinges.finger.spreadFirst ? bend[2]! : -bend[2]!;
  return held(Math.atan2(2 * (w * y - x * z), w * w + x * x - y * y - z * z), SPREAD_OFFSET, SPREAD_SPAN);
}

/** The value of HELD nearest to an angle, whichever way round. */
function held(radians: number, offset: number, span: number): number {
  const middle = span / 2 - offset;
  const turned = radians - middle;
  const around = middle + turned - 2 * Math.PI * Math.round(turned / (2 * Math.PI));
  const value = ((around + offset) / span) * UNIT_MAX;
  let level = 0;
  while (level + 1 < HELD.length && (HELD[level]! + HELD[level + 1]!) / 2 <= value) level += 1;
  return HELD[level]!;
}

/** Write into `wrist` where the wrist of a grip is, position and rotation. */
function wristOfGrip(side: Side, position: ArrayLike<number>, rotation: ArrayLike<number>): void {
  const mirror = side === "left" ? -1 : 1;
  inverse[0] = -GRIP_IN_WRIST[3]!;
  inverse[1] = -mirror * GRIP_IN_WRIST[4]!;
  inverse[2] = -mirror * GRIP_IN_WRIST[5]!;
  inverse[3] = GRIP_IN_WRIST[6]!;
  multiply(wrist, 3, rotation, 0, inverse, 0);
  addTurned(
    wrist, 0, position, 0, wrist, 3, -mirror * GRIP_IN_WRIST[0]!, -GRIP_IN_WRIST[1]!, -GRIP_IN_WRIST[2]!,
  );
}

function toMetres(millimetres: readonly [number, number, number]): void {
  for (let axis = 0; axis < 3; axis += 1) place[axis] = millimetres[axis]! / 1000;
}

function put(joint: number, position: Float64Array, rotation: Float64Array): void {
  handPositions.set(position, 3 * joint);
  handRotations.set(rotation, 4 * joint);
}
