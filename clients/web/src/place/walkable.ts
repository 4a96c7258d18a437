/** Where one can walk: the room's bounds less the footprints of what stands in it. Metres, on the floor. */
import type { FloorPoint } from "../presence/surroundings";
import type { Vec3 } from "../world/model";

/** What stands on the floor, from above. */
export interface Footprint {
  readonly minX: number;
  readonly minZ: number;
  readonly maxX: number;
  readonly maxZ: number;
}

/** Shoulders are wider, but people turn them between chairs. */
const BODY_RADIUS = 0.2;
/** Short enough that no walk, however fast, jumps over a thin partition. */
const LONGEST_STEP = 0.08;
/** What is left between a body and a corner that it rounds: less is rounded away by floats. */
const TOUCHING = 1e-6;

export class Walkable {
  readonly floor: number;
  private readonly minX: number;
  private readonly minZ: number;
  private readonly maxX: number;
  private readonly maxZ: number;

  constructor(
    bounds: readonly [Vec3, Vec3],
    private readonly solids: readonly Footprint[],
    private readonly radius = BODY_RADIUS,
  ) {
    this.floor = bounds[0][1];
    // The server lets heads go up to the bounds themselves; eyes that close to a wall would see through it.
    const margin = Math.min(this.radius, (bounds[1][0] - bounds[0][0]) / 2, (bounds[1][2] - bounds[0][2]) / 2);
    this.minX = bounds[0][0] + margin;
    this.minZ = bounds[0][2] + margin;
    this.maxX = bounds[1][0] - margin;
    this.maxZ = bounds[1][2] - margin;
  }

  free(x: number, z: number): boolean {
    if (x < this.minX || x > this.maxX || z < this.minZ || z > this.maxZ) return false;
    for (const solid of this.solids) if (this.touches(solid, x, z)) return false;
    return true;
  }

  /** Write where who walks from one point to another gets: along what is in the way, never through it. */
  slide(fromX: number, fromZ: number, toX: number, toZ: number, out: FloorPoint): void {
    const steps = Math.max(1, Math.ceil(Math.hypot(toX - fromX, toZ - fromZ) / LONGEST_STEP));
    const dx = (toX - fromX) / steps;
    const dz = (toZ - fromZ) / steps;
    out.x = fromX;
    out.z = fromZ;
    for (let step = 0; step < steps; step++) this.stepTo(out.x + dx, out.z + dz, out);
  }

  /** The corners of where a body's middle may be: least and greatest x, least and greatest z. */
  get extent(): readonly [number, number, number, number] {
    return [this.minX, this.maxX, this.minZ, this.maxZ];
  }

  private stepTo(x: number, z: number, at: FloorPoint): void {
    const toX = clamp(x, this.minX, this.maxX);
    const toZ = clamp(z, this.minZ, this.maxZ);
    // Who was put into a piece of furniture (a seat, a correction) must be able to walk out of it.
    if (!this.free(at.x, at.z) || this.free(toX, toZ)) {
      at.x = toX;
      at.z = toZ;
    } else if (this.free(toX, at.z)) {
      at.x = toX;
    } else if (this.free(at.x, toZ)) {
      at.z = toZ;
    } else {
      this.roundCorner(toX, toZ, at);
    }
  }

  /** Round a corner of what is in the way, where neither the step's length nor its breadth is free: one would stand there for good. */
  private roundCorner(x: number, z: number, at: FloorPoint): void {
    let solid: Footprint | undefined;
    for (const each of this.solids) if (this.touches(each, x, z)) solid = each;
    if (solid === undefined) return;
    const cornerX = clamp(x, solid.minX, solid.maxX);
    const cornerZ = clamp(z, solid.minZ, solid.maxZ);
    const away = Math.hypot(x - cornerX, z - cornerZ);
    if (away === 0) return;
    const out = (this.radius + TOUCHING) / away;
    const toX = cornerX + (x - cornerX) * out;
    const toZ = cornerZ + (z - cornerZ) * out;
    if (!this.free(toX, toZ)) return;
    at.x = toX;
    at.z = toZ;
  }

  private touches(solid: Footprint, x: number, z: number): boolean {
    const dx = x - clamp(x, solid.minX, solid.maxX);
    const dz = z - clamp(z, solid.minZ, solid.maxZ);
    return dx * dx + dz * dz < this.radius * this.radius;
  }
}

function clamp(value: number, least: number, greatest: number): number {
  return Math.min(Math.max(value, least), greatest);
}
