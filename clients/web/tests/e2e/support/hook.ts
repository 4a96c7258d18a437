/** What `window.polyclinic` tells, as tests read it. */

import type { Quality, RosterEntry, Said, Status } from "../../../src/world/model";

export interface Part {
  readonly presence: number;
  readonly position: readonly number[];
  readonly rotation: readonly number[];
}

export interface SeenPerson {
  readonly entity: number;
  readonly name: string;
  readonly head: Part;
  readonly left: Part;
  readonly right: Part;
}

export interface SeenThing {
  readonly entity: number;
  readonly name: string;
  readonly holder: number;
  readonly hand: string | null;
  readonly offered: boolean;
  readonly shown: boolean;
  readonly position: readonly number[];
}

export interface Self extends RosterEntry {
  readonly standing: { readonly position: readonly number[]; readonly yaw: number } | null;
  readonly device: string;
  readonly left: readonly number[] | null;
  readonly right: readonly number[] | null;
}

export interface Hook {
  readonly screen: "entrance" | "joining" | "room" | "ended";
  readonly room: string;
  readonly status: Status | null;
  readonly quality: Quality | null;
  readonly self: Self | null;
  readonly people: readonly SeenPerson[];
  readonly things: readonly SeenThing[];
  readonly roster: readonly RosterEntry[];
  readonly chat: readonly Said[];
  /** What is on the panel in the headset. */
  readonly reading: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

declare global {
  interface Window {
    readonly polyclinic: Hook;
  }
}
