/** The wearer's hands as they see them in a headset: as others will, from the values that are sent. */

import type * as THREE from "three";
import { SelfHands } from "../avatars";
import { FINGER_VALUES } from "../protocol/generated/constants";
import { JOINT_COUNT, measureHand, poseHand } from "../protocol/hands";
import type { HandView, LocalPose, Place, RosterEntry, Side } from "../world/model";

class OwnHand implements HandView {
  presence = 0;
  fingersTracked = false;
  readonly position = new Float32Array(3);
  readonly rotation = new Float32Array([0, 0, 0, 1]);
  readonly jointRotations = new Float32Array(4 * JOINT_COUNT);
  readonly jointPositions = new Float32Array(3 * JOINT_COUNT);
  private readonly values = new Uint8Array(FINGER_VALUES);

  constructor(private readonly side: Side) {}

  take(hand: Place | null, joints: Float32Array | null): void {
    this.presence = hand === null ? 0 : 1;
    this.fingersTracked = false;
    if (hand === null) return;
    this.position.set(hand.position);
    this.rotation.set(hand.rotation);
    if (joints === null || !measureHand(joints, this.side, this.values)) return;
    poseHand(this.values, this.side, this.position, this.rotation, this.jointPositions, this.jointRotations);
    this.fingersTracked = true;
  }
}

export class OwnHands {
  private readonly left = new OwnHand("left");
  private readonly right = new OwnHand("right");
  private readonly hands: SelfHands;

  constructor(scene: THREE.Scene, self: RosterEntry) {
    this.hands = new SelfHands(scene, self);
  }

  /** Once a frame, after the pose was made. */
  update(pose: LocalPose): void {
    this.left.take(pose.left, pose.leftJoints);
    this.right.take(pose.right, pose.rightJoints);
    if (pose.head !== null) this.hands.update(pose.head.position, pose.head.rotation, this.left, this.right);
  }

  dispose(): void {
    this.hands.dispose();
  }
}
