/** Poses that are written anew each frame, and the few turns they need. */
import * as THREE from "three";
import type { Quat, Vec3 } from "../world/model";

export interface MutablePose {
  position: [number, number, number];
  rotation: [number, number, number, number];
}

export const JOINTS = 26;

export function makePose(): MutablePose {
  return { position: [0, 0, 0], rotation: [0, 0, 0, 1] };
}

export function writePose(out: MutablePose, position: THREE.Vector3, rotation: THREE.Quaternion): void {
  out.position[0] = position.x;
  out.position[1] = position.y;
  out.position[2] = position.z;
  out.rotation[0] = rotation.x;
  out.rotation[1] = rotation.y;
  out.rotation[2] = rotation.z;
  out.rotation[3] = rotation.w;
}

export function vectorOf(from: Vec3, out: THREE.Vector3): THREE.Vector3 {
  return out.set(from[0], from[1], from[2]);
}

export function quaternionOf(from: Quat, out: THREE.Quaternion): THREE.Quaternion {
  return out.set(from[0], from[1], from[2], from[3]);
}
