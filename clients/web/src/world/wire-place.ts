/** A place as operations tell it (SPEC 6.1). */
import { POSITION_SCALE } from "../protocol/generated/constants";
import { packRotation, quantise } from "../protocol/quantities";
import { TrackedPart } from "../protocol/state";
import type { Place } from "./model";

export function millimetres({ position }: Place): [number, number, number] {
  const [x, y, z] = position;
  return [quantise(x, POSITION_SCALE), quantise(y, POSITION_SCALE), quantise(z, POSITION_SCALE)];
}

/** A rotation as the wire has it; none at all of what is no rotation. */
export function packed({ rotation }: Place): [number, number, number, number] {
  const part = new TrackedPart();
  if (!packRotation(rotation, part)) part.largest = 3;
  return [part.largest, part.rotation[0]!, part.rotation[1]!, part.rotation[2]!];
}
