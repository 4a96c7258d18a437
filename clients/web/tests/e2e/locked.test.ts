/** A view that was locked: who has an account of a real provider signs in again, a headset is let in again by its phone, and a guest presses. */

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { faultsOf } from "./support/axe";
import { launch, Person } from "./support/browser";
import { clinicWith, Provider } from "./support/provider";
import { Server } from "./support/server";
import { chooseRoom, PATIENCE, say, screen, self, SMALL, tabTo, visit } from "./support/visits";

const WIDE = { viewport: { width: 1100, height: 700 }, deviceScaleFactor: 1, bypassCSP: true } as const;
const PHONE = { viewport: { width: 390, height: 760 }, deviceScaleFactor: 1, hasTouch: true } as const;
const LOCKED = "This view is locked";

let browser: Browser;
let provider: Provider;
let clinic: { path: string; forget: () => void };
let server: Server;

beforeAll(async () => {
  [browser, provider] = await Promise.all([launch(), Provider.start()]);
  clinic = clinicWith(provider, ["lobby"], [20, 20]);
  server = await Server.start(`--facility=${clinic.path}`);
  for (const subject of ["dr", "colleague"]) await provider.know(subject, { roles: ["doctor"], amr: ["mfa"] });
});

afterAll(async () => {
  await browser.close();
  await server.stop();
  provider.stop();
  clinic.forget();
});

async function signedIn(options: Parameters<typeof Person.come>[1]): Promise<Person> {
  const person = await Person.come(browser, options);
  await person.page.goto(`${server.http}/`);
  await person.page.getByRole("button", { name: "Sign in", exact: true }).click({ timeout: PATIENCE });
  await provider.signIn(person.page, "dr");
  await person.page.getByText("You are signed in").waitFor({ timeout: PATIENCE });
  return person;
}

/** Come in as staff, into the lobby; the entity one is. */
async function enter(person: Person, button: "Enter" | "Enter as text"): Promise<number> {
  await person.page.getByLabel("You come as").selectOption("clinician");
  await person.page.getByLabel("Your name").fill("Anna");
  await chooseRoom(person.page, "lobby");
  await person.page.getByRole("button", { name: button, exact: true }).click();
  await screen(person, "room");
  return (await self(person)).entity;
}

/** Do nothing until the view is locked, then press what is there. */
async function pressWhenLocked(person: Person): Promise<void> {
  await person.page.getByRole("alertdialog", { name: LOCKED }).waitFor({ timeout: PATIENCE });
  await tabTo(person.page, "button", "Come back in");
  await person.page.keyboard.press("Enter");
}

async function popup(page: Page, press: () => Promise<unknown>): Promise<Page> {
  const [opened] = await Promise.all([page.waitForEvent("popup", { timeout: PATIENCE }), press()]);
  return opened;
}

it("asks who is there for a sign-in at the provider, and lets them back to their place", async () => {
  const anna = await signedIn({ ...SMALL, bypassCSP: true });
  const { page } = anna;
  const entity = await enter(anna, "Enter");
  await say(anna, "before the lock");
  const asked: string[] = [];
  page.on("response", (response) => { if (response.url().endsWith("/tickets")) asked.push(`${response.status()} ${response.headers()["www-authenticate"] ?? ""}`); });
  const faults: string[] = [];
  await page.getByRole("alertdialog", { name: LOCKED }).waitFor({ timeout: PATIENCE });
  await page.setViewportSize(WIDE.viewport);
  await pressWhenLocked(anna);
  const challenge = page.getByRole("alertdialog", { name: "Sign in again" });
  await challenge.waitFor({ timeout: PATIENCE });
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatch(/^401 Bearer realm="polyclinic", error="insufficient_user_authentication", .*max_age="\d+"$/);
  faults.push(...(await faultsOf(anna, "sign-in-again")));
  await anna.picture("sign-in-again");
  await tabTo(page, "button", "Sign in again");
  const beside = await popup(page, () => page.keyboard.press("Enter"));
  await page.getByRole("alertdialog", { name: "Sign in in the other window" }).waitFor({ timeout: PATIENCE });
  faults.push(...(await faultsOf(anna, "signing-in-again")));
  await anna.picture("signing-in-again");
  await beside.waitForURL(`${provider.issuer}/**`);
  expect(new URL(beside.url()).searchParams.get("prompt")).toBe("login");
  expect(Number(new URL(beside.url()).searchParams.get("max_age"))).toBeGreaterThan(0);
  expect(await beside.evaluate(() => globalThis.opener as unknown)).toBeNull();
  const closed = beside.waitForEvent("close", { timeout: PATIENCE });
  await provider.signIn(beside, "dr");
  await closed;
  await screen(anna, "room");
  expect((await self(anna)).entity).toBe(entity);
  expect(asked.map((each) => each.slice(0, 3))).toEqual(["401", "201"]);
  // Of the room nothing was left on the page, and one is in it again.
  await say(anna, "after the lock");
  expect(await page.evaluate(() => window.polyclinic.chat.map(({ text }) => text))).toEqual(["after the lock"]);
  expect(await page.evaluate(() => [sessionStorage.length, location.href])).toEqual([0, `${server.http}/`]);
  expect(faults).toEqual([]);
  // A challenge is an answer of 401, which browsers complain of.
  expect(anna.ownComplaints.filter((each) => !each.includes("401"))).toEqual([]);
  await anna.go();
});

it("gives nobody else the place: who signs in as another person comes in as themselves", async () => {
  const anna = await signedIn({ ...SMALL, bypassCSP: true });
  const { page } = anna;
  const entity = await enter(anna, "Enter as text");
  await pressWhenLocked(anna);
  await tabTo(page, "button", "Sign in again");
  const beside = await popup(page, () => page.keyboard.press("Enter"));
  await provider.signIn(beside, "colleague");
  await page.getByRole("alertdialog", { name: "This place is somebody else's" }).waitFor({ timeout: PATIENCE });
  expect(await page.evaluate(() => [window.polyclinic.self, window.polyclinic.chat])).toEqual([null, []]);
  const faults = await faultsOf(anna, "other-person");
  await anna.picture("other-person");
  await tabTo(page, "button", "Choose a room");
  await page.keyboard.press("Enter");
  await page.getByText("You are signed in").waitFor({ timeout: PATIENCE });
  expect(await enter(anna, "Enter as text")).not.toBe(entity);
  expect(faults).toEqual([]);
  await anna.go();
});

it("has a headset let in again by a phone whose person signs in again there", async () => {
  const [phone, headset] = await Promise.all([signedIn(PHONE), Person.come(browser, WIDE)]);
  const shownCode = (): Promise<string> => headset.page.locator(".pairing-code").innerText({ timeout: PATIENCE });
  const type = async (code: string): Promise<void> => {
    await phone.page.getByRole("button", { name: "Let a headset in" }).click();
    await phone.page.getByLabel("The code on the headset").fill(code);
    await phone.page.getByRole("button", { name: "Next" }).click();
  };
  const letIn = async (): Promise<void> => {
    await phone.page.getByRole("button", { name: "Let it in" }).click({ timeout: PATIENCE });
    await phone.page.getByText("comes in as you").waitFor({ timeout: PATIENCE });
    await phone.page.getByRole("button", { name: "Close" }).last().click();
  };
  await headset.page.goto(`${server.http}/`);
  await headset.page.getByRole("button", { name: "Sign in with my phone" }).click({ timeout: PATIENCE });
  await type(await shownCode());
  await letIn();
  await headset.page.getByText("You are signed in").waitFor({ timeout: PATIENCE });
  const entity = await enter(headset, "Enter as text");
  await pressWhenLocked(headset);
  const again = headset.page.getByRole("alertdialog", { name: "Let this device in again" });
  await again.waitFor({ timeout: PATIENCE });
  await tabTo(headset.page, "button", "Show a code for my phone");
  await headset.page.keyboard.press("Enter");
  const code = await shownCode();
  const faults = await faultsOf(headset, "let-in-again");
  await headset.picture("let-in-again");
  await type(code);
  // The phone's own sign-in is from before the lock too.
  const signIn = phone.page.getByRole("button", { name: "Sign in again" });
  await signIn.waitFor({ timeout: PATIENCE });
  await phone.picture("let-in-sign-in-again");
  const beside = await popup(phone.page, () => signIn.click());
  await provider.signIn(beside, "dr");
  await phone.page.getByText("You are signed in. Go on.").waitFor({ timeout: PATIENCE });
  await phone.page.getByRole("button", { name: "Next" }).click();
  await letIn();
  await screen(headset, "room");
  expect((await self(headset)).entity).toBe(entity);
  expect(faults).toEqual([]);
  expect([...phone.ownComplaints, ...headset.ownComplaints].filter((each) => !each.includes("401"))).toEqual([]);
  await Promise.all([phone.go(), headset.go()]);
});

it("lets a guest, who has nowhere to sign in, back by a press", async () => {
  const ben = await visit(browser, server, { name: "Ben", room: "lobby", role: "patient", button: "Enter as text" }, { options: SMALL });
  const { entity } = await self(ben);
  await pressWhenLocked(ben);
  await screen(ben, "room");
  expect((await self(ben)).entity).toBe(entity);
  await ben.go();
});
