/** The account of who is at this page: away to the provider, and back. */

import type { Identity } from "../session/identity";
import { hearAnswer } from "../session/beside";
import type { Again, Pending, SignIn, Tokens } from "../session/sign-in";

interface Kept extends Pending {
  /** The room of the link that one came by. */
  readonly room: string | null;
}

/** What a window is opened with; null where the browser lets none open. */
export type OpenWindow = () => Pick<Window, "opener" | "location" | "close"> | null;

const UNREACHABLE = "The clinic's sign-in service cannot be reached. Try again in a moment.";
const FAILED = "Signing in did not work. Try again.";
const DENIED = "You did not sign in.";

const KEY = "polyclinic.signing-in";

export class Account {
  /** Why one is not signed in though one meant to be; empty otherwise. */
  problem = "";
  private tokens: Tokens | null = null;
  private hearNoMore: () => void = () => undefined;
  /** Counts what was begun, so that what comes of an earlier one is nothing any more. */
  private turn = 0;

  constructor(
    private readonly identity: Identity,
    private readonly storage: () => Storage = () => sessionStorage,
    private readonly place: Location = location,
    private readonly openWindow: OpenWindow = () => window.open("about:blank", "_blank", "popup,width=480,height=720"),
  ) {}

  /** Go to the provider; the page is left. `room` is known again when one is back. */
  async leave(signIn: SignIn, room: string | null, again: Again | null = null): Promise<void> {
    this.problem = "";
    try {
      const { beginSignIn } = await import("../session/sign-in");
      const { address, pending } = await beginSignIn(signIn, this.home, again);
      // Nothing of it is a token; it is read once, and worth nothing after that.
      this.storage().setItem(KEY, JSON.stringify({ ...pending, room } satisfies Kept));
      this.place.assign(address);
    } catch (error) {
      this.fail(error, UNREACHABLE);
    }
  }

  /**
   * Sign in again in a window beside this page, which keeps all that it has in memory. Resolves with why one is not signed in, also where it was stopped; "" where one is.
   * To be called in a press, without a wait before it: else browsers let no window open. Where none opens, the page itself is left.
   */
  async again(signIn: SignIn, maxAge: number, room: string | null): Promise<string> {
    this.stop();
    this.problem = "";
    const { turn } = this;
    const beside = this.openWindow();
    if (beside === null) {
      await this.leave(signIn, room, { maxAge, beside: false });
      return this.problem;
    }
    // What is open there cannot send this page elsewhere.
    beside.opener = null;
    let answer: URLSearchParams | null, pending: Pending;
    try {
      const { beginSignIn } = await import("../session/sign-in");
      const begun = await beginSignIn(signIn, this.home, { maxAge, beside: true });
      if (turn !== this.turn) {
        beside.close();
        return DENIED;
      }
      pending = begun.pending;
      answer = await new Promise<URLSearchParams | null>((resolve) => {
        const hearNoMore = hearAnswer(pending.state, resolve);
        this.hearNoMore = () => {
          hearNoMore();
          resolve(null);
        };
        beside.location.replace(begun.address);
      });
    } catch (error) {
      beside.close();
      this.fail(error, UNREACHABLE);
      return this.problem;
    }
    if (answer !== null) await this.take(signIn, answer, pending);
    return turn === this.turn ? this.problem : DENIED;
  }

  /** Wait for no answer of a window any more, and heed none that is on its way. */
  stop(): void {
    this.turn += 1;
    this.hearNoMore();
    this.hearNoMore = () => undefined;
  }

  /** Read the provider's answer, if the page was opened with one; the room that one meant to go to. */
  async comeBack(signIn: SignIn | null, answer: string | null): Promise<string | null> {
    const kept = this.takeKept();
    if (answer === null) return null;
    const said = new URLSearchParams(answer);
    if (signIn === null || kept === null) {
      this.problem = "This page did not ask anybody to sign in. If you meant to, press Sign in.";
      return null;
    }
    await this.take(signIn, said, kept);
    return kept.room;
  }

  /** Forget who was here, and have the provider forget it too; true where the page is left for that, and comes back anew. */
  signOut(): boolean {
    this.stop();
    const farewell = this.tokens?.farewell(this.home) ?? null;
    this.tokens = null;
    this.problem = "";
    this.identity.forget();
    if (farewell === null) return false;
    this.place.assign(farewell);
    return true;
  }

  /** The address of this page, as it is registered at the provider. */
  private get home(): string {
    return this.place.origin + this.place.pathname;
  }

  private async take(signIn: SignIn, said: URLSearchParams, pending: Pending): Promise<void> {
    if (said.get("error") === "access_denied") {
      this.problem = DENIED;
      return;
    }
    const { turn } = this;
    try {
      const { finishSignIn } = await import("../session/sign-in");
      const tokens = await finishSignIn(signIn, this.home, said, pending);
      if (turn !== this.turn) return;
      this.tokens = tokens;
      this.identity.use(() => tokens.bearer());
    } catch (error) {
      this.fail(error, FAILED);
    }
  }

  private takeKept(): Kept | null {
    try {
      const text = this.storage().getItem(KEY);
      this.storage().removeItem(KEY);
      return text === null ? null : (JSON.parse(text) as Kept);
    } catch {
      // A browser may forbid it: then nobody can sign in by redirects here, and the phone is the way.
      return null;
    }
  }

  private fail(error: unknown, words: string): void {
    // Of the error its name alone: what the provider said may have a code in it.
    console.warn("not signed in", error instanceof Error ? error.name : "");
    this.problem = words;
  }
}
