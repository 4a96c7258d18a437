/** How the connection is: counted over the last seconds, and told in a sentence. */

export interface QualityReport {
  readonly level: "good" | "fair" | "poor" | "lost";
  readonly reason: string;
  readonly roundTrip: number;
  readonly framesPerSecond: number;
  readonly loss: number;
}

const WINDOW_MS = 5000;
/** With less to count, nothing is said of a share. */
const TICKS_LEAST = 20;
/** A frame that comes so much after the quickest of late has missed its time: what it tells was to be shown before. */
const LATE_MS = 150;
const SILENCE_MS = 3000;
const LOSS_FAIR = 0.05;
const LOSS_POOR = 0.2;
const ROUND_TRIP_FAIR = 250;
const ROUND_TRIP_POOR = 600;
const PICTURES_FAIR = 40;
const PICTURES_POOR = 20;
/** A page in the background draws nothing, and that is no fault of the device. */
const PICTURE_GAP_MOST_MS = 1000;
const KEPT = 1024;

/** A ring of numbers with the time at which each was noted. */
class Ring {
  private readonly times = new Float64Array(KEPT);
  private readonly values = new Float64Array(KEPT);
  private next = 0;
  count = 0;

  push(time: number, value: number): void {
    this.times[this.next] = time;
    this.values[this.next] = value;
    this.next = (this.next + 1) % KEPT;
    this.count = Math.min(KEPT, this.count + 1);
  }

  clear(): void {
    this.count = 0;
  }

  /** Forget what was noted before a time. */
  drop(before: number): void {
    while (this.count > 0 && this.times[this.at(0)]! < before) this.count -= 1;
  }

  value(index: number): number {
    return this.values[this.at(index)]!;
  }

  get oldest(): number {
    return this.times[this.at(0)]!;
  }

  private at(index: number): number {
    return (this.next - this.count + index + KEPT) % KEPT;
  }
}

export class QualityMeter {
  /** Ticks from frame to frame, and how much later than its clock each came. */
  private readonly ticks = new Ring();
  private readonly lags = new Ring();
  private readonly pictures = new Ring();
  private lastTick: number | null = null;
  private lastFrame: number | null = null;
  private lastPicture: number | null = null;
  private since = 0;
  /** False while ticks are left out because the client asked for less. */
  unlimited = true;

  /** The session is live, afresh or again. */
  start(now: number): void {
    this.ticks.clear();
    this.lags.clear();
    this.lastTick = this.lastFrame = null;
    this.since = now;
  }

  /** A frame of this tick (u32) came at `now`, `lag` milliseconds after its clock. */
  noteFrame(tick: number, lag: number, now: number): void {
    this.ticks.push(now, this.lastTick === null ? 1 : (tick - this.lastTick) >>> 0);
    this.lags.push(now, lag);
    this.lastTick = tick;
    this.lastFrame = now;
  }

  /** A picture was drawn. */
  notePicture(now: number): void {
    if (this.lastPicture !== null && now - this.lastPicture < PICTURE_GAP_MOST_MS) this.pictures.push(now, now - this.lastPicture);
    this.lastPicture = now;
  }

  /** How it is now; `live` is false while the client tries to come back. */
  report(now: number, roundTrip: number, live: boolean): QualityReport {
    for (const ring of [this.ticks, this.lags, this.pictures]) ring.drop(now - WINDOW_MS);
    const numbers = { roundTrip, framesPerSecond: this.framesPerSecond(now), loss: this.loss() };
    const silent = now - (this.lastFrame ?? this.since);
    if (!live) return { level: "lost", reason: "The connection is lost.", ...numbers };
    if (silent > SILENCE_MS) {
      return { level: "lost", reason: `Nothing has come from the server for ${Math.round(silent / 1000)} s.`, ...numbers };
    }
    return { ...this.judge(numbers.loss, roundTrip), ...numbers };
  }

  private judge(loss: number, roundTrip: number): Pick<QualityReport, "level" | "reason"> {
    const pictures = this.picturesPerSecond();
    const dropped = `Your connection drops about ${Math.round(100 * loss)} % of the updates.`;
    const slow = `Your connection is slow: ${Math.round(roundTrip)} ms there and back.`;
    const device = `This device cannot keep up: it draws ${Math.round(pictures)} pictures a second.`;
    if (loss > LOSS_POOR) return { level: "poor", reason: dropped };
    if (pictures < PICTURES_POOR) return { level: "poor", reason: device };
    if (roundTrip > ROUND_TRIP_POOR) return { level: "poor", reason: slow };
    if (loss > LOSS_FAIR) return { level: "fair", reason: dropped };
    if (roundTrip > ROUND_TRIP_FAIR) return { level: "fair", reason: slow };
    if (pictures < PICTURES_FAIR) return { level: "fair", reason: device };
    return { level: "good", reason: "" };
  }

  private framesPerSecond(now: number): number {
    const seconds = Math.min(WINDOW_MS, now - this.since) / 1000;
    return seconds > 0 ? this.ticks.count / seconds : 0;
  }

  /** Of the ticks of the last seconds, those whose frame came late or not at all. */
  private loss(): number {
    const quickest = this.least(this.lags);
    let ticks = 0;
    let missed = 0;
    for (let n = 0; n < this.ticks.count; n += 1) {
      ticks += this.ticks.value(n);
      if (this.unlimited) missed += this.ticks.value(n) - 1;
      if (this.lags.value(n) - quickest > LATE_MS) missed += 1;
    }
    return ticks < TICKS_LEAST ? 0 : missed / ticks;
  }

  private least(ring: Ring): number {
    let least = Infinity;
    for (let n = 0; n < ring.count; n += 1) least = Math.min(least, ring.value(n));
    return least;
  }

  /** Infinity while too few were drawn to say so. */
  private picturesPerSecond(): number {
    if (this.pictures.count < TICKS_LEAST) return Infinity;
    let sum = 0;
    for (let n = 0; n < this.pictures.count; n += 1) sum += this.pictures.value(n);
    return (1000 * this.pictures.count) / sum;
  }
}
