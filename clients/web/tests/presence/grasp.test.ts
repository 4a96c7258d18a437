import * as THREE from "three";
import { beforeEach, describe, expect, it } from "vitest";
import { makeActions, type Doing } from "../../src/presence/actions";
import { FlatWearer } from "../../src/presence/flat-wearer";
import { Grasp } from "../../src/presence/grasp";
import { Keyboard } from "../../src/presence/keyboard";
import { levelOf, smoothedLevel } from "../../src/presence/microphone";
import { Joystick } from "../../src/presence/pointer";
import { makePose } from "../../src/presence/pose";
import { Rig } from "../../src/presence/rig";
import { DEFAULT_COMFORT } from "./comfort";
import { Travel } from "../../src/presence/travel";
import type { Wearing } from "../../src/presence/wearer";
import { FakeConsult, makeThing } from "./fake-consult";
import { openFloor, type OpenFloor } from "./open-floor";

const CUP = 7;
let room: FakeConsult;
let floor: OpenFloor;
let notices: string[];
let grasp: Grasp;

beforeEach(() => {
  room = new FakeConsult();
  room.things.set(CUP, makeThing(CUP, "Cup", [0.2, 0.9, -0.4]));
  floor = openFloor();
  notices = [];
  grasp = new Grasp(room, floor, (text) => notices.push(text));
});

describe("holding things", () => {
  const hand = makePose();

  beforeEach(() => {
    hand.position = [0.2, 1, -0.4];
    hand.rotation = [0, 0, 0, 1];
    grasp.follow(null, hand);
  });

  it("keeps what is at hand as it lies in the hand", async () => {
    await grasp.take(CUP, "right", 0);
    expect(grasp.holds("right")).toBe(CUP);
    hand.position = [1, 1.5, 0];
    const carried = grasp.carried(CUP)!;
    expect(carried.position[0]).toBeCloseTo(1);
    expect(carried.position[1]).toBeCloseTo(1.4);
  });

  it("brings what is farther away into the hand, upright", async () => {
    hand.position = [0.2, 1.5, 0.2];
    hand.rotation = new THREE.Quaternion().setFromEuler(new THREE.Euler(1, 0.5, -1)).toArray();
    await grasp.take(CUP, "right", 0.3);
    const carried = grasp.carried(CUP)!;
    expect(carried.position).toEqual([0.2, 1.5, 0.2]);
    const up = new THREE.Vector3(0, 1, 0).applyQuaternion(new THREE.Quaternion(...carried.rotation));
    expect(up.y).toBeCloseTo(1);
  });

  it("puts down upright on what lies under the hand", async () => {
    floor.surfaceBelow = () => 0.75;
    floor.standing = () => 0.05;
    await grasp.take(CUP, "right", 0);
    hand.rotation = new THREE.Quaternion().setFromEuler(new THREE.Euler(0.6, 0.9, 0, "YXZ")).toArray();
    await grasp.put("right", null);
    const put = room.calls.at(-1)!;
    expect(put.name).toBe("put");
    expect(put.place!.position[1]).toBeCloseTo(0.8);
    expect(put.place!.rotation[0]).toBeCloseTo(0);
    expect(put.place!.rotation[1]).toBeCloseTo(Math.sin(0.45));
    expect(grasp.holds("right")).toBe(0);
  });

  it("stays empty when refused, and says who holds the thing", async () => {
    room.things.get(CUP)!.holder = 2;
    room.answer = { ok: false, code: "held", detail: "" };
    await grasp.take(CUP, "right", 0);
    expect(grasp.holds("right")).toBe(0);
    expect(notices).toEqual(["“Bo” holds Cup and was told that you would like it."]);
  });

  it("gets a thing that is passed on, in the hand that wished for it", async () => {
    const cup = room.things.get(CUP)!;
    cup.holder = 2;
    room.answer = { ok: false, code: "held", detail: "" };
    await grasp.take(CUP, "right", 0);
    cup.holder = room.self.entity;
    cup.hand = "right";
    room.happen("held", cup);
    expect(grasp.holds("right")).toBe(CUP);
  });

  it("lets go of what the server gave to somebody else", async () => {
    await grasp.take(CUP, "right", 0);
    const cup = room.things.get(CUP)!;
    cup.holder = 2;
    room.happen("held", cup);
    expect(grasp.holds("right")).toBe(0);
    expect(grasp.carried(CUP)).toBeNull();
  });

  it("offers, and takes the offer back", async () => {
    await grasp.take(CUP, "right", 0);
    await grasp.offer("right", true);
    expect(grasp.isOffering("right")).toBe(true);
    await grasp.offer("right", false);
    expect(grasp.isOffering("right")).toBe(false);
  });

  it("turns and pushes what nobody holds, and nothing else", async () => {
    await grasp.nudge(CUP, 0, 0.1, 0);
    expect(room.calls.at(-1)!.place!.position[2]).toBeCloseTo(-0.5);
    room.things.get(CUP)!.holder = 2;
    await grasp.nudge(CUP, 0, 0.1, 0);
    expect(room.calls).toHaveLength(1);
  });
});

describe("the wearer at a screen", () => {
  const target = new EventTarget();
  let wearing: Wearing;
  const stick = new Joystick();
  let wearer: FlatWearer;
  let rig: Rig;
  let keys: Keyboard;
  const press = (type: string, code: string): void => {
    target.dispatchEvent(Object.assign(new Event(type, { cancelable: true }), { code, key: code.startsWith("Key") ? code.slice(3).toLowerCase() : code, repeat: false }));
  };
  const run = async (seconds: number): Promise<void> => {
    for (let frame = 0; frame < seconds * 60; frame++) {
      wearer.update(1 / 60, keys, stick);
      await Promise.resolve();
    }
  };

  beforeEach(() => {
    rig = new Rig();
    const travel = new Travel(rig, floor);
    wearing = { rig, travel, grasp, place: floor, settings: DEFAULT_COMFORT, notice: (text: string) => notices.push(text) };
    wearer = new FlatWearer(wearing, room.things);
    const doing = new Proxy({}, { get: () => () => { wearer.grabOrPut(); } }) as Doing;
    keys = new Keyboard(target, makeActions(doing));
  });

  it("walks forward while a key is down and no longer", async () => {
    press("keydown", "KeyW");
    await run(1);
    press("keyup", "KeyW");
    await run(1);
    const { position } = wearer.parts.head;
    expect(position[2]).toBeLessThan(-1.2);
    expect(position[2]).toBeGreaterThan(-2);
    await run(1);
    expect(wearer.parts.head.position[2]).toBeCloseTo(position[2]);
    keys.dispose();
  });

  it("stretches out an arm, takes, carries before the body, and puts down", async () => {
    floor.inReach = CUP;
    press("keydown", "KeyF");
    press("keyup", "KeyF");
    await run(0.15);
    expect(wearer.parts.tracked.right).toBe(true);
    expect(room.calls).toHaveLength(0);
    await run(1);
    expect(room.calls[0]).toMatchObject({ name: "grab", thing: CUP, hand: "right" });
    expect(wearer.parts.hands.right.position[2]).toBeLessThan(-0.25);
    const carried = new THREE.Quaternion(...grasp.carried(CUP)!.rotation);
    expect(new THREE.Vector3(0, 1, 0).applyQuaternion(carried).y).toBeCloseTo(1, 2);
    press("keydown", "KeyF");
    press("keyup", "KeyF");
    await run(1);
    expect(room.calls.at(-1)!.name).toBe("put");
    expect(wearer.parts.tracked.right).toBe(false);
    keys.dispose();
  });

  it("marks what would be taken, as long as it would be", async () => {
    await run(0.1);
    // Nothing is looked at, and nothing lies before the hands.
    expect(floor.marked).toBeNull();
    floor.inReach = CUP;
    await run(0.1);
    expect(floor.marked).toBe(CUP);
    wearer.grabOrPut();
    await run(0.1);
    expect(floor.marked).toBeNull();
    await run(1);
    expect([grasp.holds("right"), floor.marked]).toEqual([CUP, null]);
    keys.dispose();
  });

  it("is told of each gesture, which one does not see of oneself", () => {
    for (const name of ["wave", "point", "raise", "thumb", "nod", "shake"] as const) wearer.gesture(name);
    expect(notices).toEqual(["You wave.", "You point.", "You raise your hand.", "You put your thumb up.", "You nod.", "You shake your head."]);
    keys.dispose();
  });

  it("says at once that the hand is full, and what is in it", async () => {
    const bell = 8;
    room.things.set(bell, makeThing(bell, "Bell", [0.1, 1, -0.5]));
    await run(0.1);
    wearer.take(CUP);
    await run(1);
    let failures = 0;
    wearer.take(bell, () => { failures += 1; });
    expect(failures).toBe(1);
    expect(notices).toEqual(["Your hand is full: put Cup down first."]);
    keys.dispose();
  });

  it("says so where the server does not give the thing", async () => {
    room.answer = { ok: false, code: "forbidden", detail: "" };
    let failures = 0;
    wearer.take(CUP, () => { failures += 1; });
    await run(1);
    expect(failures).toBe(1);
    expect(notices).toEqual(["You may not take things here."]);
    keys.dispose();
  });

  it("turns and steps at once who wants less motion, a step for each press", async () => {
    wearing.settings = { ...DEFAULT_COMFORT, reducedMotion: true };
    press("keydown", "KeyE");
    await run(1 / 60);
    expect(rig.yaw).toBeCloseTo(-Math.PI / 6);
    await run(1);
    expect(rig.yaw).toBeCloseTo(-Math.PI / 6);
    press("keyup", "KeyE");
    press("keydown", "PageUp");
    await run(1);
    expect(wearer.body.pitch).toBeCloseTo(Math.PI / 12);
    press("keyup", "PageUp");
    rig.yaw = 0;
    const from = rig.origin.z;
    wearer.nudge(1, 0);
    expect(rig.origin.z).toBeCloseTo(from - 0.64);
    keys.dispose();
  });

  it("is seen nodding without the feet moving, and sits down slowly", async () => {
    wearer.body.gesture.start("nod");
    await run(0.4);
    expect(wearer.parts.head.rotation[0]).toBeLessThan(-0.05);
    wearer.body.seated = true;
    let fastest = 0;
    for (let frame = 0; frame < 90; frame++) {
      const before = wearer.parts.head.position[1];
      wearer.update(1 / 60, keys, stick);
      fastest = Math.max(fastest, (before - wearer.parts.head.position[1]) * 60);
    }
    expect(wearer.parts.head.position[1]).toBeCloseTo(1.18, 2);
    expect(fastest).toBeLessThan(3);
    keys.dispose();
  });

  it("is moved by corrections, and walks to who is named", () => {
    const travel = new Travel(rig, floor);
    travel.correct([1, 1.6, 1], [0, 1.6, 0]);
    expect([rig.origin.x, rig.origin.z]).toEqual([1, 1]);
    let arrivals = 0;
    const head: [number, number, number] = [rig.origin.x, 1.6, rig.origin.z];
    travel.chooseWay(head, { x: -1, z: -1 }, 0.8, (there) => { arrivals += Number(there); });
    for (let frame = 0; frame < 240; frame++) {
      rig.turn(travel.walkWay(1 / 60, rig.yaw, 1.6, head, false), head);
      head[0] = rig.origin.x;
      head[2] = rig.origin.z;
    }
    expect(arrivals).toBe(1);
    expect(Math.hypot(head[0] + 1, head[2] + 1)).toBeLessThan(0.85);
    expect(Math.hypot(head[0] + 1, head[2] + 1)).toBeGreaterThan(0.6);
  });

  it("tells of each walk once how it ended: by another way, a step, a correction, or where none leads there", () => {
    const head: [number, number, number] = [0, 1.6, 0];
    const ended: string[] = [];
    const travel = new Travel(rig, { ...floor, way: (_from, to) => (to.x > 5 ? [] : [to]) });
    const walkTo = (x: number, name: string): boolean => travel.chooseWay(head, { x, z: -2 }, 0, (there) => ended.push(`${name} ${String(there)}`));
    expect(walkTo(1, "first")).toBe(true);
    expect(walkTo(2, "second")).toBe(true);
    travel.walk(1 / 60, 1, 0, 0, 1.6, head);
    expect(walkTo(1, "third")).toBe(true);
    travel.correct([0, 1.6, 0], head);
    expect(walkTo(9, "nowhere")).toBe(false);
    travel.stopWay();
    expect(ended).toEqual(["first false", "second false", "third false"]);
  });
});

describe("actions", () => {
  it("each have a key of their own and a name", () => {
    const actions = makeActions({} as Doing);
    const codes = actions.flatMap((action) => [...action.codes]);
    expect(new Set(codes).size).toBe(codes.length);
    expect(new Set(actions.map((action) => action.id)).size).toBe(actions.length);
    expect(actions.every((action) => action.label !== "" && action.keys !== "")).toBe(true);
  });
});

describe("the microphone's level", () => {
  const tone = (amplitude: number): Float32Array => Float32Array.from({ length: 1024 }, (_, i) => amplitude * Math.sin(i / 5));

  it("is 0 in silence, more for a louder voice, and more sensitive when so set", () => {
    expect(levelOf(tone(0), 1)).toBe(0);
    expect(levelOf(tone(0.3), 0.5)).toBeGreaterThan(levelOf(tone(0.03), 0.5));
    expect(levelOf(tone(0.01), 1)).toBeGreaterThan(levelOf(tone(0.01), 0.2));
    expect(levelOf(tone(1), 1)).toBe(1);
  });

  it("opens a mouth faster than it closes it, and closes it all the way", () => {
    expect(smoothedLevel(0, 1, 0.03)).toBeGreaterThan(1 - smoothedLevel(1, 0, 0.03));
    let level = 1;
    for (let i = 0; i < 120; i++) level = smoothedLevel(level, 0, 1 / 60);
    expect(level).toBe(0);
  });
});
