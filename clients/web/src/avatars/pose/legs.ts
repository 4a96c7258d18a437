import * as THREE from "three";

import { ANKLE, Bone, HIP, HIPS, KNEE } from "../body/bones";
import type { PoseRows } from "../rows";
import { aim, bend, LEFT_RIGHT, turnBetween, type Limb } from "./limb";
import type { Moment } from "./moment";

const THIGH = HIP[1] - KNEE[1], SHIN = KNEE[1] - ANKLE[1];
const STEP_TIME = 0.26;
const bones: Limb = { first: THIGH, second: SHIN, most: 1.06, stretch: 1 };
const up = new THREE.Vector3(0, 1, 0);
const hip = new THREE.Vector3(), ankle = new THREE.Vector3(), knee = new THREE.Vector3(), ahead = new THREE.Vector3(), outward = new THREE.Vector3();
const size = new THREE.Vector3(), down = new THREE.Vector3(), turn = new THREE.Quaternion(), quarter = new THREE.Quaternion().setFromAxisAngle(new THREE.Vector3(1, 0, 0), Math.PI / 2);

/** One foot, where it stands and whereto it steps. */
class Foot {
  readonly at = new THREE.Vector3();
  readonly from = new THREE.Vector3();
  readonly wish = new THREE.Vector3();
  yaw = 0;
  yawFrom = 0;
  /** 1 while it stands. */
  progress = 1;
  lift = 0;
}

/** The body that legs are to carry. */
export interface Stance {
  readonly hips: THREE.Vector3;
  readonly turn: THREE.Quaternion;
  yaw: number;
  scale: number;
  seated: boolean;
}

/** Feet that stand until the body has moved on, then step after it. */
export class Legs {
  private readonly left = new Foot();
  private readonly right = new Foot();
  private placed = false;

  pose(rows: PoseRows, row: number, stance: Stance, moment: Moment): void {
    for (const left of LEFT_RIGHT) this.wish(left, stance, moment);
    if (!this.placed || stance.seated) this.stand(stance);
    this.placed = true;
    for (const left of LEFT_RIGHT) this.step(left, stance, moment);
    for (const left of LEFT_RIGHT) this.poseLeg(rows, row, left, stance);
  }

  private foot(left: boolean): Foot {
    return left ? this.left : this.right;
  }

  private wish(left: boolean, { hips, yaw, scale, seated }: Stance, { floor }: Moment): void {
    const side = left ? -1 : 1;
    const forward = seated ? 0.4 * scale : -0.012;
    const sin = Math.sin(yaw), cos = Math.cos(yaw), width = (seated ? 0.115 : 0.098) * side * scale;
    this.foot(left).wish.set(hips.x + width * cos - forward * sin, floor + ANKLE[1] * scale, hips.z - width * sin - forward * cos);
  }

  private stand({ yaw }: Stance): void {
    for (const left of LEFT_RIGHT) {
      const foot = this.foot(left);
      foot.at.copy(foot.wish);
      foot.yaw = yaw + (left ? 0.12 : -0.12);
      foot.progress = 1;
      foot.lift = 0;
    }
  }

  private step(left: boolean, { yaw, scale }: Stance, { passed }: Moment): void {
    const foot = this.foot(left), other = this.foot(!left);
    const splay = yaw + (left ? 0.12 : -0.12);
    const off = foot.at.distanceTo(foot.wish);
    if (foot.progress >= 1 && other.progress >= 0.7 && (off > 0.13 * scale || Math.abs(turnBetween(foot.yaw, splay)) > 0.5)) {
      foot.progress = 0;
      foot.from.copy(foot.at);
      foot.yawFrom = foot.yaw;
    }
    if (foot.progress >= 1) return;
    // Who is carried off, as by a portal, does not step there.
    foot.progress = off > 1.2 ? 1 : Math.min(1, foot.progress + passed / STEP_TIME);
    const t = foot.progress * foot.progress * (3 - 2 * foot.progress);
    foot.at.lerpVectors(foot.from, foot.wish, t);
    foot.yaw = foot.yawFrom + turnBetween(foot.yawFrom, splay) * t;
    foot.lift = Math.sin(foot.progress * Math.PI) * 0.05 * scale;
  }

  private poseLeg(rows: PoseRows, row: number, left: boolean, { hips, turn: hipsTurn, scale, seated }: Stance): void {
    const foot = this.foot(left);
    const thigh = left ? Bone.thighLeft : Bone.thighRight, shin = left ? Bone.shinLeft : Bone.shinRight, sole = left ? Bone.footLeft : Bone.footRight;
    hip.set((left ? -1 : 1) * HIP[0], HIP[1] - HIPS[1], HIP[2] - HIPS[2]).multiplyScalar(scale).applyQuaternion(hipsTurn).add(hips);
    ankle.copy(foot.at);
    ankle.y += foot.lift;
    ahead.set(-Math.sin(foot.yaw), seated ? 0.9 : 0, -Math.cos(foot.yaw));
    bones.first = THIGH * scale;
    bones.second = SHIN * scale;
    bend(hip, ankle, ahead, bones, knee);
    ahead.y = 0;
    outward.copy(ahead).normalize();
    size.set(scale, scale * bones.stretch, scale);
    this.setBone(rows, row, thigh, hip, down.subVectors(knee, hip), outward);
    this.setBone(rows, row, shin, knee, down.subVectors(ankle, knee), outward);
    rows.setBone(row, sole, ankle, aim(outward, up, turn), size.setScalar(scale));
  }

  /** A leg's bone rests along -Y with its front to -Z. */
  private setBone(rows: PoseRows, row: number, bone: number, at: THREE.Vector3, along: THREE.Vector3, front: THREE.Vector3): void {
    // Aimed along -Z first, its front up; a quarter turn then brings -Y there.
    aim(along, front, turn).multiply(quarter);
    rows.setBone(row, bone, at, turn, size);
  }
}
