/** The step of the entrance that says who is known here: the clinic's account, signed in to or not. */

import { wordsOf } from "../session/refused";
import { button, make, setText, written, type Child } from "./dom";
import type { WhoWords } from "./facility";
import { pairingCode, type ShownCode } from "./pairing-code";

/** What one can do about it. */
export interface AccountActs {
  /** Why one is not signed in though one meant to be; empty otherwise. */
  readonly problem: string;
  /** Leave for the provider; resolves, with why, if that does not work. */
  readonly signIn: () => Promise<string>;
  readonly signOut: () => void;
  /** Begin to be let in by a phone; `failed` is called with why it did not come to that. */
  readonly pair: (failed: (problem: string) => void) => Promise<{ readonly shown: ShownCode; readonly stop: () => void }>;
  /** Let a headset in; null where this device was let in itself. */
  readonly letIn: (() => void) | null;
}

/** Null where there is nothing to say. */
export function accountStep(who: WhoWords, acts: AccountActs | null): HTMLElement | null {
  if (acts === null || (who.kind === "invited" && acts.letIn === null)) return null;
  const word = make("p", { class: "problem", attributes: { role: "alert" } }, acts.problem);
  const body = who.kind === "guest" ? signedOut(who, acts, word) : known(who, acts);
  return make("section", { class: "step account", attributes: { "aria-label": "Your account" } }, ...body, word);
}

function known(who: WhoWords, acts: AccountActs): readonly Child[] {
  const letIn = acts.letIn !== null && button("Let a headset in", acts.letIn, { class: "quiet" });
  if (who.kind === "invited") return [make("p", {}, "Have you a headset? Let it in from here, and it comes in as you."), make("div", { class: "row" }, letIn)];
  const name = who.name === null ? "You are signed in." : make("span", {}, "You are signed in as ", make("strong", {}, written(who.name)), ".");
  return [make("p", {}, name), make("div", { class: "row" }, letIn, button("Sign out", acts.signOut, { class: "quiet" }))];
}

function signedOut(who: WhoWords, acts: AccountActs, word: HTMLElement): readonly Child[] {
  // Where guests come in too, an account is one way of two.
  const guests = who.roles.length > 0;
  const slot = make("div", { hidden: true });
  const start = button("Sign in", () => {
    start.disabled = true;
    setText(word, "");
    void acts.signIn().then((problem) => {
      start.disabled = false;
      setText(word, problem);
    });
  }, { class: guests ? "quiet" : "main" });
  const back = (problem: string): void => {
    // A code that is good no more is nowhere on the page.
    slot.replaceChildren();
    slot.hidden = true;
    ways.hidden = false;
    setText(word, problem);
    phone.focus();
  };
  let asking = false;
  const pair = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    setText(word, "");
    try {
      const { shown, stop } = await acts.pair(back);
      slot.replaceChildren(pairingCode(shown, () => { stop(); back(""); }));
      slot.hidden = false;
      ways.hidden = true;
      slot.querySelector("button")?.focus();
    } catch (error) {
      setText(word, wordsOf(error));
    } finally {
      asking = false;
    }
  };
  const phone = button("Sign in with my phone", () => { void pair(); }, { class: "quiet" });
  const ways = make("div", { class: "row" }, start, phone);
  const words = guests ? "Have you an account of this clinic? Sign in to come as who the clinic knows you as." : "This clinic lets in people with an account, or with a link that invites them.";
  return [make("p", {}, words), ways, slot];
}
