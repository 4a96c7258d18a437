// The entrance: which room, under what name, as whom. Occupancy stays fresh while it is shown.

import { Refused, readRooms } from "./session.js";

const REFRESH_MS = 3000;
const byId = (id) => document.getElementById(id);

export class Entrance {
  /** `onJoin` is called with {room, name, role, avatar}; it may reject with Refused. */
  constructor(facility, onJoin) {
    this.facility = facility;
    this.cards = new Map();
    for (const role of facility.roles) byId("role").append(new Option(role, role));
    byId("entrance").addEventListener("submit", (event) => {
      event.preventDefault();
      this.join(onJoin);
    });
  }

  show(word = "") {
    document.body.dataset.view = "entrance";
    byId("title").textContent = this.facility.name;
    byId("entrance-word").textContent = word;
    this.refresh();
    this.timer ??= setInterval(() => this.refresh(), REFRESH_MS);
    byId("name").focus();
  }

  hide() {
    clearInterval(this.timer);
    this.timer = null;
  }

  async refresh() {
    try {
      const { rooms } = await readRooms();
      for (const room of rooms) this.card(room);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      byId("entrance-word").textContent = error.message;
    }
  }

  /** Makes or updates the card of a room. Nodes are kept, so that focus and choice stay where they are. */
  card({ id, name, occupancy, capacity }) {
    if (!this.cards.has(id)) this.cards.set(id, this.newCard(id, name));
    const { people, meter } = this.cards.get(id);
    people.textContent = `${occupancy} of ${capacity} places taken`;
    meter.max = capacity;
    meter.high = capacity * 0.9;
    meter.value = occupancy;
  }

  newCard(id, name) {
    const card = document.createElement("label");
    card.className = "room";
    const choice = Object.assign(document.createElement("input"), { type: "radio", name: "room", value: id, required: true });
    choice.checked = this.cards.size === 0;
    const title = Object.assign(document.createElement("strong"), { textContent: name });
    const people = document.createElement("span");
    const meter = document.createElement("meter");
    meter.setAttribute("aria-hidden", "true");
    card.append(choice, title, people, meter);
    byId("rooms").append(card);
    return { people, meter };
  }

  async join(onJoin) {
    const form = new FormData(byId("entrance"));
    byId("join").disabled = true;
    byId("entrance-word").textContent = "";
    try {
      await onJoin({
        // A visit is opened on demand and not in the list: its address ends with #room=<id>.
        room: new URLSearchParams(location.hash.slice(1)).get("room") ?? form.get("room"),
        name: form.get("name"), role: form.get("role"), avatar: this.facility.avatars[0],
      });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      byId("entrance-word").textContent = error.message;
    } finally {
      byId("join").disabled = false;
    }
  }
}
