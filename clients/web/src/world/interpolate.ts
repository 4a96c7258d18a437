/** Between two samples: places on a curve that never overshoots, rotations on the shortest arc. */
import type { Numbers } from "../protocol/quaternion";

/**
 * A place between `p` and `q`, on a cubic with the slopes `m` and `n` (per unit of `share`). With slopes from `slope`, it
 * stays between the two.
 */
export function hermite(p: number, q: number, m: number, n: number, share: number): number {
  const s2 = share * share;
  const s3 = s2 * share;
  return (2 * s3 - 3 * s2 + 1) * p + (s3 - 2 * s2 + share) * m + (-2 * s3 + 3 * s2) * q + (s3 - s2) * n;
}

/** The slope where two pieces meet that rise by these: 0 at a turn, else their harmonic mean (Fritsch and Butland). */
export function slope(before: number, after: number): number {
  return before * after <= 0 ? 0 : (2 * before * after) / (before + after);
}

/** Write the rotation between two unit quaternions. */
export function slerp(out: Numbers, at: number, a: ArrayLike<number>, from: number, b: ArrayLike<number>, to: number, share: number): void {
  let cosine = 0;
  for (let n = 0; n < 4; n += 1) cosine += a[from + n]! * b[to + n]!;
  // Both signs of a quaternion are the same rotation: take the nearer.
  const sign = cosine < 0 ? -1 : 1;
  cosine *= sign;
  let before = 1 - share;
  let after = share;
  if (cosine < 0.9995) {
    const angle = Math.acos(cosine);
    const sine = Math.sin(angle);
    before = Math.sin(before * angle) / sine;
    after = Math.sin(after * angle) / sine;
  }
  let length = 0;
  for (let n = 0; n < 4; n += 1) {
    const value = before * a[from + n]! + sign * after * b[to + n]!;
    out[at + n] = value;
    length += value * value;
  }
  length = Math.sqrt(length);
  for (let n = 0; n < 4; n += 1) out[at + n]! /= length;
}

const EXACT_MS = 60;
const EASED_MS = 140;
/** What is shown of motion that goes on unseen: milliseconds of it, for so many that have passed. It comes to rest at 100. */
export function unseen(passed: number): number {
  if (passed <= EXACT_MS) return Math.max(0, passed);
  const share = Math.min(1, (passed - EXACT_MS) / (EASED_MS - EXACT_MS));
  return EXACT_MS + (EASED_MS - EXACT_MS) * (share - (share * share) / 2);
}
