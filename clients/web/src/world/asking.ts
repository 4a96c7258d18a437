/** What rooms ask features, and what of the answers can be read. */
import type { FreeMap, Results } from "../protocol/generated/messages";
import { Malformed } from "../protocol/malformed";
import { readResultBody } from "../protocol/messages";
import type { Answer } from "../session/operations";
import type { Outcome } from "./model";

/** Ask a feature for something; settles with its answer, whatever it is. */
export type Operate = (feature: string, type: string, body: FreeMap) => Promise<Answer>;

/** How it went, without the answer's body. */
export function outcomeOf({ ok, code, detail }: Answer): Outcome {
  return { ok, code, detail };
}

/** The body of an answer; null where there is none such. */
export function bodyOf<K extends keyof Results>(name: K, { body }: Answer): Results[K] | null {
  try {
    return readResultBody(name, body);
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}
