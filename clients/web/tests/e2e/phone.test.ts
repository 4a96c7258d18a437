/** A phone: fingers, and no room to spare. */

import type { Browser, CDPSession } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launch, Person } from "./support/browser";
import { Server } from "./support/server";
import { open, PATIENCE, screen, self } from "./support/visits";

const PHONE = { viewport: { width: 360, height: 640 }, deviceScaleFactor: 1, hasTouch: true, isMobile: true } as const;

let browser: Browser;
let server: Server;

beforeAll(async () => {
  [browser, server] = await Promise.all([launch(), Server.start()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

it("comes in by touch, walks with the thumb's stick, and nothing sticks out of the screen", async () => {
  const anna = await Person.come(browser, PHONE);
  const { page } = anna;
  await open(anna, server);
  expect(await sticksOut(anna)).toEqual([]);
  await anna.picture("phone-entrance");
  await page.getByLabel("Your name").tap();
  await page.keyboard.type("Anna");
  await page.locator('label:has(input[value="consult-1"])').tap();
  await page.getByRole("button", { name: "Enter", exact: true }).tap();
  await screen(anna, "room");
  expect((await self(anna)).device).toBe("touch");
  expect(await sticksOut(anna)).toEqual([]);
  await anna.picture("phone-room");

  const before = (await self(anna)).standing!.position;
  const fingers = await page.context().newCDPSession(page);
  await touch(fingers, "touchStart", 90, 400);
  await touch(fingers, "touchMove", 140, 400);
  await page.waitForFunction(([x, z]) => {
    const [atX, , atZ] = window.polyclinic.self!.standing!.position;
    return Math.hypot(atX! - x, atZ! - z) > 0.3;
  }, [before[0]!, before[2]!] as const, { timeout: PATIENCE });
  await page.locator(".stick").waitFor();
  await anna.picture("phone-stick");
  await touch(fingers, "touchEnd");
  await page.locator(".stick").waitFor({ state: "hidden" });

  for (const panel of ["People", "Chat", "Map"]) {
    await page.getByRole("button", { name: panel, exact: true }).tap();
    await page.locator(".side .panel").waitFor();
    expect(await sticksOut(anna), panel).toEqual([]);
    await anna.picture(`phone-${panel.toLowerCase()}`);
    await page.getByRole("button", { name: panel, exact: true }).tap();
  }
  await page.getByRole("button", { name: "Leave" }).first().tap();
  await screen(anna, "entrance");
  expect(anna.complaints).toEqual([]);
});

async function touch(fingers: CDPSession, type: "touchStart" | "touchMove" | "touchEnd", x = 0, y = 0): Promise<void> {
  await fingers.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x, y }] });
}

/** What one would have to scroll sideways for, or cannot reach at all. */
async function sticksOut({ page }: Person): Promise<readonly string[]> {
  return page.evaluate(() => {
    const wide = document.documentElement.scrollWidth > innerWidth ? ["the page"] : [];
    const out = [...document.querySelectorAll<HTMLElement>("button, input, h1, h2, p")].filter((element) => {
      const box = element.getBoundingClientRect();
      return element.checkVisibility() && box.width > 1 && element.closest(".unseen, .map-frame") === null && (box.left < -0.5 || box.right > innerWidth + 0.5);
    });
    return [...wide, ...out.map((element) => element.outerHTML.slice(0, 120))];
  });
}
