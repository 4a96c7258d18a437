import * as THREE from "three";

const x = new THREE.Vector3(), y = new THREE.Vector3(), z = new THREE.Vector3();
const along = new THREE.Vector3(), out = new THREE.Vector3();
const basis = new THREE.Matrix4();

/** Left, then right; one array for every frame's loops. */
export const LEFT_RIGHT: readonly boolean[] = [true, false];

/** Two bones in a row; an object, for numbers that are handed on are boxed. */
export interface Limb {
  first: number;
  second: number;
  /** How much longer the bones may become where their end is out of reach. */
  most: number;
  /** How much longer they were made at last. */
  stretch: number;
}

/**
 * Where the middle joint of two bones is, between `from` and `to`, bent towards `pole`. `to` is drawn in where the bones do not reach it.
 */
export function bend(from: THREE.Vector3, to: THREE.Vector3, pole: THREE.Vector3, limb: Limb, joint: THREE.Vector3): void {
  const { first, second, most } = limb;
  along.subVectors(to, from);
  const distance = Math.max(along.length(), 1e-4);
  along.multiplyScalar(1 / distance);
  const whole = (first + second) * 0.9995;
  const factor = Math.min(Math.max(distance / whole, 1), most);
  const reached = Math.min(distance, whole * factor);
  if (reached < distance) to.copy(from).addScaledVector(along, reached);
  const a = first * factor, b = second * factor;
  const cosine = Math.min(1, Math.max(-1, (a * a + reached * reached - b * b) / (2 * a * reached)));
  out.copy(pole).addScaledVector(along, -pole.dot(along));
  if (out.lengthSq() < 1e-8) out.set(along.y, along.z, along.x).addScaledVector(along, -out.dot(along));
  out.normalize();
  joint.copy(from).addScaledVector(along, a * cosine).addScaledVector(out, a * Math.sqrt(1 - cosine * cosine));
  limb.stretch = factor;
}

/** The turn that takes -Z to `ahead` and +Y as near `up` as that allows. */
export function aim(ahead: THREE.Vector3, up: THREE.Vector3, turn: THREE.Quaternion): THREE.Quaternion {
  z.copy(ahead).normalize().negate();
  y.copy(up).addScaledVector(z, -up.dot(z));
  if (y.lengthSq() < 1e-8) y.set(z.y, z.z, z.x).addScaledVector(z, -y.dot(z));
  y.normalize();
  x.crossVectors(y, z);
  return turn.setFromRotationMatrix(basis.makeBasis(x, y, z));
}

/** The shorter way from one turn to another. */
export function turnBetween(from: number, to: number): number {
  return Math.atan2(Math.sin(to - from), Math.cos(to - from));
}
