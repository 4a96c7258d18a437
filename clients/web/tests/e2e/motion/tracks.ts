/** How people's movements go, as numbers over time: from place to place with the least jerk, and never quite still. */

/** When a track reaches its values. */
export interface Key {
  readonly at: number;
  readonly values: readonly number[];
}

/** A source of chances that are the same each time. */
export type Chance = (least: number, most: number) => number;

export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return (least, most) => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return least + (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * (most - least);
  };
}

/** Values that move from key to key: the mind says where, the arm takes the way of minimum jerk. */
export class Track {
  private readonly keys: Key[];

  constructor(...first: readonly number[]) {
    this.keys = [{ at: 0, values: first }];
  }

  get end(): number {
    return this.keys.at(-1)!.at;
  }

  /** Stay for some seconds. */
  rest(seconds: number): this {
    return this.to(seconds, ...this.keys.at(-1)!.values);
  }

  /** Stay until a moment. */
  until(at: number): this {
    return at > this.end ? this.rest(at - this.end) : this;
  }

  /** Take so many seconds to other values. */
  to(seconds: number, ...values: readonly number[]): this {
    this.keys.push({ at: this.end + seconds, values });
    return this;
  }

  at(time: number): number[] {
    const next = this.keys.findIndex(({ at }) => at > time);
    const to = this.keys[next] ?? this.keys.at(-1)!;
    const from = this.keys[Math.max(0, next - 1)]!;
    if (next < 0) return [...to.values];
    const share = leastJerk((time - from.at) / (to.at - from.at));
    return to.values.map((value, n) => from.values[n]! + (value - from.values[n]!) * share);
  }
}

function leastJerk(share: number): number {
  return share * share * share * (10 + share * (6 * share - 15));
}

const SWAYS = [[0.13, 1], [0.31, 0.6], [0.72, 0.25], [1.7, 0.08]] as const;

/** A slow wander around 0, about `size` wide: what stands or is held is never still. */
export function sway(time: number, size: number, phase: number): number {
  return SWAYS.reduce((sum, [hertz, share], n) => sum + size * share * Math.sin(2 * Math.PI * hertz * time + phase * (n + 1.7)), 0);
}
