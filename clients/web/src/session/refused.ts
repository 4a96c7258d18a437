/** Why one is not in a room, in words for people. */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(
    /** The front desk's, or the close code; `unreachable` if nobody answers. */
    readonly code: string,
    words: string,
    /** Whether to try again is worth it. */
    readonly temporary: boolean,
  ) {
    super(words);
  }
}

/** Whatever was thrown, in words for people. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : "Something went wrong.";
}

/** Take what was thrown for a refusal; anything else is a fault of this page and goes on. */
export function asRefused(error: unknown): Refused {
  if (error instanceof Refused) return error;
  throw error;
}
