/** What stands on the panels in sight, in words, and the way to write on them. */

import type { RoomView, ThingView } from "../world/model";
import { quoted, tamed } from "./called";
import { placeWords, type Standing } from "./describe";
import { button, make, setText } from "./dom";

/** Characters of a text that are told as it comes; all of it is on the list. */
const SPOKEN_MOST = 160;

interface Row {
  readonly element: HTMLElement;
  readonly where: HTMLElement;
  readonly stands: HTMLElement;
  readonly write: HTMLElement;
}

/** "On Whiteboard it says now: “Back at ten”." */
export function panelWords(name: string, text: string): string {
  if (text.trim() === "") return `${name} was wiped.`;
  const signs = Array.from(text);
  return `On ${name} it says now: ${quoted(signs.length <= SPOKEN_MOST ? text : `${signs.slice(0, SPOKEN_MOST).join("")} …`)}`;
}

/** The panels in sight, by name. */
export function panelsOf(room: RoomView): readonly ThingView[] {
  const panels = [...room.things.values()].filter(({ kind, shown }) => kind === "panel" && shown);
  return panels.sort((a, b) => a.name.localeCompare(b.name) || a.entity - b.entity);
}

/** Rows stay the same elements while their panel is in sight: the focus is never lost. */
export class PanelsList {
  readonly element: HTMLElement;
  private readonly list = make("ul", { class: "plain boards", attributes: { "aria-label": "Panels in sight" } });
  private readonly nothing = make("p", { class: "faint" }, "No panel is in sight.");
  private readonly rows = new Map<number, Row>();

  /** `write`: the wearer, who may, wants to write on one. */
  constructor(private readonly room: RoomView, private readonly standing: () => Standing, private readonly write: (panel: ThingView) => void) {
    this.element = make("div", {}, this.nothing, this.list);
  }

  /** Write what has changed; some times a second. */
  update(): void {
    const panels = panelsOf(this.room);
    const seen = new Set(panels.map(({ entity }) => entity));
    for (const [entity, { element }] of this.rows) {
      if (seen.has(entity)) continue;
      element.remove();
      this.rows.delete(entity);
    }
    this.nothing.hidden = panels.length > 0;
    panels.forEach((panel, place) => { this.show(panel, place); });
  }

  private show(panel: ThingView, place: number): void {
    const row = this.rows.get(panel.entity) ?? this.make(panel);
    this.rows.set(panel.entity, row);
    const there = this.list.children[place] ?? null;
    if (there !== row.element) this.list.insertBefore(row.element, there);
    const text = this.room.panels.get(panel.entity)?.text ?? "";
    setText(row.where, placeWords(this.standing(), panel.position));
    row.stands.classList.toggle("faint", text === "");
    row.write.hidden = !this.room.rights.has("write");
    setText(row.stands, text === "" ? "Nothing stands there." : tamed(text));
  }

  private make(panel: ThingView): Row {
    const where = make("small", {});
    const stands = make("p", { class: "stands", dir: "auto" });
    const write = button("Write", () => { this.write(panel); }, { class: "quiet", label: `Write on ${panel.name}` });
    const element = make("li", { data: { entity: String(panel.entity) } }, make("div", { class: "what" }, make("strong", {}, panel.name), " ", where), stands, write);
    return { element, where, stands, write };
  }
}
