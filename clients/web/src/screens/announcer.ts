/** Tells a screen reader what happens, without drowning it: what comes within a moment is told together. */

import { make } from "./dom";

/** How long news are gathered, ms: a screen reader speaks about three words in it. */
const GATHER = 1500;
/** More news than these at once are told as a number. */
const MOST = 4;

export class Announcer {
  readonly element = make("div", { class: "unseen", attributes: { "aria-live": "polite", "aria-atomic": "true", role: "status" } });
  private waiting: string[] = [];
  private since = 0;

  /** Tell something at the next `step` after the moment of gathering. */
  say(text: string, now: number): void {
    if (this.waiting.length === 0) this.since = now;
    if (!this.waiting.includes(text)) this.waiting.push(text);
  }

  /** Called once a frame, or once a second. */
  step(now: number): void {
    if (this.waiting.length === 0 || now - this.since < GATHER) return;
    const told = this.waiting.slice(0, MOST);
    if (this.waiting.length > MOST) told.push(`and ${this.waiting.length - MOST} more things happened.`);
    this.element.textContent = told.join(" ");
    this.waiting = [];
  }
}
