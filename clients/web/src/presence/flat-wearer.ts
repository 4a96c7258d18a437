/** The wearer at a screen, by keyboard, mouse or touch. */
import * as THREE from "three";
import type { Side, ThingView, Vec3 } from "../world/model";
import { BACK, FASTER, FORWARD, LEFT, LOOK_DOWN, LOOK_UP, RIGHT, TURN_LEFT, TURN_RIGHT } from "./actions";
import { FlatBody, type Reach } from "./flat";
import { TOLD, type GestureName } from "./gestures";
import type { Keyboard } from "./keyboard";
import { SnapTurn } from "./locomotion";
import { makePose } from "./pose";
import type { Joystick } from "./pointer";
import type { Parts, Wearing } from "./wearer";

/** As far from the eyes as an arm and the server's 1 m of reach go. */
export const ARM_REACH = 1.6;
const BEFORE_HANDS = 0.55;
/** What is farther away is walked to first, from where one can see it. */
const SEEN = 12;
const STOP_SHORT = 0.8;
const TURN_SPEED = 1.9;
const LOOK_SPEED = 1.1;
const TURN_STEP = Math.PI / 6;
const LOOK_STEP = Math.PI / 12;
const DEGREE = Math.PI / 180;
/** Seconds of a step that a button makes, and of an arm that stretches out before it takes. */
const STEP = 0.4;
const STRETCH = 0.28;

interface Reaching extends Reach {
  readonly thing: number;
  readonly put: boolean;
  age: number;
  told: boolean;
  readonly failed: () => void;
}

export class FlatWearer {
  readonly body = new FlatBody();
  readonly parts: Parts;
  private readonly snap = new SnapTurn();
  private readonly snapLook = new SnapTurn();
  private chosen = 0;
  private reaching: Reaching | null = null;
  private nudged = { forward: 0, right: 0, left: 0 };
  private readonly vector = new THREE.Vector3();
  private readonly euler = new THREE.Euler(0, 0, 0, "YXZ");
  private readonly ahead: [number, number, number] = [0, 0, -1];

  constructor(
    private readonly wearing: Wearing,
    private readonly things: ReadonlyMap<number, ThingView>,
  ) {
    const { left, right } = this.body;
    this.parts = {
      headTracked: true,
      head: makePose(),
      tracked: { left: false, right: false },
      hands: { left: left.pose, right: right.pose },
      fingersTracked: { left: false, right: false },
      joints: { left: left.joints, right: right.joints },
    };
  }

  update(seconds: number, keys: Keyboard, stick: Joystick): void {
    const { rig, grasp } = this.wearing;
    this.body.updateHead(seconds);
    rig.toRoom(this.body.head, this.parts.head);
    this.turn(seconds, keys);
    this.walk(seconds, keys, stick);
    keys.pass();
    rig.toRoom(this.body.head, this.parts.head);
    const offers = grasp.isOffering("right") || grasp.isOffering("left");
    this.body.updateHands(seconds, this.parts.head, rig.yaw, this.holds, offers, this.reaching);
    for (const hand of [this.body.left, this.body.right]) {
      this.parts.tracked[hand.side] = this.parts.fingersTracked[hand.side] = hand.tracked;
    }
    grasp.follow(this.body.left.tracked ? this.body.left.pose : null, this.body.right.tracked ? this.body.right.pose : null);
    this.reach(seconds);
    this.mark();
  }

  /** A step, as a button makes it. */
  nudge(forward: number, right: number): void {
    const { settings, travel, rig } = this.wearing;
    if (!settings.reducedMotion) this.nudged = { forward, right, left: STEP };
    else {
      this.body.seated = false;
      travel.stride(forward, right, rig.yaw, settings.walkSpeed * STEP, this.parts.head.position);
    }
  }

  turnStep(direction: number): void {
    this.wearing.rig.turn(direction * TURN_STEP, this.parts.head.position);
  }

  lookStep(direction: number): void {
    this.body.look(direction * LOOK_STEP);
  }

  look(yaw: number, pitch: number): void {
    this.wearing.rig.turn(yaw, this.parts.head.position);
    this.body.look(pitch);
  }

  gesture(name: GestureName): void {
    this.body.gesture.start(name);
    this.wearing.notice(TOLD[name]);
  }

  /** Take what is marked, or put down what is held where one looks. */
  grabOrPut(): void {
    const { grasp } = this.wearing;
    const side = grasp.full;
    if (side !== null) this.putAlong(side, this.lookDirection());
    else if (this.marked() !== 0) this.take(this.marked());
    else this.wearing.notice("Nothing is in reach.");
  }

  /** Take a thing, walking up to it first where it is too far away; `failed` is told where that comes to nothing. */
  take(thing: number, failed: () => void = () => undefined): void {
    const { grasp, travel } = this.wearing;
    const view = this.things.get(thing);
    const full = grasp.full;
    if (view === undefined || full !== null || this.reaching !== null) {
      if (full !== null) this.wearing.notice(`Your hand is full: put ${this.things.get(grasp.holds(full))?.name ?? "it"} down first.`);
      failed();
      return;
    }
    const head = this.parts.head.position;
    if (this.distanceTo(view) > ARM_REACH) {
      const to = { x: view.position[0]!, z: view.position[2]! };
      const outOfReach = (): void => {
        this.wearing.notice(`${view.name} is out of reach.`);
        failed();
      };
      // Only once: furniture may keep one farther away than an arm is long.
      const ended = (there: boolean): void => {
        if (!there) failed();
        else if (this.distanceTo(view) <= ARM_REACH) this.take(thing, failed);
        else outOfReach();
      };
      if (!travel.chooseWay(head, to, STOP_SHORT, ended)) outOfReach();
      return;
    }
    this.stretch("right", thing, new THREE.Vector3().fromArray(view.position), false, failed);
  }

  putAlong(side: Side, direction: Vec3): void {
    const { place, grasp } = this.wearing;
    const thing = grasp.holds(side);
    const surface = place.surfaceAlong(this.parts.head.position, direction, ARM_REACH);
    if (surface?.upright) {
      this.stretch(side, thing, new THREE.Vector3(...surface.point), true);
      return;
    }
    // Nothing to put it on there: on what is under an outstretched hand.
    const at = this.parts.head.position;
    const x = at[0] - Math.sin(this.wearing.rig.yaw) * 0.6;
    const z = at[2] - Math.cos(this.wearing.rig.yaw) * 0.6;
    this.stretch(side, thing, new THREE.Vector3(x, place.surfaceBelow([x, at[1] - 0.3, z]), z), true);
  }

  /** What a click or a tap does: take a thing, put one down there, or walk there. */
  tap(direction: Vec3): void {
    const { place, grasp, travel } = this.wearing;
    const head = this.parts.head.position;
    const side = grasp.full;
    if (side === null) {
      const thing = place.thingAlong(head, direction, SEEN);
      if (thing !== 0) {
        this.take(thing);
        return;
      }
    }
    const surface = place.surfaceAlong(head, direction, 30);
    if (surface === null) return;
    const near = Math.hypot(surface.point[0] - head[0], surface.point[1] - head[1], surface.point[2] - head[2]) <= ARM_REACH;
    if (side !== null && surface.upright && near) this.putAlong(side, direction);
    else if (surface.upright && surface.point[1] < place.floor + 0.1) {
      travel.chooseWay(head, { x: surface.point[0], z: surface.point[2] }, 0, null);
    }
  }

  /** Mark the next thing in reach, nearest first, for who does not point with a mouse. */
  chooseNext(): void {
    const inReach = [...this.things.values()].filter((thing) => thing.grabbable && thing.shown && this.distanceTo(thing) <= ARM_REACH);
    inReach.sort((a, b) => this.distanceTo(a) - this.distanceTo(b));
    const at = inReach.findIndex((thing) => thing.entity === this.chosen);
    this.chosen = inReach[(at + 1) % Math.max(1, inReach.length)]?.entity ?? 0;
    const name = this.things.get(this.chosen)?.name;
    this.wearing.notice(name === undefined ? "Nothing is in reach." : name);
  }

  /** What would be taken now; 0 for nothing. */
  marked(): number {
    const chosen = this.things.get(this.chosen);
    if (chosen?.shown && this.distanceTo(chosen) <= ARM_REACH) return this.chosen;
    this.chosen = 0;
    const { place, rig } = this.wearing;
    const head = this.parts.head.position;
    const looked = place.thingAlong(head, this.lookDirection(), ARM_REACH);
    if (looked !== 0) return looked;
    // Nothing in the middle of the view: what lies before one's hands.
    const [x, y, z] = head;
    const near = this.things.get(place.thingNear([x - Math.sin(rig.yaw) * 0.7, y - 0.6, z - Math.cos(rig.yaw) * 0.7], BEFORE_HANDS));
    return near !== undefined && this.distanceTo(near) <= ARM_REACH ? near.entity : 0;
  }

  private turn(seconds: number, keys: Keyboard): void {
    const aside = keys.axis(TURN_LEFT, TURN_RIGHT), down = keys.axis(LOOK_UP, LOOK_DOWN);
    const { reducedMotion } = this.wearing.settings;
    const turn = reducedMotion ? this.snap.step(aside, TURN_STEP / DEGREE) : -aside * TURN_SPEED * seconds;
    if (turn !== 0) this.wearing.rig.turn(turn, this.parts.head.position);
    this.body.look(reducedMotion ? this.snapLook.step(down, LOOK_STEP / DEGREE) : -down * LOOK_SPEED * seconds);
  }

  private walk(seconds: number, keys: Keyboard, stick: Joystick): void {
    const { travel, rig, settings } = this.wearing;
    const { nudged } = this;
    const stepping = nudged.left > 0;
    nudged.left -= seconds;
    const forward = keys.axis(BACK, FORWARD) - stick.y + (stepping ? nudged.forward : 0);
    const right = keys.axis(LEFT, RIGHT) + stick.x + (stepping ? nudged.right : 0);
    const speed = Math.min(2.4, settings.walkSpeed * (keys.held(...FASTER) ? 1.5 : 1)) * (this.body.crouched ? 0.5 : 1);
    const head = this.parts.head.position;
    if (forward !== 0 || right !== 0) {
      // One gets up to walk, as one does.
      this.body.seated = false;
      travel.stopWay();
    }
    if (travel.onWay) rig.turn(travel.walkWay(seconds, rig.yaw, speed, head, settings.reducedMotion), head);
    else travel.walk(seconds, forward, right, rig.yaw, speed, head);
  }

  private stretch(side: Side, thing: number, point: THREE.Vector3, put: boolean, failed: () => void = () => undefined): void {
    if (this.reaching === null) this.reaching = { side, thing, point, put, age: 0, told: false, failed };
  }

  /** The arm is seen to stretch out before the thing moves, and the server measures reach from the hand. */
  private reach(seconds: number): void {
    const { reaching } = this;
    if (reaching === null) return;
    const { grasp, rig } = this.wearing;
    // As it was sent with the last picture: where pictures come seldom, the arm of this one is far ahead of what the server has.
    const stretched = reaching.age >= STRETCH;
    reaching.age += seconds;
    if (!stretched) return;
    if (!reaching.told) {
      reaching.told = true;
      if (reaching.put) void grasp.put(reaching.side, [reaching.point.x, reaching.point.y, reaching.point.z]);
      else void grasp.take(reaching.thing, reaching.side, rig.yaw, this.body.uprightIn(reaching.side));
    } else if (!grasp.isBusy(reaching.side)) {
      this.reaching = null;
      this.chosen = 0;
      if (!reaching.put && grasp.holds(reaching.side) !== reaching.thing) reaching.failed();
    }
  }

  private mark(): void {
    const { place, grasp } = this.wearing;
    const thing = grasp.full === null && this.reaching === null ? this.marked() : 0;
    place.highlight(thing === 0 ? null : thing, thing === 0 ? "" : "F");
  }

  private lookDirection(): Vec3 {
    this.euler.set(this.body.pitch, this.wearing.rig.yaw, 0);
    this.vector.set(0, 0, -1).applyEuler(this.euler).toArray(this.ahead);
    return this.ahead;
  }

  private distanceTo(thing: ThingView): number {
    const head = this.parts.head.position;
    return Math.hypot(thing.position[0]! - head[0], thing.position[1]! - head[1], thing.position[2]! - head[2]);
  }

  private readonly holds = (side: Side): boolean => this.wearing.grasp.holds(side) !== 0;
}

