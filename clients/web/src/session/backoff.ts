/** How long to wait before the next try (SPEC 9): a random part of a bound that doubles. */

const FIRST_MS = 1000;
const MOST_MS = 30_000;

export class Backoff {
  private bound = FIRST_MS;

  constructor(private readonly chance: () => number) {}

  /** The next wait, in milliseconds. */
  next(): number {
    const wait = this.chance() * this.bound;
    this.bound = Math.min(2 * this.bound, MOST_MS);
    return wait;
  }

  /** The connection held. */
  reset(): void {
    this.bound = FIRST_MS;
  }
}
