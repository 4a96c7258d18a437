/** Rotations as quaternions x y z w in arrays that are written in place: `out` may be one of what it is made from. */

export type Numbers = Float32Array | Float64Array;

/** The rotation that `b`, then `a` make, both about fixed axes. */
export function multiply(out: Numbers, at: number, a: ArrayLike<number>, from: number, b: ArrayLike<number>, with_: number): void {
  const ax = a[from]!;
  const ay = a[from + 1]!;
  const az = a[from + 2]!;
  const aw = a[from + 3]!;
  const bx = b[with_]!;
  const by = b[with_ + 1]!;
  const bz = b[with_ + 2]!;
  const bw = b[with_ + 3]!;
  out[at] = aw * bx + ax * bw + ay * bz - az * by;
  out[at + 1] = aw * by - ax * bz + ay * bw + az * bx;
  out[at + 2] = aw * bz + ax * by - ay * bx + az * bw;
  out[at + 3] = aw * bw - ax * bx - ay * by - az * bz;
}

/** The opposite of a unit quaternion. */
export function conjugate(out: Numbers, at: number, a: ArrayLike<number>, from: number): void {
  out[at] = -a[from]!;
  out[at + 1] = -a[from + 1]!;
  out[at + 2] = -a[from + 2]!;
  out[at + 3] = a[from + 3]!;
}

/** `place` plus the vector x y z turned by a unit quaternion. */
export function addTurned(
  out: Numbers, at: number, place: ArrayLike<number>, base: number, q: ArrayLike<number>, from: number, x: number, y: number, z: number,
): void {
  const qx = q[from]!;
  const qy = q[from + 1]!;
  const qz = q[from + 2]!;
  const qw = q[from + 3]!;
  const tx = 2 * (qy * z - qz * y);
  const ty = 2 * (qz * x - qx * z);
  const tz = 2 * (qx * y - qy * x);
  out[at] = place[base]! + x + qw * tx + qy * tz - qz * ty;
  out[at + 1] = place[base + 1]! + y + qw * ty + qz * tx - qx * tz;
  out[at + 2] = place[base + 2]! + z + qw * tz + qx * ty - qy * tx;
}

/** Scale a quaternion to length 1. Returns false, and changes nothing, if it has no direction. */
export function normalise(out: Numbers, at: number): boolean {
  let square = 0;
  for (let n = at; n < at + 4; n += 1) square += out[n]! * out[n]!;
  if (!(square > 0 && square < Infinity)) return false;
  const length = Math.sqrt(square);
  for (let n = at; n < at + 4; n += 1) out[n]! /= length;
  return true;
}

/** A turn about X, then the turned Y, then the turned Z, in degrees. */
export function fromDegrees(turn: readonly [number, number, number]): Float64Array {
  const [x, y, z] = turn.map((degrees) => (degrees * Math.PI) / 360) as [number, number, number];
  const out = Float64Array.of(Math.sin(x), 0, 0, Math.cos(x));
  multiply(out, 0, out, 0, [0, Math.sin(y), 0, Math.cos(y)], 0);
  multiply(out, 0, out, 0, [0, 0, Math.sin(z), Math.cos(z)], 0);
  return out;
}
