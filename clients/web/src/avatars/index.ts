export { Crowd } from "./crowd";
export type { Counts, CrowdOptions } from "./crowd";
export { lookOf, roleColour } from "./look";
export { CLINIC_LIGHT } from "./material";
export type { Light } from "./material";
export { SelfHands } from "./self_hands";
export { VrmWardrobe } from "./vrm/vrm";
export type { WardrobeOptions } from "./vrm/vrm";
export type { Wardrobe } from "./vrm/wardrobe";
