/** Things that are held, put down and passed on. */
import { expect, test } from "vitest";
import type { ObjectFacts } from "../../src/protocol/generated/messages";
import { Malformed } from "../../src/protocol/malformed";
import { ThingModel } from "../../src/world/thing";
import { state } from "../support/frames";

const FREE: ObjectFacts = {
  kind: "prop", name: "Heart", model: "models/heart.glb", grabbable: true, holder: 0, hand: "", grip: [], ownership: 1,
  authority: 4, offered: false,
};
const HELD = { ...FREE, holder: 20, hand: "right", grip: [100, 0, 0, 3, 0, 0, 0], ownership: 2 } as const;
const TURNED = [0, Math.SQRT1_2, 0, Math.SQRT1_2];
const hand = (x: number, presence = 1) => ({ presence, position: [x, 1, 0], rotation: TURNED });
const shownAt = (thing: ThingModel) => [...thing.position].map((value) => Number(value.toFixed(3)));

test("in a hand it rides with the hand, turned as the hand is", () => {
  const thing = new ThingModel(30, HELD);
  thing.sample(0, 0, 20, hand(1));
  expect(thing).toMatchObject({ holder: 20, hand: "right", shown: true, grabbable: true, ownership: 2 });
  // 10 cm to the right of a hand that looks to the left is 10 cm to the back.
  expect(shownAt(thing)).toEqual([1, 1, -0.1]);
  expect([...thing.rotation].map((value) => value.toFixed(3))).toEqual(TURNED.map((value) => value.toFixed(3)));
});

test("without its holder, or the hand, it is not shown", () => {
  const thing = new ThingModel(30, HELD);
  thing.sample(0, 0, 20, null);
  expect(thing.shown).toBe(false);
  thing.sample(20, 20, 20, hand(1, 0));
  expect(thing.shown).toBe(false);
});

test("put down it is where it was put, and does not glide there", () => {
  const thing = new ThingModel(30, FREE);
  thing.push(state({ head: [0, 1, 0] }), 0, 20);
  thing.sample(0, 0, 20, null);
  expect(shownAt(thing)).toEqual([0, 1, 0]);
  thing.renew(HELD);
  thing.push(state({ head: null }), 20, 20);
  thing.sample(20, 20, 20, hand(5));
  thing.renew({ ...FREE, ownership: 3 });
  thing.push(state({ head: [2, 1, 0] }), 40, 20);
  thing.sample(25, 40, 20, null);
  expect(shownAt(thing)).toEqual([2, 1, 0]);
});

test("pushed by somebody, it moves", () => {
  const thing = new ThingModel(30, FREE);
  thing.push(state({ head: [0, 1, 0] }), 0, 20);
  thing.push(state({ head: [0.1, 1, 0] }), 20, 20);
  thing.sample(10, 20, 20, null);
  expect(shownAt(thing)).toEqual([0.05, 1, 0]);
});

test("a grip that is none breaks the protocol", () => {
  expect(() => new ThingModel(30, { ...HELD, grip: [0, 0, 0] })).toThrow(Malformed);
});
