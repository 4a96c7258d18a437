/** The server's clock, kept by asking it. Milliseconds; the server's wrap at 2^32, what is told here does not. */

const KEPT = 8;
const TURN = 2 ** 32;

interface Sample {
  readonly way: number;
  readonly offset: number;
}

export class ServerClock {
  private samples: Sample[] = [];
  private offset = 0;

  /** Take the time in a welcome as a first guess; it is late by the way here. */
  start(time: number, now: number): void {
    this.samples = [];
    this.offset = time - now;
  }

  /** Take in an answer: asked at `sent`, here at `now`, both of this machine. */
  note(sent: number, time: number, now: number): void {
    const guess = time - (sent + now) / 2;
    // Unwrapped: whole turns of the server's clock away, the guess nearest to what is held.
    const turns = Math.round((this.offset - guess) / TURN);
    this.samples.push({ way: Math.max(0, now - sent), offset: guess + turns * TURN });
    if (this.samples.length > KEPT) this.samples.shift();
    // The answer that took the shortest way bounds the error best.
    this.offset = this.samples.reduce((best, sample) => (sample.way < best.way ? sample : best)).offset;
  }

  /** The last way there and back; NaN before the first answer. */
  get roundTrip(): number {
    return this.samples.at(-1)?.way ?? NaN;
  }

  /** The server's time at `now`, not wrapped. */
  at(now: number): number {
    return now + this.offset;
  }

  /** The same as the wire has it. */
  wireTime(now: number): number {
    return (Math.floor(now + this.offset) % TURN + TURN) % TURN;
  }

  /** How long ago a time of the server as it came was. */
  since(time: number, now: number): number {
    return (Math.floor(this.at(now)) - time) | 0;
  }
}
