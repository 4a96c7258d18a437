/** What was said, large and for a while, over the view: for who does not hear, and for who looks at the room. */

import { make, written } from "./dom";

const LINES = 3;
/** A reader takes about 15 characters a second; nothing is gone in less than 4 s. */
const LEAST_MS = 4000;
const MS_A_CHARACTER = 65;

export function captionTime(text: string): number {
  return LEAST_MS + text.length * MS_A_CHARACTER;
}

export class Captions {
  // The chat's log tells a screen reader, or the announcer where that is closed; twice would be too much.
  readonly element = make("div", { class: "captions", attributes: { "aria-hidden": "true" } });
  private readonly lines: { readonly element: HTMLElement; readonly until: number }[] = [];

  show(name: string, text: string, now: number): void {
    const element = make("p", {}, make("b", {}, written(name), ": "), make("bdi", {}, text));
    this.lines.push({ element, until: now + captionTime(text) });
    this.element.append(element);
    while (this.lines.length > LINES) this.lines.shift()?.element.remove();
  }

  step(now: number): void {
    while (this.lines[0] !== undefined && this.lines[0].until < now) this.lines.shift()?.element.remove();
  }
}
