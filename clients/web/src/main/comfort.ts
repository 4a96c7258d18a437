/** What of the settings the wearer's side reads. */

import type { ComfortSettings } from "../presence";
import type { Settings } from "../screens/settings";

const WALK_SPEED = 1.6;
const CAPTION_SCALES: Readonly<Record<Settings["captions"], number>> = { off: 1, normal: 1, large: 1.25, largest: 1.6 };

export function comfortOf(settings: Settings): ComfortSettings {
  const { turn, snapDegrees, move, vignette, seated, grip, reducedMotion, voiceSensitivity, letterKeys, textScale, captions } = settings;
  return {
    turn, snapDegrees, move, vignette, seated, grip, reducedMotion, voiceSensitivity, letterKeys,
    walkSpeed: WALK_SPEED, captions: captions !== "off", letters: textScale * CAPTION_SCALES[captions],
  };
}
