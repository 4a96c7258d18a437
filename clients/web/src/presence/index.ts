export { type Action } from "./actions";
export { levelOf, Microphone, smoothedLevel } from "./microphone";
export { Presence, type PresenceListeners, type PresenceOptions } from "./presence";
export { type ComfortSettings } from "./settings";
export { type Surroundings } from "./surroundings";
export { FADE } from "./vignette";
export { WordsPanel } from "./words-panel";
export { endSession, headsetSupported, type Worn } from "./worn";
