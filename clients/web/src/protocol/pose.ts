/** Poses: what a client sends of its wearer (SPEC 5.1). */
import { ByteReader } from "./bytes";
import { Kind, POSE_BYTES_MAX, POSE_HEADER_BYTES, ROTATION_MAX, StateFlag } from "./generated/constants";
import { Malformed } from "./malformed";
import { checkRotation } from "./quantities";
import { AvatarState, type TrackedPart, checkFlags } from "./state";

/** Lays poses out, all in the same bytes: they are sent, or copied, before the next is written. */
export class PoseWriter {
  private readonly bytes = new Uint8Array(POSE_BYTES_MAX);
  private offset = 0;

  /** A whole message. `sequence` is u16, `sampledAt` the server's clock, u32. */
  write(state: AvatarState, sequence: number, sampledAt: number): Uint8Array<ArrayBuffer> {
    this.offset = 0;
    this.unsigned(Kind.Pose, 1);
    this.unsigned(state.flags, 1);
    this.unsigned(sequence, 2);
    this.unsigned(sampledAt, 4);
    this.unsigned(state.voice, 1);
    if ((state.flags & StateFlag.Head) !== 0) this.part(state.head, 3);
    if ((state.flags & StateFlag.Left) !== 0) this.part(state.left, 2);
    if ((state.flags & StateFlag.Right) !== 0) this.part(state.right, 2);
    if ((state.flags & StateFlag.LeftFingers) !== 0) this.values(state.leftFingers);
    if ((state.flags & StateFlag.RightFingers) !== 0) this.values(state.rightFingers);
    if ((state.flags & StateFlag.Face) !== 0) this.values(state.face);
    return this.bytes.subarray(0, this.offset);
  }

  private unsigned(value: number, width: number): void {
    for (let shift = 0; shift < 8 * width; shift += 8) this.bytes[this.offset++] = value >>> shift;
  }

  private part(part: TrackedPart, width: number): void {
    for (let axis = 0; axis < 3; axis += 1) this.unsigned(part.position[axis]!, width);
    let bits = part.largest;
    for (let n = 0; n < 3; n += 1) bits |= (part.rotation[n]! + ROTATION_MAX) << (2 + 10 * n);
    this.unsigned(bits, 4);
  }

  private values(values: Uint8Array): void {
    this.bytes.set(values, this.offset);
    this.offset += values.length;
  }
}

/** A pose that was read: for who replays what was recorded. */
export interface Pose {
  readonly sequence: number;
  readonly sampledAt: number;
  readonly state: AvatarState;
}

/** Read a whole pose message, checking what a server checks. */
export function readPose(message: Uint8Array): Pose {
  if (message.length < POSE_HEADER_BYTES) throw new Malformed("fewer bytes than a pose's head");
  const reader = new ByteReader();
  reader.open(message);
  if (reader.u8() !== Kind.Pose) throw new Malformed("not a pose");
  const state = new AvatarState();
  state.flags = reader.u8();
  checkFlags(state.flags);
  const sequence = reader.u16();
  const sampledAt = reader.u32();
  state.voice = reader.u8();
  if ((state.flags & StateFlag.Head) !== 0) readPart(reader, state.head, true);
  if ((state.flags & StateFlag.Left) !== 0) readPart(reader, state.left, false);
  if ((state.flags & StateFlag.Right) !== 0) readPart(reader, state.right, false);
  if ((state.flags & StateFlag.LeftFingers) !== 0) state.leftFingers.set(reader.take(state.leftFingers.length));
  if ((state.flags & StateFlag.RightFingers) !== 0) state.rightFingers.set(reader.take(state.rightFingers.length));
  if ((state.flags & StateFlag.Face) !== 0) state.face.set(reader.take(state.face.length));
  if (!reader.atEnd) throw new Malformed("bytes after the last part");
  return { sequence, sampledAt, state };
}

function readPart(reader: ByteReader, part: TrackedPart, head: boolean): void {
  for (let axis = 0; axis < 3; axis += 1) part.position[axis] = head ? reader.i24() : reader.i16();
  readRotation(reader, part);
}

/** Read the 4 bytes of a rotation. */
export function readRotation(reader: ByteReader, part: TrackedPart): void {
  const bits = reader.u32();
  part.largest = bits & 3;
  for (let n = 0; n < 3; n += 1) part.rotation[n] = ((bits >>> (2 + 10 * n)) & 0x3ff) - ROTATION_MAX;
  checkRotation(part);
}
