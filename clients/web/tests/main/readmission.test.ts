// @vitest-environment happy-dom
import { beforeAll, beforeEach, expect, test } from "vitest";
import { Readmission } from "../../src/main/readmission";
import type { StateWords } from "../../src/screens/states";
import { Refused } from "../../src/session/refused";
import type { SignIn } from "../../src/session/sign-in";

const SIGN_IN: SignIn = { issuer: "https://id.example", client_id: "clinic", scopes: ["openid"], token: "id_token" };
const CODE = { device_code: "long", user_code: "BCDF-GHJK", verification_uri: "https://clinic.example/", expires_in: 600, interval: 5 };

let shown: { words: StateWords; text: string }[];
let entered: number;
let signedIn: ((problem: string) => void)[];
let asked: number[];
let waits: (() => void)[];
let polls: (() => Promise<void>)[];
let readmission: Readmission;

const last = (): readonly [title: string, text: string, remedies: readonly string[], more: string] => {
  const { words, text } = shown.at(-1)!;
  return [words.title, words.text, words.remedies, text];
};
const soon = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve); });

// The client loads it when it is asked for.
beforeAll(() => import("../../src/session/pairing"));

beforeEach(() => {
  [shown, entered, signedIn, asked, waits, polls] = [[], 0, [], [], [], []];
  readmission = new Readmission({
    account: { again: (_, maxAge) => { asked.push(maxAge); return new Promise((resolve) => signedIn.push(resolve)); }, stop: () => undefined },
    desk: { beginPairing: () => Promise.resolve(CODE), askPairing: () => polls.shift()!() },
    environment: { after: (_, then) => { waits.push(then); return () => undefined; } },
    show: (words, more) => shown.push({ words, text: more?.textContent ?? "" }),
    enter: () => { entered += 1; },
  });
});

const refused = (code = "reauthentication_required"): Refused => new Refused(code, "", false, 40);

test("who signs in again comes in, and who does not is asked once more, with why", async () => {
  expect(readmission.begin(refused(), false).remedies).toEqual(["signIn", "rooms"]);
  void readmission.byProvider(SIGN_IN, "ward");
  expect(last()[0]).toBe("Sign in in the other window");
  signedIn[0]!("You did not sign in.");
  await soon();
  expect([last()[0], last()[1], entered]).toEqual(["Sign in again", "You did not sign in.", 0]);
  void readmission.byProvider(SIGN_IN, "ward");
  signedIn[1]!("");
  await soon();
  expect([asked, entered]).toEqual([[40, 40], 1]);
});

test("an answer that comes when one has gone elsewhere brings nobody in", async () => {
  readmission.begin(refused(), false);
  void readmission.byProvider(SIGN_IN, "ward");
  readmission.stop();
  signedIn[0]!("");
  await soon();
  expect(entered).toBe(0);
});

test("a provider that does not say when one signed in is named as the one to be mended", () => {
  expect(readmission.begin(refused("auth_time_missing"), false).text).toContain("auth_time");
});

test("a device that was let in shows a code again, and comes in when it is let in", async () => {
  expect(readmission.begin(refused(), true)).toMatchObject({ title: "Let this device in again", remedies: ["phone", "rooms"] });
  void readmission.byPhone();
  await soon();
  expect(last()[3]).toContain("BCDF-GHJK");
  polls = [() => Promise.reject(new Refused("authorization_pending", "", false)), () => Promise.resolve()];
  waits.shift()!();
  await soon();
  expect(entered).toBe(0);
  waits.shift()!();
  await soon();
  expect(entered).toBe(1);
});

test("a code that is over, called off or not to be had brings back to the question", async () => {
  readmission.begin(refused(), true);
  void readmission.byPhone();
  await soon();
  polls = [() => Promise.reject(new Refused("access_denied", "Somebody said no on the phone.", false))];
  waits.shift()!();
  await soon();
  expect(last().slice(1, 3)).toEqual(["Somebody said no on the phone.", ["phone", "rooms"]]);
  void readmission.byPhone();
  await soon();
  readmission.stop();
  polls = [() => Promise.resolve()];
  waits.shift()!();
  await soon();
  expect(entered).toBe(0);
});
