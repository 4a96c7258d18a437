// The part of msgpack that the wire uses (SPEC.md section 3), strict: no extension types, depth and sizes bounded,
// UTF-8 checked, keys are strings and differ, floats finite, nothing after the value.

export class Malformed extends Error {}

const DEPTH_MAX = 8;
const ENTRIES_MAX = 256;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Reads exactly one value from a Uint8Array. Maps become objects without a prototype, binary becomes Uint8Array. */
export function unpack(bytes) {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  if (reader.offset !== bytes.length) throw new Malformed("bytes after the value");
  return value;
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.offset = 0;
  }

  take(count) {
    const start = this.offset;
    if (start + count > this.bytes.length) throw new Malformed("cut short");
    this.offset += count;
    return start;
  }

  unsigned(width) {
    const at = this.take(width);
    if (width === 1) return this.view.getUint8(at);
    return width === 2 ? this.view.getUint16(at) : this.view.getUint32(at);
  }

  value(depth) {
    const head = this.unsigned(1);
    if (head <= 0x7f) return head;
    if (head <= 0x8f) return this.map(head & 0x0f, depth);
    if (head <= 0x9f) return this.array(head & 0x0f, depth);
    if (head <= 0xbf) return this.text(head & 0x1f);
    if (head >= 0xe0) return head - 256;
    return this.tagged(head, depth);
  }

  tagged(head, depth) {
    switch (head) {
      case 0xc0: return null;
      case 0xc2: return false;
      case 0xc3: return true;
      case 0xc4: case 0xc5: case 0xc6: return this.binary(this.unsigned(1 << (head - 0xc4)));
      case 0xca: return this.finite(this.view.getFloat32(this.take(4)));
      case 0xcb: return this.finite(this.view.getFloat64(this.take(8)));
      case 0xcc: case 0xcd: case 0xce: return this.unsigned(1 << (head - 0xcc));
      case 0xcf: return this.exact(this.view.getBigUint64(this.take(8)));
      case 0xd0: return this.view.getInt8(this.take(1));
      case 0xd1: return this.view.getInt16(this.take(2));
      case 0xd2: return this.view.getInt32(this.take(4));
      case 0xd3: return this.exact(this.view.getBigInt64(this.take(8)));
      case 0xd9: case 0xda: case 0xdb: return this.text(this.unsigned(1 << (head - 0xd9)));
      case 0xdc: case 0xdd: return this.array(this.unsigned(2 << (head - 0xdc)), depth);
      case 0xde: case 0xdf: return this.map(this.unsigned(2 << (head - 0xde)), depth);
      default: throw new Malformed(`type 0x${head.toString(16)}`);
    }
  }

  finite(number) {
    if (!Number.isFinite(number)) throw new Malformed("a float is not finite");
    return number;
  }

  exact(big) {
    const number = Number(big);
    if (!Number.isSafeInteger(number)) throw new Malformed("an integer beyond 2^53");
    return number;
  }

  binary(length) {
    const start = this.take(length);
    return this.bytes.slice(start, start + length);
  }

  text(length) {
    const start = this.take(length);
    try {
      return decoder.decode(this.bytes.subarray(start, start + length));
    } catch {
      throw new Malformed("text is not UTF-8");
    }
  }

  enter(count, depth) {
    if (depth >= DEPTH_MAX) throw new Malformed(`deeper than ${DEPTH_MAX}`);
    if (count > ENTRIES_MAX) throw new Malformed(`${count} entries`);
  }

  array(count, depth) {
    this.enter(count, depth);
    const values = [];
    for (let n = 0; n < count; n += 1) values.push(this.value(depth + 1));
    return values;
  }

  map(count, depth) {
    this.enter(count, depth);
    const values = Object.create(null);
    for (let n = 0; n < count; n += 1) {
      const key = this.value(depth + 1);
      if (typeof key !== "string") throw new Malformed("a key is not a string");
      if (key in values) throw new Malformed(`the key ${key} twice`);
      values[key] = this.value(depth + 1);
    }
    return values;
  }
}

/** A number that goes out as a float although it is whole. */
export class Float {
  constructor(value) {
    this.value = value;
  }
}

/** Lays a value out: null, booleans, numbers (safe integers as integers), strings, Uint8Array, arrays, plain objects. */
export function pack(value) {
  const out = [];
  write(value, out);
  return Uint8Array.from(out);
}

function write(value, out) {
  if (value === null) out.push(0xc0);
  else if (typeof value === "boolean") out.push(value ? 0xc3 : 0xc2);
  else if (typeof value === "number") writeNumber(value, out);
  else if (value instanceof Float) writeFloat(value.value, out);
  else if (typeof value === "string") writeText(encoder.encode(value), out);
  else if (value instanceof Uint8Array) {
    writeHead([[255, 0xc4, 1], [65535, 0xc5, 2]], value.length, out);
    out.push(...value);
  } else if (Array.isArray(value)) {
    writeHead([[15, 0x90, 0], [65535, 0xdc, 2]], value.length, out);
    for (const entry of value) write(entry, out);
  } else {
    const entries = Object.entries(value);
    writeHead([[15, 0x80, 0], [65535, 0xde, 2]], entries.length, out);
    for (const [key, entry] of entries) {
      write(key, out);
      write(entry, out);
    }
  }
}

function writeText(utf8, out) {
  writeHead([[31, 0xa0, 0], [255, 0xd9, 1], [65535, 0xda, 2]], utf8.length, out);
  out.push(...utf8);
}

function writeNumber(value, out) {
  if (!Number.isSafeInteger(value) || value < -0x80000000 || value > 0xffffffff) writeFloat(value, out);
  else if (value >= 0) writeHead([[127, 0, 0], [255, 0xcc, 1], [65535, 0xcd, 2], [0xffffffff, 0xce, 4]], value, out);
  else if (value >= -32) out.push(value + 256);
  else out.push(0xd2, ...bytesOf(4, (view) => view.setInt32(0, value)));
}

function writeFloat(value, out) {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is not finite`);
  out.push(0xcb, ...bytesOf(8, (view) => view.setFloat64(0, value)));
}

/** Writes the first form that holds `count`: its tag, with the count inside it (width 0) or after it. */
function writeHead(forms, count, out) {
  const form = forms.find(([most]) => count <= most);
  if (form === undefined) throw new RangeError(`${count} entries`);
  const [, tag, width] = form;
  if (width === 0) out.push(tag + count);
  else out.push(tag, ...bytesOf(4, (view) => view.setUint32(0, count)).slice(4 - width));
}

function bytesOf(length, set) {
  const bytes = new Uint8Array(length);
  set(new DataView(bytes.buffer));
  return bytes;
}
