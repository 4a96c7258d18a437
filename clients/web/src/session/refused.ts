/** Why one is not in a room, in words for people. */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(
    /** The front desk's, or the close code; `unreachable` if nobody answers. */
    readonly code: string,
    words: string,
    /** Whether to try again is worth it. */
    readonly temporary: boolean,
    /** Of who has to sign in again: how old the sign-in may be at most, s; 0 otherwise. */
    readonly maxAge = 0,
    /** Of who was locked: what takes the place up again; "" otherwise. */
    readonly token = "",
  ) {
    super(words);
  }
}

/** Whatever was thrown, in words for people: what a browser says of a fault, an address of a file perhaps, is for nobody. */
export function wordsOf(error: unknown): string {
  return error instanceof Refused ? error.message : "Something went wrong on this page. Try again, or load it anew.";
}

/** Take what was thrown for a refusal; anything else is a fault of this page and goes on. */
export function asRefused(error: unknown): Refused {
  if (error instanceof Refused) return error;
  throw error;
}

/** Whether somebody has to sign in again, because a view of theirs was locked since they did (SPEC 10.1). */
export function mustSignInAgain(error: unknown): error is Refused {
  return error instanceof Refused && (error.code === "reauthentication_required" || error.code === "auth_time_missing");
}
