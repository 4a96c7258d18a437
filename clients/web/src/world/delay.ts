/**
 * How far behind the newest frame a room is shown: as little as lets nearly every frame come in time. All frames share one
 * delay, so that people who talk with each other stay together.
 */

const KEPT = 128;
/** Of the frames, so many may come too late: a stall of a third of a second is not worth a third of a second ever after. */
const LATE_SHARE = 0.05;
const MOST_MS = 500;
const JUDGE_MS = 250;
/** Shown time runs so much slower or faster than a clock while the delay changes: less than one notices. */
const SLEW_UP = 0.1;
const SLEW_DOWN = 0.04;
/** A change of clocks, not of the network. */
const JUMP_MS = 1500;

export class Delay {
  private readonly lags = new Float64Array(KEPT);
  private readonly sorted = new Float64Array(KEPT);
  private count = 0;
  private next = 0;
  private judgedAt = -Infinity;
  private steppedAt = 0;
  private wanted = 0;
  private offset = 0;

  /** `period` is milliseconds from tick to tick. */
  constructor(private readonly period: number) {}

  /** A frame of the server's `time` came at `now`, both milliseconds of their own clocks. */
  note(time: number, now: number): void {
    const lag = now - time;
    if (this.count > 0 && Math.abs(lag - this.wanted) > JUMP_MS + MOST_MS) this.count = this.next = 0;
    this.lags[this.next] = lag;
    this.next = (this.next + 1) % KEPT;
    this.count = Math.min(KEPT, this.count + 1);
    if (this.count === 1) {
      this.offset = lag + 2 * this.period;
      this.steppedAt = now;
      this.judgedAt = -Infinity;
    }
    if (now - this.judgedAt < JUDGE_MS) return;
    this.judgedAt = now;
    this.judge();
  }

  /** The server's time that is shown at `now`. */
  at(now: number): number {
    const passed = Math.max(0, now - this.steppedAt);
    this.steppedAt = now;
    const change = this.wanted - this.offset;
    this.offset += Math.max(-SLEW_DOWN * passed, Math.min(SLEW_UP * passed, change));
    return now - this.offset;
  }

  private judge(): void {
    this.sort();
    const least = this.sorted[0]!;
    const late = this.sorted[Math.floor((this.count - 1) * (1 - LATE_SHARE))]!;
    // With one period more, there is always a frame on either side of what is shown.
    this.wanted = Math.min(late, least + MOST_MS) + 1.25 * this.period;
  }

  private sort(): void {
    for (let n = 0; n < this.count; n += 1) {
      const lag = this.lags[n]!;
      let at = n;
      for (; at > 0 && this.sorted[at - 1]! > lag; at -= 1) this.sorted[at] = this.sorted[at - 1]!;
      this.sorted[at] = lag;
    }
  }
}
