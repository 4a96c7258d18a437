/** What is said in writing. */

import type { Outcome, Said } from "../world/model";
import { called, SELF, tamed } from "./called";
import { make, setText, written } from "./dom";
import { SaidList } from "./said-list";
import { SayForm } from "./say-form";

/** Messages on the page. */
const KEPT = 200;

export class ChatPanel {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  private readonly list = make("ol", { class: "plain" });
  private readonly log = make("div", { class: "log", tabIndex: 0, attributes: { role: "log", "aria-live": "polite", "aria-label": "Messages" } }, this.list);
  private readonly lines = new SaidList(this.list, KEPT, (said) => this.row(said));
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
    this.fill(said);
  }

  add(message: Said): void {
    this.keepingPlace(() => { this.lines.add(message); });
  }

  /** Show all that was said, of which some is shown already. */
  fill(said: readonly Said[]): void {
    this.keepingPlace(() => { this.lines.fill(said); });
  }

  private row(message: Said): HTMLElement {
    const time = new Date(message.at);
    const own = message.entity === this.self();
    const by = own ? SELF : written(called(message.name, this.role(message.entity)));
    const when = make("time", { dateTime: time.toISOString() }, message.earlier === true ? `earlier, ${dayAndClock(time)}` : clock(time));
    return make("li", { data: { own: String(own) } }, make("span", { class: "by" }, by, " ", when), make("p", { dir: "auto" }, tamed(message.text)));
  }

  /** Who reads further up is not torn away. */
  private keepingPlace(change: () => void): void {
    const low = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 40;
    change();
    if (low) this.log.scrollTop = this.log.scrollHeight;
  }
}

function clock(time: Date): string {
  return time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

/** What is kept may be of another day. */
function dayAndClock(time: Date): string {
  if (time.toDateString() === new Date().toDateString()) return clock(time);
  return time.toLocaleString([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}
