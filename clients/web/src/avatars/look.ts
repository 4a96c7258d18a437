import * as THREE from "three";

import { Slot } from "./body/bones";
import type { Outfit } from "./body/clothes";
import { HAIR_STYLES } from "./body/hair";
import type { HairStyle } from "./body/hair";

/** How somebody looks in the default figure. */
export interface Look {
  readonly outfit: Outfit;
  readonly hair: HairStyle;
  /** Of each slot, linear red, green and blue, and how glossy it is. */
  readonly palette: Float32Array;
}

const SKINS = ["#f6d3bd", "#eec0a2", "#dfa983", "#c98e66", "#a86f4b", "#8a5638", "#744832", "#5e3b2a"];
const HAIRS = ["#1d1a1c", "#2e2220", "#4a3024", "#6e4630", "#9a6a3c", "#c79a5b", "#8c8a8a", "#7a3423"];
const IRISES = ["#4f3526", "#5f422b", "#6d5a34", "#4d6b4a", "#4b6f8f", "#3c2a22"];
const SCRUBS = ["#2f8f8b", "#3b7fb5", "#4d6fae", "#3a9a78", "#7468a8"];
const CASUAL = ["#d9765f", "#e0a84c", "#6f9a6a", "#5c86b0", "#a86a8a", "#c9bda6", "#54708a", "#b5564e"];
const SHIRTS = ["#b9d3ea", "#e9e2d2", "#cfe0d2", "#e6c9c4"];
const TROUSERS = ["#3a4a66", "#4a4a52", "#77664f", "#2f3b48", "#5b6573"];
const SCARVES = ["#7f5a83", "#3f7f86", "#c46f63", "#5a6fa5"];
const SHOES = ["#f1efe9", "#3b3d45", "#8a6a50", "#5f7f94"];

/** FNV-1a: the same person looks the same to everybody. */
export function hash(entity: number, name: string): number {
  let value = 0x811c9dc5 ^ entity;
  for (let i = 0; i < name.length; i++) value = Math.imul(value ^ name.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

/** Numbers that follow from a hash, one choice after another. */
function choices(seed: number): <T>(list: readonly T[]) => T {
  let state = seed;
  return <T>(list: readonly T[]) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return list[(state >>> 8) % list.length]!;
  };
}

const ROLE_COLOURS: Readonly<Partial<Record<string, string>>> = {
  ...{ patient: "#d9705a", proxy: "#c98a5a", clinician: "#1f9d94", therapist: "#3a8fb7", interpreter: "#4f9d4a", reception: "#b65a94" },
  ...{ facilitator: "#8a63d2", learner: "#e0a02f" },
};

/** The colour that a role wears on its lanyard, and on its tag. */
export function roleColour(role: string): string {
  return ROLE_COLOURS[role] ?? "#5f7f94";
}

function outfitOf(role: string, pick: <T>(list: readonly T[]) => T): Outfit {
  if (role === "clinician" || role === "therapist") return pick(["scrubs", "coat"] as const);
  if (role === "learner") return "scrubs";
  if (role === "facilitator" || role === "reception") return "shirt";
  return pick(["jumper", "jumper", "shirt"] as const);
}

export function lookOf(entity: number, name: string, role: string): Look {
  const pick = choices(hash(entity, name));
  const hair = pick(HAIR_STYLES), skin = pick(SKINS), outfit = outfitOf(role, pick);
  const palette = new Float32Array(Slot.count * 4);
  const colour = new THREE.Color(), other = new THREE.Color();
  const set = (slot: number, hex: string, gloss = 0.06): void => {
    colour.set(hex).toArray(palette, slot * 4);
    palette[slot * 4 + 3] = gloss;
  };
  const blended = (slot: number, a: string, b: string, t: number, gloss: number): void => {
    set(slot, `#${colour.set(a).lerp(other.set(b), t).getHexString()}`, gloss);
  };
  const hairColour = pick(HAIRS);
  set(Slot.skin, skin, 0.16);
  blended(Slot.lips, skin, "#a02f3a", 0.36, 0.3);
  set(Slot.hair, hairColour, 0.3);
  blended(Slot.brow, hairColour, "#2a1d18", 0.45, 0.05);
  const cloth = outfit === "coat" ? "#eceeec" : outfit === "scrubs" ? (role === "learner" ? "#4a68a8" : pick(SCRUBS)) : outfit === "shirt" ? pick(SHIRTS) : pick(CASUAL);
  set(Slot.top, cloth);
  set(Slot.under, pick(SCRUBS));
  blended(Slot.trim, cloth, outfit === "shirt" ? "#ffffff" : "#1d2433", outfit === "shirt" ? 0.6 : 0.25, 0.05);
  set(Slot.bottom, outfit === "scrubs" ? cloth : pick(TROUSERS));
  set(Slot.shoe, pick(SHOES), 0.15);
  set(Slot.accent, hair === "scarf" && role === "patient" ? pick(SCARVES) : roleColour(role));
  set(Slot.white, "#ece9e4", 1);
  set(Slot.iris, pick(IRISES), 1);
  set(Slot.dark, "#15131a", 1);
  set(Slot.rubber, "#23252d", 0.25);
  set(Slot.mouth, "#5e1f26", 0.1);
  set(Slot.teeth, "#f4efe6", 0.3);
  set(Slot.metal, "#b9c2c9", 0.9);
  return { outfit, hair, palette };
}
