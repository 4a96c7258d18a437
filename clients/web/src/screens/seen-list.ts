/** Who sees the wearer and who did, from the server, in words. Asked again and again while it is on the page. */

import type { RoomView, Seer } from "../world/model";
import { called } from "./called";
import { roleWords } from "./describe";
import { make, setText, written } from "./dom";
import { initial } from "./roster-panel";
import { seenWords, together } from "./seers";

/** The server itself looks once a second; ms. */
const ASK_MS = 2000;

interface Row {
  readonly element: HTMLElement;
  readonly where: HTMLElement;
  /** What it tells that does not run on: made anew when that changes. */
  readonly says: string;
}

export class SeenList {
  readonly element: HTMLElement;
  /** How many see the wearer now. */
  readonly count = make("span", { class: "pill", hidden: true });
  private readonly word = make("p", { class: "faint", attributes: { role: "status" } }, "Asking who sees you …");
  private readonly seeing = make("ul", { class: "plain roster", attributes: { "aria-label": "People who see you now" } });
  private readonly saw = make("ul", { class: "plain roster", attributes: { "aria-label": "People who saw you before" } });
  private readonly before = make("p", { class: "faint", hidden: true }, "Before");
  private readonly rows = new Map<number, Row>();
  private asking = false;
  private asked = -Infinity;

  constructor(private readonly room: RoomView) {
    this.element = make("div", { class: "seen" }, this.word, this.seeing, this.before, this.saw);
  }

  /** Called while it is on the page; asks where what it tells has grown old. */
  update(now: number): void {
    if (this.asking || now - this.asked < ASK_MS) return;
    this.asking = true;
    void this.ask(now);
  }

  private async ask(now: number): Promise<void> {
    const seers = await this.room.whoSaw();
    this.asking = false;
    this.asked = now;
    if (seers === null) setText(this.word, "Who sees you cannot be told just now.");
    else this.show(together(seers));
  }

  private show(people: readonly Seer[]): void {
    const [seeing, saw] = [people.filter(({ ago }) => ago === 0), people.filter(({ ago }) => ago !== 0)];
    const known = new Set(people.map(({ entity }) => entity));
    for (const entity of this.rows.keys()) if (!known.has(entity)) this.rows.delete(entity);
    this.seeing.replaceChildren(...seeing.map((seer) => this.row(seer)));
    this.saw.replaceChildren(...saw.map((seer) => this.row(seer)));
    this.before.hidden = saw.length === 0;
    this.count.hidden = false;
    setText(this.count, String(seeing.length));
    setText(this.word, seeing.length === 0 ? "Nobody sees you now." : "");
  }

  private row(seer: Seer): HTMLElement {
    const { entity, name, role } = seer;
    const mark = this.room.emergencies.has(entity) ? "Emergency: sees behind curtains" : this.room.brokeGlass.has(entity) ? "Saw behind curtains" : "";
    const says = `${role} ${name} ${mark}`;
    let row = this.rows.get(entity);
    if (row?.says !== says) {
      const where = make("span", { class: "where" });
      const face = make("span", { class: "initial", data: { role }, attributes: { "aria-hidden": "true" } }, initial(name));
      const who = make("span", { class: "who" }, written(called(name, "")), make("small", {}, roleWords(role)), mark !== "" && make("strong", { class: "pill" }, mark));
      row = { element: make("li", { data: { entity: String(entity) } }, face, who, where), where, says };
      this.rows.set(entity, row);
    }
    setText(row.where, seenWords(seer));
    return row.element;
  }
}

const EXPLAINED = "Everybody to whom this room shows or may show your avatar, since you came in. Of people whom you cannot see, no more is told. The clinic keeps a record of it.";

/** The list as a panel beside the room. */
export class SeenPanel {
  readonly element: HTMLElement;
  private readonly list: SeenList;

  constructor(room: RoomView) {
    this.list = new SeenList(room);
    this.element = make(
      "section",
      { class: "panel", tabIndex: 0, attributes: { "aria-label": "Who sees you" } },
      make("h2", {}, "Who sees you ", this.list.count),
      this.list.element,
      make("p", { class: "faint" }, EXPLAINED),
    );
  }

  update(now: number): void {
    this.list.update(now);
  }
}
