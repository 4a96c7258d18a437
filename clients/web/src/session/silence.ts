/** Whether a server has gone: a browser may not say so for minutes. Pure. */

/** With a question about the clock every 2 s, a server from which nothing came for so long is gone. */
const MOST_MS = 10_000;

export class Silence {
  private heardAt = 0;
  private lookedAt = 0;

  /** `every`: milliseconds from one look to the next. */
  constructor(private readonly every: number) {}

  /** A connection stands. */
  begin(now: number): void {
    this.heardAt = this.lookedAt = now;
  }

  heard(now: number): void {
    this.heardAt = now;
  }

  /**
   * Whether it has lasted too long. A look that comes late is one of a page that stood still, or of a machine that slept: what
   * came meanwhile may wait behind this very call, so that only the next look tells.
   */
  lasts(now: number): boolean {
    const late = now - this.lookedAt > 2 * this.every;
    this.lookedAt = now;
    return !late && now - this.heardAt >= MOST_MS;
  }
}
