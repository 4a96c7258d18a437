/** Shows the server a fresh ticket before the token behind the last one ends, so that the session goes on (SPEC 2). */
import type { Environment } from "./environment";
import { asRefused } from "./refused";
import type { Timers } from "./timers";

const AHEAD_MS = 60_000;
/** What comes later than this before the end would come too late. */
const LEAST_MS = 2000;

/** How long to wait with a fresh ticket where the end is so many milliseconds away. */
export function refreshAfter(left: number): number {
  return left > 2 * AHEAD_MS ? left - AHEAD_MS : left / 2;
}

export class Proof {
  private endsAt = Infinity;
  private callOff = (): void => undefined;

  /** `fresh` gets a ticket anew, or rejects with Refused; `show` tells the server of it. */
  constructor(
    private readonly timers: Timers,
    private readonly environment: Pick<Environment, "now">,
    private readonly fresh: () => Promise<string>,
    private readonly show: (ticket: string) => void,
  ) {}

  /** Note for how many seconds the session lasts from now on; 0 for one that has no such end. */
  lasts(seconds: number): void {
    this.endsAt = seconds > 0 ? this.environment.now() + seconds * 1000 : Infinity;
    this.plan();
  }

  private plan(): void {
    this.callOff();
    const left = this.endsAt - this.environment.now();
    if (left === Infinity || left < LEAST_MS) return;
    this.callOff = this.timers.once(refreshAfter(left), () => { void this.renew(); });
  }

  private async renew(): Promise<void> {
    try {
      this.show(await this.fresh());
    } catch (error) {
      // Not this time. Unless a later try succeeds, the server says in its own words that the session has ended.
      asRefused(error);
    }
    this.plan();
  }
}
