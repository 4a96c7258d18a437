/** The wearer in a headset: sticks, pinches and squeezes move the rig and take things. */
import * as THREE from "three";
import type { Side } from "../world/model";
import { yawOf } from "../world/yaw";
import { TeleportArc } from "./arc";
import { ArcView } from "./arc-view";
import { makeHeadsetInput, readHeadset, type HandInput } from "./headset";
import { SnapTurn } from "./locomotion";
import { PalmLook } from "./palm-look";
import { JOINTS, makePose, quaternionOf, type MutablePose } from "./pose";
import { Vignette, vignetteFor } from "./vignette";
import type { Parts, Wearing } from "./wearer";

const SIDES = ["left", "right"] as const;
/** How near a hand must be to take a thing, and how far it may point at one: the server lets a hand reach 1 m. */
const TOUCH = 0.12;
const POINT = 0.9;
const STANDING = 1.6;
const AIM = 0.7;
const RELEASE = 0.35;
/** Seconds a pinch must last to aim: a shorter one is a slip of the fingers. */
const MEANT = 0.18;
const SMOOTH_TURN = 1.6;
/** A thing is held out to somebody when a bare hand has it this far from the body, for this long. */
const HELD_OUT = 0.5;
const DRAWN_BACK = 0.4;
const HELD_OUT_FOR = 0.7;
/** Seconds to hold on until nothing is allowed any more: nobody does so by a slip. */
const WITHDRAWN_AFTER = 2;

interface HandState {
  closed: boolean;
  /** The hand was opened before the answer came to what it took: what it gets is put down again. */
  letGo: boolean;
  /** Seconds that a closed hand has had nothing to take; NaN where it took something. */
  idle: number;
  primary: boolean;
  secondary: boolean;
  outFor: number;
  /** Seconds that who asked has held on; NaN where they do not. */
  heldOn: number;
  readonly palm: PalmLook;
}

/** What buttons do beside taking and offering. */
export interface HeadsetAsks {
  mute(): void;
  /** Who sees the wearer, and what they allow, is to be told. */
  ask(): void;
  /** Whoever asked held on: what they allow ends. */
  endAllowed(): void;
}

export class HeadsetWearer {
  readonly input = makeHeadsetInput();
  readonly parts: Parts = {
    headTracked: false,
    head: makePose(),
    tracked: { left: false, right: false },
    hands: { left: makePose(), right: makePose() },
    fingersTracked: { left: false, right: false },
    joints: { left: new Float32Array(4 * JOINTS), right: new Float32Array(4 * JOINTS) },
  };
  readonly vignette = new Vignette();
  readonly arcView = new ArcView();
  private readonly arc = new TeleportArc();
  private readonly snap = new SnapTurn();
  private readonly rays: Record<Side, MutablePose> = { left: makePose(), right: makePose() };
  private readonly states: Record<Side, HandState> = { left: handState(), right: handState() };
  private aiming: Side | null = null;
  private placing: { at: readonly [number, number, number]; heading: number } | null = null;
  private readonly rotation = new THREE.Quaternion();
  private readonly direction: [number, number, number] = [0, 0, -1];

  constructor(
    private readonly wearing: Wearing,
    private readonly asks: HeadsetAsks,
  ) {}

  /** Stand at a point of the room as soon as the headset tells where it is, looking along a heading. */
  standAt(at: readonly [number, number, number], heading: number): void {
    this.placing = { at: [at[0], at[1], at[2]], heading };
    // Until then, they are where they were.
    this.parts.head.position[0] = at[0];
    this.parts.head.position[1] = at[1];
    this.parts.head.position[2] = at[2];
  }

  get heading(): number {
    return yawOf(quaternionOf(this.parts.head.rotation, this.rotation));
  }

  /** The same in the wearer's own tracked space. */
  get localHeading(): number {
    return yawOf(quaternionOf(this.input.head.rotation, this.rotation));
  }

  update(seconds: number, now: number, frame: XRFrame, space: XRReferenceSpace, sources: Iterable<XRInputSource>): void {
    readHeadset(frame, space, sources, this.input);
    if (this.placing !== null && this.input.headTracked) this.settleIn(this.placing.at, this.placing.heading);
    this.toRoom();
    const turning = this.turn(seconds);
    this.move(seconds, now);
    this.toRoom();
    const { grasp } = this.wearing;
    grasp.follow(this.handOf("left"), this.handOf("right"));
    for (const side of SIDES) this.handle(side, seconds, now);
    this.mark();
    const speed = this.wearing.travel.walker.speed;
    this.vignette.update(seconds, vignetteFor(speed, turning / Math.max(seconds, 1e-3), this.wearing.settings.vignette));
  }

  end(): void {
    this.arcView.hide();
    this.vignette.mesh.visible = false;
    this.aiming = null;
    // Whoever wears it next begins with hands of their own: one that was closed as it was taken off is not opened by them.
    for (const side of SIDES) {
      this.states[side] = handState();
      this.input[side].pinching = false;
    }
  }

  dispose(): void {
    this.vignette.dispose();
    this.arcView.dispose();
  }

  private settleIn(at: readonly [number, number, number], heading: number): void {
    const { rig, travel, settings } = this.wearing;
    const { head } = this.input;
    rig.lift = settings.seated ? Math.max(0, STANDING - head.position[1]) : 0;
    travel.stand(head, yawOf(quaternionOf(head.rotation, this.rotation)), at, heading);
    this.placing = null;
  }

  private toRoom(): void {
    const { rig } = this.wearing;
    const { input, parts } = this;
    parts.headTracked = input.headTracked;
    if (input.headTracked) rig.toRoom(input.head, parts.head);
    for (const side of SIDES) {
      const hand = input[side];
      parts.tracked[side] = hand.tracked;
      parts.fingersTracked[side] = hand.fingersTracked;
      if (hand.tracked) rig.toRoom(hand.grip, parts.hands[side]);
      if (hand.rayTracked) rig.toRoom(hand.ray, this.rays[side]);
      if (hand.fingersTracked) rig.rotationsToRoom(hand.joints, parts.joints[side]);
    }
  }

  private handOf(side: Side): MutablePose | null {
    return this.parts.tracked[side] ? this.parts.hands[side] : null;
  }

  /** Radians turned, of which steps count as none: they are over before the eye sees them. */
  private turn(seconds: number): number {
    const { settings, rig } = this.wearing;
    const stick = this.aiming === "right" ? 0 : this.input.right.stickX;
    if (settings.turn === "snap" || settings.reducedMotion) {
      const angle = this.snap.step(stick, settings.snapDegrees);
      if (angle !== 0) rig.turn(angle, this.parts.head.position);
      return 0;
    }
    const angle = -stick * SMOOTH_TURN * seconds;
    rig.turn(angle, this.parts.head.position);
    return angle;
  }

  private move(seconds: number, now: number): void {
    const { travel, settings } = this.wearing;
    const { left, right } = this.input;
    const smooth = settings.move === "smooth";
    travel.walk(seconds, smooth ? -left.stickY : 0, smooth ? left.stickX : 0, this.heading, settings.walkSpeed, this.parts.head.position);
    if (this.aiming === null) {
      if (right.stickY < -AIM) this.aiming = "right";
      else if (!smooth && left.stickY < -AIM) this.aiming = "left";
    }
    const side = this.aiming;
    if (side === null) return;
    const hand = this.input[side];
    this.aim(side, now);
    const lasts = hand.fingersTracked ? hand.pinching : Math.hypot(hand.stickX, hand.stickY) > RELEASE;
    if (!lasts || !hand.rayTracked) this.land(hand.rayTracked);
  }

  private aim(side: Side, now: number): void {
    const { place, travel } = this.wearing;
    const ray = this.rays[side];
    this.pointOf(ray);
    this.arc.aim(ray.position, this.direction, place, (distance) => travel.canTeleport(distance, now));
    this.arcView.show(this.arc);
  }

  private land(meant: boolean): void {
    this.aiming = null;
    this.arcView.hide();
    if (!meant || !this.arc.valid) return;
    this.vignette.close();
    this.wearing.travel.teleport(this.arc.target, this.parts.head.position);
  }

  /** What closing and opening a hand, and its buttons, do. */
  private handle(side: Side, seconds: number, now: number): void {
    const hand = this.input[side];
    const state = this.states[side];
    const { grasp, settings } = this.wearing;
    const closed = hand.fingersTracked ? hand.pinching : hand.squeeze || hand.trigger;
    const closing = closed && !state.closed;
    const opening = !closed && state.closed;
    state.closed = closed;
    // A hand that is out of the cameras' sight has not let go.
    if (opening && settings.grip === "hold" && hand.tracked) state.letGo = true;
    if (closing) state.letGo = false;
    if (state.letGo && !grasp.awaits(side)) {
      state.letGo = false;
      if (grasp.holds(side) !== 0) void grasp.put(side, null);
    }
    // Beside a palm that is looked at, a pinch is meant for what stands there, and takes nothing.
    const beside = hand.fingersTracked && grasp.holds(side) === 0 && this.states[otherOf(side)].palm.lasts;
    if (closing && beside) state.idle = NaN;
    else if (closing) this.close(side, hand);
    else if (closed && hand.fingersTracked) this.aimByPinch(side, seconds, now);
    const pressed = hand.primary && !state.primary;
    if (pressed && grasp.holds(side) !== 0) void grasp.offer(side, !grasp.isOffering(side));
    const looked = state.palm.step(seconds, hand, this.input.head, grasp.holds(side) === 0);
    const asked = pressed && grasp.holds(side) === 0;
    if (looked || asked) this.asks.ask();
    this.endByHolding(state, seconds, asked || (closing && beside), hand.fingersTracked ? closed && beside : hand.primary);
    if (hand.secondary && !state.secondary) this.asks.mute();
    state.primary = hand.primary;
    state.secondary = hand.secondary;
    if (hand.fingersTracked) this.offerHeldOut(side, seconds);
  }

  private endByHolding(state: HandState, seconds: number, begins: boolean, goesOn: boolean): void {
    if (begins) state.heldOn = 0;
    if (!goesOn) state.heldOn = NaN;
    state.heldOn += seconds;
    if (!(state.heldOn >= WITHDRAWN_AFTER)) return;
    state.heldOn = NaN;
    this.asks.endAllowed();
  }

  private close(side: Side, hand: HandInput): void {
    const { grasp, settings } = this.wearing;
    const state = this.states[side];
    state.idle = NaN;
    if (grasp.holds(side) !== 0) {
      if (settings.grip === "toggle") void grasp.put(side, null);
      return;
    }
    const thing = this.inReach(side);
    if (thing === 0) {
      state.idle = 0;
      return;
    }
    hand.pulse?.(0.5, 40);
    void grasp.take(thing, side, this.heading);
  }

  private aimByPinch(side: Side, seconds: number, now: number): void {
    const state = this.states[side];
    if (Number.isNaN(state.idle)) return;
    state.idle += seconds;
    if (state.idle < MEANT || this.aiming !== null || !this.input[side].rayTracked) return;
    this.aiming = side;
    this.aim(side, now);
  }

  private offerHeldOut(side: Side, seconds: number): void {
    const { grasp } = this.wearing;
    if (grasp.holds(side) === 0) return;
    const state = this.states[side];
    const hand = this.parts.hands[side].position;
    const head = this.parts.head.position;
    const out = Math.hypot(hand[0] - head[0], hand[2] - head[2]);
    const before = state.outFor;
    state.outFor = out > HELD_OUT ? before + seconds : out < DRAWN_BACK ? 0 : before;
    if (before < HELD_OUT_FOR && state.outFor >= HELD_OUT_FOR) void grasp.offer(side, true);
    if (before >= HELD_OUT_FOR && state.outFor === 0) void grasp.offer(side, false);
  }

  /** What a hand would take now: what it touches, else what it points at. */
  private inReach(side: Side): number {
    const { place } = this.wearing;
    if (!this.parts.tracked[side]) return 0;
    const near = place.thingNear(this.parts.hands[side].position, TOUCH);
    if (near !== 0 || !this.input[side].rayTracked) return near;
    const ray = this.rays[side];
    this.pointOf(ray);
    return place.thingAlong(ray.position, this.direction, POINT);
  }

  private mark(): void {
    const { place, grasp } = this.wearing;
    for (const side of ["right", "left"] as const) {
      const thing = grasp.holds(side) === 0 && this.aiming === null ? this.inReach(side) : 0;
      if (thing === 0) continue;
      place.highlight(thing);
      return;
    }
    place.highlight(null);
  }

  private pointOf(ray: MutablePose): void {
    AHEAD.set(0, 0, -1).applyQuaternion(quaternionOf(ray.rotation, this.rotation)).toArray(this.direction);
  }
}

const AHEAD = new THREE.Vector3();

function otherOf(side: Side): Side {
  return side === "left" ? "right" : "left";
}

function handState(): HandState {
  return { closed: false, letGo: false, idle: NaN, primary: false, secondary: false, outFor: 0, heldOn: NaN, palm: new PalmLook() };
}
