import type { Point } from "../clay/field";

/**
 * The bones of a figure, by their place in its row of the pose texture. A figure is modelled looking along -Z, its left at -X, with
 * both arms stretched forward and the backs of the hands up: then every bone but the fingers' rests without a turn.
 */
export const Bone = {
  hips: 0, spine: 1, chest: 2, neck: 3, head: 4,
  eyeLeft: 5, eyeRight: 6, lidLeft: 7, lidRight: 8, lowerLidLeft: 9, lowerLidRight: 10,
  browLeft: 11, browRight: 12, mouthTop: 13, mouthBottom: 14, mouthLeft: 15, mouthRight: 16, jaw: 17,
  thighLeft: 18, shinLeft: 19, footLeft: 20, thighRight: 21, shinRight: 22, footRight: 23,
  /** Then, of either arm: upper arm, forearm, its turning half, the hand, and three joints a finger. */
  armLeft: 24, armRight: 43,
  count: 62,
} as const;

/** Of an arm's bones, counted from its first. */
export const Arm = { upper: 0, fore: 1, twist: 2, hand: 3, fingers: 4 } as const;

export const EYE_HEIGHT = 1.6;
export const EYE: Point = [0.0325, EYE_HEIGHT, -0.0725];
export const NECK: Point = [0, 1.44, 0.022];
export const SKULL: Point = [0, 1.53, 0.008];
export const CHEST: Point = [0, 1.2, 0.012];
export const SPINE: Point = [0, 1.04, 0.012];
export const HIPS: Point = [0, 0.93, 0];
export const HIP: Point = [0.088, 0.9, 0];
export const KNEE: Point = [0.088, 0.49, -0.004];
export const ANKLE: Point = [0.088, 0.085, 0.012];
export const SHOULDER: Point = [0.162, 1.392, 0.014];
export const UPPER_ARM = 0.27;
export const FOREARM = 0.245;
export const ELBOW: Point = [SHOULDER[0], SHOULDER[1], SHOULDER[2] - UPPER_ARM];
export const WRIST: Point = [SHOULDER[0], SHOULDER[1], SHOULDER[2] - UPPER_ARM - FOREARM];
export const MOUTH: Point = [0, 1.5365, -0.1];
export const MOUTH_HALF = 0.0235;
export const JAW: Point = [0, 1.56, -0.01];
export const BROW: Point = [0.034, 1.627, -0.09];

const mirrored = (p: Point, left: boolean): Point => (left ? [-p[0], p[1], p[2]] : p);

/** Where each bone turns in the rest pose; the fingers' are filled in by `body/hand.ts`' table. */
export const REST: Point[] = [];
REST[Bone.hips] = HIPS;
REST[Bone.spine] = SPINE;
REST[Bone.chest] = CHEST;
REST[Bone.neck] = NECK;
REST[Bone.head] = SKULL;
REST[Bone.jaw] = JAW;
REST[Bone.mouthTop] = MOUTH;
REST[Bone.mouthBottom] = MOUTH;
for (const left of [true, false]) {
  const pick = (l: number, r: number): number => (left ? l : r);
  for (const bone of [pick(Bone.eyeLeft, Bone.eyeRight), pick(Bone.lidLeft, Bone.lidRight), pick(Bone.lowerLidLeft, Bone.lowerLidRight)]) {
    REST[bone] = mirrored(EYE, left);
  }
  REST[pick(Bone.browLeft, Bone.browRight)] = mirrored(BROW, left);
  REST[pick(Bone.mouthLeft, Bone.mouthRight)] = mirrored([MOUTH_HALF, MOUTH[1], MOUTH[2]], left);
  REST[pick(Bone.thighLeft, Bone.thighRight)] = mirrored(HIP, left);
  REST[pick(Bone.shinLeft, Bone.shinRight)] = mirrored(KNEE, left);
  REST[pick(Bone.footLeft, Bone.footRight)] = mirrored(ANKLE, left);
  const arm = pick(Bone.armLeft, Bone.armRight);
  REST[arm + Arm.upper] = mirrored(SHOULDER, left);
  REST[arm + Arm.fore] = mirrored(ELBOW, left);
  REST[arm + Arm.twist] = mirrored(ELBOW, left);
  REST[arm + Arm.hand] = mirrored(WRIST, left);
}

/** Slots of a person's palette. */
export const Slot = {
  skin: 0, lips: 1, hair: 2, brow: 3, top: 4, under: 5, bottom: 6, shoe: 7,
  accent: 8, white: 9, iris: 10, dark: 11, mouth: 12, teeth: 13, metal: 14, trim: 15, rubber: 16, count: 17,
} as const;
