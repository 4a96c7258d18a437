/** What the next steps of a part are expected to be, and how far off they are likely to be (SPEC 5.3, "Trends"). */
import { PREDICTION, PREDICTION_SHIFT, SPREAD_FIRST, SPREAD_MAX } from "./generated/constants";
import { type BitReader, unfold } from "./bits";

export class Trend {
  readonly steps = new Int32Array(3);
  spread: number = SPREAD_FIRST;

  /** As that of what is not tracked. */
  clear(): void {
    this.steps.fill(0);
    this.spread = SPREAD_FIRST;
  }

  /** The part was left out of a delta. */
  rest(): void {
    this.steps.fill(0);
    this.spread = Math.max(0, this.spread - 1);
  }

  /** The rotation was told anew. */
  turnOver(): void {
    this.steps.fill(0);
  }

  /** Read a trend as a full record tells it. */
  read(bits: BitReader, spread: number): void {
    this.spread = spread;
    for (let axis = 0; axis < 3; axis += 1) this.steps[axis] = unfold(bits.readCode(spread));
  }

  /** Read three codes: `steps` are then what is to be added. */
  advance(bits: BitReader): void {
    let sum = 0;
    for (let axis = 0; axis < 3; axis += 1) {
      const code = bits.readCode(this.spread);
      sum += code;
      const expected = (this.steps[axis]! * PREDICTION + 8) >> PREDICTION_SHIFT;
      this.steps[axis] = expected + unfold(code);
    }
    this.spread = nextSpread(this.spread, sum, 3);
  }
}

/** The spread after `count` codes with this sum. */
export function nextSpread(spread: number, sum: number, count: number): number {
  if (count === 0) return spread;
  const mean = Math.floor((9 * sum) / (16 * count));
  const suited = Math.min(SPREAD_MAX, mean > 0 ? 32 - Math.clz32(mean) : 0);
  return suited > spread ? (spread + suited + 1) >> 1 : Math.max(suited, spread - 1);
}
