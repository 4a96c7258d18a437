/** What the ways to be here share: a screen's and a headset's. */
import type { Side } from "../world/model";
import type { Grasp } from "./grasp";
import type { MutablePose } from "./pose";
import type { Rig } from "./rig";
import type { ComfortSettings } from "./settings";
import type { Surroundings } from "./surroundings";
import type { Travel } from "./travel";

export interface Wearing {
  readonly rig: Rig;
  readonly travel: Travel;
  readonly grasp: Grasp;
  readonly place: Surroundings;
  settings: ComfortSettings;
  notice(text: string): void;
}

/** A wearer's parts in the room, as they are in this frame. */
export interface Parts {
  headTracked: boolean;
  readonly head: MutablePose;
  readonly tracked: Record<Side, boolean>;
  readonly hands: Readonly<Record<Side, MutablePose>>;
  readonly fingersTracked: Record<Side, boolean>;
  readonly joints: Readonly<Record<Side, Float32Array>>;
}
