// Records: one entity's state in a snapshot, full or as a delta to what is held (SPEC.md section 5.3).

import { Malformed } from "./msgpack.js";
import { FACE, FINGERS, FLAG, HAND_MAX, HEAD_MAX, ROTATION_MAX, checkRotation, noPart, noState } from "./quantities.js";

const TIER_FLAGS = [255, FLAG.head | FLAG.left | FLAG.right | FLAG.seated | FLAG.signing,
  FLAG.head | FLAG.seated | FLAG.signing, FLAG.head | FLAG.seated | FLAG.signing];
const POSITION_SHIFT = [0, 2, 3, 7];
const ROTATION_SHIFT = [0, 2, 3, 3];
const PRESENCE = 3;
const [Y, W] = [1, 3];
const SPREAD_FIRST = 3;
const SPREAD_MAX = 12;
const SHORT_PREFIXES = 4;
const PREFIX_MAX = 29;
const CODE_END = 2 ** 26;
const LEVELS = 64;
const GROUP = 4;
const PARTS = [["head", HEAD_MAX], ["left", HAND_MAX], ["right", HAND_MAX]];
const VALUES = [["leftFingers", FINGERS], ["rightFingers", FINGERS], ["face", FACE]];

const NO_TREND = Object.freeze({ steps: [0, 0, 0], spread: SPREAD_FIRST });
const NO_TRENDS = Object.freeze({ position: NO_TREND, rotation: NO_TREND });

/** What is held of an entity before its first record. */
export const NOTHING_HELD = Object.freeze({
  state: noState(), tier: 0, trends: [NO_TRENDS, NO_TRENDS, NO_TRENDS], spreads: [SPREAD_FIRST, SPREAD_FIRST, SPREAD_FIRST],
});

// Bits, the lowest of a byte first.

class BitReader {
  constructor(bytes, offset) {
    this.bytes = bytes;
    this.position = 8 * offset;
  }

  /** An unsigned number of at most 32 bits. */
  read(width) {
    if (this.position + width > 8 * this.bytes.length) throw new Malformed("cut short");
    let value = 0;
    for (let n = 0; n < width; n += 1, this.position += 1) {
      value += ((this.bytes[this.position >> 3] >> (this.position & 7)) & 1) * 2 ** n;
    }
    return value;
  }

  /** A two's complement number. */
  readSigned(width) {
    const value = this.read(width);
    return width > 0 && value >= 2 ** (width - 1) ? value - 2 ** width : value;
  }

  /** What prediction left over, the sign unfolded: [number, the code it came as]. */
  readCode(spread) {
    let prefix = 0;
    while (this.read(1)) {
      prefix += 1;
      if (prefix > PREFIX_MAX) throw new Malformed("a prefix too long");
    }
    let high = prefix;
    if (prefix >= SHORT_PREFIXES) {
      const width = prefix - SHORT_PREFIXES;
      high = SHORT_PREFIXES - 1 + 2 ** width + this.read(width);
    }
    const code = high * 2 ** spread + this.read(spread);
    if (code >= CODE_END) throw new Malformed("a number too large");
    return [code % 2 ? -(code + 1) / 2 : code / 2, code];
  }

  /** Where the next byte is, once what fills the last one was read. */
  end() {
    if (this.read((8 - (this.position % 8)) % 8)) throw new Malformed("the bits after a record are not zero");
    return this.position / 8;
  }
}

// Trends: what the next steps are expected to be, and how far off.

const expected = (step) => Math.floor((step * 14 + 8) / 16);
const atRest = ({ spread }) => ({ steps: [0, 0, 0], spread: Math.max(0, spread - 1) });
const turnedOver = ({ spread }) => ({ steps: [0, 0, 0], spread });

function nextSpread(spread, codes) {
  if (codes.length === 0) return spread;
  const mean = Math.floor((9 * codes.reduce((sum, code) => sum + code, 0)) / (16 * codes.length));
  const suited = Math.min(SPREAD_MAX, mean > 0 ? Math.floor(Math.log2(mean)) + 1 : 0);
  return suited > spread ? (spread + suited + 1) >> 1 : Math.max(suited, spread - 1);
}

/** Reads three codes: the steps, and the trend that goes on from them. */
function readSteps(bits, trend) {
  const told = [0, 1, 2].map(() => bits.readCode(trend.spread));
  const steps = told.map(([residual], n) => expected(trend.steps[n]) + residual);
  return { steps, spread: nextSpread(trend.spread, told.map(([, code]) => code)) };
}

// What does not depend on what is held.

const levelOf = (value) => Math.floor((value * (LEVELS - 1) + 127) / 255);
const valueOf = (level) => (level << 2) | (level >> 4);
const readVoice = (bits) => bits.read(4) * 17;

function readFlags(bits, tier) {
  const flags = bits.read(8);
  if (flags & FLAG.leftFingers && !(flags & FLAG.left)) throw new Malformed("left fingers without the hand");
  if (flags & FLAG.rightFingers && !(flags & FLAG.right)) throw new Malformed("right fingers without the hand");
  if (flags & ~TIER_FLAGS[tier]) throw new Malformed("flags of another tier");
  return flags;
}

function readSpread(bits) {
  const spread = bits.read(4);
  if (spread > SPREAD_MAX) throw new Malformed(`a spread of ${spread}`);
  return spread;
}

function readTrend(bits) {
  const spread = readSpread(bits);
  return { steps: [0, 1, 2].map(() => bits.readCode(spread)[0]), spread };
}

const readValues = (bits, count) => Uint8Array.from({ length: count }, () => valueOf(bits.read(6)));

/** A rotation in units of its tier. */
function readRotation(bits, tier) {
  const middle = ROTATION_MAX >> ROTATION_SHIFT[tier];
  if (tier === PRESENCE) {
    const sideways = bits.read(1);
    const value = bits.read(7) - middle;
    return sideways ? [Y, 0, 0, value] : [W, 0, value, 0];
  }
  const largest = bits.read(2);
  return [largest, ...[0, 1, 2].map(() => bits.read(10 - ROTATION_SHIFT[tier]) - middle)];
}

function readPart(bits, tier, most) {
  const width = bits.read(5);
  if (width > 24) throw new Malformed(`a position of ${width} bits`);
  const position = [0, 1, 2].map(() => bits.readSigned(width));
  return makePart(tier, most, position, readRotation(bits, tier));
}

/** A part in the wire's own units. */
function makePart(tier, most, position, [largest, ...rest]) {
  const places = position.map((value) => value * 2 ** POSITION_SHIFT[tier]);
  if (places.some((value) => Math.abs(value) > most)) throw new Malformed("position out of range");
  return { position: places, rotation: checkRotation([largest, ...rest.map((value) => value * 2 ** ROTATION_SHIFT[tier])]) };
}

function readFull(bits) {
  const tier = bits.read(2);
  const state = { ...noState(), flags: readFlags(bits, tier), voice: readVoice(bits) };
  const trends = PARTS.map(([side, most]) => {
    if (!(state.flags & FLAG[side])) return NO_TRENDS;
    state[side] = readPart(bits, tier, most);
    const position = readTrend(bits);
    return { position, rotation: tier === PRESENCE ? NO_TREND : readTrend(bits) };
  });
  const spreads = VALUES.map(([name, count]) => {
    if (!(state.flags & FLAG[name])) return SPREAD_FIRST;
    state[name] = readValues(bits, count);
    return readSpread(bits);
  });
  return { state, tier, trends, spreads };
}

// Deltas.

function readDelta(bits, held) {
  const state = { ...held.state };
  const carried = bits.read(1) ? readMore(bits, held, state) : 0;
  const plain = bits.read(1) === 1;
  const lasting = held.state.flags & state.flags;
  const trends = PARTS.map(([side, most], n) => {
    if (lasting & FLAG[side]) return readMoved(bits, held, state, n, plain);
    state[side] = state.flags & FLAG[side] ? readPart(bits, held.tier, most) : noPart();
    return NO_TRENDS;
  });
  const spreads = VALUES.map(([name, count], n) => {
    if (carried & FLAG[name]) return readChanges(bits, state, name, held.spreads[n]);
    if (lasting & FLAG[name]) return held.spreads[n];
    state[name] = state.flags & FLAG[name] ? readValues(bits, count) : new Uint8Array(count);
    return SPREAD_FIRST;
  });
  return { state, tier: held.tier, trends, spreads };
}

/** Flags and voice into the state; returns which of the fingers and the face that last are carried. */
function readMore(bits, held, state) {
  if (bits.read(1)) state.flags = readFlags(bits, held.tier);
  if (bits.read(1)) state.voice = readVoice(bits);
  let carried = 0;
  for (const [name] of VALUES) {
    if (held.state.flags & state.flags & FLAG[name] && bits.read(1)) carried |= FLAG[name];
  }
  return carried;
}

/** `plain`: the part is carried and not turned anew, without a bit that says so. */
function readMoved(bits, { tier, trends }, state, n, plain) {
  const [side, most] = PARTS[n];
  const trend = trends[n];
  if (!plain && !bits.read(1)) {
    return { position: atRest(trend.position), rotation: tier === PRESENCE ? NO_TREND : atRest(trend.rotation) };
  }
  const { position, rotation: [largest, ...rest] } = state[side];
  const moving = readSteps(bits, trend.position);
  const place = position.map((value, axis) => value / 2 ** POSITION_SHIFT[tier] + moving.steps[axis]);
  let turned = [largest, ...rest.map((value) => value / 2 ** ROTATION_SHIFT[tier])];
  let turning = trend.rotation;
  if (!plain && bits.read(1)) {
    turned = readRotation(bits, tier);
    turning = turnedOver(turning);
  } else if (tier !== PRESENCE) {
    turning = readSteps(bits, turning);
    turned = turned.map((value, axis) => (axis ? value + turning.steps[axis - 1] : value));
  }
  state[side] = makePart(tier, most, place, turned);
  return { position: moving, rotation: turning };
}

function readChanges(bits, state, name, spread) {
  const values = state[name].slice();
  const codes = [];
  for (let start = 0; start < values.length; start += GROUP) {
    if (!bits.read(1)) continue;
    for (let n = start; n < start + GROUP; n += 1) {
      const [residual, code] = bits.readCode(spread);
      const level = levelOf(values[n]) + residual;
      if (level < 0 || level >= LEVELS) throw new Malformed("a value out of range");
      values[n] = valueOf(level);
      codes.push(code);
    }
  }
  state[name] = values;
  return nextSpread(spread, codes);
}

/** Reads a record over what is held and returns what is held after it: {state, tier, trends, spreads}. */
export function readRecord(reader, held) {
  const bits = new BitReader(reader.bytes, reader.offset);
  const after = bits.read(1) ? readFull(bits) : readDelta(bits, held);
  reader.offset = bits.end();
  return after;
}
