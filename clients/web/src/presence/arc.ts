/** The arc one teleports along, as a thrown ball flies. */
import type { Vec3 } from "../world/model";
import type { Surroundings } from "./surroundings";

export const ARC_POINTS = 32;
const SPEED = 6.2;
const GRAVITY = 9.8;
/** As far as a person throws a glance at the floor; the server's free jumps would let one go farther. */
const FARTHEST = 8;

export class TeleportArc {
  /** Points along the arc, 3 numbers each; `count` of them are to be drawn. */
  readonly points = new Float32Array(ARC_POINTS * 3);
  count = 0;
  /** Where it ends, and whether one can stand there. */
  readonly target: [number, number, number] = [0, 0, 0];
  valid = false;

  /** Throw it; `allowed` says whether the server would believe so long a way. */
  aim(origin: Vec3, direction: Vec3, room: Surroundings, allowed: (distance: number) => boolean): void {
    const length = Math.hypot(direction[0], direction[1], direction[2]) || 1;
    const vx = (direction[0] / length) * SPEED;
    const vy = (direction[1] / length) * SPEED;
    const vz = (direction[2] / length) * SPEED;
    const fall = origin[1] - room.floor;
    const flight = (vy + Math.sqrt(Math.max(0, vy * vy + 2 * GRAVITY * fall))) / GRAVITY;
    for (let i = 0; i < ARC_POINTS; i++) {
      const t = (flight * i) / (ARC_POINTS - 1);
      this.points[3 * i] = origin[0] + vx * t;
      this.points[3 * i + 1] = origin[1] + vy * t - (GRAVITY * t * t) / 2;
      this.points[3 * i + 2] = origin[2] + vz * t;
    }
    this.count = ARC_POINTS;
    this.target[0] = origin[0] + vx * flight;
    this.target[1] = room.floor;
    this.target[2] = origin[2] + vz * flight;
    const distance = Math.hypot(this.target[0] - origin[0], this.target[2] - origin[2]);
    this.valid = fall > 0 && distance <= FARTHEST && room.free(this.target[0], this.target[2]) && allowed(distance);
  }
}
