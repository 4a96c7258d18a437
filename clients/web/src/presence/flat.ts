/** The wearer at a screen: a body whose head follows keys and drags, and whose hands follow gestures. */
import * as THREE from "three";
import type { Side } from "../world/model";
import { carrying, Gesture, makeWish, reaching, type HandWish } from "./gestures";
import { gripFromWrist } from "./joints";
import { makePose, type MutablePose } from "./pose";
import { SimulatedHand } from "./simulated";

const STANDING = 1.62;
const SITTING = 1.18;
const CROUCHING = 0.85;
const STEEPEST = 1.35;
/** Seconds in which one sits down or gets up: slow enough for the server's 3 m/s. */
const RISE = 0.22;

/** What an arm stretches out for, in the room. */
export interface Reach {
  readonly side: Side;
  readonly point: THREE.Vector3;
}

export class FlatBody {
  pitch = 0;
  seated = false;
  crouched = false;
  readonly gesture = new Gesture();
  /** In the tracked space of the rig. */
  readonly head: MutablePose = makePose();
  readonly left = new SimulatedHand("left");
  readonly right = new SimulatedHand("right");
  private height = STANDING;
  private readonly wishes: Record<Side, HandWish> = { left: makeWish(), right: makeWish() };
  private readonly euler = new THREE.Euler(0, 0, 0, "YXZ");
  private readonly turned = new THREE.Quaternion();
  private readonly body = new THREE.Quaternion();
  private readonly eye = new THREE.Vector3();
  private readonly local = new THREE.Vector3();

  look(pitch: number): void {
    this.pitch = Math.min(STEEPEST, Math.max(-STEEPEST, this.pitch + pitch));
  }

  get eyeHeight(): number {
    return this.height;
  }

  updateHead(seconds: number): void {
    this.gesture.step(seconds);
    const wanted = this.crouched ? CROUCHING : this.seated ? SITTING : STANDING;
    this.height += (wanted - this.height) * (1 - Math.exp(-seconds / RISE));
    this.head.position[1] = this.height;
    this.euler.set(this.pitch + this.gesture.headPitch, this.gesture.headYaw, 0);
    this.turned.setFromEuler(this.euler).toArray(this.head.rotation);
  }

  /** `eye` is the head in the room, `yaw` the body's heading. */
  updateHands(seconds: number, eye: MutablePose, yaw: number, holds: (side: Side) => boolean, offers: boolean, reach: Reach | null): void {
    this.body.setFromAxisAngle(UP, yaw);
    this.eye.set(eye.position[0], eye.position[1], eye.position[2]);
    for (const hand of [this.left, this.right]) {
      hand.update(seconds, this.wishFor(hand.side, yaw, holds(hand.side), offers, reach), this.eye, this.body);
    }
  }

  /** How a thing lies in a hand that carries it upright, ahead of the body. */
  uprightIn(side: Side): THREE.Quaternion {
    carrying(side, false, CARRIED);
    gripFromWrist(side, CARRIED.place, CARRIED.turn, GRIP);
    return new THREE.Quaternion().fromArray(GRIP.rotation).invert();
  }

  private wishFor(side: Side, yaw: number, holds: boolean, offers: boolean, reach: Reach | null): HandWish | null {
    const wish = this.wishes[side];
    if (reach?.side === side) {
      this.local.copy(reach.point).sub(this.eye).applyAxisAngle(UP, -yaw);
      reaching(side, this.local, wish);
      return wish;
    }
    if (holds) {
      carrying(side, offers, wish);
      return wish;
    }
    return side === "right" && this.gesture.hand(this.pitch, wish) ? wish : null;
  }
}

const CARRIED = makeWish();
const GRIP = makePose();
const UP = new THREE.Vector3(0, 1, 0);
