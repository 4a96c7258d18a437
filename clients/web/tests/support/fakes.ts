/** A machine and a server to step by hand. */
import { encode } from "@msgpack/msgpack";
import { Kind } from "../../src/protocol/generated/constants";
import { CLIENT_SCHEMAS, type FreeMap } from "../../src/protocol/generated/messages";
import { readMessage } from "../../src/protocol/messages";
import type { Environment, Socket, SocketListener } from "../../src/session/environment";

/** The other end of a socket that a client opened. */
export class FakeSocket implements Socket {
  waiting = 0;
  closedWith: number | null = null;
  readonly sent: Uint8Array[] = [];

  constructor(
    readonly address: string,
    readonly subprotocol: string,
    private readonly listener: SocketListener,
  ) {}

  send(message: Uint8Array): void {
    if (this.closedWith === null) this.sent.push(message.slice());
  }

  close(code: number): void {
    this.closedWith ??= code;
  }

  open(): void {
    this.listener.opened();
  }

  deliver(message: Uint8Array | null): void {
    this.listener.received(message);
  }

  tell(kind: number, body: unknown): void {
    this.deliver(Uint8Array.of(kind, ...encode(body)));
  }

  drop(code = 1006, reason = ""): void {
    this.closedWith ??= code;
    this.listener.closed(code, reason);
  }

  /** What was sent of one kind. */
  messages(kind: number): FreeMap[] {
    return this.sent.filter((message) => message[0] === kind).map((message) => readMessage(message, CLIENT_SCHEMAS).body);
  }
}

export class FakeEnvironment implements Environment {
  time = 1000;
  fate = 0.5;
  readonly sockets: FakeSocket[] = [];
  readonly asked: { address: string; body: unknown; headers: Readonly<Record<string, string>> }[] = [];
  /** What the front desk answers, in order; the last one again and again. Status 0: nobody is there; -1: no answer comes. */
  answers: { status: number; body: unknown }[] = [{ status: 201, body: { ticket: "t", world: "ws://here/world", expires_in: 60 } }];
  private timers: { at: number; call: () => void }[] = [];
  private bytes = 0;

  now(): number {
    return this.time;
  }

  date(): number {
    return 1_700_000_000_000 + this.time;
  }

  chance(): number {
    return this.fate;
  }

  randomBytes(count: number): Uint8Array {
    this.bytes += 1;
    return new Uint8Array(count).fill(this.bytes);
  }

  after(milliseconds: number, call: () => void): () => void {
    const timer = { at: this.time + milliseconds, call };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  fetch(address: string, options?: RequestInit): Promise<Response> {
    this.asked.push({ address, body: typeof options?.body === "string" ? JSON.parse(options.body) : null, headers: { ...(options?.headers as Record<string, string> | undefined) } });
    const answer = this.answers.length > 1 ? this.answers.shift()! : this.answers[0]!;
    if (answer.status < 0) {
      return new Promise((_, reject) => options?.signal?.addEventListener("abort", () => { reject(new DOMException("", "AbortError")); }));
    }
    if (answer.status === 0) return Promise.reject(new TypeError("nobody there"));
    return Promise.resolve(new Response(JSON.stringify(answer.body), { status: answer.status }));
  }

  openSocket(address: string, subprotocol: string, listener: SocketListener): FakeSocket {
    const socket = new FakeSocket(address, subprotocol, listener);
    this.sockets.push(socket);
    return socket;
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  /** Let what was promised happen, without time going by. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Let time go by, timer after timer. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    for (;;) {
      const next = this.timers.reduce<{ at: number; call: () => void } | null>(
        (first, timer) => (timer.at <= end && (first === null || timer.at < first.at) ? timer : first), null,
      );
      if (next === null) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.time = Math.max(this.time, next.at);
      next.call();
      await this.settle();
    }
    this.time = Math.max(this.time, end);
  }
}

export const ROOM = {
  id: "consult-1",
  type: "consult",
  name: "Consultation",
  scene: "v1/scenes/consult.glb",
  tick_hz: 50,
  bounds: [[-4, 0, -3], [4, 3, 3]],
  visible: 8,
  zones: [{ name: "couch", box: [[1, 0, -3], [4, 3, 0]], private: true }],
  features: ["presence", "chat"],
};

export function welcome(changed: Partial<Record<string, unknown>> = {}): FreeMap {
  return {
    session: "s-1", entity: 7, resumed: false, resume_token: "r-1", resume_seconds: 60, event: 0, room: ROOM, tick: 1000, time: 50_000,
    spawn: { position: [0, 0, 1], yaw: 0 }, ...changed,
  };
}

/** A frame with nothing in it. */
export function emptyFrame(tick: number, time: number): Uint8Array {
  const message = new Uint8Array(11);
  const view = new DataView(message.buffer);
  message[0] = Kind.Snapshot;
  view.setUint32(2, tick, true);
  view.setUint32(6, time, true);
  return message;
}
