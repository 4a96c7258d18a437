/** What is said in writing. */

import type { Outcome, Said } from "../world/model";
import { called, SELF, tamed } from "./called";
import { make, setText, written } from "./dom";
import { SayForm } from "./say-form";

/** Messages on the page; older ones scroll away for good. */
const KEPT = 200;

export class ChatPanel {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  private readonly list = make("ol", { class: "plain" });
  private readonly log = make("div", { class: "log", tabIndex: 0, attributes: { role: "log", "aria-live": "polite", "aria-label": "Messages" } }, this.list);
  private readonly counter = make("small", { id: "chat-counter", class: "faint" });
  private readonly word = make("p", { class: "problem", attributes: { role: "alert" } });

  constructor(private readonly self: () => number, private readonly role: (entity: number) => string, say: (text: string) => Promise<Outcome>, said: readonly Said[]) {
    const form = new SayForm({
      word: "Send",
      placeholder: "Write to the room",
      describedBy: this.counter.id,
      say,
      told: (words) => { setText(this.word, words); },
      count: (words) => { setText(this.counter, words); },
    });
    this.input = form.input;
    this.element = make("section", { class: "panel chat", attributes: { "aria-label": "Chat" } }, make("h2", {}, "Chat"), this.log, this.word, form.element, this.counter);
    for (const message of said) this.add(message);
  }

  add(message: Said): void {
    const low = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 40;
    const time = new Date(message.at);
    const own = message.entity === this.self();
    this.list.append(
      make("li", { data: { own: String(own) } }, make("span", { class: "by" }, own ? SELF : written(called(message.name, this.role(message.entity))), " ", make("time", { dateTime: time.toISOString() }, clock(time))), make("p", { dir: "auto" }, tamed(message.text))),
    );
    while (this.list.children.length > KEPT) this.list.firstElementChild?.remove();
    // Who reads further up is not torn away.
    if (low) this.log.scrollTop = this.log.scrollHeight;
  }
}

function clock(time: Date): string {
  return time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
