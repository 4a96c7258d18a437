/** The sheet over the room, or instead of it, that a status asks for. */

import { button, make, setText } from "./dom";
import { REMEDY_NAMES, secondsLeft, type Remedy, type StateWords } from "./states";

export class StateScreen {
  readonly element = make("div", { class: "state", hidden: true });
  private shown = "";
  private countdown: HTMLElement | null = null;
  private until = 0;

  constructor(private readonly act: (remedy: Remedy) => void) {}

  /** Show a state, or nothing; `until` is when a place is no longer kept, or when the next try is, `performance.now()`. */
  show(words: StateWords | null, until = 0): void {
    this.until = until;
    const key = JSON.stringify(words);
    if (key === this.shown) return;
    this.shown = key;
    this.element.hidden = words === null;
    this.element.replaceChildren();
    if (words !== null) this.build(words);
  }

  step(now: number): void {
    if (this.countdown === null) return;
    const seconds = secondsLeft(this.until, now);
    setText(this.countdown, this.until === 0 || seconds === 0 ? "" : `${seconds} s`);
  }

  private build(words: StateWords): void {
    this.countdown = make("p", { class: "countdown", attributes: { "aria-hidden": "true" } });
    const buttons = words.remedies.map((remedy, index) => button(REMEDY_NAMES[remedy], () => { this.act(remedy); }, { class: index === 0 && words.kind === "ended" ? "main" : "quiet" }));
    const sheet = make(
      "section",
      { class: "sheet", attributes: { role: "alertdialog", "aria-labelledby": "state-title", "aria-describedby": "state-text" } },
      words.kind === "ended" ? null : make("div", { class: "pulse", attributes: { "aria-hidden": "true" } }),
      make("h1", { id: "state-title", tabIndex: -1 }, words.title),
      make("p", { id: "state-text" }, words.text),
      this.countdown,
      make("div", { class: "row" }, ...buttons),
    );
    this.element.dataset["kind"] = words.kind;
    this.element.dataset["over"] = String(words.over);
    this.element.append(sheet);
    // Whoever was in the room is told at once; while coming in the focus stays where it was.
    if (words.kind !== "joining") sheet.querySelector("h1")?.focus();
  }
}
