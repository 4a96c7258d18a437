/** Whether a welcome describes a room that one can be in: numbers may be of the right kind and still of no world. */
import { HEAD_POSITION_MAX, Kind, POSITION_SCALE } from "../protocol/generated/constants";
import type { Welcome } from "../protocol/generated/messages";
import { Malformed } from "../protocol/malformed";
import { readServerMessage } from "../protocol/messages";

/** As often as any room is told, with room to grow: the server's own most is 120. */
const TICK_HZ_MOST = 1000;
/** Metres from the origin: farther away nobody's head can be told (SPEC 4). */
const FARTHEST = (HEAD_POSITION_MAX + 1) / POSITION_SCALE;

type Point = readonly [number, number, number];

/** Radians; an angle is told within one turn, and a few more do no harm. */
const YAW_MOST = 8 * Math.PI;

/** Read the first message of a server. Throws `Malformed` where it is no welcome, or one to a tick rate, bounds, zones or a spawn that cannot be. */
export function readWelcome(message: Uint8Array): Welcome {
  const { kind, body } = readServerMessage(message);
  if (kind !== Kind.Welcome) throw new Malformed(`kind ${kind} before the welcome`);
  check(body);
  return body;
}

function check({ room, spawn, resume_seconds: kept, expires_in: lasts }: Welcome): void {
  if (room.tick_hz < 1 || room.tick_hz > TICK_HZ_MOST) throw new Malformed(`${room.tick_hz} ticks a second`);
  const [least, most] = room.bounds;
  if (!isPlace(least) || !isPlace(most) || least.some((metres, axis) => metres >= most[axis]!)) throw new Malformed("bounds that hold nothing");
  for (const { box } of room.zones) if (!box.every(isPlace)) throw new Malformed("a zone out of this world");
  if (!isPlace(spawn.position) || !(Math.abs(spawn.yaw) <= YAW_MOST)) throw new Malformed("a spawn out of this world");
  if (!(lasts >= 0)) throw new Malformed("a session that lasts less than no time");
  if (!(kept >= 0)) throw new Malformed("a place that is kept for less than no time");
}

/** Whether somebody could be there: NaN is nowhere. */
export function isPlace(point: Point): boolean {
  return point.every((metres) => Math.abs(metres) <= FARTHEST);
}
