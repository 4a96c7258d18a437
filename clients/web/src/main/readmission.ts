/** Coming back to a view that was locked: by signing in again beside the page, or by being let in again by a phone. */

import type { Account } from "./account";
import { pairingCode } from "../screens/pairing-code";
import { refusedWords, type StateWords } from "../screens/states";
import type { Environment } from "../session/environment";
import type { PairingDesk, PairingWait } from "../session/pairing";
import { wordsOf, type Refused } from "../session/refused";
import type { SignIn } from "../session/sign-in";

export interface ReadmissionParts {
  readonly account: Pick<Account, "again" | "stop">;
  readonly desk: PairingDesk;
  readonly environment: Pick<Environment, "after">;
  readonly show: (words: StateWords, more: HTMLElement | null) => void;
  /** Try once more what was refused. */
  readonly enter: () => void;
}

export class Readmission {
  private code = "";
  private maxAge = 0;
  private waiting: PairingWait | null = null;
  /** Counts what was begun, so that what comes of an earlier one is nothing any more. */
  private turn = 0;

  constructor(private readonly parts: ReadmissionParts) {}

  /** What is shown to who was refused for it; `paired`: this device was let in, and has nowhere to sign in. */
  begin({ code, maxAge, message }: Refused, paired: boolean): StateWords {
    this.code = paired ? "paired" : code;
    this.maxAge = maxAge;
    return refusedWords(this.code, message);
  }

  /** Sign in again in a window beside the page. To be called in a press. */
  async byProvider(signIn: SignIn, room: string | null): Promise<void> {
    const turn = this.next();
    const signingIn = this.parts.account.again(signIn, this.maxAge, room);
    this.parts.show(refusedWords("signing_in", ""), null);
    const problem = await signingIn;
    if (turn !== this.turn) return;
    if (problem === "") this.parts.enter();
    else this.ask(problem);
  }

  /** Show a code, and wait for a phone. */
  async byPhone(): Promise<void> {
    const turn = this.next();
    try {
      const { PairingWait } = await import("../session/pairing");
      const waiting = await PairingWait.begin(this.parts.desk, this.parts.environment, (problem) => {
        if (problem === null) this.parts.enter();
        else this.ask(problem);
      });
      if (turn !== this.turn) {
        waiting.stop();
        return;
      }
      this.waiting = waiting;
      const { verification_uri, user_code, expires_in } = waiting.code;
      const shown = { address: verification_uri, code: user_code, minutes: Math.round(expires_in / 60) };
      const code = pairingCode(shown, () => { this.stop(); this.ask(""); });
      this.parts.show({ ...refusedWords("paired", ""), remedies: [] }, code);
    } catch (error) {
      if (turn === this.turn) this.ask(wordsOf(error));
    }
  }

  /** Wait for nothing any more. */
  stop(): void {
    this.next();
  }

  private ask(problem: string): void {
    const words = refusedWords(this.code, "");
    this.parts.show(problem === "" ? words : { ...words, text: problem }, null);
  }

  private next(): number {
    this.waiting?.stop();
    this.waiting = null;
    this.parts.account.stop();
    return ++this.turn;
  }
}
