/** What is written in a room is read by everybody in it. */

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launch, type Person } from "./support/browser";
import { Server } from "./support/server";
import { meet, PATIENCE, say, visit } from "./support/visits";

let browser: Browser;
let server: Server;

beforeAll(async () => {
  [browser, server] = await Promise.all([launch(), Server.start()]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

it("carries what one types to the other's log and captions, both ways", async () => {
  const anna = await visit(browser, server, { name: "Anna", room: "consult-1" });
  const ben = await visit(browser, server, { name: "Ben", room: "consult-1", role: "patient" });
  await meet(anna, ben);
  // A caption goes after some seconds: it is looked for while it is said.
  await Promise.all([reads(ben, "Anna", "How are you today?"), say(anna, "How are you today?")]);
  await Promise.all([reads(anna, "Ben", "Better, thank you. \u{1F642} <b>Much</b> better."), say(ben, "Better, thank you. \u{1F642} <b>Much</b> better.")]);
  for (const person of [anna, ben]) {
    const said = await person.page.getByRole("log").getByRole("listitem").allInnerTexts();
    expect(said).toHaveLength(2);
    expect(await person.page.evaluate(() => window.polyclinic.chat.map(({ name }) => name))).toEqual(["Anna", "Ben"]);
    expect(person.complaints).toEqual([]);
  }
});

async function reads({ page }: Person, name: string, text: string): Promise<void> {
  await page.locator(".captions p", { hasText: `${name}: ${text}` }).waitFor({ timeout: PATIENCE });
  if (!(await page.getByRole("log").isVisible())) await page.getByRole("button", { name: "Chat", exact: true }).click();
  await page.getByRole("log").getByText(text, { exact: true }).waitFor({ timeout: PATIENCE });
}
