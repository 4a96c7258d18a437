/** What was said, large and for a while, over the view: for who does not hear, and for who looks at the room. */

import { called, SELF } from "./called";
import { make, written } from "./dom";

const LINES = 3;
/** Of one person at once: there is always a line for somebody else. */
const LINES_OF_ONE = 2;
/** A reader takes about 15 characters a second; nothing is gone in less than 4 s, and nothing covers the view for longer than 12 s: all of it is in the chat. */
const LEAST_MS = 4000;
const MOST_MS = 12_000;
const MS_A_CHARACTER = 65;

export function captionTime(text: string): number {
  return Math.min(MOST_MS, LEAST_MS + Array.from(text).length * MS_A_CHARACTER);
}

/** Which line goes so that another one has room, by whose lines they are, the oldest first: the oldest of who has the most; -1 where all may stay. */
export function lineTooMany(by: readonly (number | string)[], most: number, mostOfOne: number): number {
  const count = (who: number | string): number => by.filter((each) => each === who).length;
  const newest = by.at(-1);
  if (newest !== undefined && count(newest) > mostOfOne) return by.indexOf(newest);
  if (by.length <= most) return -1;
  const counts = by.map(count);
  return counts.indexOf(Math.max(...counts));
}

export interface Caption {
  readonly entity: number;
  /** "" where the page itself tells something: it has no speaker. */
  readonly name: string;
  readonly role: string;
  readonly text: string;
  /** Whether the reader has said it. */
  readonly own: boolean;
}

export class Captions {
  // The chat's log tells a screen reader, or the announcer where that is closed; twice would be too much.
  readonly element = make("div", { class: "captions", attributes: { "aria-hidden": "true" } });
  private lines: { readonly element: HTMLElement; readonly entity: number; readonly until: number }[] = [];

  show({ entity, name, role, text, own }: Caption, now: number): void {
    const by = own ? SELF : written(called(name, role));
    const element = make("p", { data: { own: String(own) } }, ...(name === "" ? [] : [make("b", {}, by), ": "]), written(text));
    this.lines.push({ element, entity, until: now + captionTime(text) });
    this.element.append(element);
    for (let gone = this.tooMany(); gone >= 0; gone = this.tooMany()) this.lines.splice(gone, 1)[0]?.element.remove();
  }

  step(now: number): void {
    if (!this.lines.some(({ until }) => until < now)) return;
    for (const { element, until } of this.lines) if (until < now) element.remove();
    this.lines = this.lines.filter(({ until }) => until >= now);
  }

  private tooMany(): number {
    return lineTooMany(this.lines.map(({ entity }) => entity), LINES, LINES_OF_ONE);
  }
}
