/** Records: one entity's state in a snapshot, full or as a delta to what is held (SPEC 5.3). */
import { type BitReader, unfold } from "./bits";
import {
  FLAGS_BITS, HAND_POSITION_MAX, HEAD_POSITION_MAX, ROTATION_BITS, ROTATION_MAX, SPREAD_BITS, SPREAD_FIRST, SPREAD_MAX, StateFlag,
  TIER_BITS, Tier, VALUE_BITS, VALUE_GROUP, VOICE_BITS, WIDTH_BITS, WIDTH_MAX, YAW_BITS,
} from "./generated/constants";
import { TIER_FLAGS, TIER_POSITION_SHIFT, TIER_ROTATION_SHIFT } from "./generated/tables";
import { Malformed } from "./malformed";
import { checkRotation, levelOf, valueOf } from "./quantities";
import { AvatarState, type TrackedPart, checkFlags } from "./state";
import { Trend, nextSpread } from "./trend";

const LEVELS = 1 << VALUE_BITS;
/** Of a rotation's components: x y z w. */
const Y = 1;
const W = 3;

interface HeldPart {
  readonly flag: number;
  readonly most: number;
  readonly part: TrackedPart;
  readonly position: Trend;
  readonly rotation: Trend;
}

interface HeldValues {
  readonly flag: number;
  readonly values: Uint8Array;
  spread: number;
}

/** What is held of an entity: its state, and from which the next delta goes on. After a Malformed it is worthless. */
export class RecordState {
  readonly state = new AvatarState();
  tier = 0;
  readonly parts: readonly HeldPart[];
  readonly values: readonly HeldValues[];

  constructor() {
    const { head, left, right, leftFingers, rightFingers, face } = this.state;
    this.parts = [
      heldPart(StateFlag.Head, HEAD_POSITION_MAX, head),
      heldPart(StateFlag.Left, HAND_POSITION_MAX, left),
      heldPart(StateFlag.Right, HAND_POSITION_MAX, right),
    ];
    this.values = [
      { flag: StateFlag.LeftFingers, values: leftFingers, spread: SPREAD_FIRST },
      { flag: StateFlag.RightFingers, values: rightFingers, spread: SPREAD_FIRST },
      { flag: StateFlag.Face, values: face, spread: SPREAD_FIRST },
    ];
  }

  /** Take the record at a byte in. Returns the offset of the byte after it. */
  take(bits: BitReader, bytes: Uint8Array, offset: number): number {
    bits.open(bytes, offset);
    if (bits.read(1) === 1) this.readFull(bits);
    else this.readDelta(bits);
    return bits.end();
  }

  private readFull(bits: BitReader): void {
    this.tier = bits.read(TIER_BITS);
    this.state.flags = this.readFlags(bits);
    this.state.voice = readVoice(bits);
    for (const held of this.parts) {
      clearTrends(held);
      if ((this.state.flags & held.flag) === 0) {
        held.part.clear();
        continue;
      }
      this.readPart(bits, held);
      held.position.read(bits, readSpread(bits));
      if (this.tier !== Tier.Presence) held.rotation.read(bits, readSpread(bits));
    }
    for (const held of this.values) {
      const present = (this.state.flags & held.flag) !== 0;
      if (present) readValues(bits, held.values);
      else held.values.fill(0);
      held.spread = present ? readSpread(bits) : SPREAD_FIRST;
    }
  }

  private readDelta(bits: BitReader): void {
    const before = this.state.flags;
    const carried = bits.read(1) === 1 ? this.readMore(bits, before) : 0;
    const plain = bits.read(1) === 1;
    const lasting = before & this.state.flags;
    for (const held of this.parts) {
      if ((lasting & held.flag) !== 0) {
        this.readMoved(bits, held, plain);
        continue;
      }
      clearTrends(held);
      if ((this.state.flags & held.flag) !== 0) this.readPart(bits, held);
      else held.part.clear();
    }
    for (const held of this.values) this.readLasting(bits, held, lasting, carried);
  }

  /** Flags and voice. Returns which of the fingers and the face that last are carried. */
  private readMore(bits: BitReader, before: number): number {
    if (bits.read(1) === 1) this.state.flags = this.readFlags(bits);
    if (bits.read(1) === 1) this.state.voice = readVoice(bits);
    let carried = 0;
    for (const { flag } of this.values) {
      if ((before & this.state.flags & flag) !== 0 && bits.read(1) === 1) carried |= flag;
    }
    return carried;
  }

  private readFlags(bits: BitReader): number {
    const flags = bits.read(FLAGS_BITS);
    checkFlags(flags);
    if ((flags & ~TIER_FLAGS[this.tier]!) !== 0) throw new Malformed("flags of another tier");
    return flags;
  }

  private readPart(bits: BitReader, { part, most }: HeldPart): void {
    const width = bits.read(WIDTH_BITS);
    if (width > WIDTH_MAX) throw new Malformed(`a position of ${width} bits`);
    const shift = TIER_POSITION_SHIFT[this.tier]!;
    for (let axis = 0; axis < 3; axis += 1) part.position[axis] = placed(bits.readSigned(width) * 2 ** shift, most);
    this.readRotation(bits, part);
  }

  private readRotation(bits: BitReader, part: TrackedPart): void {
    const shift = TIER_ROTATION_SHIFT[this.tier]!;
    const middle = ROTATION_MAX >> shift;
    if (this.tier === Tier.Presence) {
      const sideways = bits.read(1) === 1;
      part.largest = sideways ? Y : W;
      part.rotation.fill(0);
      part.rotation[sideways ? 2 : 1] = (bits.read(YAW_BITS) - middle) << shift;
    } else {
      part.largest = bits.read(2);
      for (let n = 0; n < 3; n += 1) part.rotation[n] = (bits.read(ROTATION_BITS - shift) - middle) << shift;
    }
    checkRotation(part);
  }

  /** A part that was there and still is. `plain`: it is carried and not told anew, without a bit that says so. */
  private readMoved(bits: BitReader, held: HeldPart, plain: boolean): void {
    const { part, position, rotation, most } = held;
    const flat = this.tier === Tier.Presence;
    if (!plain && bits.read(1) === 0) {
      position.rest();
      if (!flat) rotation.rest();
      return;
    }
    position.advance(bits);
    const shift = TIER_POSITION_SHIFT[this.tier]!;
    for (let axis = 0; axis < 3; axis += 1) {
      part.position[axis] = placed(part.position[axis]! + position.steps[axis]! * 2 ** shift, most);
    }
    if (!plain && bits.read(1) === 1) {
      this.readRotation(bits, part);
      rotation.turnOver();
    } else if (!flat) {
      rotation.advance(bits);
      for (let n = 0; n < 3; n += 1) this.turn(part, n, rotation.steps[n]!);
      checkRotation(part);
    }
  }

  private turn(part: TrackedPart, component: number, step: number): void {
    const turned = part.rotation[component]! + step * (1 << TIER_ROTATION_SHIFT[this.tier]!);
    // Beyond what 16 bits hold it would come out elsewhere, perhaps in range.
    if (Math.abs(turned) > ROTATION_MAX) throw new Malformed("rotation out of range");
    part.rotation[component] = turned;
  }

  private readLasting(bits: BitReader, held: HeldValues, lasting: number, carried: number): void {
    if ((carried & held.flag) !== 0) {
      held.spread = readChanges(bits, held.values, held.spread);
    } else if ((lasting & held.flag) === 0) {
      held.spread = SPREAD_FIRST;
      if ((this.state.flags & held.flag) !== 0) readValues(bits, held.values);
      else held.values.fill(0);
    }
  }
}

function heldPart(flag: number, most: number, part: TrackedPart): HeldPart {
  return { flag, most, part, position: new Trend(), rotation: new Trend() };
}

function clearTrends(held: HeldPart): void {
  held.position.clear();
  held.rotation.clear();
}

function placed(value: number, most: number): number {
  if (Math.abs(value) > most) throw new Malformed("position out of range");
  return value;
}

function readVoice(bits: BitReader): number {
  return valueOf(bits.read(VOICE_BITS), VOICE_BITS);
}

function readSpread(bits: BitReader): number {
  const spread = bits.read(SPREAD_BITS);
  if (spread > SPREAD_MAX) throw new Malformed(`a spread of ${spread}`);
  return spread;
}

function readValues(bits: BitReader, values: Uint8Array): void {
  for (let n = 0; n < values.length; n += 1) values[n] = valueOf(bits.read(VALUE_BITS), VALUE_BITS);
}

/** Change the values that a delta carries. Returns the next spread. */
function readChanges(bits: BitReader, values: Uint8Array, spread: number): number {
  let sum = 0;
  let count = 0;
  for (let start = 0; start < values.length; start += VALUE_GROUP) {
    if (bits.read(1) === 0) continue;
    for (let n = start; n < start + VALUE_GROUP; n += 1) {
      const code = bits.readCode(spread);
      const level = levelOf(values[n]!, VALUE_BITS) + unfold(code);
      if (level < 0 || level >= LEVELS) throw new Malformed("a value out of range");
      values[n] = valueOf(level, VALUE_BITS);
      sum += code;
      count += 1;
    }
  }
  return nextSpread(spread, sum, count);
}
