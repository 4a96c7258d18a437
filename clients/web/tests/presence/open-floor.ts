/** A floor without anything on it, and with things that are in reach when a test says so. */
import type { Surroundings } from "../../src/presence/surroundings";

export interface OpenFloor extends Surroundings {
  inReach: number;
  marked: number | null;
}

export function openFloor(): OpenFloor {
  return {
    floor: 0,
    inReach: 0,
    marked: null,
    free: () => true,
    slide(_fromX, _fromZ, toX, toZ, out) {
      out.x = toX;
      out.z = toZ;
    },
    way: (_from, to) => [to],
    thingAlong() {
      return this.inReach;
    },
    thingNear() {
      return this.inReach;
    },
    surfaceAlong: () => null,
    surfaceBelow: () => 0,
    standing: () => 0,
    highlight(entity) {
      this.marked = entity;
    },
  };
}
