/** What moves the wearer through a room: a picture with a presence in it, or words alone. The overlay knows no more. */

import type { Action } from "../screens/actions";
import type { Standing } from "../screens/describe";
import type { Settings } from "../screens/settings";
import type { TextWays } from "../screens/text-view";
import type { LocalPose } from "../world/model";

export interface Body {
  readonly actions: readonly Action[];
  readonly ways: Pick<TextWays, "walkTo" | "turn" | "grab" | "put">;
  readonly device: "headset" | "desktop" | "touch" | "text";
  /** What was made to be sent last; written anew with each picture. */
  readonly pose: Readonly<LocalPose>;
  /** What can be read in a headset now; undefined where there is none. */
  readonly reading?: readonly string[];
  standing(): Standing;
  /** Called with each picture, or some times a second where there is none. */
  onStep(step: (now: number) => void): void;
  apply(settings: Settings): void;
  /** Nothing need be drawn while the room is told in words. */
  hide(hidden: boolean): void;
  /** Whether keys move the wearer: not while a state lies over the room. */
  heed(heeded: boolean): void;
  counts(): Readonly<Record<string, number>>;
  close(): void;
}
