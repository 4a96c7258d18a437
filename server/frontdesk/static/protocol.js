// The packed half of the wire (SPEC.md sections 4 and 5) and the framing of the other half. Pure: bytes in, values out.

import { Malformed, pack, unpack } from "./msgpack.js";
import { FLAG, HEAD_MAX, ROTATION_MAX, checkRotation, clamp, noState, packRotation, quantise } from "./quantities.js";
import { NOTHING_HELD, readRecord } from "./record.js";

export { FLAG, noState, packRotation, quantise, unpackRotation } from "./quantities.js";
export { NOTHING_HELD, readRecord } from "./record.js";
export { Malformed };

export const VERSION = 1;
export const SUBPROTOCOL = "polyclinic.v1";
export const KIND = Object.freeze({
  hello: 0x01, resume: 0x02, ack: 0x03, operation: 0x04, clock: 0x05, bye: 0x06, pose: 0x10,
  welcome: 0x81, event: 0x82, result: 0x83, clock_reply: 0x85, correction: 0x86, snapshot: 0x90,
});
const FRAME = { wide: 1, ages: 2, leaves: 4, enters: 8, map: 16, soon: 32 };
const FRAME_ALL = 63;
const AGE_UNIT_MS = 4;
const MAP_NARROW_BYTES_MAX = 32;
const MAP_WIDE_BYTES_MAX = 8192;

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
    // 32 bits: beyond what JavaScript's bitwise operators hold unsigned, within what its numbers do.
    const [u, v, w] = [a, b, c].map((value) => value + ROTATION_MAX);
    this.unsigned(largest + u * 2 ** 2 + v * 2 ** 12 + w * 2 ** 22, 4);
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

  rotation() {
    const bits = this.unsigned(4);
    const field = (shift) => (Math.floor(bits / 2 ** shift) & 0x3ff) - ROTATION_MAX;
    return checkRotation([bits & 3, field(2), field(12), field(22)]);
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

// Snapshots.

/**
 * What one observer sees over one socket, by alias: {alias, entity, facts (bytes), state}. After a Malformed it is
 * worthless.
 */
export class ObserverView {
  constructor() {
    this.held = new Map();
    this.last = null;
  }

  /** Takes in a whole snapshot message (Uint8Array); returns {tick, time, left, entered, updated}. */
  apply(bytes) {
    const reader = new Reader(bytes);
    if (reader.unsigned(1) !== KIND.snapshot) throw new Malformed("not a snapshot");
    const flags = reader.unsigned(1);
    if (flags & ~FRAME_ALL) throw new Malformed(`frame flags 0x${flags.toString(16)}`);
    const width = flags & FRAME.wide ? 2 : 1;
    this.last = this.readMoment(reader, flags & FRAME.soon);
    const changes = { ...this.last, left: [], entered: [], updated: [] };
    if (flags & FRAME.leaves) this.readLeaves(reader, width, changes);
    if (flags & FRAME.enters) this.readEnters(reader, width, changes);
    this.readRecords(reader, flags & FRAME.map ? readMap(reader, width) : readAliases(reader, width), flags, changes);
    if (reader.offset !== bytes.length) throw new Malformed("bytes after the last record");
    return changes;
  }

  /** {tick, time}: as they are, or what has passed since the last frame. */
  readMoment(reader, soon) {
    if (!soon) return { tick: reader.unsigned(4), time: reader.unsigned(4) };
    if (this.last === null) throw new Malformed("what has passed since a frame, before the first");
    const { tick, time } = this.last;
    return { tick: (tick + reader.unsigned(1)) % 2 ** 32, time: (time + reader.unsigned(1)) % 2 ** 32 };
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
      const held = { alias, entity, facts, record: NOTHING_HELD, state: NOTHING_HELD.state };
      this.held.set(alias, held);
      changes.entered.push(held);
    }
  }

  readRecords(reader, aliases, flags, changes) {
    const fresh = new Set(changes.entered);
    const seen = new Set();
    for (const alias of aliases) {
      const held = this.held.get(alias);
      if (held === undefined) throw new Malformed("a record of an alias that is not live");
      if (seen.has(held)) throw new Malformed(`alias ${held.alias} twice in a frame`);
      if (fresh.delete(held) && !(reader.bytes[reader.offset] & 1)) throw new Malformed("enters with a delta");
      held.record = readRecord(reader, held.record);
      held.state = held.record.state;
      seen.add(held);
      changes.updated.push({ held, age: flags & FRAME.ages ? reader.unsigned(1) * AGE_UNIT_MS : null });
    }
    if (fresh.size > 0) throw new Malformed("enters without a record");
  }
}

/** An alias before each record. */
function* readAliases(reader, width) {
  for (let count = reader.unsigned(width); count > 0; count -= 1) yield reader.unsigned(width);
}

/** All aliases before the first record, a bit for each. */
function* readMap(reader, width) {
  const size = reader.unsigned(width);
  if (size > (width === 1 ? MAP_NARROW_BYTES_MAX : MAP_WIDE_BYTES_MAX)) throw new Malformed("a map longer than aliases go");
  const map = reader.take(size);
  if (map.at(-1) === 0) throw new Malformed("a map that ends with nobody");
  for (const [place, byte] of map.entries()) {
    for (let bit = 0; bit < 8; bit += 1) if ((byte >> bit) & 1) yield 8 * place + bit;
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
