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

/** "for 3 minutes", or "for 20 seconds, last 4 minutes ago", or "may see you". */
export function seenWords({ seconds, ago, unseen }: Pick<Seer, "seconds" | "ago" | "unseen">): string {
  if (unseen) return "may see you";
  const long = `for ${durationWords(seconds)}`;
  return ago === 0 ? long : `${long}, last ${durationWords(ago)} ago`;
}

/** One for each person: for how long in all, and when last; of who may see the wearer now, that alone. Keeps the order. */
export function together(seers: readonly Seer[]): readonly Seer[] {
  const people = new Map<number, Seer>();
  for (const seer of seers) {
    const known = people.get(seer.entity);
    if (known?.unseen === true) continue;
    people.set(seer.entity, known === undefined || seer.unseen ? seer : { ...seer, seconds: known.seconds + seer.seconds, ago: Math.min(known.ago, seer.ago) });
  }
  return [...people.values()];
}

/** Names that a sentence has room for. */
const NAMES = 2;
const AND = new Intl.ListFormat("en-GB", { type: "conjunction" });

/** "“Ann” (in an emergency), “Bo” and 2 others see you now. “Cy” may see you." Who breaks the glass comes first. */
export function seersWords(seers: readonly Seer[], emergencies: RoomView["emergencies"]): string {
  const now = together(seers).filter(({ ago }) => ago === 0).sort((a, b) => Number(emergencies.has(b.entity)) - Number(emergencies.has(a.entity)));
  if (now.length === 0) return "Nobody sees you now.";
  const [seeing, unseen] = [now.filter((seer) => !seer.unseen), now.filter((seer) => seer.unseen)];
  const see = seeing.length > 0 && `${namesOf(seeing, emergencies)} ${seeing.length === 1 ? "sees" : "see"} you now.`;
  const may = unseen.length > 0 && `${namesOf(unseen, emergencies)} may see you.`;
  return [see, may].filter(Boolean).join(" ");
}

function namesOf(seers: readonly Seer[], emergencies: RoomView["emergencies"]): string {
  const names = seers.map(({ entity, name }, n) => {
    const called = n === 0 ? spoken(name) : spoken(name).replace(/^Somebody/, "somebody");
    return emergencies.has(entity) ? `${called} (in an emergency)` : called;
  });
  const told = names.length <= NAMES + 1 ? names : [...names.slice(0, NAMES), `${names.length - NAMES} others`];
  return AND.format(told);
}
