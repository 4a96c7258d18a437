/** A view that is locked: the way back for who was here, and nothing of them for anybody else. */

import { CloseCode } from "../protocol/generated/constants";
import type { Keeping } from "../screens/keeping";
import { Refused } from "../session/refused";

/** Why a place that was locked is not taken up again, by close code: whoever is here now comes in as themselves, if at all. */
const NO_WAY_BACK: Readonly<Record<string, string>> = { [CloseCode.AuthenticationInvalid]: "other_person", [CloseCode.Replayed]: "place_gone" };

export class Lock {
  /** What takes the place in the room up again; "" where nothing is locked. */
  token = "";
  private visitor: unknown;

  constructor(private readonly keeping: Pick<Keeping, "read" | "write" | "forget">) {}

  /** Nobody seems to be here: whoever comes by finds nothing of who was, by loading the page anew neither. */
  close(token: string): void {
    this.token = token;
    this.visitor ??= this.keeping.read("visitor");
    this.keeping.forget("visitor");
  }

  /** They are back. */
  open(): void {
    if (this.visitor !== undefined) this.keeping.write("visitor", this.visitor);
    this.forget();
  }

  /** They are not, and somebody else is here now. */
  forget(): void {
    this.token = "";
    this.visitor = undefined;
  }

  /** What a refusal means to who asked to come back. */
  refused(error: unknown): unknown {
    const code = this.token !== "" && error instanceof Refused ? NO_WAY_BACK[error.code] : undefined;
    return code === undefined ? error : new Refused(code, "", false);
  }
}

/** Whether one is told that one is not who was here, or that there is no place any more. */
export function hasNoWayBack(code: string): boolean {
  return Object.values(NO_WAY_BACK).includes(code);
}
