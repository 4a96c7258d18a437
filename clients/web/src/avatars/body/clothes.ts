import { dome, tube } from "../clay/clay";
import type { Clay, Skin } from "../clay/clay";
import type { Field, Point } from "../clay/field";
import { blend, both, clamp, cone, ellipsoid, grow, mix, smoothstep, squash } from "../clay/field";
import { ANKLE, Arm, Bone, ELBOW, FOREARM, HIP, KNEE, SHOULDER, Slot, UPPER_ARM, WRIST } from "./bones";
import type { Detail } from "./detail";
import { by } from "./detail";
import { badge, stethoscope } from "./wearables";

/** What people wear, by what they are here for. */
export const OUTFITS = ["scrubs", "coat", "jumper", "shirt"] as const;
export type Outfit = (typeof OUTFITS)[number];

const torso: Field = blend(
  0.07,
  ellipsoid([0, 0.93, 0.004], [0.15, 0.13, 0.105]),
  ellipsoid([0, 1.08, 0.004], [0.132, 0.16, 0.092]),
  ellipsoid([0, 1.25, 0.008], [0.15, 0.17, 0.106]),
  both(cone([0.05, 1.38, 0.018], [0.128, 1.386, 0.014], 0.058, 0.048)),
  both(ellipsoid([0.072, 0.885, 0.012], [0.092, 0.1, 0.1])),
  cone([0, 1.4, 0.026], [0, 1.49, 0.014], 0.05, 0.0475),
  both(cone([0.01, 1.432, 0.026], [0.125, 1.402, 0.018], 0.048, 0.036)),
);

interface Cut {
  readonly sleeve: number;
  readonly hem: number;
  readonly loose: number;
  /** Signed distance to the neckline at the front and back: positive is skin, or what is under a coat. */
  readonly opening: (x: number, y: number, z: number) => readonly [number, number];
}

const round = (x: number, y: number, z: number): number => 0.088 - Math.hypot(x, (y - 1.482) * 1.02, (z - 0.0) * 0.85);
const vee = (x: number, y: number, z: number): number =>
  z < 0.0 ? Math.max((y - 1.335) * 0.62 - Math.abs(x) * 0.87, round(x, y, z)) : round(x, y, z);

const CUTS: Record<Outfit, Cut> = {
  scrubs: { sleeve: 0.2, hem: 0.86, loose: 0.012, opening: (x, y, z) => [pocket(x, y, z), vee(x, y, z)] },
  coat: {
    sleeve: UPPER_ARM + FOREARM - 0.012, hem: 0.72, loose: 0.02,
    opening: (x, y, z) => [0.012 + Math.max(0, y - 1.06) * 0.24 - Math.abs(x) - Math.max(0, z + 0.03) * 1.5, vee(x, y - 0.045, z)],
  },
  jumper: { sleeve: UPPER_ARM + FOREARM - 0.014, hem: 0.885, loose: 0.014, opening: (x, y, z) => [0.016 + round(x, y, z), round(x, y, z) - 0.006] },
  shirt: { sleeve: 0.17, hem: 0.865, loose: 0.009, opening: (x, y, z) => [z < 0 && y > 1.25 ? 0.0045 - Math.abs(x) : 0.014 + round(x, y, z), Math.max(round(x, y, z), vee(x, y - 0.06, z))] },
};

/** The line of a breast pocket. */
function pocket(x: number, y: number, z: number): number {
  if (z > -0.04) return -0.1;
  const inside = Math.max(Math.abs(x + 0.07) - 0.03, Math.abs(y - 1.255) - 0.036);
  return 0.0016 - Math.abs(inside);
}

export function modelBody(clay: Clay, detail: Detail, outfit: Outfit): void {
  const cut = CUTS[outfit];
  modelTorso(clay, detail, outfit, cut);
  modelHips(clay, detail);
  for (const left of [true, false]) {
    modelLeg(clay, detail, left);
    modelShoe(clay, detail, left);
    modelArm(clay, detail, outfit, cut, left);
  }
  if (detail === "far") return;
  const smooth = grow(torso, (_x, y) => cut.loose * mix(1, outfit === "coat" ? 1.1 : 0.4, smoothstep(1.36, 1.43, y)) + 0.001);
  if (outfit !== "jumper") badge(clay, detail, smooth);
  if (outfit === "coat" || outfit === "scrubs") stethoscope(clay, detail, smooth);
}

/** The torso in its clothes: looser downwards, a coat standing off what is under it. */
function dressed(outfit: Outfit, cut: Cut): Field {
  const tails = blend(0.06, torso, squash(cone([0, 0.95, 0.005], [0, 0.5, 0.005], 0.165, 0.225), [0, 0.9, 0.005], [1, 1, 0.66]));
  const bare = outfit === "coat" ? tails : blend(0.05, torso, squash(cone([0, 0.98, 0.004], [0, 0.8, 0.004], 0.145, 0.158), [0, 0.9, 0.004], [1, 1, 0.72]));
  return grow(bare, (x, y, z) => {
    const [under, skin] = cut.opening(x, y, z);
    const fold = 0.0022 * Math.sin(Math.atan2(x, z) * 6 + y * 9) * smoothstep(1.2, 0.95, y);
    const coat = outfit === "coat" ? cut.loose * smoothstep(0.008, -0.012, under) + 0.003 : cut.loose * mix(1, 0.45, smoothstep(1.2, 1.42, y));
    return coat * smoothstep(0.004, -0.012, skin) + fold;
  });
}

/** The arms alone, for the wearer who sees nothing else of themself. */
export function modelArms(clay: Clay, detail: Detail, outfit: Outfit): void {
  for (const left of [true, false]) modelArm(clay, detail, outfit, CUTS[outfit], left);
}

function modelTorso(clay: Clay, detail: Detail, outfit: Outfit, cut: Cut): void {
  const slots = { scrubs: [Slot.top, Slot.trim, Slot.skin], coat: [Slot.top, Slot.under, Slot.skin], jumper: [Slot.top, Slot.trim, Slot.skin], shirt: [Slot.top, Slot.trim, Slot.skin] } as const;
  const length = 1.35 - cut.hem;
  clay.cast({
    rings: [
      ...tube([0, cut.hem, 0.006], [0, 1.35, 0.012], by(detail, Math.round(length * 38), Math.round(length * 16), 5), 0.34, [0, 0, 1]),
      ...dome([0, 1.35, 0.012], [0, 1, 0], [0, 0, 1], 5, 84, by(detail, 18, 9, 5), 0.34),
    ],
    segments: by(detail, 36, 20, 10), focus: -0.25, field: dressed(outfit, cut), skin: torsoSkin, paint: { slots: slots[outfit], edges: cut.opening },
  });
}

function torsoSkin(x: number, y: number): Skin {
  if (y < 0.86) {
    const thigh = smoothstep(0.88, 0.72, y) * 0.95;
    const left = clamp(0.5 - x / 0.08, 0, 1);
    return [Bone.thighLeft, thigh * left, Bone.thighRight, thigh * (1 - left), Bone.hips, 1 - thigh];
  }
  if (y < 1.1) {
    const spine = smoothstep(0.92, 1.1, y);
    return [Bone.spine, spine, Bone.hips, 1 - spine];
  }
  const chest = smoothstep(1.1, 1.28, y);
  const neck = smoothstep(1.43, 1.5, y) * 0.5;
  return [Bone.neck, neck, Bone.chest, chest * (1 - neck), Bone.spine, (1 - chest) * (1 - neck)];
}

function modelHips(clay: Clay, detail: Detail): void {
  const field = grow(blend(0.05, ellipsoid([0, 0.93, 0.004], [0.148, 0.12, 0.105]), both(ellipsoid([0.072, 0.885, 0.012], [0.086, 0.09, 0.096]))), -0.006);
  clay.cast({
    rings: dome([0, 0.92, 0.004], [0, -1, 0], [0, 0, -1], -40, 90, by(detail, 9, 6, 4), 0.3), segments: by(detail, 22, 12, 8), field,
    skin: () => [Bone.hips, 1], paint: { slots: [Slot.bottom] },
  });
}

const side = (left: boolean, p: Point): Point => (left ? [-p[0], p[1], p[2]] : p);
const under = (p: Point, y: number): Point => [p[0], y, p[2]];

function modelLeg(clay: Clay, detail: Detail, left: boolean): void {
  const [hip, knee, ankle] = [side(left, HIP), side(left, KNEE), side(left, ANKLE)];
  const [thigh, shin] = left ? [Bone.thighLeft, Bone.shinLeft] : [Bone.thighRight, Bone.shinRight];
  const leg = blend(0.015, cone(hip, knee, 0.0815, 0.067), cone(knee, under(ankle, 0.06), 0.067, 0.058));
  const field: Field = (x, y, z) => leg(x, y, z) + 0.0016 * Math.sin(y * 46 + x * 40) * smoothstep(0.25, 0.1, Math.abs(y - 0.42));
  const count = by(detail, 17, 9, 4);
  clay.cast({
    rings: [
      ...dome(hip, [0, -1, 0], [0, 0, -1], -70, -10, by(detail, 5, 3, 2), 0.2),
      ...tube(hip, under(ankle, 0.062), count, 0.2, [0, 0, -1]),
    ],
    segments: by(detail, 15, 9, 6), field,
    skin: (_x, y) => {
      const lower = smoothstep(KNEE[1] + 0.07, KNEE[1] - 0.07, y);
      return [shin, lower, thigh, 1 - lower];
    },
    paint: { slots: [Slot.bottom] },
  });
}

function modelShoe(clay: Clay, detail: Detail, left: boolean): void {
  const ankle = side(left, ANKLE);
  const x = ankle[0] * 1.04;
  const shape = blend(0.03, ellipsoid([x, 0.043, -0.075], [0.046, 0.036, 0.085]), ellipsoid([x, 0.05, 0.02], [0.04, 0.046, 0.055]), cone([x, 0.06, 0.012], [x, 0.12, 0.012], 0.042, 0.04));
  const sole: Field = (_x, y) => 0.002 - y;
  clay.cast({
    rings: dome([x, 0.05, -0.03], [0, 1, 0], [0, 0, -1], -88, 80, by(detail, 11, 7, 5), 0.16), segments: by(detail, 16, 9, 6),
    field: (px, py, pz) => Math.max(shape(px, py, pz), sole(px, py, pz)), skin: () => [left ? Bone.footLeft : Bone.footRight, 1],
    paint: { slots: [Slot.shoe, Slot.white], edges: (_x, y) => [0.02 - y, -1] },
  });
}

function modelArm(clay: Clay, detail: Detail, outfit: Outfit, cut: Cut, left: boolean): void {
  const arm = left ? Bone.armLeft : Bone.armRight;
  const [shoulder, elbow, wrist] = [side(left, SHOULDER), side(left, ELBOW), side(left, WRIST)];
  const bare = blend(0.012, cone(shoulder, elbow, 0.0465, 0.0395), cone(elbow, [wrist[0], wrist[1] - 0.006, wrist[2]], 0.0385, 0.0232));
  const end = shoulder[2] - cut.sleeve;
  const sleeved = (z: number): number => z - end;
  const loose = outfit === "scrubs" ? 0.012 : outfit === "shirt" ? 0.009 : outfit === "coat" ? 0.013 : 0.01;
  const field = grow(bare, (x, y, z) => {
    const inside = smoothstep(-0.001, 0.002, sleeved(z));
    const wrinkle = 0.0022 * Math.sin(z * 75 + Math.atan2(y - shoulder[1], x - shoulder[0]) * 2) * smoothstep(0.16, 0.03, Math.abs(z - elbow[2]));
    return inside * (loose * mix(0.6, 1, smoothstep(0, -0.1, z - shoulder[2])) * mix(1, 0.6, smoothstep(0.1, 0, z - wrist[2])) + (cut.sleeve > 0.3 ? wrinkle : 0));
  });
  const rings = [
    ...dome(shoulder, [0, 0, -1], [0, 1, 0], -85, 0, by(detail, 8, 4, 3), 0.12),
    ...tube(shoulder, [end > wrist[2] ? shoulder[0] : wrist[0], shoulder[1], end + 0.0015], by(detail, 14, 6, 3), 0.12, [0, 1, 0]).slice(1),
    ...tube([shoulder[0], shoulder[1], end - 0.0015], [wrist[0], wrist[1], wrist[2] + 0.004], by(detail, cut.sleeve > 0.3 ? 3 : 12, cut.sleeve > 0.3 ? 2 : 6, 3), 0.12, [0, 1, 0]),
  ];
  clay.cast({
    rings, segments: by(detail, 15, 9, 6), field, skin: (_x, _y, z) => armSkin(arm, z),
    paint: {
      slots: [Slot.skin, Slot.trim, Slot.top], group: left ? 1 : 2,
      edges: (_x, _y, z) => [sleeved(z), sleeved(z) - (outfit === "jumper" ? 0.03 : outfit === "shirt" ? 0.012 : 0)],
    },
  });
}

/** The forearm's skin turns with the hand, the more the nearer it is. */
function armSkin(arm: number, z: number): Skin {
  const fore = smoothstep(ELBOW[2] + 0.045, ELBOW[2] - 0.045, z);
  const twist = smoothstep(ELBOW[2] - 0.03, WRIST[2] + 0.03, z);
  return [arm + Arm.twist, fore * twist, arm + Arm.fore, fore * (1 - twist), arm + Arm.upper, 1 - fore];
}
