/** A room in words: where somebody is from where one stands, and what there is. Pure: no page, no clock. */

import type { EmergencyEnding, EmergencyReason, PersonView, RoomDescription, RoomEvents, RoomView, ThingView, Vec3 } from "../world/model";
import { spoken } from "./called";
import { zoneAt } from "../world/zone";

/** Where the wearer is: the head, and radians about +Y of where it looks, 0 along -Z. */
export interface Standing {
  readonly position: Vec3;
  readonly yaw: number;
}

type Point = ArrayLike<number>;

const DIRECTIONS = [
  "ahead",
  "ahead to the right",
  "to the right",
  "behind you to the right",
  "behind you",
  "behind you to the left",
  "to the left",
  "ahead to the left",
] as const;

/** Nearer than this there is no direction worth telling. */
const HERE = 0.35;

/** Which way something lies, in eighths of a turn. */
export function directionWords(from: Standing, to: Point): string {
  const x = at(to, 0) - from.position[0];
  const z = at(to, 2) - from.position[2];
  const bearing = Math.atan2(x, -z) + from.yaw;
  const eighth = Math.round(bearing / (Math.PI / 4));
  return DIRECTIONS[((eighth % 8) + 8) % 8] ?? "ahead";
}

export function distanceTo(from: Standing, to: Point): number {
  return Math.hypot(at(to, 0) - from.position[0], at(to, 2) - from.position[2]);
}

/** Metres as one would say them: finer when near, where it matters. */
export function distanceWords(metres: number): string {
  if (metres < 1) return "less than 1 m";
  if (metres < 3) return `${(Math.round(metres * 2) / 2).toString()} m`;
  return `${Math.round(metres)} m`;
}

/** "2 m ahead to the left". */
export function placeWords(from: Standing, to: Point): string {
  const metres = distanceTo(from, to);
  return metres < HERE ? "right where you are" : `${distanceWords(metres)} ${directionWords(from, to)}`;
}

/** Of the zone that a place is in; empty at large. */
export function zoneName(description: RoomDescription, place: Point): string {
  return zoneAt(description.zones, place)?.name ?? "";
}

export interface PersonWords {
  readonly entity: number;
  readonly name: string;
  readonly role: string;
  readonly text: string;
  readonly position: Vec3;
  readonly holds: readonly ThingView[];
}

export interface ThingWords {
  readonly thing: ThingView;
  readonly text: string;
  readonly position: Vec3;
}

export interface WayWords {
  readonly to: string;
  readonly name: string;
  readonly text: string;
  readonly position: Vec3;
}

export interface SceneWords {
  readonly here: string;
  readonly people: readonly PersonWords[];
  readonly outOfSight: readonly string[];
  readonly things: readonly ThingWords[];
  readonly ways: readonly WayWords[];
  readonly held: readonly ThingView[];
}

/** All of a room in words, the nearest first. */
export function describeRoom(room: RoomView, from: Standing): SceneWords {
  const things = [...room.things.values()].filter((thing) => thing.shown);
  const people = [...room.people.values()];
  const near = (a: { position: Vec3 }, b: { position: Vec3 }): number => distanceTo(from, a.position) - distanceTo(from, b.position);
  const free = things.filter((thing) => thing.holder === 0);
  return {
    here: hereWords(room, from),
    people: people.map((person) => personWords(room, person, from, things)).sort(near),
    outOfSight: [...room.roster.values()].filter((who) => who.entity !== room.self.entity && !room.people.has(who.entity)).map((who) => who.name),
    things: free.map((thing) => ({ thing, text: placeWords(from, thing.position), position: point(thing.position) })).sort(near),
    ways: room.description.portals.map((portal) => ({ to: portal.to, name: portal.name, text: placeWords(from, portal.position), position: portal.position })).sort(near),
    held: things.filter((thing) => thing.holder === room.self.entity),
  };
}

function hereWords(room: RoomView, from: Standing): string {
  const zone = zoneName(room.description, from.position);
  const others = room.people.size;
  const seen = others === 0 ? "Nobody else is in sight." : others === 1 ? "One person is in sight." : `${others} people are in sight.`;
  return `You are in ${room.description.name}${zone === "" ? "" : `, ${zone}`}, facing ${compassWords(from.yaw)}. ${seen}`;
}

/** The room's -Z is told as north, so that the words stay the same whoever turns. */
function compassWords(yaw: number): string {
  const names = ["north", "north-west", "west", "south-west", "south", "south-east", "east", "north-east"];
  const eighth = Math.round(yaw / (Math.PI / 4));
  return names[((eighth % 8) + 8) % 8] ?? "north";
}

function personWords(room: RoomView, person: PersonView, from: Standing, things: readonly ThingView[]): PersonWords {
  const holds = things.filter((thing) => thing.holder === person.entity);
  const zone = zoneName(room.description, person.head.position);
  const parts = [placeWords(from, person.head.position)];
  if (zone !== "" && zone !== zoneName(room.description, from.position)) parts.push(`in ${zone}`);
  if (person.seated) parts.push("sitting");
  if (person.speaking) parts.push("speaking");
  if (person.signing) parts.push("signing");
  for (const thing of holds) parts.push(thing.offered ? `offers ${thing.name}` : `holds ${thing.name}`);
  return { entity: person.entity, name: person.name, role: person.role, text: parts.join(", "), position: point(person.head.position), holds };
}

export function roleWords(role: string): string {
  return role === "" ? "" : role.charAt(0).toUpperCase() + role.slice(1).replaceAll(/[-_]/g, " ");
}

function at(values: Point, index: number): number {
  return values[index] ?? 0;
}

function point(values: Point): Vec3 {
  return [at(values, 0), at(values, 1), at(values, 2)];
}

/** "“Dr Okafor” sees behind every curtain here now, for an emergency: somebody does not respond." */
export function emergencyWords({ who: { entity, name, reason }, over, why }: RoomEvents["emergency"], self: number): string {
  const sees = entity === self ? "You see" : `${spoken(name)} sees`;
  if (over) return `${sees} behind the curtains no more${why === "" ? "" : ENDINGS[why]}.`;
  return `${sees} behind every curtain here now, for an emergency${REASONS[reason]}. It is written down.`;
}

const REASONS: Readonly<Record<EmergencyReason, string>> = {
  life_threat: ": a life is at risk",
  no_response: ": somebody does not respond",
  risk_to_others: ": others are at risk",
  safety_check: ": to see that somebody is safe",
  other: "",
};

const ENDINGS: Readonly<Record<EmergencyEnding, string>> = {
  done: "",
  left: "",
  time: ": the time is over",
  unavailable: ": nothing can be written down just now",
};
