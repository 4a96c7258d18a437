/** What hands without tracking do: wave, point, reach, carry. Places are in the body's frame, from the eyes, -Z ahead. */
import * as THREE from "three";
import type { Side } from "../world/model";

export type GestureName = "wave" | "point" | "raise" | "thumb" | "nod" | "shake";

/** How far each finger is closed, thumb first, 0 to 1, and how far they are apart. */
export interface HandShape {
  readonly curls: readonly [number, number, number, number, number];
  readonly spread: number;
}

export const RELAXED: HandShape = { curls: [0.3, 0.3, 0.36, 0.42, 0.46], spread: 0.02 };
export const OPEN: HandShape = { curls: [0, 0.04, 0.02, 0.04, 0.06], spread: 0.12 };
export const GRIPPING: HandShape = { curls: [0.65, 0.62, 0.66, 0.7, 0.72], spread: 0 };
const POINTING: HandShape = { curls: [0.7, 0.02, 0.95, 0.98, 1], spread: 0 };
const THUMB_UP: HandShape = { curls: [0, 1, 1, 1, 1], spread: 0 };

/** What a hand is to do now. Its wrist's turn has -Z along the fingers and +Y out of the back of the hand. */
export interface HandWish {
  readonly place: THREE.Vector3;
  readonly turn: THREE.Quaternion;
  shape: HandShape;
}

export function makeWish(): HandWish {
  return { place: new THREE.Vector3(), turn: new THREE.Quaternion(), shape: RELAXED };
}

/** What is told to who makes it: a screen does not show one's own head and seldom one's hands. */
export const TOLD: Readonly<Record<GestureName, string>> = {
  wave: "You wave.", point: "You point.", raise: "You raise your hand.", thumb: "You put your thumb up.", nod: "You nod.", shake: "You shake your head.",
};

const SECONDS: Readonly<Record<GestureName, number>> = { wave: 2.4, point: 3, raise: 6, thumb: 2.2, nod: 1.3, shake: 1.4 };

const euler = new THREE.Euler(0, 0, 0, "YXZ");
const roll = new THREE.Quaternion();
const AHEAD = new THREE.Vector3(0, 0, 1);

/** A gesture that is under way. */
export class Gesture {
  private name: GestureName | null = null;
  private elapsed = 0;

  start(name: GestureName): void {
    this.name = name;
    this.elapsed = 0;
  }

  step(seconds: number): void {
    this.elapsed += seconds;
    if (this.name !== null && this.elapsed >= SECONDS[this.name]) this.name = null;
  }

  /** Radians that the head is turned beyond where it looks: up, and to the left. */
  get headPitch(): number {
    return this.name === "nod" ? -0.22 * Math.abs(Math.sin((2 * Math.PI * this.elapsed) / SECONDS.nod)) : 0;
  }

  get headYaw(): number {
    return this.name === "shake" ? 0.26 * Math.sin((4 * Math.PI * this.elapsed) / SECONDS.shake) : 0;
  }

  /** Write what the right hand does; false where the gesture leaves it alone. */
  hand(pitch: number, out: HandWish): boolean {
    switch (this.name) {
      case "wave":
        waving(this.elapsed, out);
        return true;
      case "point":
        pointing(pitch, out);
        return true;
      case "raise":
        setWish(out, 0.27, 0.28, -0.18, Math.PI / 2, 0, 0, OPEN);
        return true;
      case "thumb":
        // The hand of who holds a rod upright: thumb to the ceiling, its back to the right.
        setWish(out, 0.16, -0.22, -0.42, 0, 0.25, -Math.PI / 2, THUMB_UP);
        return true;
      default:
        return false;
    }
  }
}

/** Palm ahead, fingers up, swinging about the elbow. */
function waving(elapsed: number, out: HandWish): void {
  const swing = 0.5 * Math.sin(2 * Math.PI * 1.9 * elapsed);
  setWish(out, 0.34 - 0.16 * Math.sin(swing), -0.06, -0.3, Math.PI / 2, 0, 0, OPEN);
  out.turn.premultiply(roll.setFromAxisAngle(AHEAD, swing));
}

function pointing(pitch: number, out: HandWish): void {
  setWish(out, 0.14, -0.2 + 0.55 * Math.sin(pitch), -0.56 * Math.cos(pitch), pitch, 0.04, 0, POINTING);
}

/** A turn of the wrist: up by x, then left by y, rolled by z. */
function setWish(out: HandWish, x: number, y: number, z: number, up: number, left: number, rolled: number, shape: HandShape): void {
  out.place.set(x, y, z);
  out.turn.setFromEuler(euler.set(up, left, rolled, "YXZ"));
  out.shape = shape;
}

/** Carrying something before the body, or holding it out to somebody. */
export function carrying(side: Side, offered: boolean, out: HandWish): void {
  const mirror = side === "right" ? 1 : -1;
  if (offered) setWish(out, 0.1 * mirror, -0.3, -0.58, 0.05, 0, (-Math.PI / 2) * mirror, GRIPPING);
  else setWish(out, 0.19 * mirror, -0.4, -0.36, 0, 0.12 * mirror, (-Math.PI / 2) * mirror, GRIPPING);
}

const ARM = 0.66;
const SHOULDER_HEIGHT = -0.24;
const shoulder = new THREE.Vector3();
const arm = new THREE.Vector3();

/** Stretching an arm out to a point of the body's frame, as far as an arm goes. */
export function reaching(side: Side, point: THREE.Vector3, out: HandWish): void {
  shoulder.set(side === "right" ? 0.17 : -0.17, SHOULDER_HEIGHT, 0.02);
  arm.copy(point).sub(shoulder);
  if (arm.length() > ARM) arm.setLength(ARM);
  const pitch = Math.atan2(arm.y, Math.hypot(arm.x, arm.z));
  setWish(out, 0, 0, 0, pitch, Math.atan2(-arm.x, -arm.z), side === "right" ? -0.6 : 0.6, OPEN);
  out.place.copy(shoulder).add(arm);
}

/** Where a hand hangs that does nothing. */
export function hanging(side: Side, out: HandWish): void {
  setWish(out, side === "right" ? 0.24 : -0.24, -0.8, 0.02, -Math.PI / 2 + 0.1, 0, 0, RELAXED);
}
