/** Looks that are files: one person wears one, the other sees it and whose it is. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launch } from "./support/browser";
import { facilityWith } from "./support/crowd";
import { ROOT, Server } from "./support/server";
import { meet, PATIENCE, visit, walk } from "./support/visits";

let browser: Browser;
let server: Server;
let folder: string;
let forget: () => void;

/** The sample's own look, with other words of the same length in what it says of itself. */
function look(name: string, change: (json: string) => string): void {
  const file = readFileSync(join(ROOT, "server/facility/avatars/vrm-robin.vrm"));
  const length = file.readUInt32LE(12);
  const json = change(file.toString("utf8", 20, 20 + length)).padEnd(length);
  expect(Buffer.byteLength(json)).toBe(length);
  file.write(json, 20);
  writeFileSync(join(folder, `${name}.vrm`), file);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "polyclinic-looks-"));
  look("vrm-owed", (json) => json.replace('"creditNotation":"unnecessary"', '"creditNotation":"required"'));
  look("vrm-kept", (json) => json.replace('"avatarPermission":"everyone"', '"avatarPermission":"never"'));
  const facility = facilityWith([{ room: "consult-1", position: [0.6, 1.6, 0.4], yaw: 60 }], folder);
  ({ forget } = facility);
  [browser, server] = await Promise.all([launch(), Server.start(`--facility=${facility.path}`)]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
  forget();
  rmSync(folder, { recursive: true, force: true });
});

it("offers what its author lets everybody wear, and nothing else of the folder", async () => {
  const { avatars } = (await (await fetch(`${server.http}/v1/avatars`)).json()) as { avatars: { name: string }[] };
  expect(avatars.map(({ name }) => name)).toEqual(["vrm-owed"]);
  await expect.poll(() => server.log, { timeout: PATIENCE }).toContain("avatar_not_offered");
  expect((await fetch(`${server.http}/v1/avatars/vrm-kept.vrm`)).status).toBe(404);
});

it("is seen by the other, who is told whose it is", async () => {
  const anna = await visit(browser, server, { name: "Anna", room: "consult-1", look: "vrm-owed" });
  const ben = await visit(browser, server, { name: "Ben", room: "consult-1", role: "patient" }, { options: { viewport: { width: 900, height: 600 } } });
  await meet(anna, ben);
  // From where both came in to where Ben looks.
  await walk(anna, [-0.4, -0.18]);
  await ben.page.waitForFunction(() => window.polyclinic.counts["crowd.worn"] === 1, null, { timeout: PATIENCE });
  await ben.page.getByRole("button", { name: "People" }).click();
  await ben.page.getByText("Looks worn here: Robin, by The Polyclinic authors (licence).").waitFor({ timeout: PATIENCE });
  // Neither has a microphone: nobody hears them.
  expect(await ben.page.getByRole("button", { name: "Unmute the microphone" }).first().getAttribute("aria-pressed")).toBeNull();
  await ben.picture("worn-look");
  expect([...anna.complaints, ...ben.complaints]).toEqual([]);
});
