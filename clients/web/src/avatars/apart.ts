/** Keeps what stands over people's heads apart on the screen. Pure. */

import type * as THREE from "three";

/** A plate on the screen, in tangents of the angles from the middle of the view: across to the right, up from the middle. */
export interface Plate {
  distance: number;
  across: number;
  halfWidth: number;
  /** Where its lower edge is by itself. */
  bottom: number;
  tall: number;
  /** Where its lower edge goes. */
  placed: number;
  /** How far up it is drawn now, of its own heights. */
  lift: number;
  /** How far up it should be. */
  wish: number;
  /** Whether there is room for it. */
  fits: boolean;
}

/** Between two plates, of one's height. */
const GAP = 0.12;
/** Farther from its head nobody knows whose it is, in its own heights. */
const HIGHEST = 2.5;
/** One that is up stays up until it has this much more room: who sways beside somebody would have it hop. */
const HOLDS = 0.25;
/** And until it is so much nearer than the other. */
const STAYS_BEHIND = 1.08;
const UP = 0.1;

/** Say of the first `count` plates how far up each goes so that none lies over another: the nearest stays where it is. Sorts them. */
export function keepApart(plates: Plate[], count: number): void {
  sort(plates, count);
  for (let i = 0; i < count; i++) place(plates, i);
}

/** Nearest first; from one picture to the next hardly any changes places, so insertion is cheap. */
function sort(plates: Plate[], count: number): void {
  for (let i = 1; i < count; i++) {
    const plate = plates[i]!;
    let to = i;
    while (to > 0 && isBefore(plate, plates[to - 1]!)) {
      plates[to] = plates[to - 1]!;
      to--;
    }
    plates[to] = plate;
  }
}

function isBefore(one: Plate, other: Plate): boolean {
  return one.distance * (one.lift > UP ? STAYS_BEHIND : 1) < other.distance * (other.lift > UP ? STAYS_BEHIND : 1);
}

/** Among those before it, which have their places. */
function place(plates: Plate[], index: number): void {
  const plate = plates[index]!;
  plate.placed = plate.bottom;
  // Each pushes it up once at most, for below that one it comes no more.
  for (let i = 0; i < index; i++) {
    if (!meets(plate, plates[i]!)) continue;
    plate.placed = plates[i]!.placed + plates[i]!.tall + plate.tall * GAP;
    i = -1;
  }
  plate.wish = (plate.placed - plate.bottom) / plate.tall;
  plate.fits = plate.wish <= HIGHEST;
  if (!plate.fits) plate.wish = 0;
}

function meets(plate: Plate, other: Plate): boolean {
  if (!other.fits) return false;
  const aside = plate.halfWidth + other.halfWidth + plate.tall * (plate.lift > UP ? HOLDS : GAP);
  if (Math.abs(plate.across - other.across) >= aside) return false;
  // Rounding leaves one that was pushed to another's edge a hair below it.
  const edge = other.placed + other.tall + plate.tall * GAP * 0.99;
  return plate.placed < edge && plate.placed + plate.tall * (1 + GAP) > other.placed;
}

/** Take a plate's place on the screen: `foot` is the middle of its lower edge, in the room; sizes are m. */
export function project(plate: Plate, view: THREE.Matrix4, foot: THREE.Vector3, size: { readonly width: number; readonly height: number }): void {
  const m = view.elements;
  const x = m[0] * foot.x + m[4] * foot.y + m[8] * foot.z + m[12];
  const y = m[1] * foot.x + m[5] * foot.y + m[9] * foot.z + m[13];
  const z = m[2] * foot.x + m[6] * foot.y + m[10] * foot.z + m[14];
  // Beside the eyes nothing is in view; it only must not divide by 0.
  const depth = Math.max(0.05, -z);
  plate.across = x / depth;
  plate.bottom = y / depth;
  plate.halfWidth = size.width / 2 / depth;
  plate.tall = size.height / depth;
}
