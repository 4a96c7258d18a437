/** What waits for the welcome, from the open socket on. */
import type { Refused } from "./refused";

/** The way from an open socket to the welcome. */
export interface Handshake {
  welcomed: boolean;
  /** Calls the wait for the welcome off. */
  late: () => void;
  readonly resolve: () => void;
  readonly reject: (why: Refused) => void;
}
