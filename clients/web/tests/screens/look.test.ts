import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { CHROMIUM, lookAtAll } from "./look";

const pictures = process.env["POLYCLINIC_PICTURES"] ?? "";

it.skipIf(!existsSync(CHROMIUM))("no screen has a fault that axe can find, light or dark", { timeout: 240_000 }, async () => {
  expect(await lookAtAll(pictures)).toEqual([]);
  expect(await lookAtAll(pictures, "&theme=dark")).toEqual([]);
});

it.skipIf(!existsSync(CHROMIUM))("nor on a phone, nor with text of twice the size", { timeout: 240_000 }, async () => {
  const some = ["entrance", "room", "people", "seen", "panels", "write", "glass", "emergency", "text", "settings", "full"];
  expect(await lookAtAll(pictures, "", { width: 390, height: 800 }, some)).toEqual([]);
  expect(await lookAtAll(pictures, "&scale=2", { width: 1280, height: 800 }, some)).toEqual([]);
});
