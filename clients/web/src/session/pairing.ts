/** Waiting to be let in by a phone: asks the front desk at the pace it says (RFC 8628 section 3.5). */

import type { Environment } from "./environment";
import type { FrontDesk, PairingCode } from "./frontdesk";
import { Refused, wordsOf } from "./refused";

/** What RFC 8628 has a client add when it was too fast, s. */
const SLOWER_BY = 5;

export type PairingDesk = Pick<FrontDesk, "beginPairing" | "askPairing">;

export class PairingWait {
  private callOff: () => void = () => undefined;
  private over = false;

  private constructor(
    private readonly desk: PairingDesk,
    private readonly environment: Pick<Environment, "after">,
    readonly code: PairingCode,
    private readonly ended: (problem: string | null) => void,
  ) {
    this.askIn(code.interval);
  }

  /** `ended`: with why one is not in, or null where one is. Rejects with `Refused` where it cannot even begin. */
  static async begin(desk: PairingDesk, environment: Pick<Environment, "after">, ended: (problem: string | null) => void): Promise<PairingWait> {
    return new PairingWait(desk, environment, await desk.beginPairing(), ended);
  }

  stop(): void {
    this.over = true;
    this.callOff();
  }

  private askIn(interval: number): void {
    this.callOff = this.environment.after(interval * 1000, () => { void this.ask(interval); });
  }

  private async ask(interval: number): Promise<void> {
    let problem: string | null = null;
    try {
      await this.desk.askPairing(this.code.device_code, () => !this.over);
    } catch (error) {
      if (this.over) return;
      const code = error instanceof Refused ? error.code : "";
      if (code === "authorization_pending" || code === "slow_down" || (error instanceof Refused && error.temporary)) {
        this.askIn(code === "slow_down" ? interval + SLOWER_BY : interval);
        return;
      }
      problem = wordsOf(error);
    }
    if (this.over) return;
    this.over = true;
    this.ended(problem);
  }
}
