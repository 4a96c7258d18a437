/** Who is in the room. */

import type { RoomView } from "../world/model";
import { placeWords, roleWords, type Standing } from "./describe";
import { make, setText, written } from "./dom";

interface Row {
  readonly element: HTMLElement;
  readonly where: HTMLElement;
}

export class RosterPanel {
  readonly element: HTMLElement;
  private readonly list = make("ul", { class: "plain roster", attributes: { "aria-label": "People in the room" } });
  private readonly count = make("span", { class: "pill" }, "0");
  private readonly rows = new Map<number, Row>();

  constructor(private readonly room: RoomView) {
    this.element = make("section", { class: "panel", tabIndex: 0, attributes: { "aria-label": "People" } }, make("h2", {}, "People ", this.count), this.list);
    this.rebuild();
  }

  /** Make the rows anew: somebody came, went, or came into sight. */
  rebuild(): void {
    const people = [...this.room.roster.values()].sort((a, b) => Number(b.entity === this.room.self.entity) - Number(a.entity === this.room.self.entity) || a.name.localeCompare(b.name));
    for (const entity of this.rows.keys()) if (!this.room.roster.has(entity)) this.rows.delete(entity);
    this.list.replaceChildren(...people.map((who) => this.row(who.entity, who.name, who.role).element));
    setText(this.count, String(people.length));
  }

  /** Write who speaks and where they are; some times a second is enough. */
  update(standing: Standing): void {
    for (const [entity, row] of this.rows) {
      const person = this.room.people.get(entity);
      const own = entity === this.room.self.entity;
      const speaking = person?.speaking === true;
      row.element.dataset["speaking"] = String(speaking);
      setText(row.where, own ? "you" : person === undefined ? "not in sight" : speaking ? "speaking" : placeWords(standing, person.head.position));
    }
  }

  private row(entity: number, name: string, role: string): Row {
    const kept = this.rows.get(entity);
    if (kept !== undefined) return kept;
    const where = make("span", { class: "where" });
    const face = make("span", { class: "initial", data: { role }, attributes: { "aria-hidden": "true" } }, initial(name));
    const element = make("li", { data: { entity: String(entity) } }, face, make("span", { class: "who" }, written(name), make("small", {}, roleWords(role))), where);
    const row = { element, where };
    this.rows.set(entity, row);
    return row;
  }
}

/** The first sign of a name, whole: letters of many scripts are more than one code unit. */
export function initial(name: string): string {
  return [...new Intl.Segmenter().segment(name.trim())][0]?.segment.toLocaleUpperCase() ?? "?";
}
