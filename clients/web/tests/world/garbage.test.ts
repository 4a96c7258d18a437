/** A picture makes no garbage: a headset that collects some stutters. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { ObserverView } from "../../src/protocol/frame";
import { Entities } from "../../src/world/entities";
import { OutgoingPose } from "../../src/world/outgoing";
import { ANN, CART, frame, fullRecord, state } from "../support/frames";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const ROUNDS = 100;
const PEOPLE = 40;
const TRIES = 60;
const nobody = { presence: 0, position: [0, 0, 0], rotation: [0, 0, 0, 1] };

/**
 * Bytes that one round leaves behind: the least of some tries, for the machine itself allocates at times, and code that is
 * not compiled yet boxes numbers. The compiler works beside the test: it gets its turn between the tries.
 */
async function litter(round: (n: number) => void): Promise<number> {
  let least = Infinity;
  for (let attempt = 0; attempt < TRIES && least > 0; attempt += 1) {
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let n = 0; n < ROUNDS; n += 1) round(n);
    least = Math.min(least, Math.max(0, (process.memoryUsage().heapUsed - before) / ROUNDS));
    await new Promise((resolve) => setImmediate(resolve));
  }
  return least;
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

async function pictures(people: number): Promise<number> {
  const { entities, records, view } = room(people);
  for (let n = 1; n < 60; n += 1) entities.take(view.apply(frame(n, 20 * n, { records: records(n * 0.01) })), 20 * n, 20 * n);
  let now = 1000;
  return litter(() => {
    entities.sample((now += 0.5), 7, nobody, nobody);
  });
}

/** An array of three, or an object with one number, takes more; whether the compiler boxes a number is its own affair. */
const SMALLEST = 40;

test("a picture of forty leaves no more behind than one of four", async () => {
  const [few, many] = [await pictures(4), await pictures(PEOPLE)];
  expect((many - few) / (PEOPLE - 4)).toBeLessThan(SMALLEST);
});

test("a frame leaves nothing behind for each record", async () => {
  const frames = async (people: number): Promise<number> => {
    const { entities, records, view } = room(people);
    const message = frame(1, 20, { records: records(0.5) });
    return litter((n) => {
      entities.take(view.apply(message), 40 + 20 * n, 40 + 20 * n);
    });
  };
  expect(((await frames(PEOPLE)) - (await frames(4))) / (PEOPLE - 4)).toBeLessThan(SMALLEST);
});

test("a pose with fingers and face leaves nothing behind", async () => {
  const outgoing = new OutgoingPose();
  const place = { position: [0, 1.6, 0], rotation: [0, 0, 0, 1] } as const;
  const joints = new Float32Array(104).fill(0.5);
  const pose = {
    head: place, left: place, right: place, leftJoints: joints, rightJoints: joints, face: new Float32Array(52), voice: 0.5, seated: false,
    signing: false,
  };
  expect(await litter(() => outgoing.write(pose))).toBeLessThan(64);
});
