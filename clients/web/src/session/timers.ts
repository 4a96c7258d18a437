/** What a session does in a while or again and again, until all of it stops. */
import type { Environment } from "./environment";

/** To take in what came while a page stood still, ms. */
const HEED_MS = 1000;

/**
 * Call back unless what is waited for comes in so many milliseconds. When a page has stood still, timers that are over run
 * first: an answer that is there already still has a second to be heard. Returns what calls it off.
 */
export function unlessHeard(environment: Pick<Environment, "after">, milliseconds: number, call: () => void): () => void {
  let cancel = environment.after(milliseconds - HEED_MS, () => { cancel = environment.after(HEED_MS, call); });
  return () => { cancel(); };
}

export class Timers {
  private readonly running = new Set<() => void>();

  constructor(private readonly environment: Pick<Environment, "after">) {}

  /** Call again and again; each call says after how many milliseconds the next is due. */
  repeat(first: number, call: () => number): void {
    let cancel = (): void => undefined;
    const stop = (): void => { cancel(); };
    const step = (): void => {
      const next = call();
      if (this.running.has(stop)) cancel = this.environment.after(next, step);
    };
    this.running.add(stop);
    cancel = this.environment.after(first, step);
  }

  /** Call once. Returns what calls it off. */
  once(after: number, call: () => void): () => void {
    const stop = this.environment.after(after, () => {
      this.running.delete(stop);
      call();
    });
    this.running.add(stop);
    return () => {
      this.running.delete(stop);
      stop();
    };
  }

  stop(): void {
    for (const stop of this.running) stop();
    this.running.clear();
  }
}
