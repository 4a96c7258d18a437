/** The lines of a chat on the page, in the chat's order. */

import type { Said } from "../world/model";

export class SaidList {
  private readonly rows = new WeakMap<Said, HTMLElement>();

  /** Shows at most `kept` lines in `list`, each as `row` makes it; older ones scroll away for good. */
  constructor(private readonly list: HTMLElement, private readonly kept: number, private readonly row: (said: Said) => HTMLElement) {}

  /** Put one at the end. */
  add(said: Said): void {
    this.place(said, null);
    this.trim();
  }

  /** Put in what of a chat is not shown yet, each line in its place; the others stay the elements that they are. */
  fill(chat: readonly Said[]): void {
    let next: Element | null = null;
    for (const said of chat.slice(-this.kept).reverse()) next = this.place(said, next);
    this.trim();
  }

  private place(said: Said, next: Element | null): Element {
    const shown = this.rows.get(said);
    if (shown?.parentElement === this.list) return shown;
    const row = this.row(said);
    // Of what was said long ago nothing is read out, although it comes into a log that is: ARIA goes by the nearest `aria-live`.
    if (said.earlier === true) row.setAttribute("aria-live", "off");
    row.dataset["earlier"] = String(said.earlier === true);
    this.rows.set(said, row);
    this.list.insertBefore(row, next);
    return row;
  }

  private trim(): void {
    while (this.list.children.length > this.kept) this.list.firstElementChild?.remove();
  }
}
