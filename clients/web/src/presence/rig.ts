/** Where the wearer's tracked space stands in the room: walking, turning and teleporting move this, never the head. */
import * as THREE from "three";
import type { Vec3 } from "../world/model";
import type { MutablePose } from "./pose";

const UP = new THREE.Vector3(0, 1, 0);

export class Rig {
  /** What the camera, and what hangs on the wearer, is in. */
  readonly object = new THREE.Group();
  readonly origin = new THREE.Vector3();
  /** Radians about +Y. */
  yaw = 0;
  /** Metres that a seated wearer is lifted to see as if standing. */
  lift = 0;
  private readonly turned = new THREE.Quaternion();
  private readonly vector = new THREE.Vector3();
  private readonly rotation = new THREE.Quaternion();

  constructor() {
    this.object.name = "rig";
  }

  /** Make the object stand where the numbers say. */
  apply(): void {
    this.object.position.set(this.origin.x, this.origin.y + this.lift, this.origin.z);
    this.object.rotation.set(0, this.yaw, 0);
    this.object.updateMatrixWorld(true);
  }

  /** A pose in the tracked space, as it is in the room. In and out may be the same. */
  toRoom(local: MutablePose, out: MutablePose): void {
    this.turned.setFromAxisAngle(UP, this.yaw);
    const { position, rotation } = local;
    this.vector.set(position[0], position[1], position[2]).applyQuaternion(this.turned);
    out.position[0] = this.vector.x + this.origin.x;
    out.position[1] = this.vector.y + this.origin.y + this.lift;
    out.position[2] = this.vector.z + this.origin.z;
    this.rotation.set(rotation[0], rotation[1], rotation[2], rotation[3]).premultiply(this.turned);
    this.rotation.toArray(out.rotation);
  }

  /** Rotations in the tracked space, 4 numbers each, as they are in the room. */
  rotationsToRoom(local: Float32Array, out: Float32Array): void {
    this.turned.setFromAxisAngle(UP, this.yaw);
    for (let i = 0; i < local.length; i += 4) {
      this.rotation.fromArray(local, i).premultiply(this.turned).toArray(out, i);
    }
  }

  /** Turn about the vertical through a point of the room: one turns on the spot wherever one stands in one's own space. */
  turn(angle: number, about: Vec3): void {
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    const dx = this.origin.x - about[0];
    const dz = this.origin.z - about[2];
    this.origin.x = about[0] + dx * cos + dz * sin;
    this.origin.z = about[2] - dx * sin + dz * cos;
    this.yaw = wrapped(this.yaw + angle);
  }

  shift(dx: number, dy: number, dz: number): void {
    this.origin.x += dx;
    this.origin.y += dy;
    this.origin.z += dz;
  }
}

/** An angle within half a turn of 0. */
export function wrapped(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}
