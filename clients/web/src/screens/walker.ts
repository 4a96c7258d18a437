/**
 * Moves who uses the text view without a picture: a head that walks straight to where it was told, at a calm pace, and
 * hands that hang, or hold. Pure: stepped with time as an argument.
 */

import type { LocalPose, Vec3 } from "../world/model";
import type { Standing } from "./describe";

/** m/s; the server believes up to 3. */
const PACE = 1.2;
/** radians/s */
const TURN = 2.5;
/** Longest step that is taken at once, s: a window that was hidden does not jump. */
const STEP_MAX = 0.25;
const WALL = 0.3;

interface Goal {
  readonly place: Vec3;
  readonly stop: number;
  readonly arrived: (there: boolean) => void;
}

export class Walker {
  readonly pose: LocalPose;
  seated = false;
  private readonly position: [number, number, number];
  private readonly rotation: [number, number, number, number] = [0, 0, 0, 1];
  private readonly rightHand: [number, number, number] = [0, 0, 0];
  private goal: Goal | null = null;
  private wantedYaw: number;
  private yaw: number;
  private last: number | null = null;

  constructor(spawn: { readonly position: Vec3; readonly yaw: number }, private readonly bounds: readonly [Vec3, Vec3], eyeHeight = 1.6) {
    // The spawn is where the feet are told to be, or the head: whichever, a head is at a head's height.
    this.position = [spawn.position[0], Math.max(spawn.position[1], eyeHeight), spawn.position[2]];
    this.yaw = spawn.yaw;
    this.wantedYaw = spawn.yaw;
    this.pose = {
      head: { position: this.position, rotation: this.rotation },
      left: null,
      right: { position: this.rightHand, rotation: this.rotation },
      leftJoints: null,
      rightJoints: null,
      face: null,
      voice: 0,
      seated: false,
      signing: false,
    };
    this.write();
  }

  get standing(): Standing {
    return { position: this.position, yaw: this.yaw };
  }

  /** Walk until within `stop` metres; resolves true when there, false when something else was begun. */
  walkTo(place: Vec3, stop: number): Promise<boolean> {
    this.goal?.arrived(false);
    return new Promise((arrived) => { this.goal = { place, stop, arrived }; });
  }

  turn(radians: number): void {
    this.stop();
    this.wantedYaw += radians;
  }

  stop(): void {
    this.goal?.arrived(false);
    this.goal = null;
  }

  /** The server holds the head to be elsewhere. */
  correct(position: Vec3): void {
    this.position[0] = position[0];
    this.position[1] = position[1];
    this.position[2] = position[2];
    this.stop();
    this.write();
  }

  step(now: number): void {
    const seconds = this.last === null ? 0 : Math.min((now - this.last) / 1000, STEP_MAX);
    this.last = now;
    if (this.goal !== null) this.walk(this.goal, seconds);
    const turn = wrap(this.wantedYaw - this.yaw);
    this.yaw += Math.sign(turn) * Math.min(Math.abs(turn), TURN * seconds);
    this.write();
  }

  private walk(goal: Goal, seconds: number): void {
    const x = goal.place[0] - this.position[0];
    const z = goal.place[2] - this.position[2];
    const distance = Math.hypot(x, z);
    if (distance > 0.05) this.wantedYaw = Math.atan2(-x, -z);
    const left = distance - goal.stop;
    if (left <= 0.02) {
      this.goal = null;
      goal.arrived(true);
      return;
    }
    const step = Math.min(PACE * seconds, left) / distance;
    const before = [this.position[0], this.position[2]];
    this.position[0] = this.inside(0, this.position[0] + x * step);
    this.position[2] = this.inside(2, this.position[2] + z * step);
    // What lies outside the walls is never reached: as near as can be is there.
    if (seconds > 0 && before[0] === this.position[0] && before[1] === this.position[2]) {
      this.goal = null;
      goal.arrived(true);
    }
  }

  private inside(axis: 0 | 2, value: number): number {
    const [low, high] = this.bounds;
    return Math.min(Math.max(value, low[axis] + WALL), high[axis] - WALL);
  }

  private write(): void {
    this.rotation[1] = Math.sin(this.yaw / 2);
    this.rotation[3] = Math.cos(this.yaw / 2);
    // A hand in front of the body: from here things are taken and offered, and the floor is in reach of it.
    const ahead = 0.4;
    const aside = 0.15;
    this.rightHand[0] = this.position[0] - Math.sin(this.yaw) * ahead + Math.cos(this.yaw) * aside;
    this.rightHand[1] = this.position[1] - 0.7;
    this.rightHand[2] = this.position[2] - Math.cos(this.yaw) * ahead - Math.sin(this.yaw) * aside;
    this.pose.seated = this.seated;
  }
}

function wrap(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}
