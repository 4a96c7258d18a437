import { comfortOf } from "../../src/main/comfort";
import { defaultSettings } from "../../src/screens/settings";

/** What the wearer's side gets from who has set nothing. */
export const DEFAULT_COMFORT = comfortOf(defaultSettings({ reducedMotion: false, moreContrast: false }));
