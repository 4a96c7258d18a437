/** Frames as a server lays them out: full records only, which are always allowed. */
import { encode } from "@msgpack/msgpack";
import {
  FrameFlag, Kind, POSITION_SCALE, ROTATION_BITS, ROTATION_MAX, StateFlag, TIER_BITS, Tier, VALUE_BITS, VOICE_BITS, YAW_BITS,
} from "../../src/protocol/generated/constants";
import { TIER_FLAGS, TIER_POSITION_SHIFT, TIER_ROTATION_SHIFT } from "../../src/protocol/generated/tables";
import { levelOf, packRotation } from "../../src/protocol/quantities";
import { AvatarState, type TrackedPart } from "../../src/protocol/state";

class BitWriter {
  private readonly bits: number[] = [];

  write(value: number, width: number): void {
    for (let n = 0; n < width; n += 1) this.bits.push(Math.floor(value / 2 ** n) & 1);
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(this.bits.length / 8));
    this.bits.forEach((bit, n) => {
      bytes[n >> 3]! |= bit << (n & 7);
    });
    return bytes;
  }
}

export function fullRecord(state: AvatarState, tier: number = Tier.Full): Uint8Array {
  const writer = new BitWriter();
  const flags = state.flags & TIER_FLAGS[tier]!;
  writer.write(1, 1);
  writer.write(tier, TIER_BITS);
  writer.write(flags, 8);
  writer.write(levelOf(state.voice, VOICE_BITS), VOICE_BITS);
  for (const [flag, part] of [[StateFlag.Head, state.head], [StateFlag.Left, state.left], [StateFlag.Right, state.right]] as const) {
    if ((flags & flag) !== 0) writePart(writer, part, tier);
  }
  for (const [flag, values] of [
    [StateFlag.LeftFingers, state.leftFingers], [StateFlag.RightFingers, state.rightFingers], [StateFlag.Face, state.face],
  ] as const) {
    if ((flags & flag) === 0) continue;
    for (const value of values) writer.write(levelOf(value, VALUE_BITS), VALUE_BITS);
    writer.write(0, 4);
  }
  return writer.bytes();
}

function writePart(writer: BitWriter, part: TrackedPart, tier: number): void {
  writer.write(24, 5);
  for (const value of part.position) writer.write(Math.round(value / 2 ** TIER_POSITION_SHIFT[tier]!), 24);
  const shift = TIER_ROTATION_SHIFT[tier]!;
  if (tier === Tier.Presence) {
    writer.write(0, 1);
    writer.write(ROTATION_MAX >> shift, YAW_BITS);
  } else {
    writer.write(part.largest, 2);
    for (const value of part.rotation) writer.write((value >> shift) + (ROTATION_MAX >> shift), ROTATION_BITS - shift);
  }
  // The trends: spread 0 and three steps of 0, which are a bit each.
  writer.write(0, (tier === Tier.Presence ? 1 : 2) * (4 + 3));
}

export interface Enter {
  alias: number;
  entity: number;
  facts: unknown;
}

export interface FrameParts {
  leaves?: number[];
  enters?: Enter[];
  records?: [alias: number, record: Uint8Array][];
}

export function frame(tick: number, time: number, { leaves = [], enters = [], records = [] }: FrameParts): Uint8Array {
  const flags = (leaves.length > 0 ? FrameFlag.Leaves : 0) | (enters.length > 0 ? FrameFlag.Enters : 0);
  const bytes: number[] = [Kind.Snapshot, flags, ...little(tick, 4), ...little(time, 4)];
  if (leaves.length > 0) bytes.push(leaves.length, ...leaves);
  if (enters.length > 0) bytes.push(enters.length);
  for (const { alias, entity, facts } of enters) {
    const packed = encode(facts);
    bytes.push(alias, ...little(entity, 4), ...little(packed.length, 2), ...packed);
  }
  bytes.push(records.length);
  for (const [alias, record] of records) bytes.push(alias, ...record);
  return Uint8Array.from(bytes);
}

function little(value: number, width: number): number[] {
  return Array.from({ length: width }, (_, n) => Math.floor(value / 256 ** n) & 0xff);
}

export const ANN = { kind: "avatar", name: "Ann", role: "patient", avatar: "plain" };
export const BO = { kind: "avatar", name: "Bo", role: "clinician", avatar: "coat" };
export const CART = { kind: "prop", name: "Cart", model: "models/cart.glb" };

interface Shown {
  head?: readonly [number, number, number] | null;
  /** In the room. */
  left?: readonly [number, number, number];
  right?: readonly [number, number, number];
  turn?: readonly [number, number, number, number];
  fingers?: number;
  face?: number;
  voice?: number;
  flags?: number;
}

/** A state, in metres. */
export function state({ head = [0, 1.6, 0], left, right, turn = [0, 0, 0, 1], fingers, face, voice = 0, flags = 0 }: Shown): AvatarState {
  const made = new AvatarState();
  made.flags = flags;
  made.voice = Math.round(voice * 255);
  const put = (part: TrackedPart, flag: number, place: readonly number[]) => {
    made.flags |= flag;
    part.position.set(place.map((value) => Math.round(value * POSITION_SCALE)));
    packRotation(turn, part);
  };
  if (head !== null) put(made.head, StateFlag.Head, head);
  const from = (place: readonly number[]) => place.map((value, axis) => value - (head?.[axis] ?? 0));
  if (left !== undefined) put(made.left, StateFlag.Left, from(left));
  if (right !== undefined) put(made.right, StateFlag.Right, from(right));
  if (fingers !== undefined) {
    made.flags |= StateFlag.RightFingers;
    made.rightFingers.fill(fingers);
  }
  if (face !== undefined) {
    made.flags |= StateFlag.Face;
    made.face.fill(face);
  }
  return made;
}
