import type * as THREE from "three";

import type { Figure } from "../pose/figure";
import type { PoseRows } from "../rows";

/** A look that is a file, on one person. */
export interface WornFigure {
  readonly root: THREE.Object3D;
  readonly drawCalls: number;
  readonly triangles: number;
  /** Follow a figure that was posed in a row. */
  update(figure: Figure, rows: PoseRows, row: number, passed: number): void;
  dispose(): void;
}

/** Where looks come from. */
export interface Wardrobe {
  /** The figure of a look; null where it is the default, not known, or not to be shown. */
  wear(look: string): Promise<WornFigure | null>;
}
