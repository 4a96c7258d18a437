// Who is in the room, in words: the plan for those who do not see it.

import { colourOf } from "./figure.js";

// Short for the eye, whole for the ear.
const WINDS = [
  ["E", "east"], ["NE", "north-east"], ["N", "north"], ["NW", "north-west"],
  ["W", "west"], ["SW", "south-west"], ["S", "south"], ["SE", "south-east"],
];
const SPEAKING = 0.06;
const SVG = "http://www.w3.org/2000/svg";
const byId = (id) => document.getElementById(id);

export class Roster {
  constructor() {
    this.rows = new Map();
  }

  clear() {
    this.rows.clear();
    byId("roster").replaceChildren();
  }

  /** Shows `people` (by entity), where those in `shown` are as seen from `self`. */
  show(people, shown, self) {
    const seen = new Map(shown.map((person) => [person.entity, person]));
    for (const [entity, { row }] of this.rows) {
      if (people.has(entity)) continue;
      row.remove();
      this.rows.delete(entity);
    }
    for (const person of people.values()) {
      if (!this.rows.has(person.entity)) this.rows.set(person.entity, newRow(person, person.entity === self.entity));
      const { row, short, whole } = this.rows.get(person.entity);
      const words = person.entity === self.entity ? ["", ""] : whereabouts(seen.get(person.entity), self);
      setText(short, words[0]);
      setText(whole, words[1]);
      row.dataset.speaking = String((seen.get(person.entity)?.voice ?? 0) > SPEAKING);
    }
    setText(byId("count"), String(people.size));
    const inSight = shown.filter(({ kind }) => kind === "avatar").length;
    setText(byId("roster-summary"), `${people.size} in the room, ${inSight} in sight.`);
  }
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function newRow({ name, role }, isSelf) {
  const row = document.createElement("li");
  const dot = document.createElementNS(SVG, "svg");
  dot.setAttribute("width", "11");
  dot.setAttribute("height", "11");
  dot.setAttribute("aria-hidden", "true");
  const circle = document.createElementNS(SVG, "circle");
  for (const [key, value] of Object.entries({ cx: 5.5, cy: 5.5, r: 5.5, fill: colourOf(role) })) circle.setAttribute(key, value);
  dot.append(circle);
  const who = document.createElement("span");
  who.className = "who";
  const roleWord = Object.assign(document.createElement("span"), { className: "role", textContent: ` ${role}` });
  who.append(isSelf ? `${name} (you)` : name, roleWord);
  const short = Object.assign(document.createElement("span"), { className: "where" });
  short.setAttribute("aria-hidden", "true");
  const whole = Object.assign(document.createElement("span"), { className: "unseen" });
  row.append(dot, who, short, whole);
  if (isSelf) byId("roster").prepend(row);
  else byId("roster").append(row);
  return { row, short, whole };
}

/** ["3 m NE", "speaking, 3 m north-east"]: for the eye and for the ear. North is up on the plan. */
function whereabouts(person, self) {
  if (!person) return ["out of sight", "out of sight"];
  const [dx, dz] = [person.head[0] - self.head[0], person.head[2] - self.head[2]];
  const metres = Math.round(Math.hypot(dx, dz));
  const wind = WINDS[(Math.round(Math.atan2(-dz, dx) / (Math.PI / 4)) + 8) % 8];
  const [short, whole] = metres === 0 ? ["beside you", "beside you"] : wind.map((word) => `${metres} m ${word}`);
  return [short, person.voice > SPEAKING ? `speaking, ${whole}` : whole];
}
