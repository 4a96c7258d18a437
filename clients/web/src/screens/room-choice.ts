/** The step of the entrance that chooses a room: cards, the map, and a new room for a visit. */

import { button, make } from "./dom";
import { occupancyWords, type FacilityWords, type FrontDeskWords, type RoomWords } from "./facility";
import { facilityMap } from "./facility-map";
import { roleWords } from "./describe";
import { Refused } from "../session/refused";

export class RoomChoice {
  readonly element = make("div", { class: "room-choice" });
  private readonly cards = make("div", { class: "cards", attributes: { role: "radiogroup", "aria-label": "Rooms" } });
  private readonly map = make("div", { hidden: true });
  private readonly word = make("p", { class: "problem", attributes: { role: "alert" } });
  private rooms: readonly RoomWords[] = [];
  chosen: string;
  /** Rooms that everybody is told of: those are no secret. */
  private named: ReadonlySet<string> = new Set();

  /** `role`: in which one comes, as it is chosen now. `opened`: ids of rooms that are in no list and that this page has seen; those that it sees are added. */
  constructor(private readonly desk: FrontDeskWords, facility: FacilityWords, private readonly role: () => string, private readonly invited: string | null, before: string, private readonly opened: Set<string> = new Set()) {
    this.chosen = invited ?? before;
    const toggle = button("Show map", () => {
      this.map.hidden = !this.map.hidden;
      toggle.setAttribute("aria-expanded", String(!this.map.hidden));
      toggle.textContent = this.map.hidden ? "Show map" : "Hide map";
    }, { class: "quiet" });
    toggle.setAttribute("aria-expanded", "false");
    const again = button("Ask again who is where", () => { void this.refresh(); }, { class: "quiet" });
    const visits = facility.visits.map((type) => button(`Open a ${roleWords(type).toLowerCase()} room`, () => { void this.open(type); }, { class: "quiet" }));
    this.element.append(this.word, this.cards, make("div", { class: "row" }, toggle, again, ...visits), this.map);
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
      for (const { id } of visits) this.opened.add(id);
      // A room of last time that is gone needs no words: another one is chosen.
      if (this.chosen === this.invited && unlisted.includes(this.invited) && !visits.some(({ id }) => id === this.invited)) this.word.textContent = "The room that you were invited to is not open. Choose another.";
      this.show([...visits, ...rooms]);
    } catch (error) {
      if (role !== this.role()) return;
      this.word.textContent = error instanceof Refused && error.code !== "unreachable" ? error.message : "The list of rooms did not come. Check whether this device is online.";
    }
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
    this.cards.replaceChildren(...rooms.map((room) => this.card(room)));
    this.map.replaceChildren(facilityMap(rooms, "", (room) => { this.choose(room); }));
  }

  private choose(room: string): void {
    this.chosen = room;
    for (const input of this.cards.querySelectorAll("input")) input.checked = input.value === room;
  }

  private card(room: RoomWords): HTMLElement {
    const input = make("input", { type: "radio", name: "room", value: room.id, checked: room.id === this.chosen });
    input.addEventListener("change", () => { this.chosen = room.id; });
    const type = roleWords(room.type);
    return make(
      "label",
      { class: "card" },
      input,
      make("strong", {}, room.name),
      !room.name.toLowerCase().includes(type.toLowerCase()) && make("span", { class: "faint" }, type),
      make("span", { class: "occupancy" }, occupancyWords(room)),
      make("meter", { min: 0, max: Math.max(1, room.capacity), value: room.occupancy, attributes: { "aria-label": `People in ${room.name}` } }),
    );
  }
}
