import * as THREE from "three";

import { FINGERS, GRIP_IN_WRIST } from "../../protocol/generated/tables";
import { Arm, Bone, REST, WRIST } from "./bones";

/** The grip's place in the wrist's frame: metres, quaternion. */
export const GRIP_POSITION = new THREE.Vector3().fromArray([...GRIP_IN_WRIST]);
export const GRIP_ROTATION = new THREE.Quaternion().fromArray([...GRIP_IN_WRIST], 3);

/** Of the 26 tracked joints, the first of each finger's three movable ones; its next two and its tip follow. */
export const FIRST_JOINTS: readonly number[] = FINGERS.map(({ first }) => first);

/** Three movable joints and a tip a finger, in the right wrist's frame, metres: 5 x 4 places and 5 x 3 rotations. */
export interface HandShape {
  readonly positions: readonly THREE.Vector3[];
  readonly rotations: readonly THREE.Quaternion[];
}

const turn = (degrees: readonly number[]): THREE.Quaternion =>
  new THREE.Quaternion().setFromEuler(
    new THREE.Euler(...(degrees.map((value) => (value * Math.PI) / 180) as [number, number, number]), "XYZ"),
  );

/** Flexions (three) and a spread for each of five fingers, radians, thumb first. */
export function shapeHand(values: readonly (readonly [number, number, number, number])[]): HandShape {
  const positions: THREE.Vector3[] = [];
  const rotations: THREE.Quaternion[] = [];
  FINGERS.forEach((finger, which) => {
    const at = new THREE.Vector3().fromArray([...finger.root]).multiplyScalar(0.001);
    const frame = new THREE.Quaternion();
    for (let joint = 0; joint < 3; joint++) {
      const bend = new THREE.Quaternion().setFromAxisAngle(new THREE.Vector3(1, 0, 0), -values[which]![joint]!);
      const spread = new THREE.Quaternion().setFromAxisAngle(new THREE.Vector3(0, 1, 0), joint === 0 ? values[which]![3] : 0);
      frame.multiply(turn(finger.tilts[joint]!));
      frame.multiply(finger.spreadFirst ? spread.multiply(bend) : bend.multiply(spread)).multiply(turn(finger.turns[joint]!));
      positions.push(at.clone());
      rotations.push(frame.clone());
      at.add(new THREE.Vector3(0, 0, -finger.bones[joint]! * 0.001).applyQuaternion(frame));
    }
    positions.push(at.clone());
  });
  return { positions, rotations };
}

export const FLAT = shapeHand([[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]);

/** A hand at rest, hanging. */
export const RELAXED = shapeHand([
  [0.15, 0.2, 0.25, 0.05], [0.35, 0.45, 0.3, 0.02], [0.45, 0.5, 0.32, 0], [0.52, 0.55, 0.35, -0.02], [0.55, 0.6, 0.35, -0.06],
]);

/** A hand about a controller. */
export const GRIPPING = shapeHand([
  [0.35, 0.4, 0.35, 0.1], [0.75, 0.85, 0.45, 0], [1.0, 1.15, 0.6, 0], [1.05, 1.2, 0.6, 0], [1.05, 1.15, 0.6, -0.05],
]);

/** Each finger's joints as they rest, by side: turns to take off a tracked rotation. */
const inverses: Record<"left" | "right", THREE.Quaternion[]> = {
  right: FLAT.rotations.map((rotation) => rotation.clone().invert()),
  left: FLAT.rotations.map(({ x, y, z, w }) => new THREE.Quaternion(x, -y, -z, w).invert()),
};

export function restInverse(left: boolean, finger: number, joint: number): THREE.Quaternion {
  return inverses[left ? "left" : "right"][finger * 3 + joint]!;
}

for (let finger = 0; finger < 5; finger++) {
  for (let joint = 0; joint < 3; joint++) {
    const { x, y, z } = FLAT.positions[finger * 4 + joint]!;
    REST[Bone.armRight + Arm.fingers + finger * 3 + joint] = [WRIST[0] + x, WRIST[1] + y, WRIST[2] + z];
    REST[Bone.armLeft + Arm.fingers + finger * 3 + joint] = [-WRIST[0] - x, WRIST[1] + y, WRIST[2] + z];
  }
}
