/** Who is in the room. */

import type { RoomView } from "../world/model";
import { called, spoken } from "./called";
import { placeWords, roleWords, type Standing } from "./describe";
import { creditLine } from "./credits";
import { button, make, setText, written } from "./dom";
import type { LookFile } from "./facility";

interface Row {
  readonly element: HTMLElement;
  readonly where: HTMLElement;
  /** What it tells that does not move: made anew when that changes. */
  readonly says: string;
}

export class RosterPanel {
  readonly element: HTMLElement;
  private readonly list = make("ul", { class: "plain roster", attributes: { "aria-label": "People in the room" } });
  private readonly count = make("span", { class: "pill" }, "0");
  private readonly rows = new Map<number, Row>();

  private readonly looks = make("p", { class: "faint", hidden: true, attributes: { "aria-label": "Whose looks are worn here" } });
  private owed = "";

  /** `credits`: the looks that are worn now and whose authors are to be named. `moderate`: open what one may do about somebody. */
  constructor(private readonly room: RoomView, private readonly credits: () => readonly LookFile[] = () => [], private readonly moderate: (entity: number) => void = () => undefined) {
    this.element = make("section", { class: "panel", tabIndex: 0, attributes: { "aria-label": "People" } }, make("h2", {}, "People ", this.count), this.list, this.looks);
    this.rebuild();
  }

  /** Put the rows in order: somebody came, went, or is called otherwise. A row that tells the same stays the element it was. */
  rebuild(): void {
    const people = [...this.room.roster.values()].sort((a, b) => Number(b.entity === this.room.self.entity) - Number(a.entity === this.room.self.entity) || a.name.localeCompare(b.name));
    for (const entity of this.rows.keys()) if (!this.room.roster.has(entity)) this.rows.delete(entity);
    this.list.replaceChildren(...people.map((who) => this.row(who.entity, who.name, who.role, this.room.emergencies.has(who.entity), this.room.hidden.has(who.entity)).element));
    setText(this.count, String(people.length));
  }

  /** Write who speaks and where they are; some times a second is enough. */
  update(standing: Standing): void {
    this.name();
    for (const [entity, row] of this.rows) {
      const person = this.room.people.get(entity);
      const own = entity === this.room.self.entity;
      const speaking = person?.speaking === true;
      row.element.dataset["speaking"] = String(speaking);
      setText(row.where, own ? "you" : person === undefined ? "not in sight" : speaking ? "speaking" : placeWords(standing, person.head.position));
    }
  }

  /** Name the authors who are to be. */
  private name(): void {
    const credits = this.credits();
    const owed = credits.map(({ look }) => look).join();
    if (owed === this.owed) return;
    this.owed = owed;
    this.looks.hidden = credits.length === 0;
    this.looks.replaceChildren("Looks worn here: ", ...credits.flatMap((file, index) => [index === 0 ? "" : "; ", creditLine(file)]), ".");
  }

  private row(entity: number, name: string, role: string, emergency: boolean, hidden: boolean): Row {
    const kept = this.rows.get(entity), muted = this.room.muted.has(entity), own = entity === this.room.self.entity;
    const acts = !own && mayModerate(this.room);
    const says = `${role} ${name} ${String(emergency)} ${String(hidden)} ${String(muted)} ${String(acts)}`;
    if (kept?.says === says) return kept;
    const where = make("span", { class: "where" });
    const face = make("span", { class: "initial", data: { role }, attributes: { "aria-hidden": "true" } }, initial(name));
    const mark = emergency ? [make("strong", { class: "pill" }, "Emergency: sees behind curtains")] : [];
    if (hidden) mark.push(make("strong", { class: "pill" }, "Does not allow it: you do not see or hear them"));
    const who = make("span", { class: "who" }, written(own ? name : called(name, "")), make("small", {}, roleWords(role), muted && ", muted"), ...mark);
    const more = acts && button("…", () => { this.moderate(entity); }, { class: "quiet square", label: `What to do about ${spoken(name)}` });
    const element = make("li", { data: { entity: String(entity) } }, face, who, where, more);
    const row = { element, where, says };
    this.rows.set(entity, row);
    return row;
  }
}

/** Whether there is anything that one may do about others here. */
function mayModerate({ rights }: Pick<RoomView, "rights">): boolean {
  return rights.has("mute") || rights.has("remove");
}

/** The first sign of a name, whole: letters of many scripts are more than one code unit. */
export function initial(name: string): string {
  return [...new Intl.Segmenter().segment(name.trim())][0]?.segment.toLocaleUpperCase() ?? "?";
}
