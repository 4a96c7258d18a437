/** Why something was not done, in words for people. Pure. */

import type { Outcome } from "../world/model";

/** By the code of the refusal. */
export type Refusals = Readonly<Record<string, string>>;

/** One's own words for a refusal where there are any, else the server's; `otherwise` where neither says anything. */
export function refusalOf({ code, detail }: Pick<Outcome, "code" | "detail">, own: Refusals, otherwise = "It was not done. Try again."): string {
  return own[code] ?? (detail === "" ? otherwise : detail);
}
