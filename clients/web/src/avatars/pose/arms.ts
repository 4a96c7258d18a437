import * as THREE from "three";

import { Arm, Bone, FOREARM, UPPER_ARM } from "../body/bones";
import { FIRST_JOINTS, GRIP_POSITION, GRIP_ROTATION, GRIPPING, RELAXED, restInverse } from "../body/fingers";
import type { HandShape } from "../body/fingers";
import type { HandView } from "../../world/model";
import type { PoseRows } from "../rows";
import { aim, bend, type Limb } from "./limb";
import type { Moment } from "./moment";

const pole = new THREE.Vector3(), elbow = new THREE.Vector3(), reach = new THREE.Vector3(), ahead = new THREE.Vector3(), up = new THREE.Vector3(), handUp = new THREE.Vector3();
const turn = new THREE.Quaternion(), grip = new THREE.Quaternion(), joint = new THREE.Vector3(), local = new THREE.Quaternion(), size = new THREE.Vector3();
const gripInverse = GRIP_ROTATION.clone().invert();
const leftGripInverse = new THREE.Quaternion(GRIP_ROTATION.x, -GRIP_ROTATION.y, -GRIP_ROTATION.z, GRIP_ROTATION.w).invert();

const bones: Limb = { first: UPPER_ARM, second: FOREARM, most: 1.25, stretch: 1 };

/** Where the body has this arm begin, and where it rests. */
export interface Shoulder {
  readonly at: THREE.Vector3;
  /** Of the chest. */
  readonly turn: THREE.Quaternion;
  readonly restWrist: THREE.Vector3;
  readonly restTurn: THREE.Quaternion;
  readonly scale: number;
}

/** One arm: to its tracked hand, or at rest; fading from one to the other and never gliding. */
export class ArmPose {
  /** How much of it is seen. */
  seen = 1;
  private tracked = false;
  private readonly wrist = new THREE.Vector3();
  private readonly hand = new THREE.Quaternion();
  private readonly bone: number;

  constructor(private readonly left: boolean) {
    this.bone = left ? Bone.armLeft : Bone.armRight;
  }

  pose(rows: PoseRows, row: number, view: HandView, shoulder: Shoulder, moment: Moment): void {
    this.follow(view, moment);
    const fingers = this.tracked && view.fingersTracked;
    if (this.tracked) this.readHand(view);
    else {
      this.wrist.copy(shoulder.restWrist);
      this.hand.copy(shoulder.restTurn);
    }
    this.poseArm(rows, row, shoulder);
    if (fingers) this.poseTracked(rows, row, view);
    else this.poseShape(rows, row, this.tracked ? GRIPPING : RELAXED, shoulder);
  }

  /** The hand alone, where no body is to be seen. Whether it is tracked. */
  poseHand(rows: PoseRows, row: number, view: HandView, shoulder: Shoulder): boolean {
    this.tracked = view.presence > 0;
    this.seen = view.presence;
    if (!this.tracked) return false;
    this.readHand(view);
    this.poseArm(rows, row, shoulder);
    if (view.fingersTracked) this.poseTracked(rows, row, view);
    else this.poseShape(rows, row, GRIPPING, shoulder);
    return true;
  }

  /** A tracked hand fades out where it was before the arm is seen at rest, and back. */
  private follow(view: HandView, { passed }: Moment): void {
    if (view.presence > 0) {
      if (!this.tracked && this.seen > 0) this.seen = Math.max(0, this.seen - passed * 8);
      if (this.seen === 0 || this.tracked) {
        this.tracked = true;
        this.seen = view.presence;
      }
      return;
    }
    if (this.tracked) this.seen = 0;
    this.tracked = false;
    this.seen = Math.min(1, this.seen + passed * 4);
  }

  private readHand(view: HandView): void {
    if (view.fingersTracked) {
      this.wrist.fromArray(view.jointPositions, 3);
      this.hand.fromArray(view.jointRotations, 4);
      return;
    }
    grip.fromArray(view.rotation);
    this.hand.copy(grip).multiply(this.left ? leftGripInverse : gripInverse);
    joint.copy(GRIP_POSITION);
    if (this.left) joint.x = -joint.x;
    this.wrist.fromArray(view.position).sub(joint.applyQuaternion(this.hand));
  }

  private poseArm(rows: PoseRows, row: number, shoulder: Shoulder): void {
    const side = this.left ? -1 : 1, { scale } = shoulder;
    // Elbows point down, outwards and a little back, as those of people at ease.
    pole.set(0.55 * side, -1, 0.45).applyQuaternion(shoulder.turn);
    handUp.set(0, 1, 0).applyQuaternion(this.hand);
    pole.addScaledVector(handUp, -0.15).normalize();
    // A hand beyond any arm stays where it is tracked: the forearm bridges it.
    bones.first = UPPER_ARM * scale;
    bones.second = FOREARM * scale;
    bend(shoulder.at, reach.copy(this.wrist), pole, bones, elbow);
    up.copy(pole).negate();
    aim(ahead.subVectors(elbow, shoulder.at), up, turn);
    rows.setBone(row, this.bone + Arm.upper, shoulder.at, turn, size.set(scale, scale, scale * bones.stretch));
    aim(ahead.subVectors(this.wrist, elbow), up, turn);
    size.set(scale, scale, ahead.length() / FOREARM);
    rows.setBone(row, this.bone + Arm.fore, elbow, turn, size);
    aim(ahead, handUp, turn);
    rows.setBone(row, this.bone + Arm.twist, elbow, turn, size);
    rows.setBone(row, this.bone + Arm.hand, this.wrist, this.hand, size.setScalar(scale));
  }

  private poseShape(rows: PoseRows, row: number, shape: HandShape, { scale }: Shoulder): void {
    size.setScalar(scale);
    for (let finger = 0; finger < 5; finger++) {
      for (let bone = 0; bone < 3; bone++) {
        joint.copy(shape.positions[finger * 4 + bone]!);
        local.copy(shape.rotations[finger * 3 + bone]!);
        if (this.left) {
          joint.x = -joint.x;
          local.set(local.x, -local.y, -local.z, local.w);
        }
        joint.multiplyScalar(scale).applyQuaternion(this.hand).add(this.wrist);
        this.setFinger(rows, row, finger, bone, turn.copy(this.hand).multiply(local));
      }
    }
  }

  private poseTracked(rows: PoseRows, row: number, view: HandView): void {
    size.setScalar(1);
    for (let finger = 0; finger < 5; finger++) {
      for (let bone = 0; bone < 3; bone++) {
        const index = FIRST_JOINTS[finger]! + bone;
        joint.fromArray(view.jointPositions, index * 3);
        this.setFinger(rows, row, finger, bone, turn.fromArray(view.jointRotations, index * 4));
      }
    }
  }

  private setFinger(rows: PoseRows, row: number, finger: number, bone: number, rotation: THREE.Quaternion): void {
    const index = this.bone + Arm.fingers + finger * 3 + bone;
    rows.setBone(row, index, joint, rotation.multiply(restInverse(this.left, finger, bone)), size);
  }
}
