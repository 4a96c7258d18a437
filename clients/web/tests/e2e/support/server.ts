/** The real server, its load tester and a wire that can be cut: what the end-to-end tests stand on. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server as TcpServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { PATIENCE } from "./patience";

export const ROOT = resolve(import.meta.dirname, "../../../../..");
/** A facility of the tests' own; of `Server.start`'s options: `--facility=${SMALL_CLINIC}`. */
export const SMALL_CLINIC = join(import.meta.dirname, "small.toml");
/** One that passes its devices on, and locks soon. */
export const SHARED_CLINIC = join(import.meta.dirname, "shared.toml");
const PYTHON = join(ROOT, ".venv/bin/python");
const READY = /^ready http=(?<http>\S+) world=(?<world>\S+)(?: admin=(?<admin>\S+))?/;
/** For a process to end by itself, ms; it tells everybody that it does. */
const ENDING = 60_000;

/** `polyclinic serve` on free ports with a store of its own. */
export class Server {
  readonly http: string;
  readonly world: string;
  readonly admin: string;
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #log: () => string;

  private constructor(process: ChildProcess, folder: string, log: () => string, http: string, world: string, admin: string) {
    this.#process = process;
    this.#folder = folder;
    this.#log = log;
    this.http = http;
    this.world = world;
    this.admin = admin;
  }

  static async start(...options: string[]): Promise<Server> {
    const folder = mkdtempSync(join(tmpdir(), "polyclinic-"));
    const child = spawn(
      PYTHON,
      [
        "-m", "server.main", "serve", "--http-port=0", "--world-port=0", "--admin-port=0",
        `--store=${join(folder, "store.sqlite3")}`, ...options,
      ],
      { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] },
    );
    let log = "";
    child.stderr.on("data", (data: Buffer) => (log += data.toString()));
    const late = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
    for await (const line of createInterface({ input: child.stdout })) {
      const ready = READY.exec(line);
      if (ready?.groups === undefined) continue;
      clearTimeout(late);
      child.stdout.resume();
      return new Server(child, folder, () => log, ready.groups["http"]!, ready.groups["world"]!, ready.groups["admin"] ?? "");
    }
    clearTimeout(late);
    throw new Error(`the server did not get ready: ${log.slice(-2000)}`);
  }

  /** All that it logged so far. */
  get log(): string {
    return this.#log();
  }

  /** From now on its files grow no more, as on a full disk. */
  fillDisk(): void {
    execFileSync("prlimit", [`--pid=${this.#process.pid}`, "--fsize=1:1"]);
  }

  async stop(): Promise<void> {
    await ended(this.#process, "SIGTERM");
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Simulated avatars in a room, until they are told to go. */
export class Bots {
  readonly #process: ChildProcess;

  constructor(server: Server, room: string, avatars: number, seconds = 3600) {
    this.#process = spawn(
      PYTHON,
      [
        "-m", "loadtest", "--server", server.http, "--avatars", String(avatars), "--seconds", String(seconds),
        "--room", room,
      ],
      { cwd: ROOT, stdio: "ignore" },
    );
  }

  async stop(): Promise<void> {
    await ended(this.#process, "SIGINT");
  }
}

/** Stands between clients and the world's port, and loses every connection when it is cut. */
export class CutWire {
  readonly #ends = new Set<Socket>();
  #whole = true;

  private constructor(private readonly server: TcpServer) {}

  /** Listens; `far` tells the port to pass bytes on to, once it is known. */
  static async listen(far: () => number): Promise<CutWire> {
    const server = createServer();
    const wire = new CutWire(server);
    server.on("connection", (near) => {
      if (!wire.#whole) {
        near.destroy();
        return;
      }
      wire.#pass(near, connect(far(), "127.0.0.1"));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return wire;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  cut(): void {
    this.#whole = false;
    for (const end of this.#ends) end.destroy();
  }

  mend(): void {
    this.#whole = true;
  }

  close(): void {
    this.cut();
    this.server.close();
  }

  #pass(near: Socket, far: Socket): void {
    for (const [from, to] of [[near, far], [far, near]] as const) {
      this.#ends.add(from);
      from.setNoDelay(true);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.#ends.delete(from);
        to.destroy();
      });
    }
  }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  const late = setTimeout(() => child.kill("SIGKILL"), ENDING);
  await exit;
  clearTimeout(late);
}
