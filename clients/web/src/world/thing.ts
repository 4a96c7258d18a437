/** A thing in sight: where it stands, or in whose hand it rides. */
import { POSITION_SCALE, StateFlag } from "../protocol/generated/constants";
import type { ObjectFacts } from "../protocol/generated/messages";
import { Malformed } from "../protocol/malformed";
import { unpackRotation } from "../protocol/quantities";
import { addTurned, multiply } from "../protocol/quaternion";
import { type AvatarState, TrackedPart } from "../protocol/state";
import type { Side, ThingView } from "./model";
import { HEAD, Track } from "./track";

const GRIP_NUMBERS = 7;

/** The hand that a thing rides in, as it is shown. */
export interface RidingHand {
  readonly presence: number;
  readonly position: ArrayLike<number>;
  readonly rotation: ArrayLike<number>;
}

export class ThingModel implements ThingView {
  kind: "prop" | "panel" = "prop";
  name = "";
  model = "";
  grabbable = false;
  holder = 0;
  hand: Side | null = null;
  offered = false;
  shown = false;
  /** What an operation on it says it knows. */
  ownership = 0;
  authority = 0;
  readonly position = new Float32Array(3);
  readonly rotation = Float32Array.of(0, 0, 0, 1);
  private readonly gripPosition = new Float64Array(3);
  private readonly gripRotation = Float64Array.of(0, 0, 0, 1);
  private readonly track = new Track(1);

  constructor(
    readonly entity: number,
    public facts: ObjectFacts,
  ) {
    this.renew(facts);
  }

  /** Take facts in that may have changed. */
  renew(facts: ObjectFacts): void {
    this.facts = facts;
    this.kind = facts.kind;
    this.name = facts.name;
    this.model = facts.model;
    this.grabbable = facts.grabbable;
    // Put down elsewhere, or in another hand: it does not glide there.
    if (facts.holder !== this.holder) this.track.clear();
    this.holder = facts.holder;
    this.hand = facts.hand === "" ? null : facts.hand;
    this.offered = facts.offered;
    this.ownership = facts.ownership;
    this.authority = facts.authority;
    if (facts.grip.length > 0) this.takeGrip(facts.grip);
  }

  push(state: AvatarState, time: number, period: number): void {
    // While somebody holds it, it has no place of its own.
    if ((state.flags & StateFlag.Head) !== 0) this.track.push(state, time, period);
  }

  restart(): void {
    this.track.clear();
  }

  /** `hand` is the one it rides in, null if that is not in sight. */
  sample(time: number, newest: number, period: number, hand: RidingHand | null): void {
    if (this.holder !== 0) {
      this.shown = hand !== null && hand.presence > 0;
      if (hand !== null && this.shown) this.ride(hand);
      return;
    }
    this.shown = !this.track.empty;
    if (!this.shown) return;
    this.track.seek(time, newest, period);
    this.track.place(HEAD, this.position, this.rotation);
  }

  private ride(hand: RidingHand): void {
    const grip = this.gripPosition;
    addTurned(this.position, 0, hand.position, 0, hand.rotation, 0, grip[0]!, grip[1]!, grip[2]!);
    multiply(this.rotation, 0, hand.rotation, 0, this.gripRotation, 0);
  }

  /** Millimetres in the frame of the hand's grip, then the packed rotation. */
  private takeGrip(grip: readonly number[]): void {
    if (grip.length !== GRIP_NUMBERS) throw new Malformed(`a grip of ${grip.length} numbers`);
    for (let axis = 0; axis < 3; axis += 1) this.gripPosition[axis] = grip[axis]! / POSITION_SCALE;
    const part = new TrackedPart();
    part.largest = grip[3]! & 3;
    part.rotation.set(grip.slice(4));
    unpackRotation(part, this.gripRotation);
  }
}
