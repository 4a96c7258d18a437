/** A real OpenID provider (tests/support/oidc_provider.py), and the sample clinic with accounts of it. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Page } from "playwright-core";
import { ROOT } from "./server";

export class Provider {
  private constructor(private readonly process: ChildProcess, readonly issuer: string) {}

  static async start(): Promise<Provider> {
    const child = spawn(join(ROOT, ".venv/bin/python"), ["-m", "tests.support.oidc_provider", "RS256", "0"], { cwd: ROOT, stdio: ["ignore", "pipe", "ignore"] });
    for await (const line of createInterface({ input: child.stdout })) {
      child.stdout.resume();
      return new Provider(child, line.trim());
    }
    throw new Error("the provider did not start");
  }

  /** What it says of somebody who signs in. */
  async know(subject: string, claims: Readonly<Record<string, unknown>>): Promise<void> {
    await fetch(`${this.issuer}/users/${subject}`, { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify(claims) });
  }

  /** Sign in on its page, as a person does. */
  async signIn(page: Page, subject: string): Promise<void> {
    await page.waitForURL(`${this.issuer}/**`);
    await page.locator("input[name=sub]").fill(subject);
    await page.locator("input[name=sub]").press("Enter");
  }

  stop(): void {
    this.process.kill("SIGKILL");
  }
}

/** The sample clinic, whose staff have accounts; guests come in as patients, into the rooms that are named. `locks`: s without a sign until it asks, and until it locks. */
export function clinicWith(provider: Provider, guestRooms: readonly string[], locks: readonly [idle: number, warn: number] = [900, 60]): { path: string; forget: () => void } {
  const source = join(ROOT, "server/facility");
  const text = readFileSync(join(source, "sample.toml"), "utf8")
    .replace(/^scenes = "[^"]*"/m, `scenes = "${join(source, "scenes")}"`)
    .replace(/^avatars = "[^"]*"/m, `avatars = "${join(source, "avatars")}"`);
  const safety = (table: string): string => table.replace(/^idle_seconds = [\d.]+/m, `idle_seconds = ${locks[0].toFixed(1)}`).replace(/^warn_seconds = [\d.]+/m, `warn_seconds = ${locks[1].toFixed(1)}`);
  const start = text.indexOf("[identity]"), end = text.indexOf("[safety]");
  const identity = `[identity]
issuer = "${provider.issuer}"
client_id = "polyclinic-web"
token = "id_token"
roles = { doctor = "clinician" }
everyone = ["patient"]
staff = ["clinician"]
guests = [${guestRooms.length === 0 ? "" : `{ roles = ["patient"], rooms = ${JSON.stringify(guestRooms)} }`}]

`;
  const folder = mkdtempSync(join(tmpdir(), "polyclinic-accounts-"));
  const path = join(folder, "facility.toml");
  writeFileSync(path, text.slice(0, start) + identity + safety(text.slice(end)));
  return { path, forget: () => { rmSync(folder, { recursive: true, force: true }); } };
}
