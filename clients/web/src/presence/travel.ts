/** Moves the rig: by walking, by turning, by teleport, along a way to somebody, and where the server corrects it. */
import type { Vec3 } from "../world/model";
import { MovementBudget, towards, Walker } from "./locomotion";
import type { MutablePose } from "./pose";
import type { Rig } from "./rig";
import type { FloorPoint, Surroundings } from "./surroundings";

const ARRIVED = 0.12;
/** Radians a second that one turns by while walking a way. */
const TURNING = 3;

export class Travel {
  readonly walker = new Walker();
  private readonly budget = new MovementBudget();
  private readonly point: FloorPoint = { x: 0, z: 0 };
  private path: FloorPoint[] = [];
  private goal: FloorPoint | null = null;
  private stopShort = 0;
  private readonly last: [number, number, number] = [NaN, 0, 0];
  private ended: ((there: boolean) => void) | null = null;

  constructor(
    private readonly rig: Rig,
    private readonly place: Surroundings,
  ) {}

  /** Walk as wished. `head` is where it is now in the room; what is in the way is walked along. */
  walk(seconds: number, forward: number, right: number, heading: number, speed: number, head: Vec3): void {
    if (forward !== 0 || right !== 0) this.stopWay();
    this.walker.step(seconds, forward, right, heading, speed);
    this.move(seconds, head);
  }

  /** One step at once, as far as what is in the way lets one go. */
  stride(forward: number, right: number, heading: number, metres: number, head: Vec3): void {
    this.stopWay();
    const sin = Math.sin(heading), cos = Math.cos(heading);
    const dx = (right * cos - forward * sin) * metres, dz = -(forward * cos + right * sin) * metres;
    this.place.slide(head[0], head[2], head[0] + dx, head[2] + dz, this.point);
    this.rig.shift(this.point.x - head[0], 0, this.point.z - head[2]);
  }

  /**
   * Walk on along the way that was chosen; the turn in radians that looks ahead along it, at once where it is to be
   * `sudden`. 0 where there is no way.
   */
  walkWay(seconds: number, heading: number, speed: number, head: Vec3, sudden: boolean): number {
    const next = this.path[0];
    if (next === undefined || this.goal === null) return 0;
    const dx = next.x - head[0];
    const dz = next.z - head[2];
    if (Math.hypot(this.goal.x - head[0], this.goal.z - head[2]) <= this.stopShort) this.path.length = 0;
    else if (Math.hypot(dx, dz) < ARRIVED) this.path.shift();
    if (this.path.length === 0) {
      const turn = Math.atan2(head[0] - this.goal.x, head[2] - this.goal.z);
      this.stopWay(true);
      return towards(heading, turn, Math.PI);
    }
    const along = Math.atan2(-dx, -dz);
    const pace = Math.min(1, Math.max(0.35, Math.hypot(dx, dz) / 0.4));
    this.walker.step(seconds, 1, 0, along, speed * pace);
    this.move(seconds, head);
    return towards(heading, along, sudden ? Math.PI : TURNING * seconds);
  }

  get onWay(): boolean {
    return this.path.length > 0;
  }

  /**
   * Walk to a point around the furniture, and stop this far from it. False where no way leads there; else `ended` is told
   * once whether one is there, or something else was begun.
   */
  chooseWay(head: Vec3, to: FloorPoint, stopShort: number, ended: ((there: boolean) => void) | null): boolean {
    this.stopWay();
    this.path = this.place.way({ x: head[0], z: head[2] }, to);
    if (this.path.length === 0) return false;
    this.goal = { x: to.x, z: to.z };
    this.stopShort = stopShort;
    this.ended = ended;
    return true;
  }

  stopWay(there = false): void {
    const { ended } = this;
    this.path = [];
    this.goal = null;
    this.ended = null;
    // Last: whoever is told may choose another way at once.
    ended?.(there);
  }

  canTeleport(distance: number, now: number): boolean {
    return this.budget.allows(distance, now);
  }

  /** So that the head is above a point of the floor. */
  teleport(target: Vec3, head: Vec3): void {
    this.stopWay();
    this.walker.stop();
    this.rig.shift(target[0] - head[0], 0, target[2] - head[2]);
  }

  /** Where the server holds the head to be: its word counts, but not its height, which is the wearer's own. */
  correct(position: Vec3, head: Vec3): void {
    this.stopWay();
    this.walker.stop();
    this.rig.shift(position[0] - head[0], 0, position[2] - head[2]);
    this.last[0] = NaN;
  }

  /** Put the head of who is at `local` in their own space above a point, looking along a heading. */
  stand(local: MutablePose, localYaw: number, at: Vec3, heading: number): void {
    this.rig.yaw = heading - localYaw;
    const sin = Math.sin(this.rig.yaw);
    const cos = Math.cos(this.rig.yaw);
    const [x, , z] = local.position;
    this.rig.origin.set(at[0] - (x * cos + z * sin), this.place.floor, at[2] - (z * cos - x * sin));
  }

  /** Tell the budget how far the head went in this frame, in whatever way. */
  settle(head: Vec3, now: number): void {
    const { last } = this;
    if (!Number.isNaN(last[0])) this.budget.spend(Math.hypot(head[0] - last[0], head[1] - last[1], head[2] - last[2]), now);
    last[0] = head[0];
    last[1] = head[1];
    last[2] = head[2];
  }

  private move(seconds: number, head: Vec3): void {
    const { walker, point } = this;
    if (walker.speed === 0) return;
    this.place.slide(head[0], head[2], head[0] + walker.speedX * seconds, head[2] + walker.speedZ * seconds, point);
    this.rig.shift(point.x - head[0], 0, point.z - head[2]);
  }
}
