/** Somebody with an emulated headset, hands or controllers, in the real client. */

import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { Person } from "./browser";
import { AGAIN, PATIENCE } from "./patience";
import { ROOT } from "./server";
import { confirm } from "./visits";

export const EMULATOR = join(ROOT, "clients/web/node_modules/iwer/build/iwer.min.js");
/** A picture is drawn without a graphics card: small ones come often enough. */
export const SMALL = { width: 480, height: 320 };

/** Look until it is so: the page's own policy forbids what `waitForFunction` would put into it. */
export async function until(page: Page, expression: string): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  for (;;) {
    // Of whom or what it speaks may not be in sight yet.
    const found = await page.evaluate<boolean | string>(`(() => { try { return Boolean(${expression}); } catch (error) { return String(error); } })()`);
    if (found === true) return;
    if (performance.now() > deadline) throw new Error(`not within ${PATIENCE} ms: ${expression}; at last: ${found}`);
    await new Promise((again) => setTimeout(again, AGAIN));
  }
}

/** Runs before the page's own scripts; `window.worn` is the device, `worn.frames` counts its pictures. */
export const EMULATED = `
  window.worn = new IWER.XRDevice(IWER.metaQuest3);
  worn.installRuntime({ forceInstall: true });
  worn.position.set(0, 1.6, 0);
  window.wornFrames = 0;
`;

/** Come in with a headset emulated, and stay before the screen until it is put on. */
export async function comeWithHeadset(browser: Browser, address: string, room: string, mode: "hand" | "controller"): Promise<Person> {
  const person = await Person.come(browser, { viewport: SMALL, acceptDownloads: true });
  await emulate(person, mode);
  await enter(person, address, room, "Wanda");
  return person;
}

/** Give somebody's browser a headset, before it opens a page. */
export async function emulate({ context }: Person, mode: "hand" | "controller"): Promise<void> {
  await context.addInitScript({ path: EMULATOR });
  await context.addInitScript(`${EMULATED} worn.primaryInputMode = "${mode}";`);
}

/** Come into a room by its invitation, as who was here before. */
export async function enter(person: Person, address: string, room: string, name: string, role = "clinician"): Promise<void> {
  const visitor = JSON.stringify({ name, role, look: "", room: "" });
  await person.context.addInitScript(`try { localStorage.setItem("polyclinic.visitor", ${JSON.stringify(visitor)}); } catch {}`);
  await person.page.goto(`${address}/#room=${room}`);
  await confirm(person.page, name);
  await until(person.page, "window.polyclinic?.screen === 'room' && polyclinic.counts.frames > 1");
}

/** Put the headset on with the button; wait until its pictures are drawn. */
export async function putOn(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Enter VR" }).click();
  await until(page, "worn.activeSession !== undefined && polyclinic.self.device === 'headset'");
  await page.evaluate(`worn.activeSession.requestAnimationFrame(function again() {
    wornFrames += 1;
    worn.activeSession?.requestAnimationFrame(again);
  })`);
  await pictures(page, 5);
}

/** Wait for so many more pictures of the headset. */
export async function pictures(page: Page, count: number): Promise<void> {
  const before = await page.evaluate<number>("wornFrames");
  await until(page, `wornFrames >= ${before + count}`);
}

/** The 25 joints of each hand as the device itself tells them, turned as the wearer's tracked space stands in the room. */
export const GIVEN = `new Promise((resolve) => worn.activeSession.requestReferenceSpace("local-floor").then((space) => {
  worn.activeSession.requestAnimationFrame((_, frame) => {
    const { x, y, z, w } = worn.quaternion;
    const turned = polyclinic.self.standing.yaw - Math.atan2(2 * (x * z + w * y), 1 - 2 * (x * x + y * y));
    const [s, c] = [Math.sin(turned / 2), Math.cos(turned / 2)];
    const given = {};
    for (const source of worn.activeSession.inputSources) {
      given[source.handedness] = [...source.hand.values()].map((joint) => {
        const { x, y, z, w } = frame.getJointPose(joint, space).transform.orientation;
        return [c * x + s * z, c * y + s * w, c * z - s * x, c * w - s * y];
      });
    }
    resolve(given);
  });
}))`;
