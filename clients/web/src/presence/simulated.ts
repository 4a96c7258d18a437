/** Hands for who has no tracked ones: moved as gestures wish, told to others as real hands are. */
import * as THREE from "three";
import type { Side } from "../world/model";
import { hanging, makeWish, RELAXED, type HandShape, type HandWish } from "./gestures";
import { gripFromWrist } from "./joints";
import { JOINTS, makePose, type MutablePose } from "./pose";

/** Seconds in which a hand makes most of its way: that of a calm movement. */
const EASE = 0.1;
/** A hand nearer to where it hangs than this is let go: the avatar's own idle pose takes over. */
const HANGS = 0.06;

export class SimulatedHand {
  readonly pose: MutablePose = makePose();
  readonly joints = new Float32Array(4 * JOINTS);
  tracked = false;
  private readonly place = new THREE.Vector3();
  private readonly turn = new THREE.Quaternion();
  private readonly rest = makeWish();
  private readonly fingers = new Float32Array([...RELAXED.curls, RELAXED.spread]);
  private readonly wrist = new THREE.Vector3();
  private readonly wristTurn = new THREE.Quaternion();

  constructor(readonly side: Side) {
    hanging(side, this.rest);
    this.place.copy(this.rest.place);
    this.turn.copy(this.rest.turn);
  }

  /** Ease towards a wish, null to hang. `eye` and `body` are the eyes' place and the body's turn in the room. */
  update(seconds: number, wish: HandWish | null, eye: THREE.Vector3, body: THREE.Quaternion): void {
    const target = wish ?? this.rest;
    const share = 1 - Math.exp(-seconds / EASE);
    this.place.lerp(target.place, share);
    this.turn.slerp(target.turn, share);
    easeShape(this.fingers, target.shape, share);
    this.tracked = wish !== null || this.place.distanceTo(this.rest.place) > HANGS;
    if (!this.tracked) return;
    this.wrist.copy(this.place).applyQuaternion(body).add(eye);
    this.wristTurn.copy(body).multiply(this.turn);
    gripFromWrist(this.side, this.wrist, this.wristTurn, this.pose);
    writeJoints(this.side, this.wristTurn, this.fingers, this.joints);
  }
}

function easeShape(fingers: Float32Array, shape: HandShape, share: number): void {
  for (let i = 0; i < 5; i++) fingers[i]! += (shape.curls[i]! - fingers[i]!) * share;
  fingers[5]! += (shape.spread - fingers[5]!) * share;
}

/** The first movable joint of each finger in the wrist of a right hand, stretched: those of the reference hand (SPEC 4.1). */
const FIRST = [
  new THREE.Quaternion(0.0967, 0.4738, 0.5151, 0.7077).normalize(),
  new THREE.Quaternion(-0.0223, -0.01, 0.0352, 0.9991).normalize(),
  new THREE.Quaternion(-0.014, 0.0154, -0.0089, 0.9997).normalize(),
  new THREE.Quaternion(-0.0136, 0.0239, -0.0526, 0.9982).normalize(),
  new THREE.Quaternion(-0.0358, -0.1114, -0.1239, 0.9854).normalize(),
] as const;
/** Radians of each movable joint of a finger that is closed, and of the thumb. */
const CLOSED = [1.35, 1.65, 1.05] as const;
const THUMB_CLOSED = [0.35, 0.7, 0.9] as const;
/** How each finger follows the spread, thumb's side first. */
const FAN = [0, 1, 0.2, -0.6, -1.4] as const;
const PALM = 0;
const WRIST = 1;
const THUMB_METACARPAL = 2;

const local = new THREE.Quaternion();
const bend = new THREE.Quaternion();
const X = new THREE.Vector3(1, 0, 0);
const Y = new THREE.Vector3(0, 1, 0);

/** Rotations in the room of the 26 joints of a hand; `fingers` are five curls and the spread. */
export function writeJoints(side: Side, wrist: THREE.Quaternion, fingers: ArrayLike<number>, out: Float32Array): void {
  const put = (joint: number): void => {
    bend.copy(local);
    if (side === "left") bend.set(local.x, -local.y, -local.z, local.w);
    bend.premultiply(wrist).toArray(out, 4 * joint);
  };
  local.identity();
  put(PALM);
  put(WRIST);
  local.copy(FIRST[0]);
  for (let i = 0; i < 3; i++) {
    local.multiply(bend.setFromAxisAngle(X, -fingers[0]! * THUMB_CLOSED[i]!));
    put(THUMB_METACARPAL + i);
  }
  put(THUMB_METACARPAL + 3);
  for (let finger = 1; finger < 5; finger++) {
    const metacarpal = 1 + 5 * finger;
    local.identity();
    put(metacarpal);
    local.copy(FIRST[finger]!).multiply(bend.setFromAxisAngle(Y, fingers[5]! * FAN[finger]!));
    for (let i = 0; i < 3; i++) {
      local.multiply(bend.setFromAxisAngle(X, -fingers[finger]! * CLOSED[i]!));
      put(metacarpal + 1 + i);
    }
    put(metacarpal + 4);
  }
}
