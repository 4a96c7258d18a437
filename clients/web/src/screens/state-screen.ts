/** The sheet over the room, or instead of it, that a status asks for. */

import { button, make, setText } from "./dom";
import { REMEDY_NAMES, secondsLeft, type Remedy, type StateWords } from "./states";

export class StateScreen {
  readonly element = make("div", { class: "state", hidden: true });
  private shown = "";
  private countdown: HTMLElement | null = null;
  private until = 0;
  /** What had the focus before a state took it. */
  private before: HTMLElement | null = null;

  constructor(private readonly act: (remedy: Remedy) => void) {}

  /** Show a state, or nothing; `until` is when a place is no longer kept, or when the next try is, `performance.now()`; `more` is shown below the words. */
  show(words: StateWords | null, until = 0, more: HTMLElement | null = null): void {
    this.until = until;
    const key = JSON.stringify([words, more?.textContent]);
    if (key === this.shown) return;
    this.shown = key;
    const focused = document.activeElement;
    const within = this.element.contains(focused);
    if (this.element.hidden === true) this.before = focused instanceof HTMLElement ? focused : null;
    const pressed = within && focused instanceof HTMLButtonElement ? focused.textContent : null;
    this.element.hidden = words === null;
    this.element.replaceChildren();
    this.countdown = null;
    if (words !== null) this.build(words, pressed, more);
    else if (within && this.before?.isConnected === true) this.before.focus();
  }

  step(now: number): void {
    if (this.countdown === null) return;
    const seconds = secondsLeft(this.until, now);
    setText(this.countdown, this.until === 0 || seconds === 0 ? "" : `${seconds} s`);
  }

  /** `pressed`: the button that had the focus in the state before. */
  private build(words: StateWords, pressed: string | null, more: HTMLElement | null): void {
    this.countdown = make("p", { class: "countdown", attributes: { "aria-hidden": "true" } });
    const buttons = words.remedies.map((remedy, index) => button(REMEDY_NAMES[remedy], () => { this.act(remedy); }, { class: index === 0 && words.kind === "ended" ? "main" : "quiet" }));
    const sheet = make(
      "section",
      { class: "sheet", attributes: { role: "alertdialog", "aria-labelledby": "state-title", "aria-describedby": "state-text" } },
      words.kind === "ended" ? null : make("div", { class: "pulse", attributes: { "aria-hidden": "true" } }),
      make("h1", { id: "state-title", tabIndex: -1 }, words.title),
      make("p", { id: "state-text" }, words.text),
      this.countdown,
      more,
      make("div", { class: "row" }, ...buttons),
    );
    this.element.dataset["kind"] = words.kind;
    this.element.dataset["over"] = String(words.over);
    this.element.append(sheet);
    const again = buttons.find((each) => each.textContent === pressed);
    if (again !== undefined) again.focus();
    // Whoever was in the room is told at once. Coming in takes a moment, and tells itself by what follows it.
    else if (words.kind !== "joining") sheet.querySelector("h1")?.focus();
  }
}
