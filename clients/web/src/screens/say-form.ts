/** Where one writes to the room: the chat's field and the text view's, which lose and double nothing. */

import type { Outcome } from "../world/model";
import { make } from "./dom";
import { refusalOf, type Refusals } from "./refusals";

export const TEXT_MAX = 500;

const REFUSALS: Refusals = {
  rate_limited: "You write faster than the room takes it. Wait a second, then send again.",
  too_long: "That is too long.",
  forbidden: "You may not write here.",
};

export function refusalWords(outcome: Outcome): string {
  return refusalOf(outcome, REFUSALS, "It was not sent. Try again.");
}

/** Unicode code points, as the server counts. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** Words of the counter under the field: silent while there is room enough. */
export function counterWords(text: string, most = TEXT_MAX): string {
  const left = most - lengthOf(text);
  if (left > 100) return "";
  return left >= 0 ? `${left} characters left` : `${-left} characters too many`;
}

export interface SayParts {
  /** On the button. */
  readonly word: string;
  readonly placeholder?: string;
  readonly describedBy?: string;
  readonly say: (text: string) => Promise<Outcome>;
  /** Told why something was refused; "" once something was not. */
  readonly told: (words: string) => void;
  /** Told the words of the counter. */
  readonly count?: (words: string) => void;
}

export class SayForm {
  readonly element: HTMLFormElement;
  readonly input: HTMLInputElement;
  private readonly button: HTMLButtonElement;
  private busy = false;

  constructor(private readonly parts: SayParts) {
    const attributes: Record<string, string> = { "aria-label": "Message" };
    if (parts.describedBy !== undefined) attributes["aria-describedby"] = parts.describedBy;
    this.input = make("input", { autocomplete: "off", dir: "auto", placeholder: parts.placeholder ?? "", attributes });
    this.button = make("button", { type: "submit", class: "main" }, parts.word);
    this.element = make("form", { class: "say" }, this.input, this.button);
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send();
    });
    this.input.addEventListener("input", () => { this.show(); });
  }

  private async send(): Promise<void> {
    const text = this.input.value.trim();
    if (this.busy || text === "" || lengthOf(text) > TEXT_MAX) return;
    this.busy = true;
    this.show();
    try {
      const outcome = await this.parts.say(text);
      // What was refused stays in the field, nobody likes to write twice; so does what was typed since.
      if (outcome.ok && this.input.value.trim() === text) this.input.value = "";
      this.parts.told(outcome.ok ? "" : refusalWords(outcome));
    } finally {
      this.busy = false;
      this.show();
    }
  }

  private show(): void {
    this.parts.count?.(counterWords(this.input.value));
    this.button.disabled = this.busy || lengthOf(this.input.value.trim()) > TEXT_MAX;
  }
}
