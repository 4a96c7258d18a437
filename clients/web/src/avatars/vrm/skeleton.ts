import type { VRM, VRMHumanBoneName } from "@pixiv/three-vrm";
import * as THREE from "three";

import { Arm, Bone } from "../body/bones";
import { aim, bend, type Limb } from "../pose/limb";
import type { PoseRows } from "../rows";

/** No look's arm is drawn out: its hand stays short of what it does not reach. */
const bones: Limb = { first: 1, second: 1, most: 1, stretch: 1 };

interface Driven {
  readonly node: THREE.Object3D;
  readonly bone: number;
  /** From the file's rest (a T, looking along +Z) to the figure's (arms ahead, looking along -Z). */
  readonly rest: THREE.Quaternion;
  readonly parent: Driven | null;
  /** Its turn in the room. */
  readonly turn: THREE.Quaternion;
}

const ABOUT = new THREE.Quaternion().setFromAxisAngle(new THREE.Vector3(0, 1, 0), Math.PI);
const quarter = (side: number): THREE.Quaternion =>
  new THREE.Quaternion().setFromAxisAngle(new THREE.Vector3(0, 1, 0), (side * Math.PI) / 2).multiply(ABOUT);
const ARMS = { left: quarter(-1), right: quarter(1) };

const FINGERS = ["Thumb", "Index", "Middle", "Ring", "Little"];
const JOINTS = ["Proximal", "Intermediate", "Distal"], THUMB = ["Metacarpal", "Proximal", "Distal"];

/** Names of VRM's humanoid bones, the figure's bones that they follow, and whose frame they rest in; parents first. */
function plan(): [VRMHumanBoneName, number, THREE.Quaternion][] {
  const list: [string, number, THREE.Quaternion][] = [
    ["hips", Bone.hips, ABOUT], ["spine", Bone.spine, ABOUT], ["chest", Bone.chest, ABOUT], ["neck", Bone.neck, ABOUT], ["head", Bone.head, ABOUT],
  ];
  for (const side of ["left", "right"] as const) {
    const left = side === "left", arm = left ? Bone.armLeft : Bone.armRight, rest = ARMS[side];
    list.push([`${side}UpperArm`, arm + Arm.upper, rest], [`${side}LowerArm`, arm + Arm.fore, rest], [`${side}Hand`, arm + Arm.hand, rest]);
    FINGERS.forEach((finger, which) => {
      (which === 0 ? THUMB : JOINTS).forEach((joint, index) => list.push([`${side}${finger}${joint}`, arm + Arm.fingers + which * 3 + index, rest]));
    });
    list.push([`${side}UpperLeg`, left ? Bone.thighLeft : Bone.thighRight, ABOUT], [`${side}LowerLeg`, left ? Bone.shinLeft : Bone.shinRight, ABOUT],
      [`${side}Foot`, left ? Bone.footLeft : Bone.footRight, ABOUT]);
  }
  return list as [VRMHumanBoneName, number, THREE.Quaternion][];
}

const inverse = new THREE.Quaternion(), place = new THREE.Vector3(), shift = new THREE.Vector3();
const shoulder = new THREE.Vector3(), elbow = new THREE.Vector3(), wrist = new THREE.Vector3(), pole = new THREE.Vector3(), up = new THREE.Vector3();

/** The way that the back of one of the figure's arm bones looks. */
function backOf(rows: PoseRows, row: number, bone: number): THREE.Vector3 {
  return up.set(0, 1, 0).applyQuaternion(rows.turnOf(row, bone, inverse));
}

/** A VRM's humanoid bones, following a figure that was posed. */
export class Skeleton {
  private readonly driven: Driven[] = [];
  private readonly byBone = new Map<number, Driven>();

  constructor(private readonly vrm: VRM) {
    const known = new Map<THREE.Object3D, Driven>();
    for (const [name, bone, rest] of plan()) {
      const node = vrm.humanoid.getNormalizedBoneNode(name);
      if (!node) continue;
      let above = node.parent;
      while (above && !known.has(above)) above = above.parent;
      const driven: Driven = { node, bone, rest, parent: above ? known.get(above)! : null, turn: new THREE.Quaternion() };
      known.set(node, driven);
      this.driven.push(driven);
      this.byBone.set(bone, driven);
    }
  }

  /** Turn each bone as the figure's, put the head where it is, and bring the hands to where they are. */
  follow(rows: PoseRows, row: number): void {
    const { scene } = this.vrm;
    for (const driven of this.driven) this.turn(driven, rows.turnOf(row, driven.bone, driven.turn).multiply(driven.rest));
    scene.updateMatrixWorld(true);
    const head = this.byBone.get(Bone.head);
    if (head) {
      shift.subVectors(rows.placeOf(row, Bone.head, place), head.node.getWorldPosition(elbow));
      scene.position.add(shift);
      scene.updateMatrixWorld(true);
    }
    for (const arm of [Bone.armLeft, Bone.armRight]) this.reach(rows, row, arm);
  }

  private turn(driven: Driven, inRoom: THREE.Quaternion): void {
    const above = driven.parent?.turn ?? ABOUT;
    driven.node.quaternion.copy(inverse.copy(above).invert()).multiply(inRoom);
  }

  /** An arm of other lengths than the figure's reaches for the same wrist. */
  private reach(rows: PoseRows, row: number, arm: number): void {
    const upper = this.byBone.get(arm + Arm.upper), fore = this.byBone.get(arm + Arm.fore), hand = this.byBone.get(arm + Arm.hand);
    if (!upper || !fore || !hand) return;
    upper.node.getWorldPosition(shoulder);
    bones.first = fore.node.getWorldPosition(elbow).distanceTo(shoulder);
    bones.second = hand.node.getWorldPosition(wrist).distanceTo(elbow);
    rows.placeOf(row, arm + Arm.hand, wrist);
    pole.subVectors(rows.placeOf(row, arm + Arm.fore, place), shoulder);
    bend(shoulder, wrist, pole, bones, elbow);
    // Each half keeps the figure's own turn about itself: an arm that hangs has no bend to tell it by.
    this.turn(upper, aim(place.subVectors(elbow, shoulder), backOf(rows, row, arm + Arm.upper), upper.turn).multiply(upper.rest));
    this.turn(fore, aim(place.subVectors(wrist, elbow), backOf(rows, row, arm + Arm.fore), fore.turn).multiply(fore.rest));
    this.turn(hand, hand.turn);
  }
}
