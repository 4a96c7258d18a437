import * as THREE from "three";

import { Bone, BROW, EYE, JAW, MOUTH, MOUTH_HALF, SKULL } from "../body/bones";
import type { PersonView } from "../../world/model";
import { mix } from "../clay/field";
import type { PoseRows } from "../rows";
import type { Moment } from "./moment";

/** Places of the ARKit blendshapes that the face shows, in SPEC's order. */
export const Shape = {
  eyeBlinkLeft: 0, eyeLookDownLeft: 1, eyeLookInLeft: 2, eyeLookOutLeft: 3, eyeLookUpLeft: 4, eyeSquintLeft: 5, eyeWideLeft: 6,
  eyeBlinkRight: 7, eyeLookDownRight: 8, eyeLookInRight: 9, eyeLookOutRight: 10, eyeLookUpRight: 11, eyeSquintRight: 12, eyeWideRight: 13,
  jawOpen: 17, mouthClose: 18, mouthFunnel: 19, mouthPucker: 20, mouthSmileLeft: 23, mouthSmileRight: 24, mouthFrownLeft: 25, mouthFrownRight: 26,
  mouthStretchLeft: 29, mouthStretchRight: 30, mouthUpperUpLeft: 39, mouthUpperUpRight: 40,
  browDownLeft: 41, browDownRight: 42, browInnerUp: 43, browOuterUpLeft: 44, browOuterUpRight: 45,
} as const;

const at = new THREE.Vector3(), turn = new THREE.Quaternion(), extra = new THREE.Quaternion(), axis = new THREE.Vector3(), gaze = new THREE.Vector3();
const inverse = new THREE.Quaternion();
const BLINK = 0.16;

/** What a face does at a moment, each 0 to 1 unless said otherwise; left and right of the person. */
export class Face {
  readonly blink: [number, number] = [0, 0];
  readonly smile: [number, number] = [0, 0];
  readonly brow: [number, number] = [0, 0];
  frown = 0;
  browDown = 0;
  jaw = 0;
  pucker = 0;
  /** Radians, to the person's left and up. */
  lookAcross = 0;
  lookUp = 0;
  private nextBlink: number;
  private nextLook = 0;
  private wanderAcross = 0;
  private wanderUp = 0;
  private talk = 0;
  private state: number;

  constructor(seed: number) {
    this.state = seed;
    this.nextBlink = 1 + this.random() * 3;
  }

  /** @param eyes - between the eyes, in the room; `attention` is what they like to look at, if anything */
  read(person: PersonView, moment: Moment, eyes: THREE.Vector3, head: THREE.Quaternion, attention: THREE.Vector3 | null): void {
    this.live(person, moment);
    this.look(moment, eyes, head, attention);
    if (person.face) this.follow(person.face);
  }

  /** What every face does by itself: blinks, breathes a smile, speaks with the voice. */
  private live(person: PersonView, { seconds, passed }: Moment): void {
    if (seconds > this.nextBlink + BLINK) this.nextBlink = seconds + (this.random() < 0.15 ? 0.12 : 1.8 + this.random() * 4);
    const t = (seconds - this.nextBlink) / BLINK;
    const shut = t > 0 && t < 1 ? Math.min(1, Math.sin(t * Math.PI) * 1.5) : 0;
    this.blink[0] = this.blink[1] = shut;
    // Loudness alone opens a mouth like a flap: vary it, as syllables do.
    const syllable = 0.62 + 0.38 * Math.sin(seconds * 23 + 2 * Math.sin(seconds * 9));
    const voice = Math.min(1, person.voice * 1.5) * syllable;
    this.talk = mix(this.talk, person.voice, 1 - Math.exp(-passed * 6));
    this.jaw = mix(this.jaw, voice, 1 - Math.exp(-passed * 26));
    this.pucker = this.jaw * Math.max(0, Math.sin(seconds * 7.3)) * 0.5;
    this.smile[0] = this.smile[1] = 0.32 - this.talk * 0.12;
    this.brow[0] = this.brow[1] = this.talk * 0.5 * (0.5 + 0.5 * Math.sin(seconds * 1.9)) + 0.1;
    this.frown = this.browDown = 0;
  }

  private look({ seconds, passed }: Moment, eyes: THREE.Vector3, head: THREE.Quaternion, attention: THREE.Vector3 | null): void {
    if (seconds > this.nextLook) {
      this.nextLook = seconds + 0.6 + this.random() * 2.2;
      this.wanderAcross = (this.random() - 0.5) * 0.3;
      this.wanderUp = (this.random() - 0.55) * 0.16;
    }
    let across = this.wanderAcross, up = this.wanderUp;
    if (attention) {
      gaze.subVectors(attention, eyes).applyQuaternion(inverse.copy(head).invert()).normalize();
      if (gaze.z < -0.75) {
        across = Math.atan2(-gaze.x, -gaze.z) + this.wanderAcross * 0.12;
        up = Math.asin(gaze.y) + this.wanderUp * 0.12;
      }
    }
    // Eyes jump; they do not glide.
    const share = 1 - Math.exp(-passed * 45);
    this.lookAcross = mix(this.lookAcross, across, share);
    this.lookUp = mix(this.lookUp, up, share);
  }

  private follow(face: Float32Array): void {
    const of = (shape: number): number => face[shape] ?? 0;
    this.blink[0] = of(Shape.eyeBlinkLeft) + of(Shape.eyeSquintLeft) * 0.3 - of(Shape.eyeWideLeft) * 0.25;
    this.blink[1] = of(Shape.eyeBlinkRight) + of(Shape.eyeSquintRight) * 0.3 - of(Shape.eyeWideRight) * 0.25;
    this.jaw = Math.max(0, of(Shape.jawOpen) - of(Shape.mouthClose) * 0.9) * 1.2;
    this.pucker = Math.max(of(Shape.mouthPucker), of(Shape.mouthFunnel));
    this.smile[0] = of(Shape.mouthSmileLeft) + of(Shape.mouthStretchLeft) * 0.3;
    this.smile[1] = of(Shape.mouthSmileRight) + of(Shape.mouthStretchRight) * 0.3;
    this.frown = (of(Shape.mouthFrownLeft) + of(Shape.mouthFrownRight)) / 2;
    this.browDown = (of(Shape.browDownLeft) + of(Shape.browDownRight)) / 2;
    this.brow[0] = Math.max(of(Shape.browOuterUpLeft), of(Shape.browInnerUp));
    this.brow[1] = Math.max(of(Shape.browOuterUpRight), of(Shape.browInnerUp));
    const across = of(Shape.eyeLookOutLeft) - of(Shape.eyeLookInLeft) + of(Shape.eyeLookInRight) - of(Shape.eyeLookOutRight);
    this.lookAcross = across * 0.28;
    this.lookUp = ((of(Shape.eyeLookUpLeft) + of(Shape.eyeLookUpRight)) - (of(Shape.eyeLookDownLeft) + of(Shape.eyeLookDownRight))) * 0.22;
  }

  private random(): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return this.state / 4294967296;
  }
}

const base = { skull: new THREE.Vector3(), head: new THREE.Quaternion(), size: new THREE.Vector3() };
/** Where a bone is on the rest pose's skull, and its turn from it; kept apart, for numbers that are handed on are boxed. */
const place = new Float64Array(6);
const [X, Y, Z, PITCH, YAW, ROLL] = [0, 1, 2, 3, 4, 5] as const;

function put(rows: PoseRows, row: number, bone: number): void {
  const pitch = place[PITCH]!, yaw = place[YAW]!, roll = place[ROLL]!;
  at.set(place[X]! - SKULL[0], place[Y]! - SKULL[1], place[Z]! - SKULL[2]).multiply(base.size).applyQuaternion(base.head).add(base.skull);
  turn.copy(base.head);
  if (yaw !== 0) turn.multiply(extra.setFromAxisAngle(axis.set(0, 1, 0), yaw));
  if (pitch !== 0) turn.multiply(extra.setFromAxisAngle(axis.set(1, 0, 0), pitch));
  if (roll !== 0) turn.multiply(extra.setFromAxisAngle(axis.set(0, 0, 1), roll));
  rows.setBone(row, bone, at, turn, base.size);
  place[PITCH] = place[YAW] = place[ROLL] = 0;
}

/** Put the face's bones where the face has them, on a skull of this size. */
export function poseFace(rows: PoseRows, row: number, face: Face, skull: THREE.Vector3, head: THREE.Quaternion, size: THREE.Vector3): void {
  base.skull.copy(skull);
  base.head.copy(head);
  base.size.copy(size);
  poseSide(rows, row, face, 0);
  poseSide(rows, row, face, 1);
  const { jaw, pucker } = face;
  const smile = Math.max(face.smile[0], face.smile[1]);
  place[X] = MOUTH[0];
  place[Y] = MOUTH[1] + jaw * 0.0025 - smile * 0.0012;
  place[Z] = MOUTH[2] - pucker * 0.005;
  put(rows, row, Bone.mouthTop);
  place[Y] = MOUTH[1] - jaw * 0.0155 - smile * 0.0018;
  place[Z] = MOUTH[2] + jaw * 0.0045 - pucker * 0.005;
  put(rows, row, Bone.mouthBottom);
  place.set(JAW);
  place[PITCH] = -jaw * 0.15;
  put(rows, row, Bone.jaw);
}

function poseSide(rows: PoseRows, row: number, face: Face, side: 0 | 1): void {
  const { jaw, pucker, frown } = face;
  const sign = side === 0 ? -1 : 1, smile = face.smile[side], shut = Math.min(1, Math.max(-0.3, face.blink[side]));
  place[X] = sign * EYE[0];
  place[Y] = EYE[1];
  place[Z] = EYE[2];
  place[PITCH] = face.lookUp;
  place[YAW] = face.lookAcross;
  put(rows, row, side === 0 ? Bone.eyeLeft : Bone.eyeRight);
  // Lids go along with the look, up and down.
  place[PITCH] = mix(0.53 + face.lookUp * 0.6, -0.12, shut);
  put(rows, row, side === 0 ? Bone.lidLeft : Bone.lidRight);
  place[PITCH] = mix(-0.56 + smile * 0.12 + face.lookUp * 0.25, -0.16, shut);
  put(rows, row, side === 0 ? Bone.lowerLidLeft : Bone.lowerLidRight);
  place[X] = sign * BROW[0];
  place[Y] = BROW[1] + face.brow[side] * 0.0075 - face.browDown * 0.005 - Math.max(0, shut) * 0.0012;
  place[Z] = BROW[2];
  place[ROLL] = sign * (face.browDown * 0.22 - face.brow[side] * 0.03);
  put(rows, row, side === 0 ? Bone.browLeft : Bone.browRight);
  place[X] = sign * (MOUTH_HALF + smile * 0.006 - pucker * 0.0095 - jaw * 0.0015);
  place[Y] = MOUTH[1] + smile * 0.0068 - frown * 0.006 - jaw * 0.0035;
  place[Z] = MOUTH[2] + smile * 0.0035 - pucker * 0.005;
  put(rows, row, side === 0 ? Bone.mouthLeft : Bone.mouthRight);
}
