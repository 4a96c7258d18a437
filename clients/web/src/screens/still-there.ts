/** The question whether anybody is there, before the session is locked. */

import { dialog, openDialog } from "./dialog";
import { button, make, setText } from "./dom";
import { secondsLeft } from "./states";

export class StillThere {
  private readonly left = make("strong", { id: "still-there-left", class: "countdown" });
  private readonly element: HTMLDialogElement;
  private until = 0;

  /** `here`: somebody answered. `leaving`: what the way out is called. */
  constructor(private readonly here: () => void, leave: () => void, leaving = "Leave") {
    const text = make("p", { id: "still-there-text" }, "Nobody has moved or spoken for a while. So that nobody else can see the room, this view is locked in");
    const answer = button("I am here", () => { this.element.close(); }, { class: "main" });
    this.element = dialog("Are you still there?", text, this.left, make("div", { class: "row" }, answer, button(leaving, leave, { class: "quiet" })));
    this.element.setAttribute("role", "alertdialog");
    this.element.setAttribute("aria-describedby", `still-there-text ${this.left.id}`);
    answer.autofocus = true;
    // Escape, the cross and the button all say the same: somebody is there.
    this.element.addEventListener("close", () => {
      if (this.until === 0) return;
      this.until = 0;
      this.here();
    });
  }

  /** Ask, with the seconds that are left; 0 takes the question back. */
  show(seconds: number, home: HTMLElement, now = performance.now()): void {
    if (seconds <= 0) {
      this.until = 0;
      this.element.close();
      return;
    }
    this.until = now + seconds * 1000;
    this.step(now);
    openDialog(this.element, home);
  }

  step(now: number): void {
    if (this.until !== 0) setText(this.left, `${secondsLeft(this.until, now)} s`);
  }

  close(): void {
    this.until = 0;
    this.element.remove();
  }
}
