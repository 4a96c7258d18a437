/** Who saw the wearer, as the feature `access` tells (SPEC 6.1). */
import { bodyOf, type Operate } from "./asking";
import type { Seer } from "./model";

/** Those who do now first; null where the room does not say. */
export async function whoSaw(operate: Operate): Promise<readonly Seer[] | null> {
  const answer = await operate("access", "recent", {});
  return answer.ok ? (bodyOf("access/recent", answer)?.people ?? null) : null;
}
