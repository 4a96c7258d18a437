import type { Clay, Ring, Skin } from "../clay/clay";
import type { Field, Point } from "../clay/field";
import { blend, cone, ellipsoid, smoothstep } from "../clay/field";
import { direction, dome } from "../clay/clay";
import { Bone, Slot } from "./bones";
import type { Detail } from "./detail";
import { by } from "./detail";

const chest = (_x: number, y: number): Skin => {
  const lower = smoothstep(1.28, 1.1, y);
  return [Bone.spine, lower, Bone.chest, 1 - lower];
};

/** The clothes' surface, seen from the front or the back, and a little off it. */
function upon(clothes: Field, x: number, y: number, back: boolean, off: number): Point {
  const sign = back ? 1 : -1;
  let z = 0.3 * sign;
  for (let step = 0; step < 60; step++) {
    const distance = clothes(x, y, z);
    if (distance < 0.0005) break;
    z -= distance * 0.8 * sign;
  }
  return [x, y, z + off * sign];
}

/** A point moved to where it lies a little off the clothes. */
function laid(clothes: Field, p: Point, off: number): Point {
  let [x, y, z] = p;
  const e = 0.002;
  for (let step = 0; step < 12; step++) {
    const lift = (off - clothes(x, y, z)) * 0.8;
    const gx = clothes(x + e, y, z) - clothes(x - e, y, z), gy = clothes(x, y + e, z) - clothes(x, y - e, z), gz = clothes(x, y, z + e) - clothes(x, y, z - e);
    const length = Math.hypot(gx, gy, gz) || 1;
    x += (gx / length) * lift;
    y += (gy / length) * lift;
    z += (gz / length) * lift;
  }
  return [x, y, z];
}

/** A cord of a radius through points. */
function cord(clay: Clay, detail: Detail, points: readonly Point[], radius: number, slot: number): void {
  const field = blend(0.004, ...points.slice(1).map((p, i) => cone(points[i]!, p, radius, radius)));
  let start: Point = [0, 0, 1];
  const rings: Ring[] = points.map((centre, i) => {
    const axis = direction(points[Math.max(0, i - 1)]!, points[Math.min(points.length - 1, i + 1)]!);
    // Any start across the cord does, if each follows from the one before: or the cord would be wrung.
    const along = axis[0] * start[0] + axis[1] * start[1] + axis[2] * start[2];
    start = direction([0, 0, 0], [start[0] - axis[0] * along, start[1] - axis[1] * along, start[2] - axis[2] * along]);
    return { centre, axis, start, tilt: 0, reach: radius * 2.5 };
  });
  clay.cast({ rings, segments: by(detail, 7, 4, 3), field, skin: chest, paint: { slots: [slot] }, shade: () => 1 });
}

/** About the back of the neck, from one side to the other. */
function nape(clothes: Field, width: number, height: number, off: number): Point[] {
  return [-100, -75, -50, -25, 0, 25, 50, 75, 100].map((degrees) => {
    const a = (degrees * Math.PI) / 180;
    return laid(clothes, [Math.sin(a) * width, height, 0.016 + Math.cos(a) * width * 0.8], off);
  });
}

/** A name badge on a lanyard. */
export function badge(clay: Clay, detail: Detail, clothes: Field): void {
  const low = 1.165;
  const strand = (sign: number): Point[] =>
    [0, 0.12, 0.25, 0.4, 0.55, 0.7, 0.85, 1].map((t) => {
      const x = sign * 0.072 * (1 - t) ** 0.9, y = 1.437 - t * (1.437 - low);
      return upon(clothes, x, y, false, 0.002);
    });
  cord(clay, detail, [...strand(-1).reverse(), ...nape(clothes, 0.076, 1.47, 0.003), ...strand(1)], 0.0032, Slot.accent);
  const at = upon(clothes, 0, low - 0.045, false, 0.006);
  clay.sheet(2, 2, (u, v) => [(u - 0.5) * -0.062 * -1, at[1] + 0.042 - v * 0.084, at[2] - 0.003], () => [0, 0.1, -0.99], () => chest(0, at[1]), {
    slots: [Slot.white, Slot.accent], edges: (_x, y) => [y - at[1] - 0.02, -1],
  });
}

/** About the neck, its disc on the chest: who wears it is seen from across the room. */
export function stethoscope(clay: Clay, detail: Detail, clothes: Field): void {
  const around = nape(clothes, 0.085, 1.475, 0.006);
  const hang = (sign: number, end: number, out: number): Point[] =>
    [0, 0.14, 0.28, 0.42, 0.57, 0.71, 0.85, 1].map((t) => laid(clothes, [sign * (0.085 + out * Math.sin(t * Math.PI * 0.5)), 1.44 - t * (1.44 - end), -0.13 + 0.1 * (1 - t) ** 6], 0.006));
  cord(clay, detail, [...hang(-1, 1.22, 0.004).reverse(), ...around, ...hang(1, 1.27, 0.006)], 0.0048, Slot.rubber);
  const disc = upon(clothes, -0.087, 1.2, false, 0.006);
  clay.cast({
    rings: dome(disc, [0, 0, -1], [0, 1, 0], -60, 90, by(detail, 7, 4, 3), 0.04), segments: by(detail, 14, 8, 6),
    field: ellipsoid(disc, [0.021, 0.021, 0.008]), skin: chest, paint: { slots: [Slot.metal, Slot.rubber], edges: (x, y) => [0.012 - Math.hypot(x - disc[0], y - disc[1]), -1] }, shade: () => 1,
  });
}
