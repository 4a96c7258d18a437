// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { accountStep, type AccountActs } from "../../src/screens/account-step";
import type { WhoWords } from "../../src/screens/facility";
import { letInDialog } from "../../src/screens/let-in-dialog";
import { Refused } from "../../src/session/refused";

const GUEST: WhoWords = { kind: "guest", roles: ["patient"], name: null };
const SHOWN = { address: "https://clinic.example/", code: "BCDF-GHJK", minutes: 10 };

let did: string[];
let fail: (problem: string) => void;

const acts = (changed: Partial<AccountActs> = {}): AccountActs => ({
  problem: "",
  signIn: () => Promise.resolve("Not now."),
  signOut: () => did.push("out"),
  pair: (failed) => {
    fail = failed;
    return Promise.resolve({ shown: SHOWN, stop: () => did.push("stopped") });
  },
  letIn: () => did.push("let in"),
  ...changed,
});

const labels = (): string[] => [...document.querySelectorAll("button")].filter((each) => each.closest("[hidden]") === null).map(({ textContent }) => textContent);
const press = (text: string): void => { [...document.querySelectorAll("button")].find(({ textContent }) => textContent === text)!.click(); };
const told = (): string => document.querySelector("[role=alert]")?.textContent ?? "";
const soon = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve));

function show(who: WhoWords, changed: Partial<AccountActs> = {}): void {
  document.body.replaceChildren(accountStep(who, acts(changed)) ?? "");
}

beforeEach(() => { did = []; });

test("there is nothing to say where nobody has an account", () => {
  expect(accountStep(GUEST, null)).toBeNull();
});

test("a guest may sign in, and is told why that did not work", async () => {
  show(GUEST, { problem: "You did not sign in." });
  expect([labels(), told()]).toEqual([["Sign in", "Sign in with my phone"], "You did not sign in."]);
  expect(document.querySelector("button.main")).toBeNull();
  press("Sign in");
  expect(told()).toBe("");
  await soon();
  expect(told()).toBe("Not now.");
});

test("where no guests come in, signing in is the way", () => {
  show({ ...GUEST, roles: [] });
  expect(document.querySelector("button.main")?.textContent).toBe("Sign in");
  expect(document.body.textContent).toContain("a link that invites them");
});

test("a phone is waited for once, however often one presses", async () => {
  let begun = 0;
  show(GUEST, { pair: () => {
    begun += 1;
    return new Promise((resolve) => { setTimeout(() => { resolve({ shown: SHOWN, stop: () => undefined }); }); });
  } });
  press("Sign in with my phone");
  press("Sign in with my phone");
  await soon();
  expect(begun).toBe(1);
});

test("a headset is let in once, however often one presses", async () => {
  const settled: boolean[] = [];
  const dialog = letInDialog({ find: () => Promise.resolve(3), settle: (_, allow) => { settled.push(allow); return Promise.resolve(); }, signInAgain: null });
  document.body.replaceChildren(dialog);
  dialog.querySelector("input")!.value = "BCDF-GHJK";
  dialog.querySelector("form")!.requestSubmit();
  await soon();
  press("Let it in");
  press("Let it in");
  await soon();
  expect(settled).toEqual([true]);
});

test("a phone is waited for until one cancels, or it does not come", async () => {
  show(GUEST);
  press("Sign in with my phone");
  await soon();
  expect(document.querySelector(".pairing-code")?.getAttribute("aria-label")).toBe("The code: B C D F G H J K");
  expect(document.body.textContent).toContain("open clinic.example and sign in");
  expect(labels()).toEqual(["Cancel"]);
  press("Cancel");
  expect([did, labels()]).toEqual([["stopped"], ["Sign in", "Sign in with my phone"]]);
  press("Sign in with my phone");
  await soon();
  fail("The code is good no more.");
  expect(document.querySelector(".pairing-code")).toBeNull();
  expect([told(), labels()]).toEqual(["The code is good no more.", ["Sign in", "Sign in with my phone"]]);
});

test("who is signed in lets a headset in or signs out; a headset that was let in lets none in", () => {
  const doctor: WhoWords = { kind: "account", roles: ["clinician"], name: "<b>Dr. Anna</b>" };
  show(doctor);
  expect(document.body.textContent).toContain("You are signed in as <b>Dr. Anna</b>.");
  press("Let a headset in");
  press("Sign out");
  expect(did).toEqual(["let in", "out"]);
  show(doctor, { letIn: null });
  expect(labels()).toEqual(["Sign out"]);
  show({ ...doctor, kind: "invited" });
  expect(labels()).toEqual(["Let a headset in"]);
  show({ ...doctor, kind: "invited" }, { letIn: null });
  expect(labels()).toEqual([]);
});

test("a headset is let in after one has looked, or told no; a wrong code can be typed anew", async () => {
  const settled: [string, boolean][] = [];
  const find = (code: string): Promise<number> => (code === "bcdf ghjk" ? Promise.resolve(130) : Promise.reject(new Refused("code_unknown", "No device shows this code.", false)));
  for (const [choice, said] of [["Let it in", "comes in as you"], ["No", "stays out"]] as const) {
    document.body.replaceChildren(letInDialog({ find, settle: (code, allow) => { settled.push([code, allow]); return Promise.resolve(); }, signInAgain: null }));
    const form = document.querySelector("form")!, code = document.querySelector("input")!;
    const submit = (): boolean => form.dispatchEvent(new Event("submit", { cancelable: true }));
    submit();
    expect(told()).toBe("Type the code first.");
    code.value = "xxxx";
    submit();
    await soon();
    expect(told()).toBe("No device shows this code.");
    code.dispatchEvent(new Event("input"));
    expect(told()).toBe("");
    code.value = " bcdf ghjk ";
    submit();
    await soon();
    expect(document.body.textContent).toContain("has been waiting for 2 minutes");
    expect(document.body.textContent).toContain("If somebody sent it to you");
    press(choice);
    await soon();
    expect(document.body.textContent).toContain(said);
  }
  expect(settled).toEqual([["bcdf ghjk", true], ["bcdf ghjk", false]]);
});

test("who was locked since they signed in signs in again before they let a headset in", async () => {
  const locked = new Refused("reauthentication_required", "Sign in again.", false, 40);
  const asked: number[] = [];
  const outcomes = ["You did not sign in.", ""];
  document.body.replaceChildren(letInDialog({
    find: () => Promise.reject(locked),
    settle: () => Promise.resolve(),
    signInAgain: (maxAge) => { asked.push(maxAge); return Promise.resolve(outcomes.shift()!); },
  }));
  const again = [...document.querySelectorAll("button")].find(({ textContent }) => textContent === "Sign in again")!;
  expect(again.hidden).toBe(true);
  document.querySelector("input")!.value = "bcdfghjk";
  document.querySelector("form")!.dispatchEvent(new Event("submit", { cancelable: true }));
  await soon();
  expect([again.hidden, document.activeElement === again, told()]).toEqual([false, true, "Sign in again."]);
  press("Sign in again");
  await soon();
  expect([again.hidden, told()]).toEqual([false, "You did not sign in."]);
  press("Sign in again");
  await soon();
  expect([again.hidden, told(), asked]).toEqual([true, "You are signed in. Go on.", [40, 40]]);
});
