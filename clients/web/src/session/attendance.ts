/**
 * For how long nobody has given a sign of being at this device, much as the server judges it (SPEC 6.1, `safety`). The server begins anew with each new session: a bad connection
 * must not bring one about by itself for whom it would have logged off. Pure.
 */
import { StateFlag, VOICE_HEARD } from "../protocol/generated/constants";
import type { FreeMap } from "../protocol/generated/messages";
import type { AvatarState } from "../protocol/state";

/** Of a facility: without a sign, and while nobody looks, s. */
export interface Logoff {
  readonly idle: number;
  readonly away: number;
}

/** A device that rests wanders by 1 mm; a calm listener's head goes farther than this within ten seconds. */
const STIRRED_MM = 20;

export class Attendance {
  private readonly head = new Int32Array(3);
  private placed = false;
  private hiddenAt = Infinity;
  private untrackedAt = Infinity;

  /** Times are ms, of a clock that goes on while the device sleeps. */
  constructor(private signAt: number) {}

  /** The wearer was set elsewhere: the next place is not one that they have moved to. */
  set(): void {
    this.placed = false;
  }

  asked(feature: string, type: string, body: FreeMap, now: number): void {
    const what = `${feature}/${type}`;
    const leaves = what === "safety/away" && body["away"] === true;
    if (what === "safety/away") this.hiddenAt = leaves ? Math.min(this.hiddenAt, now) : Infinity;
    // Who saw one, the page asks by itself.
    if (!leaves && what !== "access/recent") this.signAt = now;
  }

  posed({ flags, voice, head: { position } }: AvatarState, now: number): void {
    const tracked = (flags & StateFlag.Head) !== 0;
    this.untrackedAt = tracked ? Infinity : Math.min(this.untrackedAt, now);
    // What is carried about is not worn.
    if (this.hiddenAt !== Infinity) return;
    const rests = !tracked || (this.placed && this.isNear(position));
    if (voice >= VOICE_HEARD || (!rests && this.placed)) this.signAt = now;
    if (rests) return;
    this.head.set(position);
    this.placed = true;
  }

  /** A loop, since it runs with every picture. */
  private isNear(position: ArrayLike<number>): boolean {
    for (let axis = 0; axis < 3; axis += 1) if (Math.abs(position[axis]! - this.head[axis]!) > STIRRED_MM) return false;
    return true;
  }

  /** Whether the facility would have asked by now whether anybody is there. */
  hasEnded(now: number, { idle, away }: Logoff): boolean {
    const since = Math.min(this.hiddenAt, this.untrackedAt);
    return now - this.signAt >= idle * 1000 || (since !== Infinity && now - Math.max(since, this.signAt) >= away * 1000);
  }
}
