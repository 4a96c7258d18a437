/** Where looks other than the clinic's own come from. */

import { VrmWardrobe } from "../avatars";

/** A facility's look `vrm-nurse` is the file `v1/avatars/vrm-nurse.vrm` of its front desk. */
export function wardrobeOf(looks: readonly string[], tell: (text: string) => void): VrmWardrobe {
  const files = new Map(looks.filter((look) => look.startsWith("vrm-")).map((look) => [look, `v1/avatars/${look}.vrm`]));
  return new VrmWardrobe(files, { refused: (look, why) => { tell(`The look ${look} is not shown: ${why}.`); } });
}
