/** What the wearer asks of the room around them; `Place` answers. */
import type { Vec3 } from "../world/model";

export interface FloorPoint {
  x: number;
  z: number;
}

export interface Surroundings {
  readonly floor: number;
  /** Whether one can stand there. */
  free(x: number, z: number): boolean;
  /** Where who walks from one point to another gets. */
  slide(fromX: number, fromZ: number, toX: number, toZ: number, out: FloorPoint): void;
  /** Points to walk through to get somewhere, around what stands there. */
  way(from: FloorPoint, to: FloorPoint): FloorPoint[];
  /** The first grabbable thing along a ray, or the nearest to a point; 0 for none. */
  thingAlong(origin: Vec3, direction: Vec3, farthest: number): number;
  thingNear(point: Vec3, farthest: number): number;
  /** Where a ray meets the room, and whether something would stay lying there. */
  surfaceAlong(origin: Vec3, direction: Vec3, farthest: number): { point: Vec3; upright: boolean } | null;
  /** The height of what lies under a point. */
  surfaceBelow(point: Vec3): number;
  /** Metres from a thing's origin down to what it stands on. */
  standing(entity: number): number;
  highlight(entity: number | null, hint?: string): void;
}
