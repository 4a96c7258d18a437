/** What the wearer holds: taking, putting down, offering and passing, as the server decides it. */
import * as THREE from "three";
import type { Outcome, Place as Pose, RoomView, Side, ThingView } from "../world/model";
import { yawOf } from "../world/yaw";
import { spoken } from "../screens/called";
import { makePose, quaternionOf, vectorOf, writePose, type MutablePose } from "./pose";
import type { Surroundings } from "./surroundings";

interface Held {
  readonly entity: number;
  /** In the hand's frame. */
  readonly grip: MutablePose;
}

/** Closer than this one takes a thing as it is, farther away it comes into the hand. */
const TOUCHES = 0.25;
/** As long as the server keeps a wish for what somebody else holds. */
const WISH = 3000;

const SAID: Readonly<Record<string, string>> = {
  out_of_reach: "It is too far away.",
  forbidden: "You may not take things here.",
  stale: "Somebody else was faster.",
};

export class Grasp {
  private readonly held: Record<Side, Held | null> = { left: null, right: null };
  private readonly hands: Record<Side, MutablePose | null> = { left: null, right: null };
  private readonly shown: Record<Side, MutablePose> = { left: makePose(), right: makePose() };
  private readonly busy: Record<Side, boolean> = { left: false, right: false };
  private wish: { entity: number; side: Side; grip: MutablePose; at: number } | null = null;
  private readonly stops: (() => void)[];
  private readonly position = new THREE.Vector3();
  private readonly rotation = new THREE.Quaternion();
  private readonly other = new THREE.Quaternion();

  constructor(
    private readonly room: RoomView,
    private readonly place: Surroundings,
    private readonly notice: (text: string) => void,
  ) {
    this.stops = [
      room.on("held", (thing) => { this.heard(thing); }),
      room.on("left", (view) => { this.forget(view.entity); }),
      room.on("wanted", ({ thing, name }) => { notice(`${spoken(name)} would like ${thing.name}. Put it down to pass it on.`); }),
    ];
  }

  dispose(): void {
    for (const stop of this.stops) stop();
  }

  /** Where the hands are in this frame; null for one that is not tracked. */
  follow(left: MutablePose | null, right: MutablePose | null): void {
    this.hands.left = left;
    this.hands.right = right;
  }

  /** What a hand holds, 0 for nothing. */
  holds(side: Side): number {
    return this.held[side]?.entity ?? 0;
  }

  /** The hand that holds something, the right one first; null for none. */
  get full(): Side | null {
    if (this.held.right !== null) return "right";
    return this.held.left === null ? null : "left";
  }

  isBusy(side: Side): boolean {
    return this.busy[side];
  }

  /** Whether an answer is to come that may put something into a hand: the server's, or the holder's to a wish. */
  awaits(side: Side): boolean {
    return this.busy[side] || (this.wish?.side === side && this.wished());
  }

  isOffering(side: Side): boolean {
    return this.room.things.get(this.holds(side))?.offered ?? false;
  }

  /** Where a thing is that the wearer holds; null for others. */
  carried(entity: number): Pose | null {
    const side = this.held.left?.entity === entity ? "left" : "right";
    const held = this.held[side];
    const hand = this.hands[side];
    if (held?.entity !== entity || hand === null) return null;
    quaternionOf(hand.rotation, this.rotation);
    vectorOf(held.grip.position, this.position).applyQuaternion(this.rotation);
    this.position.add(vectorOf(hand.position, POINT));
    writePose(this.shown[side], this.position, this.rotation.multiply(quaternionOf(held.grip.rotation, this.other)));
    return this.shown[side];
  }

  /**
   * Take a thing with a hand. What is not at hand comes into it, upright and turned as the wearer is; with `snapped` it
   * lies so in the hand in any case.
   */
  async take(entity: number, side: Side, heading: number, snapped: THREE.Quaternion | null = null): Promise<void> {
    const thing = this.room.things.get(entity);
    const hand = this.hands[side];
    if (thing === undefined || hand === null || this.busy[side] || this.held[side] !== null) return;
    const grip = this.gripOf(thing, hand, heading, snapped);
    this.wish = { entity, side, grip, at: performance.now() };
    const outcome = await this.during(side, this.room.grab(entity, side, grip));
    if (outcome.ok) this.hold(side, entity, grip);
    else this.refused(outcome, thing);
  }

  /** Put down what a hand holds: at a point, or on what lies under it. It stands upright, turned as it is now. */
  async put(side: Side, point: readonly [number, number, number] | null): Promise<void> {
    const held = this.held[side];
    if (held === null || this.busy[side]) return;
    const now = this.carried(held.entity) ?? this.room.things.get(held.entity);
    if (now === undefined) return;
    const x = point?.[0] ?? now.position[0];
    const y = point?.[1] ?? now.position[1];
    const z = point?.[2] ?? now.position[2];
    const ground = point === null ? this.place.surfaceBelow([x, y, z]) : y;
    this.rotation.set(now.rotation[0], now.rotation[1], now.rotation[2], now.rotation[3]);
    this.rotation.setFromAxisAngle(UP, yawOf(this.rotation));
    const down = makePose();
    writePose(down, this.position.set(x, ground + this.place.standing(held.entity), z), this.rotation);
    let outcome = await this.during(side, this.room.put(held.entity, down));
    if (!outcome.ok && outcome.code === "out_of_reach") {
      // What is under the hand is too far down for an arm: it stays in the air where it is, as a tray would.
      down.position[1] = y;
      outcome = await this.during(side, this.room.put(held.entity, down));
    }
    if (outcome.ok) this.held[side] = null;
    else this.notice(outcome.detail || "It cannot be put there.");
  }

  async offer(side: Side, offered: boolean): Promise<void> {
    const held = this.held[side];
    if (held === null) return;
    const outcome = await this.room.offer(held.entity, offered);
    if (!outcome.ok) this.notice(outcome.detail);
  }

  /** Turn or push what nobody holds: `turn` radians about +Y, and metres along a heading. */
  async nudge(entity: number, turn: number, metres: number, heading: number): Promise<void> {
    const thing = this.room.things.get(entity);
    if (thing === undefined || thing.holder !== 0) return;
    this.rotation.fromArray(thing.rotation).premultiply(this.other.setFromAxisAngle(UP, turn));
    this.position.fromArray(thing.position);
    this.position.x -= Math.sin(heading) * metres;
    this.position.z -= Math.cos(heading) * metres;
    const to = makePose();
    writePose(to, this.position, this.rotation);
    const outcome = await this.room.move(entity, to);
    if (!outcome.ok) this.notice(SAID[outcome.code] ?? outcome.detail);
  }

  private gripOf(thing: ThingView, hand: MutablePose, heading: number, snapped: THREE.Quaternion | null): MutablePose {
    const grip = makePose();
    if (snapped !== null) {
      writePose(grip, this.position.set(0, 0, 0), snapped);
      return grip;
    }
    const inverse = quaternionOf(hand.rotation, new THREE.Quaternion()).invert();
    this.position.fromArray(thing.position).sub(vectorOf(hand.position, POINT)).applyQuaternion(inverse);
    if (this.position.length() <= TOUCHES) {
      writePose(grip, this.position, inverse.multiply(this.other.fromArray(thing.rotation)));
    } else {
      writePose(grip, this.position.set(0, 0, 0), inverse.multiply(this.other.setFromAxisAngle(UP, heading)));
    }
    return grip;
  }

  private async during(side: Side, operation: Promise<Outcome>): Promise<Outcome> {
    this.busy[side] = true;
    try {
      return await operation;
    } finally {
      this.busy[side] = false;
    }
  }

  private hold(side: Side, entity: number, grip: MutablePose): void {
    this.held[side] = { entity, grip };
    this.wish = null;
  }

  private refused(outcome: Outcome, thing: ThingView): void {
    if (outcome.code === "held") {
      const holder = this.room.roster.get(thing.holder);
      this.notice(`${holder === undefined ? "Somebody" : spoken(holder.name)} holds ${thing.name} and was told that you would like it.`);
      return;
    }
    this.wish = null;
    this.notice(SAID[outcome.code] ?? (outcome.detail || "It cannot be taken."));
  }

  /** The server's word on who holds a thing is the last. */
  private heard(thing: ThingView): void {
    if (thing.holder !== this.room.self.entity) {
      this.forget(thing.entity);
      return;
    }
    const { wish } = this;
    const side = thing.hand ?? "right";
    if (this.held[side]?.entity === thing.entity) return;
    const passed = wish?.entity === thing.entity && wish.side === side && this.wished();
    this.hold(side, thing.entity, passed ? wish.grip : makePose());
  }

  /** Whether the server may still remember the wish. */
  private wished(): boolean {
    return this.wish !== null && performance.now() - this.wish.at < WISH + 1000;
  }

  private forget(entity: number): void {
    if (this.held.left?.entity === entity) this.held.left = null;
    if (this.held.right?.entity === entity) this.held.right = null;
  }
}

const UP = new THREE.Vector3(0, 1, 0);
const POINT = new THREE.Vector3();
