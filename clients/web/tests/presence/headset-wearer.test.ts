import { beforeEach, describe, expect, it } from "vitest";
import { Grasp } from "../../src/presence/grasp";
import { HeadsetWearer } from "../../src/presence/headset-wearer";
import { Rig } from "../../src/presence/rig";
import { DEFAULT_COMFORT } from "./comfort";
import { Travel } from "../../src/presence/travel";
import { eased, FADE, Vignette } from "../../src/presence/vignette";
import type { Wearing } from "../../src/presence/wearer";
import type { Outcome, ThingView } from "../../src/world/model";
import { FakeHands, FakeHeadset } from "./fake-headset";
import { FakeConsult, makeThing } from "./fake-consult";
import { openFloor, type OpenFloor } from "./open-floor";

const CUP = 7;
const FINE: Outcome = { ok: true, code: "", detail: "" };
let room: FakeConsult;
let floor: OpenFloor;
let grasp: Grasp;
let rig: Rig;
let headset: FakeHeadset;
let wearing: Wearing;
let wearer: HeadsetWearer;
let asked: number;
let ended: number;

beforeEach(() => {
  room = new FakeConsult();
  room.things.set(CUP, makeThing(CUP, "Cup", [0.2, 1, -0.4]));
  floor = openFloor();
  floor.inReach = CUP;
  grasp = new Grasp(room, floor, () => undefined);
  rig = new Rig();
  headset = new FakeHeadset();
  wearing = { rig, travel: new Travel(rig, floor), grasp, place: floor, settings: DEFAULT_COMFORT, notice: () => undefined };
  asked = ended = 0;
  wearer = new HeadsetWearer(wearing, { mute: () => undefined, ask: () => { asked += 1; }, endAllowed: () => { ended += 1; } });
});

async function frames(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    wearer.update(1 / 60, (n * 1000) / 60, headset.frame, headset.space, headset.sources);
    for (let turns = 0; turns < 5; turns += 1) await Promise.resolve();
  }
}

describe("a hand in a headset", () => {
  it("holds a thing for as long as it is closed", async () => {
    headset.squeeze(1);
    await frames(2);
    expect(grasp.holds("right")).toBe(CUP);
    headset.squeeze(0);
    await frames(2);
    expect(grasp.holds("right")).toBe(0);
  });

  it("that was closed as the headset was taken off is not opened by who puts it on with an open one", async () => {
    headset.squeeze(1);
    await frames(2);
    wearer.end();
    headset.squeeze(0);
    await frames(2);
    expect([grasp.holds("right"), room.calls.map(({ name }) => name)]).toEqual([CUP, ["grab"]]);
  });

  it("that opens before the server has answered puts down what it gets", async () => {
    let answer: (outcome: Outcome) => void = () => undefined;
    room.grab = () => new Promise((resolve) => { answer = resolve; });
    headset.squeeze(1);
    await frames(2);
    headset.squeeze(0);
    await frames(2);
    expect(grasp.holds("right")).toBe(0);
    answer(FINE);
    await frames(3);
    expect(room.calls.map(({ name }) => name)).toEqual(["put"]);
    expect(grasp.holds("right")).toBe(0);
  });

  it("that has closed again by then keeps it", async () => {
    let answer: (outcome: Outcome) => void = () => undefined;
    room.grab = () => new Promise((resolve) => { answer = resolve; });
    headset.squeeze(1);
    await frames(2);
    headset.squeeze(0);
    await frames(1);
    headset.squeeze(1);
    await frames(1);
    answer(FINE);
    await frames(3);
    expect(grasp.holds("right")).toBe(CUP);
  });

  it("that opens while somebody else holds the thing does not keep it when it is passed on", async () => {
    const cup = room.things.get(CUP)!;
    cup.holder = 2;
    room.answer = { ok: false, code: "held", detail: "" };
    headset.squeeze(1);
    await frames(2);
    headset.squeeze(0);
    await frames(2);
    room.answer = FINE;
    Object.assign(cup, { holder: room.self.entity, hand: "right" } satisfies Partial<ThingView>);
    room.happen("held", cup);
    await frames(3);
    expect(grasp.holds("right")).toBe(0);
  });
});

describe("the button that offers", () => {
  const press = async (): Promise<void> => {
    headset.buttons[4]!.pressed = true;
    await frames(3);
    headset.buttons[4]!.pressed = false;
    await frames(1);
  };

  it("asks who sees the wearer while the hand is empty, once a press", async () => {
    await press();
    await press();
    expect(asked).toBe(2);
    headset.squeeze(1);
    await frames(2);
    await press();
    expect(asked).toBe(2);
    expect(room.calls.map(({ name }) => name)).toEqual(["grab", "offer"]);
  });
});

describe("holding on to the button that asked", () => {
  it("ends what one allows, once, and not with a thing in the hand nor by a short press", async () => {
    headset.buttons[4]!.pressed = true;
    await frames(110);
    expect([asked, ended]).toEqual([1, 0]);
    headset.buttons[4]!.pressed = false;
    await frames(60);
    expect(ended).toBe(0);
    headset.buttons[4]!.pressed = true;
    await frames(400);
    expect([asked, ended]).toEqual([2, 1]);
    headset.buttons[4]!.pressed = false;
    headset.squeeze(1);
    await frames(2);
    headset.buttons[4]!.pressed = true;
    await frames(400);
    expect(ended).toBe(1);
  });
});

describe("a pinch beside a palm that is looked at", () => {
  it("ends what one allows when it is held, and takes nothing", async () => {
    const hands = new FakeHands();
    const see = (count: number): void => {
      for (let n = 0; n < count; n += 1) wearer.update(1 / 60, 0, hands.frame, headset.space, hands.sources);
    };
    see(30);
    hands.pinching = true;
    see(200);
    expect([asked, ended]).toEqual([0, 0]);
    expect(room.calls.map(({ name }) => name)).toEqual(["grab"]);
    await Promise.resolve();
    hands.pinching = false;
    see(2);
    await frames(2);
    room.calls.length = 0;
    hands.look();
    see(90);
    expect(asked).toBe(1);
    hands.pinching = true;
    see(100);
    expect(ended).toBe(0);
    see(100);
    expect([asked, ended, room.calls]).toEqual([1, 1, []]);
  });
});

describe("turning in a headset", () => {
  const turned = async (settings: Partial<typeof DEFAULT_COMFORT>): Promise<number> => {
    wearing.settings = { ...DEFAULT_COMFORT, turn: "smooth", ...settings };
    await frames(1);
    headset.axes[2] = 1;
    await frames(1);
    return rig.yaw;
  };

  it("is smooth where one wishes it", async () => {
    expect(Math.abs(await turned({}))).toBeLessThan(0.05);
  });

  it("is a step for who wants less motion, whatever else they chose", async () => {
    expect(await turned({ reducedMotion: true })).toBeCloseTo(-Math.PI / 6);
  });
});

describe("the view between two rooms", () => {
  const dark = (vignette: Vignette): number => vignette.mesh.material.uniforms["dark"]!.value as number;

  it("fades to black, stays so, and comes back in the next room", () => {
    const before = new Vignette(), after = new Vignette();
    before.darken();
    before.update(FADE / 2, 0);
    expect(dark(before)).toBeCloseTo(0.5);
    for (let n = 0; n < 60; n += 1) before.update(FADE, 0);
    expect(dark(before)).toBe(1);
    expect(before.mesh.visible).toBe(true);
    after.lighten();
    after.update(0, 0);
    expect(dark(after)).toBe(1);
    after.update(FADE * 1.01, 0);
    expect(dark(after)).toBe(0);
    expect(after.mesh.visible).toBe(false);
  });

  it("narrows faster than it opens", () => {
    expect(eased(0, 1, 0.1)).toBeGreaterThan(1 - eased(1, 0, 0.1));
  });
});
