/** People of the project's own Python client in a room, and rooms where one comes in at a chosen place. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ROOT, type Server } from "./server";

/** One of the crowd, as `Role` of tests/support/crowd.py. */
export interface CrowdRole {
  readonly name: string;
  readonly role: string;
  readonly path: readonly (readonly [number, number])[];
  readonly talks?: boolean;
  readonly seated?: boolean;
  readonly looks_at?: readonly [number, number];
  readonly hands?: boolean;
  readonly height?: number;
  /** In the chat, having come in. */
  readonly says?: string;
}

/** They play their parts until they are told to go. */
export class PythonCrowd {
  private constructor(readonly process: ChildProcess) {}

  static async come(server: Server, room: string, roles: readonly CrowdRole[]): Promise<PythonCrowd> {
    const command = ["-m", "tests.support.play_crowd", server.http, room];
    const child = spawn(join(ROOT, ".venv/bin/python"), command, { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.end(JSON.stringify(roles));
    for await (const line of createInterface({ input: child.stdout })) {
      if (line !== "here") continue;
      child.stdout.resume();
      return new PythonCrowd(child);
    }
    throw new Error("the crowd did not come in");
  }

  async go(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    await gone;
  }
}

export interface Viewpoint {
  readonly room: string;
  readonly position: readonly [number, number, number];
  /** Degrees, counter-clockwise from above, from -Z. */
  readonly yaw: number;
}

/** The sample clinic with one place to come in at in each of some rooms, and looks from a folder: a file that `forget` removes. */
export function facilityWith(viewpoints: readonly Viewpoint[], avatars = join(ROOT, "server/facility/avatars")): { path: string; forget: () => void } {
  const source = join(ROOT, "server/facility");
  let text = readFileSync(join(source, "sample.toml"), "utf8")
    .replace(/^scenes = "[^"]*"/m, `scenes = "${join(source, "scenes")}"`)
    .replace(/^avatars = "[^"]*"/m, `avatars = "${avatars}"`);
  for (const { room, position, yaw } of viewpoints) {
    const start = text.indexOf(`[[rooms]]\nid = "${room}"`);
    if (start < 0) throw new Error(`the sample clinic has no room ${room}`);
    const end = text.indexOf("\n[[", start);
    const corner = (sign: number): string => `[${position.map((value) => value + sign * 0.005).join(", ")}]`;
    const rest = text.slice(start, end).replace(/^spawns = \[\n(?:.*\n)*?\]/m, "");
    text = `${text.slice(0, start)}${rest}\nspawns = [{ box = [${corner(-1)}, ${corner(1)}], yaw = ${yaw.toFixed(1)} }]\n${text.slice(end)}`;
  }
  const folder = mkdtempSync(join(tmpdir(), "polyclinic-facility-"));
  const path = join(folder, "facility.toml");
  writeFileSync(path, text);
  return { path, forget: () => { rmSync(folder, { recursive: true, force: true }); } };
}

/** A page's script: this browser knows who comes, and has these settings. */
export function remember(name: string, role: string, settings: Readonly<Record<string, unknown>> = {}): string {
  const visitor = JSON.stringify({ name, role, look: "plain", room: "" });
  return `localStorage.setItem("polyclinic.visitor", ${JSON.stringify(visitor)});
localStorage.setItem("polyclinic.settings", ${JSON.stringify(JSON.stringify(settings))});`;
}
