/**
 * The file of a recording: lines of JSON, the first a header, each other one a pose as it was sent: milliseconds since
 * the start, flags, voice, then x y z i a b c of head, left and right hand where the flags tell them (SPEC 4), then 20
 * finger values of each hand in hexadecimal. docs/howto/record-motion.md tells it in full.
 */

import { FINGER_VALUES } from "../protocol/generated/constants";

export const FORMAT = "polyclinic-motion";
export const VERSION = 1;

export type Device = "headset" | "desktop" | "touch" | "text";

export interface Header {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly device: Device;
}

/** Where in a pose message what stands (SPEC 5.1). */
const FLAGS_AT = 1;
const VOICE_AT = 8;
const PARTS_AT = 9;
const HEAD = 1;
const HANDS = [2, 4] as const;
const FINGERS = [8, 16] as const;
/** Faces are not recorded: a face tells more of who somebody is than a load test needs. */
const FACE = 32;

export function headerLine(device: Device): string {
  const header: Header = { format: FORMAT, version: VERSION, device };
  return JSON.stringify(header);
}

/** Turn the bytes of a `pose` message into a line. */
export function poseLine(milliseconds: number, message: Uint8Array): string {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const flags = view.getUint8(FLAGS_AT);
  const values: (number | string)[] = [Math.round(milliseconds), flags & ~FACE, view.getUint8(VOICE_AT)];
  let offset = PARTS_AT;
  if ((flags & HEAD) !== 0) {
    for (let axis = 0; axis < 3; axis += 1, offset += 3) values.push((view.getUint8(offset) | (view.getInt16(offset + 1, true) << 8)));
    pushRotation(values, view.getUint32(offset, true));
    offset += 4;
  }
  for (const hand of HANDS) {
    if ((flags & hand) === 0) continue;
    for (let axis = 0; axis < 3; axis += 1, offset += 2) values.push(view.getInt16(offset, true));
    pushRotation(values, view.getUint32(offset, true));
    offset += 4;
  }
  for (const fingers of FINGERS) {
    if ((flags & fingers) === 0) continue;
    values.push(hexOf(message.subarray(offset, offset + FINGER_VALUES)));
    offset += FINGER_VALUES;
  }
  return JSON.stringify(values);
}

function pushRotation(values: (number | string)[], packed: number): void {
  values.push(packed & 3, ((packed >>> 2) & 1023) - 400, ((packed >>> 12) & 1023) - 400, ((packed >>> 22) & 1023) - 400);
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
