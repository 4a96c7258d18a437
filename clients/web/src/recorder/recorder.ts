/** Records the wearer's own motion, on their wish alone, as it is sent: for load tests that move as people do. */

import { headerLine, poseLine, type Device } from "./format";

/** A recording ends by itself then, s: nobody forgets one that runs. */
export const SECONDS_MAX = 600;

export class Recorder {
  private lines: string[] = [];
  private started = 0;
  private running = false;

  constructor(private readonly device: () => Device) {}

  get recording(): boolean {
    return this.running;
  }

  start(now: number): void {
    this.lines = [headerLine(this.device())];
    this.started = now;
    this.running = true;
  }

  /** Take a `pose` message at the moment that it is sent. */
  add(now: number, message: Uint8Array): void {
    if (!this.running) return;
    if (this.seconds(now) > SECONDS_MAX) this.running = false;
    else this.lines.push(poseLine(now - this.started, message));
  }

  seconds(now: number): number {
    return Math.max(0, now - this.started) / 1000;
  }

  /** End, and return the file; null where nothing moved. What was recorded is forgotten here. */
  stop(): string | null {
    const { lines } = this;
    this.running = false;
    this.lines = [];
    // The header alone, or a single pose, is no motion.
    return lines.length < 3 ? null : `${lines.join("\n")}\n`;
  }
}
