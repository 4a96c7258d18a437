/** The facility as a map: rooms as boxes, joined by the ways between them, with who many are in each. And as a list. */

import { button, make, svg } from "./dom";
import { occupancyWords, type RoomWords } from "./facility";

const COLUMN = 210;
const ROW = 96;
const BOX = { width: 172, height: 62 };

interface Spot {
  readonly room: RoomWords;
  readonly x: number;
  readonly y: number;
}

/**
 * Lay rooms out in columns by how many doors they are from the first: neighbours come to stand beside each other.
 * Rooms that no way leads to come last.
 */
export function layOutRooms(rooms: readonly RoomWords[]): readonly Spot[] {
  const column = columnsOf(rooms);
  const filled: number[] = [];
  return rooms.map((room) => {
    const x = column.get(room.id) ?? 0;
    const y = filled[x] ?? 0;
    filled[x] = y + 1;
    return { room, x: x * COLUMN + 10, y: y * ROW + 10 };
  });
}

function columnsOf(rooms: readonly RoomWords[]): ReadonlyMap<string, number> {
  const known = new Map(rooms.map((room) => [room.id, room]));
  const column = new Map<string, number>();
  const first = [...rooms].sort((a, b) => b.portals.length - a.portals.length)[0];
  if (first === undefined) return column;
  column.set(first.id, 0);
  const queue = [first];
  for (let room = queue.shift(); room !== undefined; room = queue.shift()) {
    const doors = column.get(room.id) ?? 0;
    for (const way of room.portals) {
      const next = known.get(way.to);
      if (next === undefined || column.has(next.id)) continue;
      column.set(next.id, doors + 1);
      queue.push(next);
    }
  }
  let last = Math.max(...column.values());
  const lonely = rooms.filter((room) => !column.has(room.id));
  lonely.forEach((room, index) => {
    if (index % 3 === 0) last += 1;
    column.set(room.id, last);
  });
  return column;
}

/** The map; `here` is marked. The picture is for the eye, the list under it for everybody. */
export function facilityMap(rooms: readonly RoomWords[], here: string, go: (room: string) => void): HTMLElement {
  const spots = layOutRooms(rooms);
  const width = Math.max(...spots.map((spot) => spot.x), 0) + BOX.width + 10;
  const height = Math.max(...spots.map((spot) => spot.y), 0) + BOX.height + 10;
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "map", "aria-hidden": "true" }, ...ways(spots), ...spots.map((spot) => box(spot, here)));
  picture.addEventListener("click", (event) => {
    const id = event.target instanceof Element ? event.target.closest("[data-room]")?.getAttribute("data-room") : null;
    if (id !== null && id !== undefined && id !== here) go(id);
  });
  return make("div", { class: "facility-map" }, make("div", { class: "map-frame" }, picture), list(rooms, here, go));
}

function ways(spots: readonly Spot[]): SVGElement[] {
  const drawn = new Set<string>();
  return spots.flatMap((from) =>
    from.room.portals.flatMap((way) => {
      const to = spots.find((spot) => spot.room.id === way.to);
      const key = [from.room.id, way.to].sort().join(" ");
      if (to === undefined || drawn.has(key)) return [];
      drawn.add(key);
      const middle = { x: BOX.width / 2, y: BOX.height / 2 };
      return [svg("line", { x1: from.x + middle.x, y1: from.y + middle.y, x2: to.x + middle.x, y2: to.y + middle.y, class: "way" })];
    }),
  );
}

function box({ room, x, y }: Spot, here: string): SVGElement {
  const share = room.capacity === 0 ? 0 : Math.min(1, room.occupancy / room.capacity);
  const name = svg("text", { x: x + 12, y: y + 25, class: "room-name" });
  name.textContent = room.name.length > 19 ? `${room.name.slice(0, 18)}…` : room.name;
  const words = svg("text", { x: x + 12, y: y + 44, class: "room-count" });
  words.textContent = room.id === here ? `You are here, ${room.occupancy} in all` : occupancyWords(room);
  return svg(
    "g",
    { "data-room": room.id, class: room.id === here ? "room-box here" : "room-box" },
    svg("rect", { x, y, width: BOX.width, height: BOX.height, rx: 10, class: "wall" }),
    svg("rect", { x: x + 12, y: y + 51, width: (BOX.width - 24) * share, height: 4, rx: 2, class: "filled" }),
    name,
    words,
  );
}

function list(rooms: readonly RoomWords[], here: string, go: (room: string) => void): HTMLElement {
  const names = new Map(rooms.map((room) => [room.id, room.name]));
  return make(
    "ul",
    { class: "plain room-rows", attributes: { "aria-label": "Rooms" } },
    ...rooms.map((room) => {
      const doors = room.portals.map((way) => names.get(way.to) ?? way.name);
      return make(
        "li",
        { class: "room-row" },
        make("span", {}, make("strong", {}, room.name), make("small", {}, `${occupancyWords(room)}${doors.length > 0 ? `. ${doors.length === 1 ? "Door" : "Doors"} to ${doors.join(", ")}` : ""}`)),
        room.id === here
          ? make("span", { class: "pill here-pill" }, "Here")
          : button("Go", () => { go(room.id); }, { class: "quiet", label: `Go to ${room.name}` }),
      );
    }),
  );
}
