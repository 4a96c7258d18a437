/** Signed distance fields: the clay that figures are modelled in. Metres; negative inside. */

export type Field = (x: number, y: number, z: number) => number;
export type Point = readonly [number, number, number];

export const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

export function smoothstep(low: number, high: number, value: number): number {
  const t = clamp((value - low) / (high - low), 0, 1);
  return t * t * (3 - 2 * t);
}

export const mix = (a: number, b: number, t: number): number => a + (b - a) * t;

/** An ellipsoid. The distance is a bound, exact at the surface. */
export function ellipsoid(centre: Point, radii: Point): Field {
  const [cx, cy, cz] = centre;
  const [rx, ry, rz] = radii;
  return (x, y, z) => {
    const px = (x - cx) / rx, py = (y - cy) / ry, pz = (z - cz) / rz;
    const length = Math.hypot(px, py, pz);
    const slope = Math.hypot(px / rx, py / ry, pz / rz);
    return slope < 1e-6 ? -Math.min(rx, ry, rz) : (length * (length - 1)) / slope;
  };
}

export const sphere = (centre: Point, radius: number): Field => (x, y, z) =>
  Math.hypot(x - centre[0], y - centre[1], z - centre[2]) - radius;

/** A capsule whose radius goes from `ra` at `a` to `rb` at `b`. */
export function cone(a: Point, b: Point, ra: number, rb: number): Field {
  const bx = b[0] - a[0], by = b[1] - a[1], bz = b[2] - a[2];
  const square = bx * bx + by * by + bz * bz;
  return (x, y, z) => {
    const px = x - a[0], py = y - a[1], pz = z - a[2];
    const t = clamp((px * bx + py * by + pz * bz) / square, 0, 1);
    return Math.hypot(px - bx * t, py - by * t, pz - bz * t) - mix(ra, rb, t);
  };
}

/** `field` made flatter along an axis about `centre`; factors are at most 1. */
export function squash(field: Field, centre: Point, factors: Point): Field {
  const least = Math.min(...factors);
  return (x, y, z) =>
    field(
      centre[0] + (x - centre[0]) / factors[0], centre[1] + (y - centre[1]) / factors[1], centre[2] + (z - centre[2]) / factors[2],
    ) * least;
}

function join(a: number, b: number, softness: number): number {
  const t = clamp(0.5 + (0.5 * (b - a)) / softness, 0, 1);
  return mix(b, a, t) - softness * t * (1 - t);
}

/** All of `fields`, melted into each other over about `softness` metres. */
export const blend = (softness: number, ...fields: Field[]): Field => (x, y, z) => {
  let distance = Infinity;
  for (const field of fields) {
    const next = field(x, y, z);
    distance = distance === Infinity ? next : join(distance, next, softness);
  }
  return distance;
};

/** `from` without `away`, with a soft rim. */
export const carve = (softness: number, from: Field, away: Field): Field => (x, y, z) =>
  -join(-from(x, y, z), away(x, y, z), softness);

/** `field` grown outward by `amount` metres, which may differ from place to place. */
export const grow = (field: Field, amount: number | Field): Field =>
  typeof amount === "number" ? (x, y, z) => field(x, y, z) - amount : (x, y, z) => field(x, y, z) - amount(x, y, z);

export const mirror = (point: Point): Point => [-point[0], point[1], point[2]];

/** `field` and its mirror image about x = 0. */
export const both = (field: Field): Field => (x, y, z) => field(Math.abs(x), y, z);
