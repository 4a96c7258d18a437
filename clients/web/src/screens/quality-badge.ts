/** How the connection is: a picture, and a sentence when it is not good. */

import type { Quality } from "../world/model";
import { button, make, setText } from "./dom";
import { qualityIcon } from "./icons";

const LEVEL_WORDS = { good: "Connection good", fair: "Connection fair", poor: "Connection poor", lost: "Connection lost" } as const;

const DEVICE_WORDS = "Slow device";

export function numberWords(quality: Quality): string {
  const trip = Number.isNaN(quality.roundTrip) ? "not measured yet" : `${Math.round(quality.roundTrip)} ms there and back`;
  return `${trip}, ${Math.round(quality.framesPerSecond)} updates a second, ${Math.round(quality.loss * 100)}\u00a0% late or lost`;
}

export class QualityBadge {
  readonly element: HTMLElement;
  private readonly badge: HTMLButtonElement;
  private readonly reason = make("span", { class: "reason", attributes: { role: "status" } });
  private readonly numbers = make("p", { class: "numbers", hidden: true });
  private shown = "";

  constructor() {
    this.badge = button("", () => { this.unfold(this.numbers.hidden === true); }, { class: "quiet square" });
    this.unfold(false);
    this.element = make("div", { class: "quality" }, this.badge, this.reason, this.numbers);
  }

  get unfolded(): boolean {
    return this.numbers.hidden !== true;
  }

  /** Show the numbers, or the picture and the sentence alone. */
  unfold(unfolded: boolean): void {
    this.numbers.hidden = !unfolded;
    this.badge.setAttribute("aria-expanded", String(unfolded));
  }

  show(quality: Quality): void {
    const words = quality.device === true ? DEVICE_WORDS : LEVEL_WORDS[quality.level];
    if (`${quality.level} ${words}` !== this.shown) {
      this.shown = `${quality.level} ${words}`;
      this.badge.replaceChildren(qualityIcon(quality.level));
      this.badge.setAttribute("aria-label", words);
      this.element.dataset["level"] = quality.level;
    }
    setText(this.reason, quality.level === "good" ? "" : quality.reason);
    setText(this.numbers, [quality.level === "good" ? "" : quality.reason, numberWords(quality)].filter(Boolean).join(" "));
  }
}
