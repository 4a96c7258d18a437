/** What was said in a room: live, and before one came, where the facility keeps chat. */
import { beforeEach, expect, test } from "vitest";
import { ServerClock } from "../../src/session/clock";
import { ChatLog } from "../../src/world/chat-log";
import { FakeEnvironment } from "../support/fakes";

let environment: FakeEnvironment;
let clock: ServerClock;
let log: ChatLog;

beforeEach(() => {
  environment = new FakeEnvironment();
  clock = new ServerClock();
  clock.start(50_000, environment.now());
  log = new ChatLog();
});

const line = (text: string, age: number, name = "Ann") => ({ name, text, age });
const say = (text: string, time: number) => log.take({ entity: 20, name: "Ann", text, time }, clock, environment);
const earlier = (...lines: ReturnType<typeof line>[]) => log.takeEarlier({ lines }, environment);
const texts = (): string[] => log.said.map(({ text }) => text);

test("what the room keeps stands before what is said after one came", () => {
  expect(earlier(line("yesterday", 90_000), line("before", 2.5, "Bo"))).toBe(true);
  say("now", 50_000);
  const date = environment.date();
  expect(log.said).toEqual([
    { entity: 0, name: "Ann", text: "yesterday", at: date - 90_000_000, earlier: true },
    { entity: 0, name: "Bo", text: "before", at: date - 2500, earlier: true },
    { entity: 20, name: "Ann", text: "now", at: date },
  ]);
});

test("nothing comes twice, and what was missed comes to its place", () => {
  say("yes", 20_000);
  say("to you alone", 21_000);
  say("yes", 22_000);
  say("last", 49_000);
  const known = [line("yes", 29.5), line("yes", 27.5)];
  expect(earlier(...known, line("last", 0.5))).toBe(false);
  // The third "yes" is the same words long after: said anew. And "missed" seems to be from after "last", before which it was said.
  expect(earlier(line("older", 60), ...known, line("yes", 10), line("missed", 0.8), line("last", 0.9), line("newest", 0))).toBe(true);
  const all = ["older", "yes", "to you alone", "yes", "yes", "missed", "last", "newest"];
  expect(texts()).toEqual(all);
  expect(earlier(line("older", 60.2), ...known, line("yes", 10.1), line("missed", 0.9), line("last", 1), line("newest", 0.1))).toBe(false);
  expect(texts()).toEqual(all);
});

test("the last 500 lines stay, and an age that cannot be is none", () => {
  for (let n = 1; n <= 500; n += 1) say(`${n}`, 50_000);
  earlier(line("long ago", 1e300), line("to come", -1e300));
  expect([log.said.length, log.said[0]?.text]).toEqual([500, "2"]);
  expect(log.said.at(-1)).toEqual({ entity: 0, name: "Ann", text: "to come", at: environment.date(), earlier: true });
});
