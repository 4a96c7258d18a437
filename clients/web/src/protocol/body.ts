/**
 * What msgpack allows and this wire does not (SPEC 3): walked before a body is decoded, for a decoder cannot tell a key that
 * came twice, nor 1.0 from 1.
 */
import { CONTAINER_ENTRIES_MAX, MSGPACK_DEPTH_MAX } from "./generated/constants";
import type { StructSchema, TypeSchema } from "./generated/messages";
import { Malformed } from "./malformed";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

type Met = "nil" | "bool" | "int" | "float" | "text" | "binary" | "array" | "map";

const MEETS: Readonly<Record<TypeSchema["is"], readonly Met[]>> = {
  int: ["int"],
  float: ["float", "int"],
  text: ["text"],
  choice: ["text"],
  binary: ["binary"],
  bool: ["bool"],
  map: ["map"],
  struct: ["map"],
  array: ["array"],
};

/** Check that `bytes` from `offset` on are one map of this wire, and of `schema` where there is one, and nothing after it. */
export function checkBody(bytes: Uint8Array, offset: number, schema: StructSchema | null): void {
  const walker = new Walker(bytes, offset);
  walker.walk(schema === null ? { is: "map" } : { is: "struct", struct: schema }, 1);
  if (walker.offset !== bytes.length) throw new Malformed("bytes after the map");
}

class Walker {
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    public offset: number,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Walk over one value. */
  walk(type: TypeSchema | null, depth: number): void {
    const head = this.unsigned(1);
    const met = metBy(head);
    if (type !== null && !MEETS[type.is].includes(met)) throw new Malformed(`${met} where ${type.is} belongs`);
    if (met === "map") this.walkMap(this.entries(head, 0x80, 0xde), type, depth);
    else if (met === "array") this.walkArray(this.entries(head, 0x90, 0xdc), type, depth);
    else if (met === "text") this.text(head);
    else if (met === "binary") this.skip(this.unsigned(2 ** (head - 0xc4)));
    else if (met === "float") this.walkFloat(head);
    else if (met === "int" && head >= 0xcc && head <= 0xd3) this.skip(2 ** ((head - 0xcc) % 4));
  }

  private walkMap(count: number, type: TypeSchema | null, depth: number): void {
    if (depth > MSGPACK_DEPTH_MAX) throw new Malformed(`deeper than ${MSGPACK_DEPTH_MAX}`);
    const seen = new Set<string>();
    for (let n = 0; n < count; n += 1) {
      const head = this.unsigned(1);
      if (metBy(head) !== "text") throw new Malformed("a key is not a string");
      const key = this.text(head);
      if (seen.has(key)) throw new Malformed(`the key ${key} twice`);
      seen.add(key);
      this.walk(type?.is === "struct" ? typeOf(type.struct, key) : null, depth + 1);
    }
  }

  private walkArray(count: number, type: TypeSchema | null, depth: number): void {
    if (depth > MSGPACK_DEPTH_MAX) throw new Malformed(`deeper than ${MSGPACK_DEPTH_MAX}`);
    for (let n = 0; n < count; n += 1) this.walk(type?.is === "array" ? type.item : null, depth + 1);
  }

  private walkFloat(head: number): void {
    const at = this.offset;
    this.skip(head === 0xca ? 4 : 8);
    const value = head === 0xca ? this.view.getFloat32(at) : this.view.getFloat64(at);
    if (!Number.isFinite(value)) throw new Malformed("a float is not finite");
  }

  private text(head: number): string {
    const length = head < 0xc0 ? head & 0x1f : this.unsigned(2 ** (head - 0xd9));
    this.skip(length);
    try {
      return UTF8.decode(this.bytes.subarray(this.offset - length, this.offset));
    } catch {
      throw new Malformed("a string is not UTF-8");
    }
  }

  private entries(head: number, short: number, wide: number): number {
    const count = head < 0xc0 ? head - short : this.unsigned(2 * 2 ** (head - wide));
    if (count > CONTAINER_ENTRIES_MAX) throw new Malformed(`more than ${CONTAINER_ENTRIES_MAX} entries`);
    return count;
  }

  /** A big-endian number of 1, 2 or 4 bytes. */
  private unsigned(width: number): number {
    this.skip(width);
    let value = 0;
    for (let at = this.offset - width; at < this.offset; at += 1) value = value * 256 + this.bytes[at]!;
    return value;
  }

  private skip(count: number): void {
    if (this.offset + count > this.bytes.length) throw new Malformed("cut short");
    this.offset += count;
  }
}

/** What a value's first byte says it is. */
function metBy(head: number): Met {
  if (head < 0x80 || head >= 0xe0 || (head >= 0xcc && head <= 0xd3)) return "int";
  if (head < 0x90 || head === 0xde || head === 0xdf) return "map";
  if (head < 0xa0 || head === 0xdc || head === 0xdd) return "array";
  if (head < 0xc0 || (head >= 0xd9 && head <= 0xdb)) return "text";
  if (head === 0xc0) return "nil";
  if (head === 0xc2 || head === 0xc3) return "bool";
  if (head >= 0xc4 && head <= 0xc6) return "binary";
  if (head === 0xca || head === 0xcb) return "float";
  throw new Malformed(`0x${head.toString(16)} is not of this wire`);
}

function typeOf(struct: StructSchema, key: string): TypeSchema {
  for (const field of struct.fields) if (field.key === key) return field.type;
  throw new Malformed(`${struct.name} has no key ${key}`);
}
