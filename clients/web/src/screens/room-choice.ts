/** The step of the entrance that chooses a room: cards, the map, and a new room for a visit. */

import { button, make, setText } from "./dom";
import { occupancyWords, type FacilityWords, type FrontDeskWords, type RoomWords } from "./facility";
import { facilityMap } from "./facility-map";
import { roleWords } from "./describe";
import { Refused } from "../session/refused";

export class RoomChoice {
  readonly element = make("div", { class: "room-choice" });
  private readonly cards = make("div", { class: "cards", attributes: { role: "radiogroup", "aria-label": "Rooms" } });
  private readonly map = make("div", { hidden: true });
  private readonly word = make("p", { class: "problem", attributes: { role: "alert" } });
  private readonly visits: readonly HTMLButtonElement[];
  /** By the room's id. */
  private readonly shown = new Map<string, RoomCard>();
  private rooms: readonly RoomWords[] = [];
  chosen: string;
  /** Rooms that everybody is told of: those are no secret. */
  private named: ReadonlySet<string> = new Set();

  /** `role`: in which one comes, as it is chosen now. `opened`: ids of rooms that are in no list and that this page has seen; those that it sees are added. */
  constructor(private readonly desk: FrontDeskWords, facility: FacilityWords, private readonly role: () => string, private readonly linked: string | null, before: string, private readonly opened: Set<string> = new Set()) {
    this.chosen = linked ?? before;
    const toggle = button("Show map", () => {
      this.map.hidden = !this.map.hidden;
      toggle.setAttribute("aria-expanded", String(!this.map.hidden));
      toggle.textContent = this.map.hidden ? "Show map" : "Hide map";
    }, { class: "quiet" });
    toggle.setAttribute("aria-expanded", "false");
    const again = button("Ask again who is where", () => { void this.refresh(); }, { class: "quiet" });
    this.visits = facility.visits.map((type) => button(`Open a ${roleWords(type).toLowerCase()} room`, () => { void this.open(type); }, { class: "quiet" }));
    this.element.append(this.word, this.cards, make("div", { class: "row" }, toggle, again, ...this.visits), this.map);
  }

  /** Ask anew who is where. */
  async refresh(): Promise<void> {
    this.word.textContent = "";
    const role = this.role();
    try {
      const rooms = await this.desk.rooms(role);
      this.named = new Set(rooms.map((room) => room.id));
      // A room that was opened for a visit is in no list: who has its id may ask for it.
      const unlisted = [...new Set([...this.opened, this.chosen])].filter((id) => id !== "" && !this.named.has(id));
      const visits = (await Promise.all(unlisted.map((id) => this.desk.room(id, role).catch(() => null)))).filter((room) => room !== null);
      // Another role was chosen meanwhile, and its rooms are on their way.
      if (role !== this.role()) return;
      this.offerVisits(true);
      for (const { id } of visits) this.opened.add(id);
      // A room of last time that is gone needs no words: another one is chosen.
      if (this.chosen === this.linked && unlisted.includes(this.linked) && !visits.some(({ id }) => id === this.linked)) this.word.textContent = "The room that you were invited to is not open. Choose another.";
      this.show([...visits, ...rooms]);
    } catch (error) {
      if (role !== this.role()) return;
      // Who may not even know of rooms opens none.
      this.offerVisits(!(error instanceof Refused) || error.temporary);
      this.word.textContent = error instanceof Refused && error.code !== "unreachable" ? error.message : "The list of rooms did not come. Check whether this device is online.";
    }
  }

  /** Why there is no room to choose; empty where there is. */
  get problem(): string {
    return this.word.textContent;
  }

  /** Whether the chosen room may be remembered: the id of one that was opened for a visit is as good as a key. */
  get public(): boolean {
    return this.named.has(this.chosen);
  }

  /** Rooms that are in no list are no longer offered: somebody else is here now. */
  forget(): void {
    this.opened.clear();
    this.show(this.rooms.filter(({ id }) => this.named.has(id)));
  }

  /** Go where one is chosen, or asked for again where there is none. */
  focus(): void {
    this.element.querySelector<HTMLElement>("input, button")?.focus();
  }

  private offerVisits(offered: boolean): void {
    for (const visit of this.visits) visit.hidden = !offered;
  }

  private async open(type: string): Promise<void> {
    try {
      const room = await this.desk.openRoom(type, `${roleWords(type)} room`, this.role());
      this.chosen = room.id;
      this.opened.add(room.id);
      this.show([room, ...this.rooms]);
    } catch (error) {
      const why = error instanceof Error ? ` ${error.message}` : "";
      this.word.textContent = `The room could not be opened.${why} Try again in a moment.`;
    }
  }

  private show(rooms: readonly RoomWords[]): void {
    this.rooms = rooms;
    if (!rooms.some((room) => room.id === this.chosen)) this.chosen = rooms.find((room) => this.named.has(room.id) && room.occupancy < room.capacity)?.id ?? "";
    this.layOut(rooms);
    this.map.replaceChildren(facilityMap(rooms, "", (room) => { this.choose(room); }));
  }

  /** A card whose room is still there stays the same element, in its place: a list that comes while one chooses takes neither the focus nor a press away. */
  private layOut(rooms: readonly RoomWords[]): void {
    const focused = this.cards.contains(document.activeElement);
    const there = new Set(rooms.map(({ id }) => id));
    for (const [id, card] of this.shown) {
      if (there.has(id)) continue;
      card.element.remove();
      this.shown.delete(id);
    }
    rooms.forEach((room, at) => {
      const card = this.shown.get(room.id) ?? new RoomCard(room.id, (id) => { this.chosen = id; });
      this.shown.set(room.id, card);
      card.show(room, room.id === this.chosen);
      const before = this.cards.children[at] ?? null;
      if (before !== card.element) this.cards.insertBefore(card.element, before);
    });
    // Whose room is no longer there is with the one that is chosen now.
    if (focused && !this.cards.contains(document.activeElement)) this.cards.querySelector<HTMLInputElement>("input:checked")?.focus();
  }

  private choose(room: string): void {
    this.chosen = room;
    for (const input of this.cards.querySelectorAll("input")) input.checked = input.value === room;
  }
}

class RoomCard {
  readonly element: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly name = make("strong");
  private readonly type = make("span", { class: "faint" });
  private readonly occupancy = make("span", { class: "occupancy" });
  private readonly meter = make("meter", { min: 0 });

  constructor(id: string, choose: (id: string) => void) {
    this.input = make("input", { type: "radio", name: "room", value: id });
    this.input.addEventListener("change", () => { choose(id); });
    this.element = make("label", { class: "card" }, this.input, this.name, this.type, this.occupancy, this.meter);
  }

  show(room: RoomWords, chosen: boolean): void {
    const type = roleWords(room.type);
    this.input.checked = chosen;
    setText(this.name, room.name);
    setText(this.type, type);
    this.type.hidden = room.name.toLowerCase().includes(type.toLowerCase());
    setText(this.occupancy, occupancyWords(room));
    this.meter.max = Math.max(1, room.capacity);
    this.meter.value = room.occupancy;
    this.meter.setAttribute("aria-label", `People in ${room.name}`);
  }
}
