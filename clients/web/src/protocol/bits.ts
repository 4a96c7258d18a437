/** Bits of a message, the lowest of a byte first (SPEC 5.3). One reader serves many records: nothing is made to read. */
import {
  CODED_BITS_MAX, PREFIX_MAX, SHORT_PREFIXES,
} from "./generated/constants";
import { Malformed } from "./malformed";

const CODE_END = 2 ** CODED_BITS_MAX;

export class BitReader {
  private bytes: Uint8Array = new Uint8Array(0);
  private position = 0;
  private limit = 0;

  /** Begin at a byte. */
  open(bytes: Uint8Array, offset: number): void {
    this.bytes = bytes;
    this.position = 8 * offset;
    this.limit = 8 * bytes.length;
  }

  /** An unsigned number of at most 30 bits. */
  read(width: number): number {
    if (this.position + width > this.limit) throw new Malformed("cut short");
    let value = 0;
    for (let done = 0; done < width; ) {
      const from = this.position & 7;
      const taken = Math.min(8 - from, width - done);
      const part = (this.bytes[this.position >> 3]! >> from) & ((1 << taken) - 1);
      value |= part << done;
      done += taken;
      this.position += taken;
    }
    return value;
  }

  /** A two's complement number of at most 30 bits. */
  readSigned(width: number): number {
    const value = this.read(width);
    return width > 0 && value >= 1 << (width - 1) ? value - 2 ** width : value;
  }

  /** A number of at least 0, as `code` wrote it with this spread. */
  readCode(spread: number): number {
    let prefix = 0;
    while (this.read(1) === 1) {
      prefix += 1;
      if (prefix > PREFIX_MAX) throw new Malformed("a prefix too long");
    }
    let high = prefix;
    if (prefix >= SHORT_PREFIXES) {
      const width = prefix - SHORT_PREFIXES;
      high = SHORT_PREFIXES - 1 + (1 << width) + this.read(width);
    }
    const code = high * 2 ** spread + this.read(spread);
    if (code >= CODE_END) throw new Malformed("a number too large");
    return code;
  }

  /** The offset of the next byte, once what fills the last one was read. */
  end(): number {
    if (this.read((8 - (this.position & 7)) & 7) !== 0) throw new Malformed("the bits after a record are not zero");
    return this.position >> 3;
  }
}

/** The signed number that a code stands for. */
export function unfold(code: number): number {
  return (code & 1) === 1 ? -(code + 1) / 2 : code / 2;
}
