/** Over TLS: a page of the server's own https comes into the world by wss. */

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launch } from "./support/browser";
import { Server } from "./support/server";
import { visit } from "./support/visits";

let browser: Browser;
let server: Server;

beforeAll(async () => {
  [browser, server] = await Promise.all([launch(), Server.start("--tls-self-signed")]);
});

afterAll(async () => {
  await browser.close();
  await server.stop();
});

it("brings a page of https into the world by wss", async () => {
  expect(server.http).toMatch(/^https:/);
  expect(server.world).toMatch(/^wss:/);
  // Nobody vouches for the certificate; a person would accept it once.
  const anna = await visit(browser, server, { name: "Anna", room: "consult-1" }, { options: { ignoreHTTPSErrors: true } });
  expect(await anna.page.evaluate("isSecureContext")).toBe(true);
  expect(anna.complaints).toEqual([]);
});
