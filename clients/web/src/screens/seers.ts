/** Who sees the wearer, and for how long, in words. Pure. */

import type { RoomView, Seer } from "../world/model";
import { spoken } from "./called";

/** A length of time as one would say it: finer where it is short. */
export function durationWords(seconds: number): string {
  if (seconds < 5) return "a moment";
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return minutes === 1 ? "a minute" : `${minutes} minutes`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** "for 3 minutes", or "for 20 seconds, last 4 minutes ago". */
export function seenWords({ seconds, ago }: Pick<Seer, "seconds" | "ago">): string {
  const long = `for ${durationWords(seconds)}`;
  return ago === 0 ? long : `${long}, last ${durationWords(ago)} ago`;
}

/** One for each person: for how long in all, and when last. Keeps the order. */
export function together(seers: readonly Seer[]): readonly Seer[] {
  const people = new Map<number, Seer>();
  for (const seer of seers) {
    const known = people.get(seer.entity);
    people.set(seer.entity, known === undefined ? seer : { ...seer, seconds: known.seconds + seer.seconds, ago: Math.min(known.ago, seer.ago) });
  }
  return [...people.values()];
}

/** Names that a sentence has room for. */
const NAMES = 2;
const AND = new Intl.ListFormat("en-GB", { type: "conjunction" });

/** "“Ann” (in an emergency), “Bo” and 2 others see you now." Who breaks the glass comes first. */
export function seersWords(seers: readonly Seer[], emergencies: RoomView["emergencies"]): string {
  const now = together(seers).filter(({ ago }) => ago === 0).sort((a, b) => Number(emergencies.has(b.entity)) - Number(emergencies.has(a.entity)));
  if (now.length === 0) return "Nobody sees you now.";
  const names = now.map(({ entity, name }, n) => {
    const called = n === 0 ? spoken(name) : spoken(name).replace(/^Somebody/, "somebody");
    return emergencies.has(entity) ? `${called} (in an emergency)` : called;
  });
  const told = names.length <= NAMES + 1 ? names : [...names.slice(0, NAMES), `${names.length - NAMES} others`];
  return `${AND.format(told)} ${now.length === 1 ? "sees" : "see"} you now.`;
}
