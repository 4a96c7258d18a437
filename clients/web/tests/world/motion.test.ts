/** How what comes in ticks is shown in pictures. */
import { describe, expect, test } from "vitest";
import { StateFlag } from "../../src/protocol/generated/constants";
import { Delay } from "../../src/world/delay";
import { hermite, slerp, slope, unseen } from "../../src/world/interpolate";
import { PersonModel } from "../../src/world/person";
import { HEAD, Track } from "../../src/world/track";
import { state } from "../support/frames";

const PERIOD = 20;
const FACTS = { kind: "avatar", name: "Ann", role: "patient", avatar: "plain" } as const;

describe("between samples", () => {
  test("a curve passes through both and never beyond", () => {
    for (let share = 0; share <= 1; share += 0.05) {
      const value = hermite(0, 1, slope(5, 1), slope(1, 0), share);
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
    }
    expect(slope(1, -1)).toBe(0);
    expect(slope(2, 2)).toBe(2);
  });

  test("a rotation takes the shortest arc, whichever sign it has", () => {
    const out = new Float32Array(4);
    const quarter = Math.SQRT1_2;
    slerp(out, 0, [0, 0, 0, 1], 0, [0, -quarter, 0, -quarter], 0, 0.5);
    expect(Math.abs(2 * Math.atan2(out[1]!, out[3]!))).toBeCloseTo(Math.PI / 4, 5);
    expect(Math.hypot(...out)).toBeCloseTo(1, 6);
  });

  test("what is guessed comes to rest at 100 ms of motion, without a jolt", () => {
    expect(unseen(50)).toBe(50);
    expect(unseen(140)).toBeCloseTo(100);
    expect(unseen(5000)).toBeCloseTo(100);
    for (let passed = 0; passed < 200; passed += 1) {
      const step = unseen(passed + 1) - unseen(passed);
      expect(step).toBeGreaterThanOrEqual(0);
      expect(step).toBeLessThanOrEqual(1.0001);
    }
  });
});

describe("the delay", () => {
  /** Frames at 50 Hz for 20 s that come `lag` late; returns how far behind its clock the room is shown then. */
  function behind(lag: (frame: number) => number): number {
    const delay = new Delay(PERIOD);
    let shown = 0;
    for (let n = 0; n < 1000; n += 1) {
      delay.note(5000 + n * PERIOD, n * PERIOD + lag(n));
      shown = delay.at(n * PERIOD + lag(n));
    }
    return 5000 + 999 * PERIOD + lag(999) - shown;
  }

  test("an even stream is shown little more than a tick late", () => {
    expect(behind(() => 30)).toBeCloseTo(30 + 1.25 * PERIOD, 0);
  });

  test("one that comes unevenly is shown later, a rare stall aside", () => {
    const jitter = (n: number) => 30 + ((n * 7919) % 40);
    expect(behind(jitter)).toBeGreaterThan(60);
    expect(behind((n) => (n % 50 === 0 ? 330 : 30))).toBeLessThan(70);
  });

  test("shown time never goes back, nor much faster than a clock", () => {
    const delay = new Delay(PERIOD);
    let before = -Infinity;
    for (let now = 0; now < 10_000; now += 5) {
      if (now % PERIOD === 0) delay.note(now, now + (now < 5000 ? 0 : 200));
      const shown = delay.at(now);
      if (before > -Infinity) {
        expect(shown - before).toBeGreaterThan(0);
        expect(shown - before).toBeLessThan(5 * 1.05);
      }
      before = shown;
    }
  });

  test("after another clock it begins anew", () => {
    const delay = new Delay(PERIOD);
    for (let n = 0; n < 100; n += 1) delay.note(n * PERIOD, n * PERIOD);
    delay.note(1_000_000, 2000);
    expect(delay.at(2000)).toBeCloseTo(1_000_000 - 2 * PERIOD);
  });
});

describe("a track", () => {
  const position = new Float64Array(3);
  const rotation = new Float64Array(4);

  function at(track: Track, time: number, newest: number): number {
    track.seek(time, newest, PERIOD);
    track.place(HEAD, position, rotation);
    return position[0]!;
  }

  test("an even walk is shown evenly", () => {
    const track = new Track(3);
    for (let n = 0; n < 10; n += 1) track.push(state({ head: [n * 0.02, 1.6, 0] }), n * PERIOD, PERIOD);
    expect(at(track, 5.5 * PERIOD, 9 * PERIOD)).toBeCloseTo(0.11, 6);
  });

  test("what comes every few ticks is shown later, and as evenly", () => {
    const track = new Track(3);
    for (let n = 0; n < 40; n += 1) track.push(state({ head: [n * 0.16, 1.6, 0] }), n * 8 * PERIOD, PERIOD);
    const steps = [0, 1, 2, 3, 4].map((n) => at(track, (39 * 8 - 4 + n) * PERIOD, 39 * 8 * PERIOD));
    for (let n = 1; n < 5; n += 1) expect(steps[n]! - steps[n - 1]!).toBeCloseTo(0.02, 3);
    expect(steps[4]).toBeLessThan(39 * 0.16 - 0.1);
  });

  test("who rested moves on from where they were, not from when they stopped", () => {
    const track = new Track(3);
    for (let n = 0; n < 8; n += 1) track.push(state({ head: [0, 1.6, 0] }), n * PERIOD, PERIOD);
    track.push(state({ head: [0.02, 1.6, 0] }), 100 * PERIOD, PERIOD);
    expect(at(track, 98.9 * PERIOD, 100 * PERIOD)).toBe(0);
    expect(at(track, 100 * PERIOD, 100 * PERIOD)).toBeCloseTo(0.02, 6);
  });

  test("who is said nothing of rests; when nothing comes at all, motion goes on for a little", () => {
    const track = new Track(3);
    for (let n = 0; n < 8; n += 1) track.push(state({ head: [n * 0.02, 1.6, 0] }), n * PERIOD, PERIOD);
    const last = 7 * 0.02;
    expect(at(track, 12 * PERIOD, 12 * PERIOD)).toBeCloseTo(last, 6);
    expect(at(track, 7 * PERIOD + 50, 7 * PERIOD)).toBeCloseTo(last + 0.05, 6);
    expect(at(track, 7 * PERIOD + 5000, 7 * PERIOD)).toBeCloseTo(last + 0.1, 6);
  });

  test("who jumps is at the one place, then at the other", () => {
    const track = new Track(3);
    track.push(state({ head: [0, 1.6, 0] }), 0, PERIOD);
    track.push(state({ head: [3, 1.6, 0] }), PERIOD, PERIOD);
    expect(at(track, 0.9 * PERIOD, PERIOD)).toBe(0);
    expect(at(track, PERIOD, PERIOD)).toBe(3);
    expect(at(track, PERIOD + 15, PERIOD)).toBe(3);
  });

  test("more samples than there is room for push the oldest out", () => {
    const track = new Track(1);
    for (let n = 0; n < 500; n += 1) track.push(state({ head: [n * 0.01, 0, 0] }), n * PERIOD, PERIOD);
    expect(at(track, 499 * PERIOD, 499 * PERIOD)).toBeCloseTo(4.99, 6);
    expect(at(track, 0, 499 * PERIOD)).toBeCloseTo((500 - 64) * 0.01, 6);
  });
});

describe("a person", () => {
  /** Shows one picture each 10 ms from `from` on; `told` may push what comes. */
  function show(person: PersonModel, from: number, until: number, each: (time: number) => void): void {
    for (let time = from; time <= until; time += 10) {
      person.sample(time, time, PERIOD, 10);
      each(time);
    }
  }

  function told(states: [time: number, told: Parameters<typeof state>[0]][]): PersonModel {
    const person = new PersonModel(9, FACTS);
    for (const [time, shown] of states) person.push(state(shown), time, PERIOD);
    return person;
  }

  test("a hand that is lost fades where it was, one that is found fades in where it is", () => {
    const person = told([
      [0, { left: [-0.3, 1, 0] }],
      [PERIOD, { left: [-0.3, 1, 0] }],
      [2 * PERIOD, {}],
      [30 * PERIOD, { left: [0.9, 1, 0] }],
    ]);
    const seen: number[] = [];
    show(person, 0, 1000, (time) => {
      if (person.left.presence > 0) seen.push(person.left.position[0]!);
      if (time === 30) expect(person.left.presence).toBeCloseTo(4 / 15, 5);
      if (time === 300) expect(person.left.presence).toBe(0);
      if (time === 600) expect(person.left.presence).toBeLessThan(0.1);
      if (time === 800) expect(person.left.presence).toBe(1);
    });
    // Never anywhere in between, and never at the origin.
    for (const x of seen) expect(Math.min(Math.abs(x + 0.3), Math.abs(x - 0.9))).toBeLessThan(1e-6);
  });

  test("a hand that was never there is at no time shown", () => {
    const person = told([[0, {}], [PERIOD, {}]]);
    show(person, 0, 400, () => {
      expect(person.left.presence).toBe(0);
    });
    expect(person.head.presence).toBe(1);
  });

  test("a hand without its head is nowhere", () => {
    const person = told([[0, { head: null, left: [1, 1, 1] }]]);
    show(person, 0, 400, () => {
      expect([person.head.presence, person.left.presence]).toEqual([0, 0]);
    });
  });

  test("a change to a coarser tier takes fingers and face away at once, and lets hands fade", () => {
    const everything = { left: [-0.3, 1, 0], right: [0.3, 1, 0], fingers: 120, face: 255 } as const;
    const person = told([[0, everything], [PERIOD, everything], [2 * PERIOD, { flags: StateFlag.Signing }]]);
    person.sample(PERIOD, PERIOD, PERIOD, 400);
    expect(person.right.fingersTracked).toBe(true);
    expect(person.face![0]).toBeCloseTo(1, 5);
    expect(Math.hypot(...person.right.jointRotations.slice(0, 4))).toBeCloseTo(1, 5);
    // The wrist is where the grip says, the fingertips within reach of it.
    expect(Math.hypot(person.right.jointPositions[3]! - 0.3, person.right.jointPositions[4]! - 1)).toBeLessThan(0.12);
    person.sample(2 * PERIOD, 2 * PERIOD, PERIOD, 10);
    expect([person.right.fingersTracked, person.face, person.signing]).toEqual([false, null, true]);
    expect(person.right.presence).toBeGreaterThan(0.9);
  });

  test("a guess that was wrong is taken back smoothly", () => {
    const person = new PersonModel(9, FACTS);
    for (let n = 0; n < 8; n += 1) person.push(state({ head: [n * 0.02, 1.6, 0] }), n * PERIOD, PERIOD);
    const stopped = 7 * PERIOD;
    let before = 0;
    for (let time = stopped - 40; time <= stopped + 150; time += 10) {
      person.sample(time, stopped, PERIOD, 10);
      before = person.head.position[0]!;
    }
    person.push(state({ head: [0.14, 1.6, 0] }), stopped + PERIOD, PERIOD);
    let least = Infinity;
    for (let time = stopped + 160; time <= stopped + 600; time += 10) {
      person.sample(time, time, PERIOD, 10);
      const here = person.head.position[0]!;
      expect(Math.abs(here - before)).toBeLessThan(0.02);
      before = here;
      least = Math.min(least, here);
    }
    expect(before).toBeCloseTo(0.14, 3);
    expect(least).toBeGreaterThan(0.139);
  });

  test("a voice rises fast, falls slowly, and does not flicker", () => {
    const person = told([[0, { voice: 1 }], [PERIOD, { voice: 1 }], [2 * PERIOD, { voice: 0 }]]);
    show(person, 0, PERIOD, () => undefined);
    person.sample(PERIOD, PERIOD, PERIOD, 100);
    expect(person.voice).toBeGreaterThan(0.9);
    expect(person.speaking).toBe(true);
    person.sample(2 * PERIOD, 2 * PERIOD, PERIOD, 50);
    expect(person.voice).toBeGreaterThan(0.4);
    for (let n = 0; n < 60; n += 1) person.sample(3 * PERIOD, 3 * PERIOD, PERIOD, 10);
    expect(person.speaking).toBe(false);
  });
});
