/** What one allows in a room, in words, and why it was not changed. Pure. */

import type { Outcome, Purpose } from "../world/model";
import { refusalOf, type Refusals } from "./refusals";

/** By purpose: its name in a list, what it means, and as a part of a sentence. */
export const PURPOSES: Readonly<Record<Purpose, { readonly name: string; readonly help: string; readonly short: string }>> = {
  treat: { name: "Care", help: "Without it, those who are here only to treat patients no longer see or hear you. They leave once no patient here allows it. Others see you as before. In an emergency whoever breaks the glass sees you, and everybody is told.", short: "care" },
  observe: { name: "Being watched by learners and observers", help: "Without it, those who are here only to watch patients no longer see or hear you. They leave once no patient here allows it.", short: "being watched" },
  record_audio: { name: "Recording of sound", help: "", short: "recording of sound" },
  record_motion: { name: "Recording of how I move", help: "Ways of moving can tell who somebody is.", short: "recording of how you move" },
  transcribe: { name: "Writing down what is said", help: "", short: "writing down what is said" },
  research: { name: "Use for research", help: "", short: "research" },
};

const REFUSALS: Refusals = {
  audit_unavailable: "The clinic's record cannot be written just now, so nothing more can be allowed or recorded.",
  failed: "The clinic cannot keep this just now. What you no longer allow has ended all the same.",
  forbidden: "You may not do that here.",
  not_offered: "The clinic keeps no such recordings of this room.",
  consent_missing: "Somebody here has not allowed it.",
  lost: "The connection was lost before the answer. Check what you allow.",
};

/** Why it went otherwise than asked; "" where it did not. */
export function consentRefusal(outcome: Outcome): string {
  return outcome.ok ? "" : refusalOf(outcome, REFUSALS);
}

/** "You allow care and being watched." */
export function allowedWords(given: ReadonlySet<Purpose>): string {
  const told = [...given].map((purpose) => PURPOSES[purpose].short);
  return told.length === 0 ? "You allow nothing here." : `You allow ${AND.format(told)}.`;
}

const AND = new Intl.ListFormat("en-GB", { type: "conjunction" });
