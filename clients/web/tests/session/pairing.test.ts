import { expect, test } from "vitest";
import { FrontDesk } from "../../src/session/frontdesk";
import { PairingWait } from "../../src/session/pairing";
import { FakeEnvironment } from "../support/fakes";

const BEGUN = { status: 201, body: { device_code: "d", user_code: "BCDF-GHJK", verification_uri: "https://clinic.example/", expires_in: 600, interval: 5 } };
const problem = (code: string, status = 400): { status: number; body: unknown } => ({ status, body: { code } });

/** The seconds at which the front desk was asked. */
async function waitWith(...answers: { status: number; body: unknown }[]): Promise<{ asked: number[]; ended: (string | null)[]; desk: FrontDesk }> {
  const environment = new FakeEnvironment();
  environment.answers = [BEGUN, ...answers];
  const desk = new FrontDesk(environment);
  const ended: (string | null)[] = [];
  const asked: number[] = [];
  await PairingWait.begin(desk, environment, (why) => ended.push(why));
  for (let second = 1; second <= 40; second += 1) {
    const before = environment.asked.length;
    await environment.advance(1000);
    if (environment.asked.length > before) asked.push(second);
  }
  return { asked, ended, desk };
}

test("a device asks at the pace it is told, slower when told so, until it is let in", async () => {
  const { asked, ended, desk } = await waitWith(problem("authorization_pending"), problem("slow_down"), problem("authorization_pending"), { status: 200, body: { pass: "p", expires_in: 60 } });
  expect([asked, ended]).toEqual([[5, 10, 20, 30], [null]]);
  expect(await desk.identity.headers()).toEqual({ Authorization: "Bearer p" });
});

test("a front desk that is away for a moment is asked again, and a no ends it in words", async () => {
  const { asked, ended, desk } = await waitWith({ status: 0, body: null }, problem("", 503), problem("access_denied"));
  expect([asked, ended]).toEqual([[5, 10, 15], ["Somebody said no on the phone."]]);
  expect(desk.identity.known).toBe(false);
});

test("a device that gives up asks no more", async () => {
  const environment = new FakeEnvironment();
  environment.answers = [BEGUN, problem("authorization_pending")];
  const waiting = await PairingWait.begin(new FrontDesk(environment), environment, () => { throw new Error("ended"); });
  waiting.stop();
  await environment.advance(60_000);
  expect(environment.asked).toHaveLength(1);
});

test("a device that gave up as its answer was on its way is nobody's", async () => {
  const environment = new FakeEnvironment();
  environment.answers = [BEGUN, { status: 200, body: { pass: "p", expires_in: 60 } }];
  const desk = new FrontDesk(environment);
  const waiting = await PairingWait.begin(desk, environment, () => { throw new Error("ended"); });
  const fetched = environment.fetch.bind(environment);
  environment.fetch = (...asked) => {
    waiting.stop();
    return fetched(...asked);
  };
  await environment.advance(6000);
  expect([environment.asked.length, desk.identity.known]).toEqual([2, false]);
});
