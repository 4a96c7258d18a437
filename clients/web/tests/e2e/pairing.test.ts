/** Two browsers: a headset's page shows a short code, a phone that is signed in lets it in. */

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { faultsOf } from "./support/axe";
import { launch, Person } from "./support/browser";
import { clinicWith, Provider } from "./support/provider";
import { Server } from "./support/server";
import { chooseRoom, PATIENCE, screen, SMALL } from "./support/visits";

const HEADSET = { viewport: { width: 1100, height: 700 }, deviceScaleFactor: 1, bypassCSP: true } as const;
const PHONE = { viewport: { width: 390, height: 760 }, deviceScaleFactor: 1, hasTouch: true, bypassCSP: true } as const;

let browser: Browser;
let provider: Provider;
let clinic: { path: string; forget: () => void };
let server: Server;

beforeAll(async () => {
  [browser, provider] = await Promise.all([launch(), Provider.start()]);
  // Nobody comes in without an account or an invitation.
  clinic = clinicWith(provider, []);
  server = await Server.start(`--facility=${clinic.path}`);
  await provider.know("dr", { roles: ["doctor"], amr: ["mfa"] });
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

async function shownCode(headset: Person): Promise<string> {
  await headset.page.goto(`${server.http}/`);
  await headset.page.getByRole("button", { name: "Sign in with my phone" }).click({ timeout: PATIENCE });
  return headset.page.locator(".pairing-code").innerText({ timeout: PATIENCE });
}

for (const colorScheme of ["light", "dark"] as const) {
  it(`lets a headset in that shows its code on the phone, ${colorScheme}`, async () => {
    const [phone, headset] = await Promise.all([signedIn({ ...PHONE, colorScheme }), Person.come(browser, { ...HEADSET, colorScheme })]);
    const faults: string[] = [];
    const look = async (who: Person, name: string): Promise<void> => {
      faults.push(...(await faultsOf(who, name)));
      await who.picture(`${name}-${colorScheme}`);
    };
    const code = await shownCode(headset);
    expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    await look(headset, "pairing-headset");
    await phone.page.getByRole("button", { name: "Let a headset in" }).click();
    const field = phone.page.getByLabel("The code on the headset");
    await field.fill("bbbb-bbbb");
    await field.press("Enter");
    await phone.page.getByText("No device shows this code").waitFor({ timeout: PATIENCE });
    await field.fill(code.toLowerCase().replace("-", " "));
    await look(phone, "pairing-phone-code");
    await phone.page.getByRole("button", { name: "Next" }).click();
    await phone.page.getByRole("button", { name: "Let it in" }).waitFor({ timeout: PATIENCE });
    await look(phone, "pairing-phone-ask");
    await phone.page.getByRole("button", { name: "Let it in" }).click();
    await phone.page.getByText("comes in as you").waitFor({ timeout: PATIENCE });
    await headset.page.getByText("You are signed in").waitFor({ timeout: PATIENCE });
    // What was let in by a phone lets nothing in itself.
    expect(await headset.page.getByRole("button", { name: "Let a headset in" }).count()).toBe(0);
    await headset.page.getByLabel("You come as").selectOption("clinician");
    await headset.page.getByLabel("Your name").fill("Anna");
    await chooseRoom(headset.page, "ward");
    await headset.page.getByRole("button", { name: "Enter as text", exact: true }).click();
    await screen(headset, "room");
    expect(await headset.page.evaluate(() => [window.polyclinic.room, window.polyclinic.self?.role])).toEqual(["ward", "clinician"]);
    const kept = await headset.page.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), history.state, location.href]));
    for (const place of [kept, server.log]) for (const secret of [code, code.replace("-", "")]) expect(place).not.toContain(secret);
    expect(faults).toEqual([]);
    expect([...phone.ownComplaints, ...headset.ownComplaints]).toEqual([]);
    await Promise.all([phone.go(), headset.go()]);
  });
}

it("hears a no, and begins anew when asked", async () => {
  const [phone, headset] = await Promise.all([signedIn(SMALL), Person.come(browser, SMALL)]);
  const code = await shownCode(headset);
  await phone.page.getByRole("button", { name: "Let a headset in" }).click();
  await phone.page.getByLabel("The code on the headset").fill(code);
  await phone.page.getByRole("button", { name: "Next" }).click();
  await phone.page.getByRole("button", { name: "No", exact: true }).click({ timeout: PATIENCE });
  await headset.page.getByText("Somebody said no on the phone.").waitFor({ timeout: PATIENCE });
  await headset.page.getByRole("button", { name: "Sign in with my phone" }).click();
  const codes = headset.page.locator(".pairing-code");
  await codes.filter({ hasNotText: code }).waitFor();
  await headset.page.getByRole("button", { name: "Cancel" }).click();
  await codes.waitFor({ state: "detached" });
  await Promise.all([phone.go(), headset.go()]);
});
