/** Whole sessions of the vectors, with the real Session as their client: the server's steps are fed in, the client's are what it must send. */
import { describe, expect, test } from "vitest";
import { FrameFlag, Kind } from "../../src/protocol/generated/constants";
import { SERVER_SCHEMAS } from "../../src/protocol/generated/messages";
import { readMessage } from "../../src/protocol/messages";
import { bytesOf, vectors } from "../support/vectors";
import { Replay } from "./replay";
import { type Step, comesBack, faultOf } from "./soundness";

const { sessions } = vectors<{ sessions: { name: string; steps: Step[] }[] }>("sessions");
const told = sessions.map(({ name, steps }) => ({ name, steps, fault: faultOf(steps) }));
const sound = told.filter(({ fault }) => fault === null);
const faulty = told.filter(({ fault }) => fault !== null);
console.info(`${sound.length} of ${sessions.length} sessions are replayed; the client of the others does what none of ours does:`);
for (const { name, fault } of faulty) console.info(`  ${name}: ${fault!.why}`);

test.each(sound)("$name", async ({ steps }) => {
  const replay = new Replay(steps);
  for (const step of steps) await replay.take(step);
  await replay.finish();
});

test.each(faulty)("what the client of $name does is the server's to judge", ({ steps, fault }) => {
  const judgement = steps[fault!.at + 1]!;
  expect(judgement.from).toBe("server");
  if (judgement.close !== undefined) expect(comesBack(judgement.close)).toBe(false);
  // An operation that is repeated is answered as before.
  else expect(steps.slice(0, fault!.at).map(({ hex }) => hex)).toContain(judgement.hex);
});

describe("among those that are replayed", () => {
  const steps = sound.flatMap((session) => session.steps);
  const messages = steps.filter(({ hex }) => hex !== undefined).map(({ hex }) => bytesOf(hex!));

  test.each(["Hello", "Resume", "Ack", "Operation", "Clock", "Bye", "Budget", "Refresh", "Pose", "Correction", "Result", "Refreshed"] as const)("is a %s", (kind) => {
    expect(messages.some((message) => message[0] === Kind[kind])).toBe(true);
  });

  test("are a socket that is lost and a frame that tells what has passed", () => {
    expect(steps.some(({ drop }) => drop === true)).toBe(true);
    expect(messages.some((message) => message[0] === Kind.Snapshot && (message[1]! & FrameFlag.Soon) !== 0)).toBe(true);
  });

  test("are welcomes that resume and, after a resume, one that does not", () => {
    const answers = steps.flatMap(({ hex }, at) => {
      const before = steps[at - 1]?.hex;
      if (hex === undefined || before === undefined || bytesOf(before)[0] !== Kind.Resume) return [];
      return [readMessage(bytesOf(hex), SERVER_SCHEMAS).body.resumed];
    });
    expect(new Set(answers)).toEqual(new Set([true, false]));
  });

  test("are closes that one comes back from and such that end it", () => {
    const codes = steps.flatMap(({ close }) => close ?? []);
    expect(new Set(codes.map(comesBack))).toEqual(new Set([true, false]));
  });
});
