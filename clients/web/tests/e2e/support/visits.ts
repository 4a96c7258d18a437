/** Coming in by the form, and walking by keys: what people do in nearly every test. */

import type { Browser, Page } from "playwright-core";
import { Person } from "./browser";
import type { Hook, Self } from "./hook";
import { PATIENCE, repeat } from "./patience";
import type { Server } from "./server";

/** Small, because the processor draws it. */
export const SMALL = { viewport: { width: 480, height: 320 }, deviceScaleFactor: 1 } as const;
export { PATIENCE };
const TABS_MOST = 120;
/** For one hand's try to take something, ms; after it another is made. */
const TRY = 15_000;

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
  await chooseRoom(page, room);
  await page.getByRole("button", { name: button, exact: true }).click();
}

/** Choose a room by keys. Another role's rooms may still be on their way, and the card among them. */
export async function chooseRoom(page: Page, room: string): Promise<void> {
  const card = page.locator(`input[name=room][value="${room}"]`);
  await repeat(`${room} is chosen`, async () => {
    await card.focus();
    await page.keyboard.press("Space");
    return card.isChecked();
  });
}

/** Choose in a list that has the focus, by the arrow key: what is typed there letter by letter must come quickly. */
export async function selectByKeys(page: Page, label: string): Promise<void> {
  const chosen = page.locator("select:focus option:checked");
  for (let moves = 0; (await chosen.innerText()) !== label; moves += 1) {
    if (moves > TABS_MOST) throw new Error(`no arrow key comes to ${label}`);
    await page.keyboard.press("ArrowDown");
  }
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

/** Say something to the room. */
export async function say(person: Person, text: string): Promise<void> {
  await write(person, text);
  await send(person, text);
}

/** "/" opens the chat with the cursor in its field. */
export async function write({ page }: Person, text: string): Promise<void> {
  await page.keyboard.press("/");
  await page.getByRole("textbox", { name: "Message" }).pressSequentially(text);
}

/** Send what was written; Escape gives the keys back to the room. */
export async function send({ page }: Person, text: string): Promise<void> {
  await page.keyboard.press("Enter");
  await page.waitForFunction((said) => {
    const { chat, self: own } = window.polyclinic;
    return chat.some((line) => line.text === said && line.entity === own?.entity) && document.querySelector<HTMLInputElement>(".chat input")?.value === "";
  }, text, { timeout: PATIENCE });
  await page.keyboard.press("Escape");
}

/** Choose by keys among the things in reach; the page tells the name of each. */
export async function choose({ page }: Person, thing: string): Promise<void> {
  // Its picture may still be on its way, and what is not shown is not taken.
  await repeat(`${thing} is in reach`, async () => {
    await page.keyboard.press("g");
    return page.evaluate((name) => document.querySelector(".toast")?.textContent === name, thing);
  });
}

/** Choose and take until one has it, as anybody would: who offers a thing moves, and it may be out of reach for a moment. */
export async function take(person: Person, thing: string): Promise<void> {
  const { page } = person;
  const { entity } = await self(person);
  await repeat(`${thing} is taken`, async () => {
    await choose(person, thing);
    await page.keyboard.press("f");
    // The answer: one has it, or is told why not. Pressed again before it, the key would put down what has just been taken.
    await page.waitForFunction(([name, holder]) => window.polyclinic.things.find((each) => each.name === name)?.holder === holder || document.querySelector(".toast")?.textContent !== name, [thing, entity] as const, { timeout: TRY }).catch(() => undefined);
    return page.evaluate(([name, holder]) => window.polyclinic.things.find((each) => each.name === name)?.holder === holder, [thing, entity] as const);
  });
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

/** Nearer than this a key is only tapped, which takes a turn or a step of one picture, however long that lasts; radians and metres. */
const NEARLY = { turn: 0.5, way: 0.4 };

/** Turn by keys until one looks along a heading, radians about +Y. */
export async function face({ page }: Person, yaw: number, within = 0.15): Promise<void> {
  await repeat(`one looks along ${yaw}`, async () => {
    const off = await page.evaluate(offBy, yaw);
    if (Math.abs(off) <= within) return true;
    const key = off > 0 ? "q" : "e";
    if (Math.abs(off) <= NEARLY.turn) {
      await page.keyboard.press(key);
      await picture(page);
      return false;
    }
    await page.keyboard.down(key);
    // Until it is nearly right, or beyond.
    await page.waitForFunction(([wanted, before, nearly]) => {
      const left = ((wanted - window.polyclinic.self!.standing!.yaw + 7 * Math.PI) % (2 * Math.PI)) - Math.PI;
      return Math.abs(left) < nearly || (Math.sign(left) !== Math.sign(before) && Math.abs(left) < 1.5);
    }, [yaw, off, NEARLY.turn] as const, { timeout: PATIENCE });
    await page.keyboard.up(key);
    return false;
  });
}

/** Walk by keys to a place on the floor, straight ahead, and stand still there. */
export async function walk(person: Person, to: readonly [number, number], within = 0.2): Promise<void> {
  const { page } = person;
  await repeat(`one is at ${to.join(" ")}`, async () => {
    const [x, z] = await stand(page);
    const away = Math.hypot(to[0] - x, to[1] - z);
    if (away <= within) return true;
    await face(person, Math.atan2(x - to[0], z - to[1]));
    if (away <= NEARLY.way) {
      await page.keyboard.press("w");
      await picture(page);
      return false;
    }
    await page.keyboard.down("w");
    await page.waitForFunction(([toX, toZ, fromX, fromZ, before, nearly]) => {
      const [atX, , atZ] = window.polyclinic.self!.standing!.position;
      // Nearly there, or as far from where one was as that: past it.
      return Math.hypot(toX - atX!, toZ - atZ!) < nearly || Math.hypot(fromX - atX!, fromZ - atZ!) > before;
    }, [...to, x, z, away, NEARLY.way] as const, { timeout: PATIENCE });
    await page.keyboard.up("w");
    return false;
  });
}

/** Wait until one stands still; where, x and z. */
async function stand(page: Page): Promise<readonly [number, number]> {
  const place = async (): Promise<readonly [number, number]> => page.evaluate(() => {
    const [x, , z] = window.polyclinic.self!.standing!.position;
    return [x!, z!] as const;
  });
  let before = await place();
  await repeat("one stands still", async () => {
    await picture(page);
    const now = await place();
    const still = Math.hypot(now[0] - before[0], now[1] - before[1]) < 0.001;
    before = now;
    return still;
  });
  return before;
}

/** Wait for the next picture. */
async function picture(page: Page): Promise<void> {
  const drawn = await page.evaluate(() => window.polyclinic.counts["frames"]!);
  await page.waitForFunction((count) => window.polyclinic.counts["frames"]! > count, drawn, { timeout: PATIENCE });
}

/** Radians still to turn left, -pi to pi. */
function offBy(yaw: number): number {
  return ((yaw - window.polyclinic.self!.standing!.yaw + 7 * Math.PI) % (2 * Math.PI)) - Math.PI;
}
