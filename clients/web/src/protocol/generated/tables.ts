// Written by tools/generate.py from protocol/. Do not edit: change that and run `make generate`.

type Triple = readonly [number, number, number];

/** A finger of the reference hand (SPEC 4.1): millimetres and degrees about X, Y, Z. */
export interface ReferenceFinger {
  readonly first: number;
  readonly root: Triple;
  readonly bones: Triple;
  readonly tilts: readonly [Triple, Triple, Triple];
  readonly turns: readonly [Triple, Triple, Triple];
  /** Null where the metacarpal is the first movable joint. */
  readonly metacarpal: Triple | null;
  readonly metacarpalTurn: Triple;
  readonly spreadFirst: boolean;
}

export const TIER_FLAGS: readonly number[] = [255, 199, 193, 193];

export const TIER_POSITION_SHIFT: readonly number[] = [0, 2, 3, 7];

export const TIER_ROTATION_SHIFT: readonly number[] = [0, 2, 3, 3];

export const MOVABLE_JOINTS: readonly number[] = [2, 3, 4, 7, 8, 9, 12, 13, 14, 17, 18, 19, 22, 23, 24];

export const BLENDSHAPES = [
  "eyeBlinkLeft",
  "eyeLookDownLeft",
  "eyeLookInLeft",
  "eyeLookOutLeft",
  "eyeLookUpLeft",
  "eyeSquintLeft",
  "eyeWideLeft",
  "eyeBlinkRight",
  "eyeLookDownRight",
  "eyeLookInRight",
  "eyeLookOutRight",
  "eyeLookUpRight",
  "eyeSquintRight",
  "eyeWideRight",
  "jawForward",
  "jawLeft",
  "jawRight",
  "jawOpen",
  "mouthClose",
  "mouthFunnel",
  "mouthPucker",
  "mouthLeft",
  "mouthRight",
  "mouthSmileLeft",
  "mouthSmileRight",
  "mouthFrownLeft",
  "mouthFrownRight",
  "mouthDimpleLeft",
  "mouthDimpleRight",
  "mouthStretchLeft",
  "mouthStretchRight",
  "mouthRollLower",
  "mouthRollUpper",
  "mouthShrugLower",
  "mouthShrugUpper",
  "mouthPressLeft",
  "mouthPressRight",
  "mouthLowerDownLeft",
  "mouthLowerDownRight",
  "mouthUpperUpLeft",
  "mouthUpperUpRight",
  "browDownLeft",
  "browDownRight",
  "browInnerUp",
  "browOuterUpLeft",
  "browOuterUpRight",
  "cheekPuff",
  "cheekSquintLeft",
  "cheekSquintRight",
  "noseSneerLeft",
  "noseSneerRight",
  "tongueOut",
] as const;

export const JOINTS = [
  "palm",
  "wrist",
  "thumb_metacarpal",
  "thumb_proximal",
  "thumb_distal",
  "thumb_tip",
  "index_metacarpal",
  "index_proximal",
  "index_intermediate",
  "index_distal",
  "index_tip",
  "middle_metacarpal",
  "middle_proximal",
  "middle_intermediate",
  "middle_distal",
  "middle_tip",
  "ring_metacarpal",
  "ring_proximal",
  "ring_intermediate",
  "ring_distal",
  "ring_tip",
  "little_metacarpal",
  "little_proximal",
  "little_intermediate",
  "little_distal",
  "little_tip",
] as const;

export const RIGHTS = [
  "join",
  "speak",
  "chat",
  "handle",
  "write",
  "invite",
  "open",
  "mute",
  "remove",
  "see_private",
  "clear_motion",
  "record",
  "break_glass",
] as const;

export type Right = (typeof RIGHTS)[number];

export const GIVEN_BY_COMING = [
  "treat",
  "observe",
] as const;

export const RECORDING_NEEDS = {
  audio: "record_audio",
  motion: "record_motion",
  transcript: "transcribe",
} as const;

/** Of a right hand: metres, then a quaternion x y z w. */
export const GRIP_IN_WRIST: readonly number[] = [-0.001, -0.037, -0.066, 0.5, 0.5, 0.4999999999999999, 0.5000000000000001];

export const FINGERS: readonly ReferenceFinger[] = [
  { first: 2, root: [-26, -21, -37], bones: [33, 34, 25], tilts: [[-69, 54, 117], [0, -4, -10], [0, 2, 9]], turns: [[-8, -21, -2], [0, -4, 0], [0, 5, 0]], metacarpal: null, metacarpalTurn: [0, 0, 0], spreadFirst: false },
  { first: 7, root: [-24, -7, -96], bones: [38, 24, 22], tilts: [[-2, 0, 2], [0, -1, -3], [0, -2, -2]], turns: [[0, -2, 2], [0, 0, 0], [0, -1, 0]], metacarpal: [-18, -12, -37], metacarpalTurn: [0, 0, 0], spreadFirst: true },
  { first: 12, root: [-2, -3, -96], bones: [43, 28, 25], tilts: [[-1, 0, 1], [0, -1, -1], [0, -6, -5]], turns: [[0, 1, -2], [0, 0, 0], [0, 6, 0]], metacarpal: [-1, -9, -35], metacarpalTurn: [0, 0, 0], spreadFirst: true },
  { first: 17, root: [17, -6, -89], bones: [39, 27, 24], tilts: [[-1, 0, -3], [0, -2, -4], [0, -1, 0]], turns: [[0, 2, -3], [0, 1, 0], [0, 4, 0]], metacarpal: [15, -6, -35], metacarpalTurn: [0, 0, 0], spreadFirst: true },
  { first: 22, root: [35, -14, -78], bones: [31, 20, 22], tilts: [[-6, -15, -16], [0, -7, -4], [0, 3, 0]], turns: [[0, 2, 1], [0, 3, 0], [0, 3, 0]], metacarpal: [23, -9, -34], metacarpalTurn: [-6, -15, -25], spreadFirst: true },
];
