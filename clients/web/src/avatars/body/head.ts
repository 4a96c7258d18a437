import { dome, tube } from "../clay/clay";
import type { Clay, Ring, Skin } from "../clay/clay";
import type { Field, Point } from "../clay/field";
import { blend, both, carve, cone, ellipsoid, mirror, mix, smoothstep, sphere, squash } from "../clay/field";
import { Bone, EYE, MOUTH, MOUTH_HALF, Slot } from "./bones";
import type { Detail } from "./detail";
import { by } from "./detail";

const EYE_RADIUS = 0.0178;
export const HEAD_CENTRE: Point = [0, 1.605, 0.002];

const skull = blend(
  0.05,
  ellipsoid([0, 1.634, 0.012], [0.081, 0.098, 0.097]),
  ellipsoid([0, 1.575, -0.026], [0.064, 0.078, 0.064]),
  both(cone([0.05, 1.565, 0.005], [0.016, 1.512, -0.06], 0.02, 0.02)),
);
const features = blend(
  0.022,
  skull,
  both(sphere([0.036, 1.563, -0.064], 0.0275)),
  ellipsoid([0, 1.508, -0.07], [0.022, 0.016, 0.018]),
  ellipsoid([0, 1.54, -0.078], [0.03, 0.022, 0.016]),
);
const sockets = both(ellipsoid([EYE[0], EYE[1] + 0.0005, EYE[2] - 0.006], [0.0212, 0.0148, 0.022]));
const nose = blend(0.012, cone([0, 1.604, -0.088], [0, 1.577, -0.1], 0.006, 0.0088), sphere([0, 1.574, -0.1035], 0.0086),
  both(sphere([0.0082, 1.572, -0.0962], 0.0058)));
/** The bare head; hair grows from it. */
export const headField: Field = blend(0.011, carve(0.007, features, sockets), nose);
export const smoothHead: Field = features;

/** Whose chin and lower lip go with the jaw. */
function headSkin(_x: number, y: number, z: number): Skin {
  const jaw = smoothstep(1.54, 1.505, y) * smoothstep(-0.01, -0.06, z);
  return jaw > 0.01 ? [Bone.jaw, jaw, Bone.head, 1 - jaw] : [Bone.head, 1];
}

/** Rings about the vertical, closer where the face is. */
function headRings(count: number, reach: number): Ring[] {
  const rings = dome(HEAD_CENTRE, [0, 1, 0], [0, 0, -1], -90, 90, count, reach);
  return rings.map((ring, i) => {
    const t = (i / (count - 1)) * 2 - 1;
    // The face lies in the lower half of the balloon's front: more rings between chin and brow.
    return { ...ring, tilt: ((t * 0.72 + t * t * t * 0.28 - 0.1 * (1 - t * t)) * Math.PI) / 2 };
  });
}

export function modelHead(clay: Clay, detail: Detail): void {
  clay.cast({
    rings: headRings(by(detail, 48, 20, 9), 0.2), segments: by(detail, 44, 22, 10), focus: 0.6, field: headField, skin: headSkin,
    paint: { slots: [Slot.skin] },
  });
  const neckRings = tube([0, 1.36, 0.03], [0, 1.555, 0.006], by(detail, 8, 5, 3), 0.1, [0, 0, -1]);
  const neck = cone([0, 1.36, 0.03], [0, 1.56, 0.004], 0.056, 0.05);
  clay.cast({
    rings: neckRings, segments: by(detail, 18, 10, 6), field: neck, shade: blend(0.01, neck, headField), paint: { slots: [Slot.skin] },
    skin: (_x, y) => {
      const head = smoothstep(1.46, 1.54, y), chest = smoothstep(1.46, 1.39, y);
      return [Bone.head, head, Bone.chest, chest, Bone.neck, 1 - head - chest];
    },
  });
  if (detail !== "far") {
    for (const left of [true, false]) modelEar(clay, detail, left);
    modelMouth(clay, detail);
  }
  for (const left of [true, false]) {
    modelEye(clay, detail, left);
    modelBrow(clay, detail, left);
  }
}

const side = (left: boolean, p: Point): Point => (left ? mirror(p) : p);

function modelEar(clay: Clay, detail: Detail, left: boolean): void {
  const centre: Point = [0.0785, 1.588, 0.012];
  const shell = carve(0.006, squash(blend(0.012, sphere(centre, 0.03), sphere([0.077, 1.566, 0.006], 0.019)), centre, [0.42, 1, 0.66]),
    ellipsoid([0.095, 1.59, 0.006], [0.011, 0.019, 0.012]));
  clay.cast({
    rings: dome(side(left, centre), [0, 1, 0], [0, 0, 1], -90, 90, by(detail, 11, 6, 4), 0.06), segments: by(detail, 14, 7, 5),
    field: left ? (x, y, z) => shell(-x, y, z) : shell, skin: () => [Bone.head, 1], paint: { slots: [Slot.skin] },
  });
}

function modelEye(clay: Clay, detail: Detail, left: boolean): void {
  const centre = side(left, EYE);
  const eye = left ? Bone.eyeLeft : Bone.eyeRight;
  const ball = sphere(centre, EYE_RADIUS);
  // The eye's axis looks ahead: pupil and iris are rings about it.
  clay.cast({
    rings: dome(centre, [0, 0, -1], [0, 1, 0], 5, 90, by(detail, 9, 6, 4), 0.03), segments: by(detail, 18, 12, 6), field: ball,
    skin: () => [eye, 1], shade: () => 1,
    paint: {
      slots: [Slot.white, Slot.iris, Slot.dark],
      edges: (x, y) => {
        const r = Math.hypot(x - centre[0], y - centre[1]);
        return [0.0104 - r, 0.0052 - r];
      },
    },
  });
  if (detail === "far") return;
  // At rest the lids are shut: the upper one ends in lashes, and turns up to open.
  for (const upper of [true, false]) {
    const bone = upper ? (left ? Bone.lidLeft : Bone.lidRight) : left ? Bone.lowerLidLeft : Bone.lowerLidRight;
    clay.sheet(by(detail, 14, 8, 4), by(detail, 6, 3, 2), (u, v) => {
      const across = (u - 0.5) * Math.PI * 0.86, down = (v - 0.02) * (upper ? 1.15 : -1.05);
      return lidPoint(centre, EYE_RADIUS + (upper ? 0.0012 : 0.0009), across, down);
    }, (u, v) => {
      const p = lidPoint([0, 0, 0], 1, (u - 0.5) * Math.PI * 0.86, (v - 0.02) * (upper ? 1.15 : -1.05));
      return p;
    }, () => [bone, 1], {
      slots: [Slot.skin, Slot.dark], edges: (_x, _y, _z, _u, v) => [upper ? 0.0022 - v * 0.023 : -1, -1],
    });
  }
}

/** On a sphere about an eye: `across` from temple to nose, `down` from straight ahead over the top. */
function lidPoint(centre: Point, radius: number, across: number, lift: number): Point {
  const x = Math.sin(across), ahead = Math.cos(across);
  return [centre[0] + radius * x, centre[1] + radius * ahead * Math.sin(lift), centre[2] - radius * ahead * Math.cos(lift)];
}

function modelBrow(clay: Clay, detail: Detail, left: boolean): void {
  const points = ([[0.0155, 1.6265], [0.025, 1.6305], [0.036, 1.632], [0.046, 1.6305], [0.0545, 1.6265]] as const).map(
    ([x, y]): Point => side(left, [x, y, onFace(x, y) - 0.0006]),
  );
  const radii = [0.003, 0.0038, 0.0037, 0.003, 0.0015];
  const field = blend(0.002, ...points.slice(1).map((p, i) => cone(points[i]!, p, radii[i]!, radii[i + 1]!)));
  const ahead: Point = [left ? -1 : 1, 0, 0], up: Point = [0, 1, 0];
  const rings = [
    ...dome(points[0]!, ahead, up, -90, 0, by(detail, 3, 2, 2), 0.008),
    ...points.slice(1, -1).map((centre): Ring => ({ centre, axis: ahead, start: up, tilt: 0, reach: 0.008 })),
    ...dome(points[4]!, ahead, up, 0, 90, by(detail, 3, 2, 2), 0.008),
  ];
  const bone = left ? Bone.browLeft : Bone.browRight;
  clay.cast({ rings, segments: by(detail, 8, 5, 3), field, skin: () => [bone, 1], paint: { slots: [Slot.brow] }, shade: () => 1 });
}

/** Where a ray from the front meets the face. */
function onFace(x: number, y: number): number {
  let z = -0.2;
  for (let step = 0; step < 40; step++) {
    const distance = headField(x, y, z);
    if (distance < 0.0002) break;
    z += distance * 0.8;
  }
  return z;
}

/** How a point of the lips follows the mouth's four bones: `u` from the left corner to the right, `low` for the lower lip. */
function mouthSkin(u: number, low: number): Skin {
  const s = u * 2 - 1;
  const corner = s * s * s * s * 0.55 + s * s * 0.45;
  const which = s < 0 ? Bone.mouthLeft : Bone.mouthRight;
  return [which, corner, Bone.mouthTop, (1 - corner) * (1 - low), Bone.mouthBottom, (1 - corner) * low];
}

const mouthLine = (u: number): Point => {
  const s = u * 2 - 1, x = s * MOUTH_HALF;
  const y = MOUTH[1] + s * s * 0.003;
  return [x, y, onFace(x, y)];
};

function modelMouth(clay: Clay, detail: Detail): void {
  const columns = by(detail, 16, 8, 4);
  const ahead = (): Point => [0, 0.05, -0.99];
  clay.sheet(columns, by(detail, 4, 2, 1), (u) => {
    const p = mouthLine(u);
    return [p[0], p[1], p[2] - 0.0022];
  }, ahead, (u, v) => mouthSkin(u, v), { slots: [Slot.mouth, Slot.teeth], edges: (_x, _y, _z, _u, v) => [(0.3 - v) * 0.02, -1] });
  for (const low of [0, 1]) {
    const sign = low ? -1 : 1;
    const fullness = (u: number): number => (low ? 0.0062 : 0.0046) * (1 - (u * 2 - 1) ** 4) + 0.0006;
    const at = (u: number, v: number): Point => {
      const p = mouthLine(u);
      const y = p[1] + sign * (v * fullness(u) - 0.0004);
      return [p[0], y, onFace(p[0], y) - 0.0024 - Math.sin(v * Math.PI) * 0.0021 * fullness(u) * 160 * (1 - v * 0.45)];
    };
    clay.sheet(columns, by(detail, 4, 2, 1), (u, v) => at(u, low ? v : 1 - v), (u, v) => {
      const t = low ? v : 1 - v;
      return [(u - 0.5) * 0.4, sign * mix(-0.6, 0.75, t), -0.75];
    }, (u) => mouthSkin(u, low), { slots: [Slot.lips] });
  }
}
