/** A picture makes no garbage: a headset that collects some stutters. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { ObserverView } from "../../src/protocol/frame";
import { Entities } from "../../src/world/entities";
import { OutgoingPose } from "../../src/world/outgoing";
import { ANN, CART, frame, fullRecord, state } from "../support/frames";

setFlagsFromString("--expose-gc");
// Compiled when it is due, not when another thread gets round to it on a busy machine.
setFlagsFromString("--no-concurrent-recompilation");
const collect = runInNewContext("gc") as () => void;
/** Few, so that all of their garbage fits where the young live: past that it would be collected before it is counted. */
const ROUNDS = 5;
const WARM_UP = 1000;
const PEOPLE = 40;
const TRIES = 20;
const nobody = { presence: 0, position: [0, 0, 0], rotation: [0, 0, 0, 1] };

/** For each in sight. An object for each joint of two hands takes 2,000; what the compiler boxes of numbers is less, and its own affair. */
const BYTES_MOST = 1000;
const JOINTS = 52;
const TIMEOUT_MS = 60_000;

/**
 * Whether a round leaves behind less than `bytes`. It may take some tries: the machine itself allocates at times, and code
 * that is not compiled yet boxes numbers.
 */
function leavesLess(bytes: number, round: (n: number) => void): boolean {
  for (let n = 0; n < WARM_UP; n += 1) round(n);
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let n = 0; n < ROUNDS; n += 1) round(n);
    const left = process.memoryUsage().heapUsed - before;
    if (left >= 0 && left < bytes * ROUNDS) return true;
  }
  return false;
}

function room(people: number): { entities: Entities; records: (x: number) => [number, Uint8Array][]; view: ObserverView } {
  const entities = new Entities({ entered: () => undefined, left: () => undefined, held: () => undefined });
  const view = new ObserverView();
  entities.start(20);
  const facts = (alias: number) => (alias % 4 === 3 ? CART : ANN);
  const shown = (x: number) =>
    fullRecord(state({ head: [x, 1.6, 0], left: [x - 0.3, 1, 0], right: [x + 0.3, 1, 0], fingers: 100, face: 20, voice: 0.5 }));
  const thing = (x: number) => fullRecord(state({ head: [x, 1, 0] }));
  const aliases = Array.from({ length: people }, (_, alias) => alias);
  const records = (x: number): [number, Uint8Array][] => aliases.map((alias) => [alias, alias % 4 === 3 ? thing(x) : shown(x)]);
  const enters = aliases.map((alias) => ({ alias, entity: 100 + alias, facts: facts(alias) }));
  entities.take(view.apply(frame(0, 0, { enters, records: records(0) })), 0, 0);
  return { entities, records, view };
}

test("a picture leaves nothing behind for each in sight", { timeout: TIMEOUT_MS }, () => {
  const { entities, records, view } = room(PEOPLE);
  for (let n = 1; n < 60; n += 1) entities.take(view.apply(frame(n, 20 * n, { records: records(n * 0.01) })), 20 * n, 20 * n);
  let now = 1000;
  const picture = (): void => {
    entities.sample((now += 0.5), 7, nobody, nobody);
  };
  expect(leavesLess(BYTES_MOST * PEOPLE, picture)).toBe(true);
});

test("a frame leaves nothing behind for each record", { timeout: TIMEOUT_MS }, () => {
  const { entities, records, view } = room(PEOPLE);
  const message = frame(1, 20, { records: records(0.5) });
  const take = (n: number): void => {
    entities.take(view.apply(message), 40 + 20 * n, 40 + 20 * n);
  };
  expect(leavesLess(BYTES_MOST * PEOPLE, take)).toBe(true);
});

test("a pose with fingers and face leaves nothing behind", { timeout: TIMEOUT_MS }, () => {
  const outgoing = new OutgoingPose();
  const place = { position: [0, 1.6, 0], rotation: [0, 0, 0, 1] } as const;
  const joints = new Float32Array(104).fill(0.5);
  const pose = {
    head: place, left: place, right: place, leftJoints: joints, rightJoints: joints, face: new Float32Array(52), voice: 0.5, seated: false,
    signing: false,
  };
  expect(leavesLess(BYTES_MOST, () => outgoing.write(pose))).toBe(true);
});

test("what does leave something behind is found out", { timeout: TIMEOUT_MS }, () => {
  const kept = new Array<number[]>(PEOPLE * JOINTS);
  const careless = (n: number): void => {
    for (let joint = 0; joint < PEOPLE * JOINTS; joint += 1) kept[joint] = [n, n + 1, n + 2];
  };
  expect(leavesLess(BYTES_MOST * PEOPLE, careless)).toBe(false);
});
