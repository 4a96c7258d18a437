import * as THREE from "three";
import { beforeEach, expect, it } from "vitest";
import { makeHeadsetInput } from "../../src/presence/headset";
import { PalmLook } from "../../src/presence/palm-look";

const { head, left: hand } = makeHeadsetInput();
let look: PalmLook;

/** The palm 35 cm before the eyes and a little below, turned to them but for some degrees. */
function hold(away: number, degrees = 0): void {
  const palm = new THREE.Vector3(0, 1.6 - 0.1, -away);
  palm.toArray(hand.jointPlaces);
  const toEyes = new THREE.Vector3(0, 1.6, 0).sub(palm).normalize();
  const turn = new THREE.Quaternion().setFromUnitVectors(new THREE.Vector3(0, -1, 0), toEyes);
  turn.premultiply(new THREE.Quaternion().setFromAxisAngle(new THREE.Vector3(0, 1, 0), (degrees * Math.PI) / 180));
  turn.toArray(hand.joints);
}

const seconds = (count: number, free = true): number => {
  let times = 0;
  for (let n = 0; n < count * 60; n += 1) if (look.step(1 / 60, hand, head, free)) times += 1;
  return times;
};

beforeEach(() => {
  look = new PalmLook();
  head.position = [0, 1.6, 0];
  head.rotation = [0, 0, 0, 1];
  hand.fingersTracked = true;
  hand.pinching = false;
  hold(0.35);
});

it("asks once when it has lasted, however long it goes on", () => {
  expect(seconds(1)).toBe(0);
  expect(seconds(5)).toBe(1);
});

it("asks again after the hand was turned away", () => {
  seconds(2);
  hold(0.35, 180);
  seconds(0.1);
  hold(0.35);
  expect(seconds(2)).toBe(1);
});

it("is no look from the back of a hand, past it, from afar, nor with a hand that pinches, holds or is not seen", () => {
  hold(0.35, 120);
  expect(seconds(3)).toBe(0);
  hold(0.8);
  expect(seconds(3)).toBe(0);
  hold(0.35);
  head.rotation = [0, Math.SQRT1_2, 0, Math.SQRT1_2];
  expect(seconds(3)).toBe(0);
  head.rotation = [0, 0, 0, 1];
  expect(seconds(3, false)).toBe(0);
  hand.pinching = true;
  expect(seconds(3)).toBe(0);
  hand.pinching = false;
  hand.fingersTracked = false;
  expect(seconds(3)).toBe(0);
});
