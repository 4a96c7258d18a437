/**
 * The last samples of one entity, and what it is at a moment between them. Samples come with the ticks of the room, of what
 * is far every few ticks only, and of what rests not at all. All room is made at the start: nothing is made to move.
 */
import { FACE_VALUES, FINGER_VALUES, POSITION_SCALE, StateFlag } from "../protocol/generated/constants";
import { unpackRotation } from "../protocol/quantities";
import type { AvatarState, TrackedPart } from "../protocol/state";
import { hermite, slerp, slope, unseen } from "./interpolate";

const KEPT = 64;
const PLACE = 7;
/** A head that is elsewhere at once did not walk there. */
const JUMP_M = 1.5;
/** Ticks between two samples of what comes most rarely (SPEC 5.4). */
const INTERVAL_MOST = 16;
/** Of the last gaps between samples the least is the rate. */
const GAPS = 4;
const VALUES = 2 * FINGER_VALUES + FACE_VALUES;
/** Nobody walks faster: motion that goes on unseen is not taken for more. */
const SPEED_MOST = 8 / 1000;

/** The parts of an entity, by index. */
export const HEAD = 0;
export const LEFT = 1;
export const RIGHT = 2;
const PART_FLAGS = [StateFlag.Head, StateFlag.Left, StateFlag.Right] as const;
/** Where values begin in a sample. */
export const VALUES_AT = { left: 0, right: FINGER_VALUES, face: 2 * FINGER_VALUES } as const;

export class Track {
  private readonly times = new Float64Array(KEPT);
  private readonly flags = new Uint8Array(KEPT);
  private readonly voices = new Uint8Array(KEPT);
  private readonly places: Float64Array;
  private readonly values: Uint8Array;
  private readonly gaps = new Uint8Array(GAPS).fill(1);
  private first = 0;
  private count = 0;
  private lag = 0;
  private interval = 1;
  // What `seek` found: between two slots, or beyond the last.
  private before = 0;
  private after = 0;
  private share = 0;
  private ahead = 0;

  /** `parts` is 3 of a person, 1 of a thing, which has no values either. */
  constructor(private readonly parts: 1 | 3) {
    this.places = new Float64Array(KEPT * parts * PLACE);
    this.values = new Uint8Array(parts === 1 ? 0 : KEPT * VALUES);
  }

  get empty(): boolean {
    return this.count === 0;
  }

  /** Forget where it was: it is elsewhere now. */
  clear(): void {
    this.count = 0;
    this.lag = 0;
    this.interval = 1;
    this.gaps.fill(1);
  }

  /** Take in a sample of the server's `time`; `period` is milliseconds from tick to tick. */
  push(state: AvatarState, time: number, period: number): void {
    if (this.count > 0) {
      const ticks = Math.max(1, Math.round((time - this.times[this.slot(this.count - 1)]!) / period));
      this.noteGap(ticks, period);
      // It has rested since the last sample, and moves on only now.
      if (ticks > 1.5 * this.interval) this.hold(time - this.interval * period);
    }
    const slot = this.add(time);
    this.flags[slot] = placeable(state.flags);
    this.voices[slot] = state.voice;
    this.putParts(slot, state);
    if (this.parts === 1) return;
    const values = slot * VALUES;
    this.values.set(state.leftFingers, values + VALUES_AT.left);
    this.values.set(state.rightFingers, values + VALUES_AT.right);
    this.values.set(state.face, values + VALUES_AT.face);
  }

  /**
   * Go to a moment of the server's time; what the rest of this class tells is of then. `newest` is the time of the newest
   * frame: an entity of which it told nothing has not moved.
   */
  seek(time: number, newest: number, period: number): void {
    const at = time - this.lag;
    let index = this.count - 1;
    while (index > 0 && this.times[this.slot(index)]! > at) index -= 1;
    this.before = this.slot(index);
    this.after = this.slot(Math.min(index + 1, this.count - 1));
    const start = this.times[this.before]!;
    const end = this.times[this.after]!;
    this.share = end > start ? Math.max(0, Math.min(1, (at - start) / (end - start))) : 0;
    const rests = newest > start + 1.5 * this.interval * period;
    this.ahead = index === this.count - 1 && !rests ? Math.max(0, at - start) : 0;
  }

  /** Whether motion is guessed, for what comes next is late. */
  get guessed(): boolean {
    return this.ahead > 0;
  }

  has(flag: number): boolean {
    return (this.flags[this.before]! & flag) !== 0;
  }

  get voice(): number {
    return (this.voices[this.before]! + (this.voices[this.after]! - this.voices[this.before]!) * this.share) / 255;
  }

  /** Write where a part is that is there. */
  place(part: number, position: Float32Array | Float64Array, rotation: Float32Array | Float64Array): void {
    const p = this.at(this.before, part);
    const q = this.at(this.after, part);
    const flag = PART_FLAGS[part]!;
    if ((this.flags[this.after]! & flag) === 0 || this.jumps(p, q)) {
      for (let axis = 0; axis < 3; axis += 1) position[axis] = this.places[p + axis]!;
      for (let n = 0; n < 4; n += 1) rotation[n] = this.places[p + 3 + n]!;
      return;
    }
    if (this.ahead > 0) this.placeAhead(part, p, position);
    else this.placeBetween(part, p, q, position);
    slerp(rotation, 0, this.places, p + 3, this.places, q + 3, this.share);
  }

  /** Write fingers or a face that are there, as the wire's values, times `scale`. */
  valuesAt(from: number, flag: number, scale: number, out: Float32Array): void {
    const p = this.before * VALUES + from;
    const q = this.after * VALUES + from;
    const share = (this.flags[this.after]! & flag) === 0 ? 0 : this.share;
    for (let n = 0; n < out.length; n += 1) {
      const value = this.values[p + n]!;
      out[n] = (value + (this.values[q + n]! - value) * share) * scale;
    }
  }

  private placeBetween(part: number, p: number, q: number, position: Float32Array | Float64Array): void {
    const earlier = this.beside(this.before, -1, part);
    const later = this.beside(this.after, 1, part);
    const length = this.times[this.after]! - this.times[this.before]!;
    const lengthBefore = this.times[this.before]! - this.times[this.neighbour(this.before, -1)]!;
    const lengthAfter = this.times[this.neighbour(this.after, 1)]! - this.times[this.after]!;
    for (let axis = 0; axis < 3; axis += 1) {
      const a = this.places[p + axis]!;
      const b = this.places[q + axis]!;
      const rise = b - a;
      const riseBefore = earlier < 0 ? rise : ((a - this.places[earlier + axis]!) * length) / lengthBefore;
      const riseAfter = later < 0 ? rise : ((this.places[later + axis]! - b) * length) / lengthAfter;
      position[axis] = hermite(a, b, slope(riseBefore, rise), slope(rise, riseAfter), this.share);
    }
  }

  private placeAhead(part: number, p: number, position: Float32Array | Float64Array): void {
    const earlier = this.beside(this.before, -1, part);
    const passed = this.times[this.before]! - this.times[this.neighbour(this.before, -1)]!;
    const guess = earlier < 0 || this.distance(earlier, p) > SPEED_MOST * passed ? 0 : unseen(this.ahead) / passed;
    for (let axis = 0; axis < 3; axis += 1) {
      const here = this.places[p + axis]!;
      position[axis] = guess === 0 ? here : here + (here - this.places[earlier + axis]!) * guess;
    }
  }

  /** Where a part was in the sample beside a slot; -1 if there is none to go by. */
  private beside(slot: number, step: -1 | 1, part: number): number {
    const other = this.neighbour(slot, step);
    if (other === slot || (this.flags[other]! & PART_FLAGS[part]!) === 0 || this.times[other] === this.times[slot]) return -1;
    const there = this.at(other, part);
    return this.jumps(this.at(slot, part), there) ? -1 : there;
  }

  /** The slot before or after; itself at either end. */
  private neighbour(slot: number, step: -1 | 1): number {
    const index = ((slot - this.first + KEPT) % KEPT) + step;
    return index < 0 || index >= this.count ? slot : this.slot(index);
  }

  private jumps(p: number, q: number): boolean {
    return this.distance(p, q) > JUMP_M;
  }

  private distance(p: number, q: number): number {
    const x = this.places[p]! - this.places[q]!;
    const y = this.places[p + 1]! - this.places[q + 1]!;
    const z = this.places[p + 2]! - this.places[q + 2]!;
    return Math.sqrt(x * x + y * y + z * z);
  }

  /** What comes every few ticks is shown that much later, so that there are always two samples to move between. */
  private noteGap(ticks: number, period: number): void {
    this.gaps.copyWithin(0, 1);
    this.gaps[GAPS - 1] = Math.min(ticks, 255);
    this.interval = INTERVAL_MOST;
    for (let n = 0; n < GAPS; n += 1) this.interval = Math.min(this.interval, this.gaps[n]!);
    // A tenth of the way a tick: a change of the lag speeds up or slows down all that moves.
    this.lag += ((this.interval - 1) * period - this.lag) * (1 - 0.9 ** this.interval);
  }

  private hold(time: number): void {
    const last = this.slot(this.count - 1);
    const slot = this.add(time);
    this.flags[slot] = this.flags[last]!;
    this.voices[slot] = this.voices[last]!;
    const size = this.parts * PLACE;
    this.places.copyWithin(slot * size, last * size, (last + 1) * size);
    this.values.copyWithin(slot * VALUES, last * VALUES, (last + 1) * VALUES);
  }

  private add(time: number): number {
    if (this.count === KEPT) this.first = (this.first + 1) % KEPT;
    else this.count += 1;
    const slot = this.slot(this.count - 1);
    this.times[slot] = time;
    return slot;
  }

  private putParts(slot: number, state: AvatarState): void {
    this.putPart(this.at(slot, HEAD), state.head, null);
    if (this.parts === 1) return;
    // The wire has hands from the head.
    this.putPart(this.at(slot, LEFT), state.left, state.head);
    this.putPart(this.at(slot, RIGHT), state.right, state.head);
  }

  private putPart(at: number, part: TrackedPart, from: TrackedPart | null): void {
    for (let axis = 0; axis < 3; axis += 1) {
      this.places[at + axis] = (part.position[axis]! + (from === null ? 0 : from.position[axis]!)) / POSITION_SCALE;
    }
    unpackRotation(part, this.places, at + 3);
  }

  private slot(index: number): number {
    return (this.first + index) % KEPT;
  }

  private at(slot: number, part: number): number {
    return (slot * this.parts + part) * PLACE;
  }
}

/** A hand has no place without the head it is told from. */
function placeable(flags: number): number {
  const hands = StateFlag.Left | StateFlag.Right | StateFlag.LeftFingers | StateFlag.RightFingers;
  return (flags & StateFlag.Head) === 0 ? flags & ~hands : flags;
}
