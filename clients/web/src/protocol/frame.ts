/** Snapshots: what one observer sees over one socket (SPEC 5.2). */
import { BitReader } from "./bits";
import { ByteReader } from "./bytes";
import {
  AGE_UNIT_MS, FrameFlag, Kind, MAP_NARROW_BYTES_MAX, MAP_WIDE_BYTES_MAX,
} from "./generated/constants";
import { Malformed } from "./malformed";
import { RecordState } from "./record";

const FLAGS_ALL =
  FrameFlag.Wide | FrameFlag.Ages | FrameFlag.Leaves | FrameFlag.Enters | FrameFlag.Map | FrameFlag.Soon;

/** What is held of one entity in sight, from the frame that enters it to the one that leaves it. */
export class HeldEntity {
  readonly record = new RecordState();
  /** Milliseconds from the sample to the tick; null in frames without ages. */
  age: number | null = null;
  /** Number of the frame with its last record; 0 before the first. */
  frame = 0;

  constructor(
    readonly alias: number,
    readonly entity: number,
    /** A msgpack map, see `readFacts`. */
    readonly facts: Uint8Array,
  ) {}
}

/** What a frame did. The same object comes with every frame: its arrays are written anew. */
export interface FrameChanges {
  /** Both u32, which wrap. */
  tick: number;
  time: number;
  readonly left: HeldEntity[];
  /** These are among the updated too. */
  readonly entered: HeldEntity[];
  readonly updated: HeldEntity[];
}

/** All in sight, by alias. After a Malformed it is worthless. */
export class ObserverView {
  private readonly byAlias = new Map<number, HeldEntity>();
  private readonly changes: FrameChanges = { tick: 0, time: 0, left: [], entered: [], updated: [] };
  private readonly reader = new ByteReader();
  private readonly bits = new BitReader();
  private flags = 0;
  private frames = 0;

  get entities(): IterableIterator<HeldEntity> {
    return this.byAlias.values();
  }

  /** Take in a whole snapshot message. */
  apply(message: Uint8Array): FrameChanges {
    const { reader, changes } = this;
    reader.open(message);
    changes.left.length = changes.entered.length = changes.updated.length = 0;
    if (reader.u8() !== Kind.Snapshot) throw new Malformed("not a snapshot");
    this.flags = reader.u8();
    if ((this.flags & ~FLAGS_ALL) !== 0) throw new Malformed(`frame flags ${this.flags}`);
    this.readMoment();
    this.frames += 1;
    if (this.has(FrameFlag.Leaves)) this.readLeaves();
    if (this.has(FrameFlag.Enters)) this.readEnters();
    if (this.has(FrameFlag.Map)) this.readMapped();
    else this.readListed();
    for (const entered of changes.entered) {
      if (entered.frame === 0) throw new Malformed(`alias ${entered.alias} enters without a record`);
    }
    if (!reader.atEnd) throw new Malformed("bytes after the last record");
    return changes;
  }

  private has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }

  private countOrAlias(): number {
    return this.has(FrameFlag.Wide) ? this.reader.u16() : this.reader.u8();
  }

  /** Tick and clock as they are, or what has passed since the last frame. */
  private readMoment(): void {
    const { reader, changes } = this;
    if (!this.has(FrameFlag.Soon)) {
      changes.tick = reader.u32();
      changes.time = reader.u32();
      return;
    }
    if (this.frames === 0) throw new Malformed("what has passed since a frame, before the first");
    changes.tick = (changes.tick + reader.u8()) >>> 0;
    changes.time = (changes.time + reader.u8()) >>> 0;
  }

  private readLeaves(): void {
    for (let count = this.countOrAlias(); count > 0; count -= 1) {
      const alias = this.countOrAlias();
      const held = this.byAlias.get(alias);
      if (held === undefined) throw new Malformed(`alias ${alias} leaves, but is not live`);
      this.byAlias.delete(alias);
      this.changes.left.push(held);
    }
  }

  private readEnters(): void {
    for (let count = this.countOrAlias(); count > 0; count -= 1) {
      const alias = this.countOrAlias();
      if (this.byAlias.has(alias)) throw new Malformed(`alias ${alias} enters, but is live`);
      const entity = this.reader.u32();
      const held = new HeldEntity(alias, entity, this.reader.take(this.reader.u16()));
      this.byAlias.set(alias, held);
      this.changes.entered.push(held);
    }
  }

  /** An alias before each record. */
  private readListed(): void {
    for (let count = this.countOrAlias(); count > 0; count -= 1) this.readRecord(this.countOrAlias());
  }

  /** All aliases before the first record, a bit for each. */
  private readMapped(): void {
    const { reader } = this;
    const size = this.countOrAlias();
    if (size > (this.has(FrameFlag.Wide) ? MAP_WIDE_BYTES_MAX : MAP_NARROW_BYTES_MAX)) {
      throw new Malformed("a map longer than aliases go");
    }
    const map = reader.offset;
    reader.skip(size);
    if (size > 0 && reader.bytes[map + size - 1] === 0) throw new Malformed("a map that ends with nobody");
    for (let place = 0; place < size; place += 1) {
      const byte = reader.bytes[map + place]!;
      for (let bit = 0; bit < 8; bit += 1) {
        if (((byte >> bit) & 1) === 1) this.readRecord(8 * place + bit);
      }
    }
  }

  private readRecord(alias: number): void {
    const { reader } = this;
    const held = this.byAlias.get(alias);
    if (held === undefined) throw new Malformed(`a record of alias ${alias}, which is not live`);
    if (held.frame === this.frames) throw new Malformed(`alias ${alias} twice in a frame`);
    if (held.frame === 0 && ((reader.bytes[reader.offset] ?? 0) & 1) === 0) {
      throw new Malformed(`alias ${alias} enters with a delta`);
    }
    reader.offset = held.record.take(this.bits, reader.bytes, reader.offset);
    held.age = this.has(FrameFlag.Ages) ? reader.u8() * AGE_UNIT_MS : null;
    held.frame = this.frames;
    this.changes.updated.push(held);
  }
}
