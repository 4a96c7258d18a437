// Quantities of the wire (SPEC.md section 4) and the state that is made of them.

import { Malformed } from "./msgpack.js";

export const FLAG = Object.freeze({ head: 1, left: 2, right: 4, leftFingers: 8, rightFingers: 16, face: 32, seated: 64, signing: 128 });
export const ROTATION_MAX = 400;
export const HEAD_MAX = 8388607;
export const HAND_MAX = 32767;
export const FINGERS = 20;
export const FACE = 52;

export const quantise = (value, scale) => Math.floor(value * scale + 0.5);
export const clamp = (value, most) => Math.max(-most, Math.min(most, value));

/** [largest, a, b, c] of a quaternion [x, y, z, w] of any length. */
export function packRotation(quaternion) {
  const length = Math.hypot(...quaternion);
  if (!(length > 1e-6 && Number.isFinite(length))) throw new RangeError("not a rotation");
  let largest = 0;
  for (let n = 1; n < 4; n += 1) if (Math.abs(quaternion[n]) > Math.abs(quaternion[largest])) largest = n;
  const rest = quaternion.filter((_, n) => n !== largest);
  return [largest, ...rest.map((c) => quantise(c / quaternion[largest], ROTATION_MAX))];
}

/** The unit quaternion [x, y, z, w] of [largest, a, b, c]. */
export function unpackRotation([largest, ...rest]) {
  const components = rest.map((value) => value / ROTATION_MAX);
  components.splice(largest, 0, 1);
  const length = Math.hypot(...components);
  return components.map((value) => value / length);
}

export function checkRotation(rotation) {
  const [, ...rest] = rotation;
  if (rest.some((value) => Math.abs(value) > ROTATION_MAX)) throw new Malformed("rotation out of range");
  return rotation;
}

export const noPart = () => ({ position: [0, 0, 0], rotation: [0, 0, 0, 0] });

/** A state with nothing tracked: positions in mm (hands relative to the head), rotations packed. */
export const noState = () => ({
  flags: 0, voice: 0, head: noPart(), left: noPart(), right: noPart(),
  leftFingers: new Uint8Array(FINGERS), rightFingers: new Uint8Array(FINGERS), face: new Uint8Array(FACE),
});
