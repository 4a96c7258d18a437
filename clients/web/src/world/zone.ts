import type { ZoneView } from "./model";

/** The zone that a place is in, as the server sees it: the first that contains it; null at large. */
export function zoneAt(zones: readonly ZoneView[], at: ArrayLike<number>): ZoneView | null {
  for (const zone of zones) if (contains(zone.box, at)) return zone;
  return null;
}

function contains([low, high]: ZoneView["box"], at: ArrayLike<number>): boolean {
  for (let axis = 0; axis < 3; axis++) if (at[axis]! < low[axis]! || at[axis]! > high[axis]!) return false;
  return true;
}
