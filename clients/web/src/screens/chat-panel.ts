/** What is said in writing. */

import type { Outcome, Said } from "../world/model";
import { make, setText, written } from "./dom";

export const TEXT_MAX = 500;
/** Messages on the page; older ones scroll away for good. */
const KEPT = 200;

const REFUSALS: Readonly<Record<string, string>> = {
  rate_limited: "You write faster than the room takes it. Wait a second, then send again.",
  too_long: "That is too long.",
  forbidden: "You may not write here.",
};

export function refusalWords(outcome: Outcome): string {
  return REFUSALS[outcome.code] ?? (outcome.detail === "" ? "It was not sent. Try again." : outcome.detail);
}

/** Unicode code points, as the server counts. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** Words of the counter under the field: silent while there is room enough. */
export function counterWords(text: string): string {
  const left = TEXT_MAX - lengthOf(text);
  if (left > 100) return "";
  return left >= 0 ? `${left} characters left` : `${-left} characters too many`;
}

export class ChatPanel {
  readonly element: HTMLElement;
  readonly input = make("input", { autocomplete: "off", dir: "auto", placeholder: "Write to the room", attributes: { "aria-label": "Message", "aria-describedby": "chat-counter" } });
  private readonly list = make("ol", { class: "plain" });
  private readonly log = make("div", { class: "log", tabIndex: 0, attributes: { role: "log", "aria-live": "polite", "aria-label": "Messages" } }, this.list);
  private readonly counter = make("small", { id: "chat-counter", class: "faint" });
  private readonly word = make("p", { class: "problem", attributes: { role: "alert" } });
  private readonly sendButton = make("button", { type: "submit", class: "main" }, "Send");

  constructor(private readonly self: () => number, private readonly say: (text: string) => Promise<Outcome>, said: readonly Said[]) {
    const form = make("form", { class: "say" }, this.input, this.sendButton);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send();
    });
    this.input.addEventListener("input", () => { this.count(); });
    this.element = make("section", { class: "panel chat", attributes: { "aria-label": "Chat" } }, make("h2", {}, "Chat"), this.log, this.word, form, this.counter);
    for (const message of said) this.add(message);
  }

  add(message: Said): void {
    const low = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 40;
    const time = new Date(message.at);
    const own = message.entity === this.self();
    this.list.append(
      make("li", { data: { own: String(own) } }, make("span", { class: "by" }, written(own ? "You" : message.name), " ", make("time", { dateTime: time.toISOString() }, clock(time))), make("p", { dir: "auto" }, message.text)),
    );
    while (this.list.children.length > KEPT) this.list.firstElementChild?.remove();
    // Who reads further up is not torn away.
    if (low) this.log.scrollTop = this.log.scrollHeight;
  }

  private async send(): Promise<void> {
    const text = this.input.value.trim();
    if (text === "" || lengthOf(text) > TEXT_MAX) return;
    this.sendButton.disabled = true;
    const outcome = await this.say(text);
    this.sendButton.disabled = false;
    // What was refused stays in the field: nobody likes to write twice.
    if (outcome.ok) this.input.value = "";
    setText(this.word, outcome.ok ? "" : refusalWords(outcome));
    this.count();
  }

  private count(): void {
    setText(this.counter, counterWords(this.input.value));
    this.sendButton.disabled = lengthOf(this.input.value.trim()) > TEXT_MAX;
  }
}

function clock(time: Date): string {
  return time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
