/**
 * `window.polyclinic`: what end-to-end tests read. Nothing can be done with it, and nothing is made until it is read. It is
 * there only where `window.polyclinicWatched` is true before the page's script runs: who is in a room, where, and what they
 * say is for nobody else's script.
 */

import type { Body } from "./body";
import type { HandView, PartView, PersonView, RoomView, Side, ThingView } from "../world/model";

export interface Looked {
  readonly screen: "entrance" | "joining" | "room" | "ended";
  readonly room: RoomView | null;
  readonly body: Body | null;
}

declare global {
  interface Window {
    polyclinicWatched?: boolean;
  }
}

export function installHook(look: () => Looked): void {
  if (window.polyclinicWatched !== true) return;
  const hook = {
    get screen() { return look().screen; },
    get room() { return look().room?.description.id ?? ""; },
    get status() { return look().room?.status ?? null; },
    get quality() { return look().room?.quality ?? null; },
    get self() {
      const { room, body } = look();
      if (room === null) return null;
      return { ...room.self, standing: standingPlain(body), device: body?.device ?? "", left: ownHandPlain(body, "left"), right: ownHandPlain(body, "right") };
    },
    get people() { return [...(look().room?.people.values() ?? [])].map(personPlain); },
    get told() { return toldPlain(look().room); },
    get things() { return [...(look().room?.things.values() ?? [])].map(thingPlain); },
    get roster() { return [...(look().room?.roster.values() ?? [])].map((entry) => ({ ...entry })); },
    get chat() { return (look().room?.chat ?? []).map((said) => ({ ...said })); },
    get reading() { return [...(look().body?.reading ?? [])]; },
    get counts() { return look().body?.counts() ?? {}; },
  };
  Object.defineProperty(window, "polyclinic", { value: Object.freeze(hook), configurable: true });
}

function standingPlain(body: Body | null): object | null {
  if (body === null) return null;
  const { position, yaw } = body.standing();
  return { position: [...position], yaw };
}

/** A hand as it is sent; null while it is not tracked. */
function ownHandPlain(body: Body | null, side: Side): readonly number[] | null {
  const hand = body?.pose[side] ?? null;
  return hand === null ? null : [...hand.position];
}

function personPlain(person: PersonView): object {
  return {
    entity: person.entity,
    name: person.name,
    role: person.role,
    head: partPlain(person.head),
    left: fingersPlain(person.left),
    right: fingersPlain(person.right),
    voice: person.voice,
    speaking: person.speaking,
    seated: person.seated,
  };
}

/** What was told last of each person in sight. */
function toldPlain(room: RoomView | null): object[] {
  return [...(room?.people.keys() ?? [])].flatMap((entity) => {
    const told = room?.told(entity) ?? null;
    return told === null ? [] : [{ entity, tick: told.tick, tier: told.tier, head: [...told.head] }];
  });
}

function partPlain({ presence, position, rotation }: PartView): object {
  return { presence, position: [...position], rotation: [...rotation] };
}

/** `joints` are 26 rotations in the room, 4 numbers each; null while fingers are not tracked. */
function fingersPlain(hand: HandView): object {
  const { fingersTracked, jointRotations } = hand;
  return { ...partPlain(hand), fingersTracked, joints: fingersTracked ? [...jointRotations] : null };
}

function thingPlain(thing: ThingView): object {
  const { entity, name, model, holder, hand, offered, shown, grabbable } = thing;
  return { entity, name, model, holder, hand, offered, shown, grabbable, position: [...thing.position], rotation: [...thing.rotation] };
}
