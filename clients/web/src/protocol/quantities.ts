/** Quantities of the wire: positions, rotations, levels (SPEC 4). */
import {
  FLEXION_OFFSET, FLEXION_SPAN, ROTATION_MAX, SPREAD_OFFSET, SPREAD_SPAN, UNIT_MAX,
} from "./generated/constants";
import { Malformed } from "./malformed";
import type { TrackedPart } from "./state";

/** A shorter quaternion has no direction worth the name. */
const LENGTH_MIN = 1e-6;

/** Round half up, as every implementation of this wire does. */
export function quantise(value: number, scale: number): number {
  return Math.floor(value * scale + 0.5);
}

export function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

/** A number from 0 to 1 as u8. */
export function quantiseUnit(value: number): number {
  return clamp(quantise(value, UNIT_MAX), 0, UNIT_MAX);
}

export function quantiseFlexion(radians: number): number {
  return clamp(quantise((radians + FLEXION_OFFSET) / FLEXION_SPAN, UNIT_MAX), 0, UNIT_MAX);
}

export function flexionOf(value: number): number {
  return (value / UNIT_MAX) * FLEXION_SPAN - FLEXION_OFFSET;
}

export function quantiseSpread(radians: number): number {
  return clamp(quantise((radians + SPREAD_OFFSET) / SPREAD_SPAN, UNIT_MAX), 0, UNIT_MAX);
}

export function spreadOf(value: number): number {
  return (value / UNIT_MAX) * SPREAD_SPAN - SPREAD_OFFSET;
}

/** Write a quaternion x y z w of any length into a part. Returns false, and writes nothing, if it is no rotation. */
export function packRotation(rotation: ArrayLike<number>, part: TrackedPart): boolean {
  let square = 0;
  for (let n = 0; n < 4; n += 1) square += rotation[n]! * rotation[n]!;
  const length = Math.sqrt(square);
  if (!(length > LENGTH_MIN && Number.isFinite(length))) return false;
  let largest = 0;
  for (let n = 1; n < 4; n += 1) if (Math.abs(rotation[n]!) > Math.abs(rotation[largest]!)) largest = n;
  part.largest = largest;
  for (let n = 0, at = 0; n < 4; n += 1) {
    if (n !== largest) part.rotation[at++] = quantise(rotation[n]! / rotation[largest]!, ROTATION_MAX);
  }
  return true;
}

/** Write the unit quaternion x y z w that a part is turned by. */
export function unpackRotation(part: TrackedPart, out: Float32Array | Float64Array, offset = 0): void {
  const a = part.rotation[0]!;
  const b = part.rotation[1]!;
  const c = part.rotation[2]!;
  const scale = 1 / Math.sqrt(ROTATION_MAX * ROTATION_MAX + a * a + b * b + c * c);
  for (let n = 0, at = 0; n < 4; n += 1) {
    out[offset + n] = (n === part.largest ? ROTATION_MAX : part.rotation[at++]!) * scale;
  }
}

/** Throw Malformed if no quaternion packs to a part's rotation. */
export function checkRotation(part: TrackedPart): void {
  for (let n = 0; n < 3; n += 1) {
    if (Math.abs(part.rotation[n]!) > ROTATION_MAX) throw new Malformed("rotation out of range");
  }
}

/** The nearest of the 2^bits levels that a u8 has in a record. */
export function levelOf(value: number, bits: number): number {
  return Math.floor((value * ((1 << bits) - 1) + 127) / UNIT_MAX);
}

/** The u8 that a level stands for: its bits, repeated from the top. */
export function valueOf(level: number, bits: number): number {
  return (level << (8 - bits)) | (level >> (2 * bits - 8));
}
