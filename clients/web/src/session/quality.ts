/** How the connection is: counted over the last seconds, and told in a sentence. */

export interface QualityReport {
  readonly level: "good" | "fair" | "poor" | "lost";
  readonly reason: string;
  /** Whether what is not good is that this device draws slowly, and not the connection. */
  readonly device?: boolean;
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
/** Whoever comes in has much to load and to make, and reads late meanwhile: how much comes in time is not judged by what came so soon. */
const SETTLING_MS = 5000;
const LOSS_FAIR = 0.05;
const LOSS_POOR = 0.2;
const ROUND_TRIP_FAIR = 250;
const ROUND_TRIP_POOR = 600;
const PICTURES_FAIR = 40;
const PICTURES_POOR = 20;
/** Pictures are judged once there are enough of them, or they have taken this long. */
const PICTURES_SPAN_MS = 3000;
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
    while (this.count > 0 && this.time(0) < before) this.count -= 1;
  }

  time(index: number): number {
    return this.times[this.at(index)]!;
  }

  value(index: number): number {
    return this.values[this.at(index)]!;
  }

  private at(index: number): number {
    return (this.next - this.count + index + KEPT) % KEPT;
  }
}

export class QualityMeter {
  /** Ticks from frame to frame, and how much later than its clock each came. */
  private readonly ticks = new Ring();
  private readonly lags = new Ring();
  /** How long each may have waited for a picture to be drawn: that is not the connection's doing. */
  private readonly waits = new Ring();
  private readonly pictures = new Ring();
  private lastTick: number | null = null;
  private lastFrame: number | null = null;
  private lastPicture: number | null = null;
  private lastGap = 0;
  private since = 0;
  /** False while ticks are left out because the client asked for less. */
  unlimited = true;

  /** The session is live, afresh or again. */
  start(now: number): void {
    this.ticks.clear();
    this.lags.clear();
    this.waits.clear();
    this.lastTick = this.lastFrame = null;
    this.since = now;
  }

  /** A frame of this tick (u32) came at `now`, `lag` milliseconds after its clock. */
  noteFrame(tick: number, lag: number, now: number): void {
    this.ticks.push(now, this.lastTick === null ? 1 : (tick - this.lastTick) >>> 0);
    this.lags.push(now, lag);
    // One that comes while a picture is drawn waits for it, and where pictures follow each other without a pause, for the next as well.
    this.waits.push(now, this.lastGap > 1000 / PICTURES_FAIR ? 2 * this.lastGap : 0);
    this.lastTick = tick;
    this.lastFrame = now;
  }

  /** A turn of what is drawn; `drawn` is false where the room is told in words: then no pictures are judged. */
  notePicture(now: number, drawn: boolean): void {
    if (!drawn) this.pictures.clear();
    else if (this.lastPicture !== null && now - this.lastPicture < PICTURE_GAP_MOST_MS) this.pictures.push(now, now - this.lastPicture);
    this.lastGap = this.lastPicture === null ? 0 : now - this.lastPicture;
    this.lastPicture = now;
  }

  /** How it is now; `live` is false while the client tries to come back. */
  report(now: number, roundTrip: number, live: boolean): QualityReport {
    for (const ring of [this.ticks, this.lags, this.waits, this.pictures]) ring.drop(now - WINDOW_MS);
    const numbers = { roundTrip, framesPerSecond: this.framesPerSecond(now), loss: this.loss() };
    const silent = now - (this.lastFrame ?? this.since);
    if (!live) return { level: "lost", reason: "The connection is lost.", ...numbers };
    if (silent > SILENCE_MS) {
      return { level: "lost", reason: `Nothing has come from the server for ${Math.round(silent / 1000)} s.`, ...numbers };
    }
    return { ...this.judge(numbers.loss, roundTrip), ...numbers };
  }

  private judge(loss: number, roundTrip: number): Pick<QualityReport, "level" | "reason" | "device"> {
    const pictures = this.picturesPerSecond();
    const dropped = `Your connection drops about ${Math.round(100 * loss)}\u00a0% of the updates.`;
    const slow = `Your connection is slow: ${Math.round(roundTrip)} ms there and back.`;
    const device = `This device draws slowly: ${Math.round(pictures)} pictures a second.`;
    // Who draws so slowly reads slowly too, and what then is late or left out says nothing of the connection.
    if (pictures < PICTURES_POOR) return { level: "poor", reason: device, device: true };
    if (loss > LOSS_POOR) return { level: "poor", reason: dropped };
    if (roundTrip > ROUND_TRIP_POOR) return { level: "poor", reason: slow };
    if (loss > LOSS_FAIR) return { level: "fair", reason: dropped };
    if (roundTrip > ROUND_TRIP_FAIR) return { level: "fair", reason: slow };
    if (pictures < PICTURES_FAIR) return { level: "fair", reason: device, device: true };
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
      if (this.ticks.time(n) < this.since + SETTLING_MS) continue;
      ticks += this.ticks.value(n);
      if (this.unlimited) missed += this.ticks.value(n) - 1;
      if (this.lags.value(n) - quickest > LATE_MS + this.waits.value(n)) missed += 1;
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
    let sum = 0;
    for (let n = 0; n < this.pictures.count; n += 1) sum += this.pictures.value(n);
    if (this.pictures.count < TICKS_LEAST && sum < PICTURES_SPAN_MS) return Infinity;
    return (1000 * this.pictures.count) / sum;
  }
}
