/** How a wearer moves: walking that starts and stops softly, turns by steps, and how far the server lets one go. */
import { wrapped } from "./rig";

/** Seconds in which walking reaches its speed. */
const SETTLE = 0.12;

/** Walking, in metres a second on the floor. */
export class Walker {
  speedX = 0;
  speedZ = 0;

  /**
   * `forward` and `right` are -1 to 1, `heading` is where forward is, radians about +Y. Write nothing; `speedX` and
   * `speedZ` are what is to be walked.
   */
  step(seconds: number, forward: number, right: number, heading: number, speed: number): void {
    const length = Math.max(1, Math.hypot(forward, right));
    const sin = Math.sin(heading);
    const cos = Math.cos(heading);
    const wishX = ((-forward * sin + right * cos) / length) * speed;
    const wishZ = ((-forward * cos - right * sin) / length) * speed;
    const share = 1 - Math.exp(-seconds / SETTLE);
    this.speedX += (wishX - this.speedX) * share;
    this.speedZ += (wishZ - this.speedZ) * share;
    // An exponential never ends: below a millimetre a frame one stands.
    if (wishX === 0 && wishZ === 0 && Math.hypot(this.speedX, this.speedZ) < 0.03) this.stop();
  }

  stop(): void {
    this.speedX = 0;
    this.speedZ = 0;
  }

  get speed(): number {
    return Math.hypot(this.speedX, this.speedZ);
  }
}

const PRESSED = 0.7;
const RELEASED = 0.4;

/** Turns by steps: one for each push of the stick, which must come back before the next. */
export class SnapTurn {
  private armed = true;

  /** Radians to turn now; a stick to the right turns clockwise, which is negative about +Y. */
  step(stick: number, degrees: number): number {
    if (Math.abs(stick) < RELEASED) this.armed = true;
    if (!this.armed || Math.abs(stick) < PRESSED) return 0;
    this.armed = false;
    return (-Math.sign(stick) * degrees * Math.PI) / 180;
  }
}

/** A stick that is let go never rests at 0 exactly. */
export function deadZone(value: number, dead = 0.15): number {
  const magnitude = Math.abs(value);
  return magnitude < dead ? 0 : (Math.sign(value) * (magnitude - dead)) / (1 - dead);
}

const FILL = 3;
const MOST = 6;
const JUMPS = 4;
const JUMP_EVERY = 2;

/** What the server will believe (SPEC 5.1): a walk is paid from a budget, a longer way is one of a few free jumps. */
export class MovementBudget {
  private metres = MOST;
  private jumps = JUMPS;
  private last = NaN;

  /** Whether one may go this far now; `now` in milliseconds. */
  allows(distance: number, now: number): boolean {
    this.fill(now);
    return distance <= this.metres || this.jumps >= 1;
  }

  spend(distance: number, now: number): void {
    this.fill(now);
    if (distance <= this.metres) this.metres -= distance;
    else this.jumps = Math.max(0, this.jumps - 1);
  }

  private fill(now: number): void {
    const seconds = Number.isNaN(this.last) ? 0 : Math.max(0, now - this.last) / 1000;
    this.last = now;
    this.metres = Math.min(MOST, this.metres + FILL * seconds);
    this.jumps = Math.min(JUMPS, this.jumps + seconds / JUMP_EVERY);
  }
}

/** Says when a pose is due, so that a headset's 90 frames a second are not 90 messages. */
export class PoseRhythm {
  private readonly period: number;
  private next = -Infinity;

  /** Half as often again as the room ticks, so that each tick has a fresh one; at most 60 a second. */
  constructor(tickHz: number) {
    this.period = 1000 / Math.min(60, tickHz * 1.5);
  }

  due(now: number): boolean {
    // A frame that comes a little early counts, else every second one of a 60 Hz display would be skipped.
    if (now < this.next - 2) return false;
    this.next = Math.max(this.next + this.period, now);
    return true;
  }
}

/** The turn that brings one heading nearer to another, at most `most` radians. */
export function towards(from: number, to: number, most: number): number {
  return Math.min(most, Math.max(-most, wrapped(to - from)));
}
