/** Whole bytes of a message, little-endian. One reader serves many messages. */
import { Malformed } from "./malformed";

export class ByteReader {
  bytes: Uint8Array = new Uint8Array(0);
  offset = 0;

  open(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.offset = 0;
  }

  get atEnd(): boolean {
    return this.offset === this.bytes.length;
  }

  u8(): number {
    if (this.offset >= this.bytes.length) throw new Malformed("cut short");
    return this.bytes[this.offset++]!;
  }

  u16(): number {
    return this.u8() | (this.u8() << 8);
  }

  u32(): number {
    return (this.u16() | (this.u16() << 16)) >>> 0;
  }

  i16(): number {
    return (this.u16() << 16) >> 16;
  }

  i24(): number {
    return ((this.u16() | (this.u8() << 16)) << 8) >> 8;
  }

  /** A copy of the next bytes. */
  take(count: number): Uint8Array {
    this.skip(count);
    return this.bytes.slice(this.offset - count, this.offset);
  }

  skip(count: number): void {
    if (this.offset + count > this.bytes.length) throw new Malformed("cut short");
    this.offset += count;
  }
}
