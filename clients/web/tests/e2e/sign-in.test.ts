/** Accounts of a real OpenID provider in a real browser: away to sign in, back with nothing left in the address bar, and into the ward. */

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { faultsOf } from "./support/axe";
import { launch, Person } from "./support/browser";
import { clinicWith, Provider } from "./support/provider";
import { Server } from "./support/server";
import { chooseRoom, PATIENCE, screen, SMALL } from "./support/visits";

let browser: Browser;
let provider: Provider;
let clinic: { path: string; forget: () => void };
let server: Server;

beforeAll(async () => {
  [browser, provider] = await Promise.all([launch(), Provider.start()]);
  clinic = clinicWith(provider, ["lobby"]);
  server = await Server.start(`--facility=${clinic.path}`);
  await provider.know("dr", { roles: ["doctor"], amr: ["pwd", "mfa"], name: "Dr. Anna" });
});

afterAll(async () => {
  await browser.close();
  await server.stop();
  provider.stop();
  clinic.forget();
});

it("signs in by PKCE, keeps the tokens to itself, and lets staff where guests do not come", async () => {
  const anna = await Person.come(browser, SMALL);
  const { page } = anna;
  const tokens: string[] = [];
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("response", (response) => {
    if (response.url().endsWith("/oauth2/token")) void response.json().then((told: Record<string, string>) => tokens.push(told["id_token"]!, told["access_token"]!, told["refresh_token"]!));
  });
  await page.goto(`${server.http}/`);
  await page.getByRole("button", { name: "Sign in", exact: true }).waitFor({ timeout: PATIENCE });
  expect(await page.getByLabel("You come as").locator("option").allInnerTexts()).toEqual(["Patient"]);
  expect(await page.locator("input[name=room]").evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value))).toEqual(["lobby"]);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await provider.signIn(page, "dr");
  await page.getByText("You are signed in").waitFor({ timeout: PATIENCE });
  expect(page.url()).toBe(`${server.http}/`);
  expect(asked.some((address) => address.includes("code_challenge_method=S256"))).toBe(true);
  await page.getByLabel("You come as").selectOption("clinician");
  await page.getByLabel("Your name").fill("Anna");
  await chooseRoom(page, "ward");
  await page.getByRole("button", { name: "Enter as text", exact: true }).click();
  await screen(anna, "room");
  expect(await page.evaluate(() => [window.polyclinic.room, window.polyclinic.self?.role])).toEqual(["ward", "clinician"]);
  await expect.poll(() => tokens.length, { timeout: PATIENCE }).toBe(3);
  const kept = await page.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), history.state, location.href, document.documentElement.outerHTML]));
  for (const token of tokens) for (const place of [kept, server.log, ...asked, ...anna.complaints]) expect(place).not.toContain(token);
  expect(JSON.stringify(await anna.context.cookies(server.http))).not.toContain(tokens[0]);
  expect(anna.ownComplaints).toEqual([]);
  await anna.go();
});

it("lets who is signed in invite somebody without an account, who comes in by the link", async () => {
  const anna = await Person.come(browser, { viewport: { width: 1100, height: 700 }, deviceScaleFactor: 1, bypassCSP: true });
  const { page } = anna;
  await page.goto(`${server.http}/`);
  await page.getByRole("button", { name: "Sign in", exact: true }).click({ timeout: PATIENCE });
  await provider.signIn(page, "dr");
  await page.getByText("You are signed in").waitFor({ timeout: PATIENCE });
  await page.getByLabel("You come as").selectOption("clinician");
  await page.getByLabel("Your name").fill("Anna");
  await chooseRoom(page, "ward");
  await page.getByRole("button", { name: "Enter", exact: true }).click();
  await screen(anna, "room");
  await page.getByRole("button", { name: "Map", exact: true }).click();
  await page.getByRole("button", { name: "Invite somebody" }).click({ timeout: PATIENCE });
  await page.getByLabel("Their name").fill("Grace");
  const faults = [...(await faultsOf(anna, "invite"))];
  await anna.picture("invite");
  await page.getByRole("button", { name: "Make the link" }).click();
  const link = await page.getByLabel("The link", { exact: true }).inputValue({ timeout: PATIENCE });
  faults.push(...(await faultsOf(anna, "invite-made")));
  await anna.picture("invite-made");
  expect(faults).toEqual([]);
  await page.keyboard.press("Escape");
  expect(await page.content()).not.toContain(link.slice(-40));
  const grace = await Person.come(browser, SMALL);
  await grace.page.goto(link);
  await grace.page.getByRole("button", { name: "Enter as text", exact: true }).click({ timeout: PATIENCE });
  await screen(grace, "room");
  expect(await grace.page.evaluate(() => [window.polyclinic.room, window.polyclinic.self?.name, window.polyclinic.self?.role])).toEqual(["ward", "Grace", "patient"]);
  expect(server.log).not.toContain(link.slice(-40));
  await Promise.all([anna.go(), grace.go()]);
});

it("takes no answer that it did not ask for, and cleans the address bar of it all the same", async () => {
  const eve = await Person.come(browser, SMALL);
  await eve.page.goto(`${server.http}/?code=stolen&state=made-up`);
  await eve.page.getByText("did not ask anybody to sign in").waitFor({ timeout: PATIENCE });
  expect(eve.page.url()).toBe(`${server.http}/`);
  // An answer to somebody else's question, in a page that has one of its own open.
  await eve.page.getByRole("button", { name: "Sign in", exact: true }).click();
  await eve.page.waitForURL(`${provider.issuer}/**`);
  await eve.page.goto(`${server.http}/?code=stolen&state=made-up`);
  await eve.page.getByText("Signing in did not work").waitFor({ timeout: PATIENCE });
  expect(await eve.page.evaluate(() => sessionStorage.length)).toBe(0);
  expect(eve.ownComplaints).toEqual([]);
  await eve.go();
});

for (const colorScheme of ["light", "dark"] as const) {
  it(`has no fault before and after signing in, ${colorScheme}`, async () => {
    const ben = await Person.come(browser, { viewport: { width: 1100, height: 700 }, deviceScaleFactor: 1, colorScheme, bypassCSP: true });
    await ben.page.goto(`${server.http}/`);
    await ben.page.getByRole("button", { name: "Sign in", exact: true }).waitFor({ timeout: PATIENCE });
    const faults = await faultsOf(ben, "signed out");
    await ben.picture(`entrance-signed-out-${colorScheme}`);
    await ben.page.getByRole("button", { name: "Sign in", exact: true }).click();
    await provider.signIn(ben.page, "dr");
    await ben.page.getByText("You are signed in").waitFor({ timeout: PATIENCE });
    await ben.picture(`entrance-signed-in-${colorScheme}`);
    expect([...faults, ...(await faultsOf(ben, "signed in"))]).toEqual([]);
    await ben.go();
  });
}
