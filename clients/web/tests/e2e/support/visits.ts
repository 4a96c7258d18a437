/** Coming in by the form, and walking by keys: what people do in nearly every test. */

import type { Browser, Page } from "playwright-core";
import { Person } from "./browser";
import type { Hook, Self } from "./hook";
import type { Server } from "./server";

/** Small, because the processor draws it. */
export const SMALL = { viewport: { width: 480, height: 320 }, deviceScaleFactor: 1 } as const;
/** A state that does not come within this will not come. */
export const PATIENCE = 60_000;
const TABS_MOST = 60;

export interface Wish {
  readonly name: string;
  readonly room: string;
  readonly role?: string;
  readonly look?: string;
  readonly button?: "Enter" | "Enter as text";
}

export interface Coming {
  /** Of the window. */
  readonly options?: Parameters<typeof Person.come>[1];
  /** Done before the page is opened. */
  readonly before?: (person: Person) => Promise<void>;
}

/** Open the page and come in by the form. */
export async function visit(browser: Browser, server: Server, wish: Wish, { options = SMALL, before }: Coming = {}): Promise<Person> {
  const person = await Person.come(browser, options);
  await before?.(person);
  await open(person, server);
  await fillIn(person, wish);
  await screen(person, "room");
  return person;
}

export async function open(person: Person, server: Server, path = "/"): Promise<void> {
  await person.page.goto(server.http + path);
  await person.page.waitForFunction(() => window.polyclinic.screen !== "entrance" || document.querySelector("input[name=room]") !== null, null, { timeout: PATIENCE });
}

/** Come in by an invitation as who this browser knows. */
export async function confirm(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: `Come in as ${name}` }).click({ timeout: PATIENCE });
}

export async function fillIn({ page }: Person, { name, room, role = "clinician", look, button = "Enter" }: Wish): Promise<void> {
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("You come as").selectOption(role);
  if (look !== undefined) await page.getByLabel("Your look").selectOption(look);
  await page.locator(`input[name=room][value="${room}"]`).check({ force: true });
  await page.getByRole("button", { name: button, exact: true }).click();
}

/** Choose a room; the cards are made anew when another role is chosen. */
export async function chooseRoom(page: Page, room: string): Promise<void> {
  const card = page.locator(`input[name=room][value="${room}"]`);
  const deadline = performance.now() + PATIENCE;
  do {
    await card.waitFor({ state: "attached", timeout: PATIENCE });
    // By keys: the bar at the foot may lie over the card.
    await card.focus();
    await page.keyboard.press("Space");
    if (await card.isChecked().catch(() => false)) return;
  } while (performance.now() < deadline);
  throw new Error(`${room} cannot be chosen`);
}

export async function screen({ page, complaints }: Person, wanted: Hook["screen"]): Promise<void> {
  try {
    await page.waitForFunction((name) => window.polyclinic.screen === name, wanted, { timeout: PATIENCE });
  } catch (error) {
    const words = await page.locator("body").innerText();
    throw new Error(`never came to "${wanted}": ${words.slice(0, 500)}\n${complaints.join("\n")}`, { cause: error });
  }
}

/** Until two see each other. */
export async function meet(one: Person, other: Person): Promise<void> {
  for (const [who, whom] of [[one, other], [other, one]] as const) {
    const { entity } = await self(whom);
    await who.page.waitForFunction((id) => window.polyclinic.people.some((person) => person.entity === id && person.head.presence > 0), entity, { timeout: PATIENCE });
  }
}

export async function self({ page }: Person): Promise<Self> {
  const own = await page.evaluate(() => window.polyclinic.self);
  if (own === null) throw new Error("nobody is in a room here");
  return own;
}

/** Write to the room: "/" opens the chat with the cursor in its field, Escape gives the keys back to the room. */
export async function say({ page }: Person, text: string): Promise<void> {
  await page.keyboard.press("/");
  await page.getByRole("textbox", { name: "Message" }).pressSequentially(text);
  await page.keyboard.press("Enter");
  await page.waitForFunction((said) => window.polyclinic.chat.at(-1)?.text === said && document.querySelector<HTMLInputElement>(".chat input")?.value === "", text, { timeout: PATIENCE });
  await page.keyboard.press("Escape");
}

/** Choose by keys among the things in reach; the page tells the name of each. */
export async function choose({ page }: Person, thing: string): Promise<void> {
  const told = page.locator(".toast");
  for (let tries = 0; tries < 12; tries += 1) {
    await page.keyboard.press("g");
    if ((await told.innerText()) === thing) return;
  }
  throw new Error(`${thing} is not in reach: ${await told.innerText()}`);
}

/** Press Tab until something that is there has the focus; what cannot be reached so does not exist without a mouse. */
export async function tabTo(page: Page, selector: string, name = ""): Promise<void> {
  const named = name === "" ? page.locator("*") : page.getByRole("button", { name, exact: true });
  const wanted = page.locator(selector).and(named).first();
  await wanted.waitFor({ timeout: PATIENCE });
  for (let tabs = 0; tabs < TABS_MOST; tabs += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab never came to ${selector} ${name}`);
}

/** Turn by keys until one looks along a heading, radians about +Y. */
export async function face({ page }: Person, yaw: number, within = 0.15): Promise<void> {
  for (let tries = 0; tries < 30; tries += 1) {
    const off = await page.evaluate(offBy, yaw);
    if (Math.abs(off) <= within) return;
    await page.keyboard.down(off > 0 ? "q" : "e");
    // Until it is right, or beyond.
    await page.waitForFunction(([wanted, before, enough]) => {
      const left = ((wanted - window.polyclinic.self!.standing!.yaw + 7 * Math.PI) % (2 * Math.PI)) - Math.PI;
      return Math.abs(left) < enough || (Math.sign(left) !== Math.sign(before) && Math.abs(left) < 1.5);
    }, [yaw, off, within / 2] as const, { timeout: PATIENCE });
    await page.keyboard.up(off > 0 ? "q" : "e");
  }
  throw new Error(`never looked along ${yaw}`);
}

/** Walk by keys to a place on the floor, straight ahead. */
export async function walk(person: Person, to: readonly [number, number], within = 0.2): Promise<void> {
  const { page } = person;
  for (let tries = 0; tries < 30; tries += 1) {
    const [x, , z] = (await self(person)).standing!.position;
    const away = Math.hypot(to[0] - x!, to[1] - z!);
    if (away <= within) return;
    await face(person, Math.atan2(x! - to[0], z! - to[1]));
    await page.keyboard.down("w");
    await page.waitForFunction(([toX, toZ, before, enough]) => {
      const [atX, , atZ] = window.polyclinic.self!.standing!.position;
      const left = Math.hypot(toX - atX!, toZ - atZ!);
      // Once it grows again, one has walked past.
      const known = window as unknown as { nearest?: number };
      known.nearest = Math.min(known.nearest ?? before, left);
      if (left > enough * 0.7 && left <= known.nearest + 0.02) return false;
      delete known.nearest;
      return true;
    }, [...to, away, within] as const, { timeout: PATIENCE });
    await page.keyboard.up("w");
  }
  throw new Error(`never came to ${to.join(" ")}`);
}

/** Radians still to turn left, -pi to pi. */
function offBy(yaw: number): number {
  return ((yaw - window.polyclinic.self!.standing!.yaw + 7 * Math.PI) % (2 * Math.PI)) - Math.PI;
}
