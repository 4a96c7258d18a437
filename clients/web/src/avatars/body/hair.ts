import { dome, NOTHING, tube } from "../clay/clay";
import type { Clay } from "../clay/clay";
import type { Field } from "../clay/field";
import { blend, both, cone, ellipsoid, grow, mix, smoothstep, sphere } from "../clay/field";
import { Bone, Slot } from "./bones";
import type { Detail } from "./detail";
import { by } from "./detail";
import { HEAD_CENTRE, smoothHead } from "./head";

/** Ways to wear one's hair, or to cover it. */
export const HAIR_STYLES = ["crop", "parted", "bob", "long", "bun", "curls", "ponytail", "scarf"] as const;
export type HairStyle = (typeof HAIR_STYLES)[number];

/** What hair leaves free: the face. `line` is the height of the hairline, `width` half the face's. */
const face = (line: number, width: number): Field => ellipsoid([0, line - 0.115, -0.1], [width, 0.115, 0.088]);
const ears = both(ellipsoid([0.086, 1.582, 0.0], [0.03, 0.036, 0.03]));
/** Nothing grows below the nape, nor, before the ears, below their middle. */
const nape = (height: number): Field => (_x, y, z) => (y - height - smoothstep(0.035, -0.015, z) * 0.04) * 0.9;

const cap = (thickness: number): Field => grow(smoothHead, thickness);
const curly = blend(0.03, cap(0.026), ellipsoid([0, 1.675, 0.016], [0.112, 0.098, 0.112]));
const waves = (field: Field, depth: number, pitch: number): Field => (x, y, z) =>
  field(x, y, z) + depth * Math.sin(Math.atan2(x, z + 0.02) * pitch + y * 20);

interface Style {
  readonly full: Field;
  /** Negative where no hair is. */
  readonly free: Field;
}

const around = (line: number, width: number, low: number): Field => blend(0.012, face(line, width), ears, nape(low));
const open = (line: number, width: number, below: Field): Field => blend(0.02, face(line, width), below);

const STYLES: Record<HairStyle, Style> = {
  crop: { full: blend(0.03, cap(0.008), ellipsoid([0, 1.7, -0.008], [0.074, 0.05, 0.09])), free: around(1.678, 0.069, 1.555) },
  parted: {
    full: waves(blend(0.03, cap(0.011), ellipsoid([-0.022, 1.706, -0.03], [0.066, 0.05, 0.074]), cone([0.01, 1.712, -0.066], [0.06, 1.675, -0.05], 0.024, 0.014)), 0.0012, 17),
    free: around(1.674, 0.07, 1.545),
  },
  bob: {
    full: waves(blend(0.035, cap(0.017), both(ellipsoid([0.062, 1.565, 0.01], [0.036, 0.085, 0.062])), ellipsoid([0, 1.57, 0.06], [0.08, 0.09, 0.055])), 0.0012, 22),
    free: blend(0.01, open(1.672, 0.064, ellipsoid([0, 1.5, -0.09], [0.054, 0.1, 0.09])), ((_x, y) => (y - 1.487) * 0.9)),
  },
  long: {
    full: waves(blend(0.04, cap(0.015), both(ellipsoid([0.068, 1.53, 0.02], [0.03, 0.12, 0.05])), ellipsoid([0, 1.51, 0.066], [0.086, 0.16, 0.042])), 0.0014, 20),
    free: open(1.676, 0.063, ellipsoid([0, 1.48, -0.09], [0.055, 0.12, 0.1])),
  },
  bun: { full: cap(0.009), free: around(1.676, 0.07, 1.535) },
  curls: {
    full: (x, y, z) => curly(x, y, z) + 0.0045 * Math.sin(x * 190) * Math.sin(y * 190) * Math.sin(z * 190 + 1),
    free: open(1.678, 0.068, ellipsoid([0, 1.5, -0.07], [0.09, 0.08, 0.09])),
  },
  ponytail: { full: waves(cap(0.01), 0.0009, 26), free: around(1.675, 0.069, 1.535) },
  scarf: {
    full: blend(0.03, cap(0.013), cone([0, 1.46, 0.012], [0, 1.56, 0.02], 0.082, 0.075)),
    free: blend(0.02, face(1.672, 0.063), ellipsoid([0, 1.55, -0.095], [0.058, 0.06, 0.09])),
  },
};

export function modelHair(clay: Clay, detail: Detail, style: HairStyle): void {
  const { full, free } = STYLES[style];
  // Hair lies flat along its line, where it is cut off: cast onto the bare head, the line is a smooth one.
  const flat = cap(0.0013);
  const field: Field = (x, y, z) => mix(full(x, y, z), flat(x, y, z), smoothstep(0.015, 0.001, free(x, y, z)));
  clay.cast({
    rings: dome(HEAD_CENTRE, [0, 1, 0], [0, 0, -1], -90, 90, by(detail, 30, 16, 8), 0.3), segments: by(detail, 36, 20, 10), focus: 0.3, field,
    skin: (_x, y) => {
      const chest = style === "long" || style === "scarf" ? smoothstep(1.5, 1.42, y) * 0.55 : 0;
      return chest === 0 ? [Bone.head, 1] : [Bone.chest, chest, Bone.head, 1 - chest];
    },
    paint: { slots: [style === "scarf" ? Slot.accent : Slot.hair, Slot.hair, NOTHING], edges: (x, y, z) => [-1, -free(x, y, z)] },
  });
  if (style === "bun") {
    clay.cast({
      rings: dome([0, 1.735, 0.062], [0, 0.6, 0.8], [1, 0, 0], -90, 90, by(detail, 12, 7, 5), 0.08), segments: by(detail, 16, 10, 6),
      field: waves(sphere([0, 1.735, 0.062], 0.04), 0.001, 14), skin: () => [Bone.head, 1], paint: { slots: [Slot.hair] },
    });
  }
  if (style === "ponytail") modelPonytail(clay, detail);
}

function modelPonytail(clay: Clay, detail: Detail): void {
  const tail = blend(0.03, cone([0, 1.69, 0.105], [0, 1.66, 0.145], 0.022, 0.036), cone([0, 1.66, 0.145], [0, 1.54, 0.14], 0.036, 0.03), cone([0, 1.54, 0.14], [0, 1.47, 0.125], 0.028, 0.008));
  clay.cast({
    rings: [
      ...dome([0, 1.675, 0.13], [0, -1, 0], [0, 0, 1], -90, 0, by(detail, 6, 4, 3), 0.08),
      ...tube([0, 1.675, 0.13], [0, 1.49, 0.132], by(detail, 9, 5, 3), 0.08, [0, 0, 1]).slice(1),
      ...dome([0, 1.49, 0.13], [0, -1, 0], [0, 0, 1], 25, 90, by(detail, 4, 3, 2), 0.08),
    ],
    segments: by(detail, 14, 8, 5), field: waves(tail, 0.0015, 9), skin: () => [Bone.head, 1], paint: { slots: [Slot.hair] },
  });
}
