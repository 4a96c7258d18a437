/** The facility as a map: rooms as boxes, joined by the ways between them, with who many are in each. And as a list. */

import { button, make, svg } from "./dom";
import { occupancyWords, type RoomWords } from "./facility";

const COLUMN = 214;
const ROW = 80;
const MARGIN = 10;
const BOX = { width: 172, height: 62 };
/** Between two columns, and between two rows: ways run there and nowhere else. */
const GAP = { x: COLUMN - BOX.width, y: ROW - BOX.height };
/** As small as the picture may be drawn, so that its words can be read: 12 px of the 14 that they are drawn with. */
const SMALLEST = 12 / 14;

export interface Spot {
  readonly room: RoomWords;
  readonly x: number;
  readonly y: number;
  /** Doors from the room that its part of the map begins with. */
  readonly depth: number;
}

/**
 * Lay rooms out as a tree that begins with the room of the most doors: columns by how many doors they are from it, rows so
 * that a room stands beside the first of those behind it, and the others of them below. Rooms that no way leads to come last.
 */
export function layOutRooms(rooms: readonly RoomWords[]): readonly Spot[] {
  const behind = tree(rooms);
  const first = mostDoors(rooms);
  const spots: Spot[] = [];
  let row = 0;
  const place = (room: RoomWords, depth: number): void => {
    spots.push({ room, depth, x: depth * COLUMN + MARGIN, y: row * ROW + MARGIN });
    (behind.get(room) ?? []).forEach((next, index) => {
      if (index > 0) row += 1;
      place(next, depth + 1);
    });
  };
  if (first !== undefined) place(first, 0);
  const placed = new Set(spots.map((spot) => spot.room));
  const column = Math.max(...spots.map((spot) => spot.depth), 0) + 1;
  rooms.filter((room) => !placed.has(room)).forEach((room, index) => {
    spots.push({ room, depth: 0, x: (column + Math.floor(index / 3)) * COLUMN + MARGIN, y: (index % 3) * ROW + MARGIN });
  });
  return spots;
}

function mostDoors(rooms: readonly RoomWords[]): RoomWords | undefined {
  return [...rooms].sort((a, b) => b.portals.length - a.portals.length)[0];
}

/** Which rooms lie behind each, by the fewest doors from the first. */
function tree(rooms: readonly RoomWords[]): ReadonlyMap<RoomWords, readonly RoomWords[]> {
  const known = new Map(rooms.map((room) => [room.id, room]));
  const behind = new Map<RoomWords, RoomWords[]>();
  const first = mostDoors(rooms);
  if (first === undefined) return behind;
  const reached = new Set([first]);
  const queue = [first];
  for (let room = queue.shift(); room !== undefined; room = queue.shift()) {
    const next = room.portals.map((way) => known.get(way.to)).filter((to) => to !== undefined && !reached.has(to)) as RoomWords[];
    behind.set(room, [...new Set(next)]);
    for (const to of next) reached.add(to);
    queue.push(...(behind.get(room) ?? []));
  }
  return behind;
}

/** A picture for the eye where there is room for one, and a list for everybody; `here` is marked. */
export function facilityMap(rooms: readonly RoomWords[], here: string, go: (room: string) => void): HTMLElement {
  const spots = layOutRooms(rooms);
  const width = Math.max(...spots.map((spot) => spot.x), 0) + BOX.width + MARGIN;
  const height = Math.max(...spots.map((spot) => spot.y), 0) + BOX.height + MARGIN;
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "map", "aria-hidden": "true" }, ...ways(spots), ...spots.map((spot) => box(spot, here)));
  picture.style.maxWidth = `${width}px`;
  picture.style.minWidth = `${Math.round(width * SMALLEST)}px`;
  picture.addEventListener("click", (event) => {
    const id = event.target instanceof Element ? event.target.closest("[data-room]")?.getAttribute("data-room") : null;
    if (id !== null && id !== undefined && id !== here) go(id);
  });
  return make("div", { class: "facility-map" }, make("div", { class: "map-frame" }, picture), list(rooms, here, go));
}

/** The same where a picture would be too small to read: the list, each room under the one that it is reached from. */
export function facilityTree(rooms: readonly RoomWords[], here: string, go: (room: string) => void): HTMLElement {
  const spots = layOutRooms(rooms);
  const rows = list(spots.map((spot) => spot.room), here, go);
  rows.classList.add("room-tree");
  [...rows.children].forEach((row, index) => {
    if (row instanceof HTMLElement) row.style.setProperty("--depth", String(spots[index]?.depth ?? 0));
  });
  return make("div", { class: "facility-map" }, rows);
}

function ways(spots: readonly Spot[]): SVGElement[] {
  const drawn = new Set<string>();
  return spots.flatMap((from) =>
    from.room.portals.flatMap((way) => {
      const to = spots.find((spot) => spot.room.id === way.to);
      const key = [from.room.id, way.to].sort().join(" ");
      if (to === undefined || to === from || drawn.has(key)) return [];
      drawn.add(key);
      const corners = wayBetween(from, to, spots).map(([x, y]) => `${x},${y}`);
      return [svg("polyline", { points: corners.join(" "), class: "way" })];
    }),
  );
}

type Corner = readonly [x: number, y: number];

/** The corners of a way that crosses no box: it runs in the gaps between columns and rows. */
export function wayBetween(a: Spot, b: Spot, spots: readonly Spot[]): readonly Corner[] {
  const [left, right] = a.x <= b.x ? [a, b] : [b, a];
  const out: Corner = [left.x + BOX.width, middleOf(left)];
  const down = out[0] + laneOf(left, spots);
  const near = right.x - left.x === COLUMN;
  // Those of one column are joined on their right.
  if (left.x === right.x) return [out, [down, out[1]], [down, middleOf(right)], [right.x + BOX.width, middleOf(right)]];
  if (near) return [out, [down, out[1]], [down, middleOf(right)], [right.x, middleOf(right)]];
  const between = right.y + BOX.height + GAP.y / 2;
  const up = right.x - GAP.x / 4;
  return [out, [down, out[1]], [down, between], [up, between], [up, middleOf(right)], [right.x, middleOf(right)]];
}

function middleOf(spot: Spot): number {
  return spot.y + BOX.height / 2;
}

/** How far right of its box the ways of a room go up and down: each room of a column has a lane, so that no two ways run into one. */
function laneOf(spot: Spot, spots: readonly Spot[]): number {
  const column = spots.filter(({ x }) => x === spot.x);
  return (GAP.x * (column.indexOf(spot) + 1)) / (column.length + 1);
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
