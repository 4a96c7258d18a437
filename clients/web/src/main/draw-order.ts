/** In which order a picture is drawn: three.js's own, but decided in whole numbers, for a fraction that is handed back is garbage. */

import type { RenderItem } from "three";

/** What nothing shines through: by material, the nearest first. */
export function nearFirst(a: RenderItem, b: RenderItem): number {
  if (a.groupOrder !== b.groupOrder) return a.groupOrder < b.groupOrder ? -1 : 1;
  if (a.renderOrder !== b.renderOrder) return a.renderOrder < b.renderOrder ? -1 : 1;
  if (a.material.id !== b.material.id) return a.material.id - b.material.id;
  if (a.materialVariant !== b.materialVariant) return a.materialVariant - b.materialVariant;
  if (a.z !== b.z) return a.z < b.z ? -1 : 1;
  return a.id - b.id;
}

/** What something shines through: the farthest first. */
export function farFirst(a: RenderItem, b: RenderItem): number {
  if (a.groupOrder !== b.groupOrder) return a.groupOrder < b.groupOrder ? -1 : 1;
  if (a.renderOrder !== b.renderOrder) return a.renderOrder < b.renderOrder ? -1 : 1;
  if (a.z !== b.z) return a.z > b.z ? -1 : 1;
  return a.id - b.id;
}
