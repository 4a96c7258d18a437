// The packed half of the wire (SPEC.md sections 4 and 5) and the framing of the other half. Pure: bytes in, values out.

import { Malformed, pack, unpack } from "./msgpack.js";

export { Malformed };

export const VERSION = 1;
export const SUBPROTOCOL = "polyclinic.v1";
export const KIND = Object.freeze({
  hello: 0x01, resume: 0x02, ack: 0x03, operation: 0x04, clock: 0x05, bye: 0x06, pose: 0x10,
  welcome: 0x81, event: 0x82, result: 0x83, clock_reply: 0x85, correction: 0x86, snapshot: 0x90,
});
export const FLAG = Object.freeze({ head: 1, left: 2, right: 4, leftFingers: 8, rightFingers: 16, face: 32, seated: 64 });

const FRAME = { wide: 1, ages: 2, leaves: 4, enters: 8 };
const MASK = { head: 1, left: 2, right: 4, fingers: 8, face: 16, state: 32, unused: 64, full: 128 };
const ROTATION_MAX = 1023;
const ROTATION_SCALE = ROTATION_MAX * Math.SQRT2;
const ROTATION_SQUARES_MAX = 1571965;
const HEAD_MAX = 8388607;
const HAND_MAX = 32767;
const FINGERS = 20;
const FACE = 52;
const AGE_UNIT_MS = 4;

// Quantities.

export const quantise = (value, scale) => Math.floor(value * scale + 0.5);
const clamp = (value, most) => Math.max(-most, Math.min(most, value));

/** [largest, a, b, c] of a quaternion [x, y, z, w], which is scaled to length 1 first. */
export function packRotation(quaternion) {
  const length = Math.hypot(...quaternion);
  if (!(length > 1e-6 && Number.isFinite(length))) throw new RangeError("not a rotation");
  let largest = 0;
  for (let n = 1; n < 4; n += 1) if (Math.abs(quaternion[n]) > Math.abs(quaternion[largest])) largest = n;
  const sign = quaternion[largest] < 0 ? -1 : 1;
  const rest = quaternion.filter((_, n) => n !== largest);
  return [largest, ...rest.map((c) => clamp(quantise((sign * c) / length, ROTATION_SCALE), ROTATION_MAX))];
}

/** The quaternion [x, y, z, w] of [largest, a, b, c]. */
export function unpackRotation([largest, ...rest]) {
  const components = rest.map((value) => value / ROTATION_SCALE);
  const sum = components.reduce((total, value) => total + value * value, 0);
  components.splice(largest, 0, Math.sqrt(Math.max(0, 1 - sum)));
  return components;
}

function checkRotation(rotation) {
  const [, a, b, c] = rotation;
  if (Math.max(Math.abs(a), Math.abs(b), Math.abs(c)) > ROTATION_MAX) throw new Malformed("rotation out of range");
  if (a * a + b * b + c * c > ROTATION_SQUARES_MAX) throw new Malformed("rotation longer than 1");
  return rotation;
}

const noPart = () => ({ position: [0, 0, 0], rotation: [0, 0, 0, 0] });

/** A state with nothing tracked: positions in mm (hands relative to the head), rotations packed. */
export const noState = () => ({
  flags: 0, voice: 0, head: noPart(), left: noPart(), right: noPart(),
  leftFingers: new Uint8Array(FINGERS), rightFingers: new Uint8Array(FINGERS), face: new Uint8Array(FACE),
});

// Bytes.

class Writer {
  constructor() {
    this.bytes = [];
  }

  unsigned(value, width) {
    for (let n = 0; n < width; n += 1) this.bytes.push(Math.floor(value / 2 ** (8 * n)) & 0xff);
  }

  part(part, width) {
    for (const value of part.position) this.unsigned(value < 0 ? value + 2 ** (8 * width) : value, width);
    const [largest, a, b, c] = part.rotation;
    // 35 bits: beyond what JavaScript's bitwise operators hold, within what its numbers do.
    const [u, v, w] = [a, b, c].map((value) => value + ROTATION_MAX);
    this.unsigned(largest + u * 2 ** 2 + v * 2 ** 13 + w * 2 ** 24, 5);
  }
}

export class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.offset = 0;
  }

  take(count) {
    if (this.offset + count > this.bytes.length) throw new Malformed("cut short");
    this.offset += count;
    return this.bytes.subarray(this.offset - count, this.offset);
  }

  unsigned(width) {
    return this.take(width).reduceRight((value, byte) => value * 256 + byte, 0);
  }

  signed(width) {
    const value = this.unsigned(width);
    return value >= 2 ** (8 * width - 1) ? value - 2 ** (8 * width) : value;
  }

  triple(width) {
    return [this.signed(width), this.signed(width), this.signed(width)];
  }

  rotation() {
    const bits = this.unsigned(5);
    if (bits >= 2 ** 35) throw new Malformed("bits 35-39 of a rotation are not zero");
    const field = (shift) => (Math.floor(bits / 2 ** shift) & 0x7ff) - ROTATION_MAX;
    return checkRotation([bits & 3, field(2), field(13), field(24)]);
  }
}

// Poses.

/** A pose message. `sequence` is u16, `sampledAt` the server's clock. */
export function encodePose(state, sequence, sampledAt) {
  const writer = new Writer();
  writer.unsigned(KIND.pose, 1);
  writer.unsigned(state.flags, 1);
  writer.unsigned(sequence, 2);
  writer.unsigned(sampledAt, 4);
  writer.unsigned(state.voice, 1);
  if (state.flags & FLAG.head) writer.part(state.head, 3);
  if (state.flags & FLAG.left) writer.part(state.left, 2);
  if (state.flags & FLAG.right) writer.part(state.right, 2);
  if (state.flags & FLAG.leftFingers) writer.bytes.push(...state.leftFingers);
  if (state.flags & FLAG.rightFingers) writer.bytes.push(...state.rightFingers);
  if (state.flags & FLAG.face) writer.bytes.push(...state.face);
  return Uint8Array.from(writer.bytes);
}

/** The state of a head at [x, y, z] in metres turned by a quaternion, with no hands. */
export function headState(position, quaternion, seated = false) {
  const head = {
    position: position.map((value) => clamp(quantise(value, 1000), HEAD_MAX)),
    rotation: packRotation(quaternion),
  };
  return { ...noState(), flags: FLAG.head | (seated ? FLAG.seated : 0), head };
}

// Records.

function checkFlags(flags) {
  if (flags & 128) throw new Malformed("bit 7 of the flags is not zero");
  if (flags & FLAG.leftFingers && !(flags & FLAG.left)) throw new Malformed("left fingers without the hand");
  if (flags & FLAG.rightFingers && !(flags & FLAG.right)) throw new Malformed("right fingers without the hand");
  return flags;
}

const SIDES = [["head", HEAD_MAX], ["left", HAND_MAX], ["right", HAND_MAX]];

/** Reads a record over the state that is held and returns the new one. `reader` has the record's bytes. */
export function readRecord(reader, held) {
  const mask = reader.unsigned(1);
  if (mask & MASK.unused) throw new Malformed("bit 6 of a record's mask is not zero");
  return mask & MASK.full ? readFull(reader, mask) : readDelta(reader, mask, held);
}

function readFull(reader, mask) {
  if (!(mask & MASK.state)) throw new Malformed("a full record without state");
  const state = noState();
  state.flags = checkFlags(reader.unsigned(1));
  state.voice = reader.unsigned(1);
  const fingers = state.flags & (FLAG.leftFingers | FLAG.rightFingers) ? MASK.fingers : 0;
  const face = state.flags & FLAG.face ? MASK.face : 0;
  if (mask !== (MASK.full | MASK.state | (state.flags & 7) | fingers | face)) {
    throw new Malformed("a full record's mask and its flags differ");
  }
  for (const [side] of SIDES) {
    if (!(state.flags & FLAG[side])) continue;
    state[side] = { position: reader.triple(side === "head" ? 3 : 2), rotation: reader.rotation() };
    checkRange(state[side].position, side === "head" ? HEAD_MAX : HAND_MAX);
  }
  if (state.flags & FLAG.leftFingers) state.leftFingers = reader.take(FINGERS).slice();
  if (state.flags & FLAG.rightFingers) state.rightFingers = reader.take(FINGERS).slice();
  if (state.flags & FLAG.face) state.face = reader.take(FACE).slice();
  return state;
}

function readDelta(reader, mask, held) {
  const state = { ...held };
  if (mask & MASK.state) {
    state.flags = checkFlags(reader.unsigned(1));
    state.voice = reader.unsigned(1);
  }
  forgetVanished(state, held.flags);
  for (const [side, most] of SIDES) {
    const fresh = Boolean(state.flags & FLAG[side]) && !(held.flags & FLAG[side]);
    if (mask & MASK[side]) {
      if (!(state.flags & FLAG[side])) throw new Malformed(`a part that is not tracked: ${side}`);
      state[side] = readPart(reader, held[side], side === "head" ? 3 : 2, fresh);
      checkRange(state[side].position, most);
    } else if (fresh) throw new Malformed(`${side} becomes tracked without a value`);
  }
  const gained = state.flags & ~held.flags;
  if (mask & MASK.fingers) readFingers(reader, state, gained);
  else if (gained & (FLAG.leftFingers | FLAG.rightFingers)) throw new Malformed("fingers come without values");
  if (!(mask & MASK.face) && gained & FLAG.face) throw new Malformed("a face comes without values");
  if (mask & MASK.face) {
    if (!(state.flags & FLAG.face)) throw new Malformed("a face that is not present");
    state.face = readMasked(reader, state.face, 7, FACE, gained & FLAG.face);
  }
  return state;
}

function forgetVanished(state, before) {
  const gone = before & ~state.flags;
  for (const [side] of SIDES) if (gone & FLAG[side]) state[side] = noPart();
  if (gone & FLAG.leftFingers) state.leftFingers = new Uint8Array(FINGERS);
  if (gone & FLAG.rightFingers) state.rightFingers = new Uint8Array(FINGERS);
  if (gone & FLAG.face) state.face = new Uint8Array(FACE);
}

function readPart(reader, held, width, fresh) {
  const classes = reader.unsigned(1);
  const [positionClass, rotationClass] = [classes & 15, classes >> 4];
  if (positionClass > 3 || rotationClass > 2) throw new Malformed(`class 0x${classes.toString(16)}`);
  if (fresh && (positionClass !== 3 || rotationClass !== 2)) throw new Malformed("becomes tracked with a difference");
  const add = (values, differences) => values.map((value, n) => value + differences[n]);
  let { position, rotation } = held;
  if (positionClass === 3) position = reader.triple(width);
  else if (positionClass > 0) position = add(position, reader.triple(positionClass));
  if (rotationClass === 2) rotation = reader.rotation();
  else if (rotationClass === 1) rotation = checkRotation([rotation[0], ...add(rotation.slice(1), reader.triple(1))]);
  return { position, rotation };
}

function checkRange(position, most) {
  if (position.some((value) => Math.abs(value) > most)) throw new Malformed("position out of range");
}

function readFingers(reader, state, gained) {
  if (!(state.flags & (FLAG.leftFingers | FLAG.rightFingers))) throw new Malformed("fingers that are not present");
  if (state.flags & FLAG.leftFingers) {
    state.leftFingers = readMasked(reader, state.leftFingers, 3, FINGERS, gained & FLAG.leftFingers);
  }
  if (state.flags & FLAG.rightFingers) {
    state.rightFingers = readMasked(reader, state.rightFingers, 3, FINGERS, gained & FLAG.rightFingers);
  }
}

function readMasked(reader, held, width, count, fresh) {
  const mask = reader.take(width).slice();
  const bit = (n) => (mask[n >> 3] >> (n & 7)) & 1;
  for (let n = count; n < width * 8; n += 1) if (bit(n)) throw new Malformed("a mask names a value there is not");
  const values = held.slice();
  for (let n = 0; n < count; n += 1) if (fresh && !bit(n)) throw new Malformed("newly present with only some values");
  for (let n = 0; n < count; n += 1) if (bit(n)) values[n] = reader.unsigned(1);
  return values;
}

// Snapshots.

/** What one observer sees, by alias: {alias, entity, facts (bytes), state}. After a Malformed it is worthless. */
export class ObserverView {
  constructor() {
    this.held = new Map();
  }

  /** Takes in a whole snapshot message (Uint8Array); returns {tick, time, left, entered, updated}. */
  apply(bytes) {
    const reader = new Reader(bytes);
    if (reader.unsigned(1) !== KIND.snapshot) throw new Malformed("not a snapshot");
    const flags = reader.unsigned(1);
    if (flags > 15) throw new Malformed(`frame flags 0x${flags.toString(16)}`);
    const width = flags & FRAME.wide ? 2 : 1;
    const changes = { tick: reader.unsigned(4), time: reader.unsigned(4), left: [], entered: [], updated: [] };
    if (flags & FRAME.leaves) this.readLeaves(reader, width, changes);
    if (flags & FRAME.enters) this.readEnters(reader, width, changes);
    this.readRecords(reader, width, Boolean(flags & FRAME.ages), changes);
    if (reader.offset !== bytes.length) throw new Malformed("bytes after the last record");
    return changes;
  }

  readLeaves(reader, width, changes) {
    for (let count = reader.unsigned(width); count > 0; count -= 1) {
      const alias = reader.unsigned(width);
      const held = this.held.get(alias);
      if (held === undefined) throw new Malformed(`alias ${alias} leaves, but is not live`);
      this.held.delete(alias);
      changes.left.push(held);
    }
  }

  readEnters(reader, width, changes) {
    for (let count = reader.unsigned(width); count > 0; count -= 1) {
      const alias = reader.unsigned(width);
      if (this.held.has(alias)) throw new Malformed(`alias ${alias} enters, but is live`);
      const entity = reader.unsigned(4);
      const facts = reader.take(reader.unsigned(2)).slice();
      const held = { alias, entity, facts, state: noState() };
      this.held.set(alias, held);
      changes.entered.push(held);
    }
  }

  readRecords(reader, width, ages, changes) {
    const fresh = new Set(changes.entered);
    const seen = new Set();
    for (let count = reader.unsigned(width); count > 0; count -= 1) {
      const held = this.held.get(reader.unsigned(width));
      if (held === undefined) throw new Malformed("a record of an alias that is not live");
      if (seen.has(held)) throw new Malformed(`alias ${held.alias} twice in a frame`);
      if (fresh.delete(held) && !(reader.bytes[reader.offset] & MASK.full)) throw new Malformed("enters with a delta");
      held.state = readRecord(reader, held.state);
      seen.add(held);
      changes.updated.push({ held, age: ages ? reader.unsigned(1) * AGE_UNIT_MS : null });
    }
    if (fresh.size > 0) throw new Malformed("enters without a record");
  }
}

/** The facts of an entity: {kind: "avatar", name, role, avatar}, or {kind: "prop" or "panel", name, model}. */
export function readFacts(bytes) {
  const facts = unpack(bytes);
  const keys = facts?.kind === "avatar" ? ["avatar", "kind", "name", "role"] : ["kind", "model", "name"];
  const sound = facts !== null && typeof facts === "object" && ["avatar", "prop", "panel"].includes(facts.kind)
    && Object.keys(facts).sort().join() === keys.join() && keys.every((key) => typeof facts[key] === "string");
  if (!sound) throw new Malformed("facts of an entity");
  return facts;
}

// The other half: a kind byte and a msgpack map.

/** A msgpack message, laid out. */
export function encodeMessage(kind, body) {
  const packed = pack(body);
  const message = new Uint8Array(packed.length + 1);
  message[0] = KIND[kind];
  message.set(packed, 1);
  return message;
}

/** The kind (by name) and the body of a server's msgpack message. */
export function decodeMessage(bytes) {
  const kind = Object.keys(KIND).find((name) => KIND[name] === bytes[0] && bytes[0] >= 0x80 && name !== "snapshot");
  if (kind === undefined) throw new Malformed("unknown kind");
  const body = unpack(bytes.subarray(1));
  if (body === null || typeof body !== "object" || Array.isArray(body) || body instanceof Uint8Array) {
    throw new Malformed("the body is not a map");
  }
  return { kind, body };
}

/** Whether a client that was closed with this code comes back (section 9). */
export const reconnects = (code) => (code >= 4000 && code < 4500) || [1001, 1006, 1011, 1012].includes(code);
