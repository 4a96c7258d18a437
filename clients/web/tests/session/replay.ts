/** Takes a Session through the steps of a vector: feeds it what the server sends, has its user do what the vector's does. */
import { decode } from "@msgpack/msgpack";
import { expect } from "vitest";
import type { FrameChanges } from "../../src/protocol/frame";
import { FrameFlag, Kind } from "../../src/protocol/generated/constants";
import { CLIENT_SCHEMAS, type Correction, type FreeMap, SERVER_SCHEMAS, type Welcome } from "../../src/protocol/generated/messages";
import { encodeMessage, readFacts, readMessage } from "../../src/protocol/messages";
import { readPose } from "../../src/protocol/pose";
import { FrontDesk } from "../../src/session/frontdesk";
import type { SessionStatus } from "../../src/session/listener";
import type { Answer } from "../../src/session/operations";
import type { Refused } from "../../src/session/refused";
import { Session } from "../../src/session/session";
import { FakeEnvironment, type FakeSocket } from "../support/fakes";
import { bytesOf, hexOf, tell } from "../support/vectors";
import { type Step, comesBack } from "./soundness";

const WISH = { room: "consult-2", name: "Cy", role: "student", avatar: "plain" };
/** Longer than any wait of SPEC 9 and any interval of SPEC 6. */
const LONG_MS = 31_000;
const STEP_MS = 10;
/** Poses of the vectors come in ticks. */
const TICK_MS = 20;
/** Where a pose says when it was, which is the clock's to know. */
const SAMPLED_AT = { from: 4, to: 8 } as const;

class VectorEnvironment extends FakeEnvironment {
  /** The ids that operations get, in order. */
  ids: Uint8Array[] = [];

  override randomBytes(count: number): Uint8Array {
    const id = this.ids.shift()!;
    expect(id).toHaveLength(count);
    return id;
  }
}

function clientBody(message: Uint8Array): FreeMap {
  return readMessage(message, CLIENT_SCHEMAS).body;
}

export class Replay {
  private readonly environment = new VectorEnvironment();
  private session: Session | null = null;
  private joined: Promise<Refused | null> = Promise.resolve(null);
  private welcomed = false;
  /** Messages of the newest socket that a step has accounted for. */
  private checked = 0;
  private welcome: Welcome | null = null;
  private lastEvent = 0;
  private frame: { tick: number; time: number } | null = null;
  private readonly inSight = new Map<number, number>();
  private readonly answers = new Map<string, Answer>();
  // What the session told since the last step.
  private status: SessionStatus | null = null;
  private told: unknown[] = [];

  constructor(steps: readonly Step[]) {
    const sent = steps.filter(({ from, hex }) => from === "client" && hex !== undefined).map(({ hex }) => bytesOf(hex!));
    const asked = sent.filter((message) => message[0] === Kind.Operation);
    this.environment.ids = asked.map((message) => clientBody(message).op as Uint8Array);
  }

  async take(step: Step): Promise<void> {
    this.told = [];
    const { time } = this.environment;
    if (step.drop === true) await this.close(1006);
    else if (step.close !== undefined) await this.close(step.close);
    else if (step.from === "server") await this.hear(bytesOf(step.hex!));
    else await this.say(bytesOf(step.hex!));
    if (this.environment.time > time) this.passClocks();
    expect(this.socket.sent.slice(this.checked).map(hexOf)).toEqual([]);
  }

  /** What a close leads to, if it was the last step. */
  async finish(): Promise<void> {
    const { environment } = this;
    const [sockets, asked] = [environment.sockets.length, environment.asked.length];
    if (this.status!.state === "live") return;
    if (this.status!.state === "reconnecting") {
      const { resume_token: token } = this.welcome!;
      await this.comeBack();
      expect(clientBody(this.next())).toMatchObject({ token, last_event: this.lastEvent });
      expect(environment.asked).toHaveLength(asked);
      return;
    }
    await environment.advance(2 * LONG_MS);
    expect([environment.sockets.length, environment.asked.length]).toEqual([sockets, asked]);
    expect(this.status!.state).toBe("ended");
  }

  // What the client sends.

  private async say(message: Uint8Array): Promise<void> {
    switch (message[0]) {
      case Kind.Hello:
        await this.join(message);
        return;
      case Kind.Resume:
        await this.comeBack();
        break;
      case Kind.Ack:
        await this.waitFor(Kind.Ack);
        break;
      case Kind.Clock:
        // When it asks is its own affair.
        await this.waitFor(Kind.Clock);
        expect(Object.keys(clientBody(this.next()))).toEqual(Object.keys(clientBody(message)));
        return;
      case Kind.Operation: {
        const { op, feature, type, body } = clientBody(message) as { op: Uint8Array; feature: string; type: string; body: FreeMap };
        void this.session!.operate(feature, type, body).then((answer) => this.answers.set(hexOf(op), answer));
        break;
      }
      case Kind.Refresh:
        this.environment.answers = [{ status: 201, body: { ticket: clientBody(message).ticket, world: "ws://here/world", expires_in: 60 } }];
        await this.waitFor(Kind.Refresh);
        break;
      case Kind.Budget:
        this.session!.limit(clientBody(message).kbits as number);
        break;
      case Kind.Bye:
        this.session!.leave();
        expect([this.socket.closedWith, this.status!.state]).toEqual([1000, "ended"]);
        break;
      case Kind.Pose:
        await this.pose(message);
        return;
      default:
        throw new Error(`kind ${message[0] ?? "none"} is no client's`);
    }
    expect(hexOf(this.next())).toBe(hexOf(message));
  }

  /** The user comes, for the first time or after the session has ended. */
  private async join(message: Uint8Array): Promise<void> {
    const { environment } = this;
    // As it is on the wire: what is left out is left out.
    const hello = decode(message.subarray(1)) as FreeMap & { ticket: string; version: number; schema: string };
    environment.answers = [{ status: 201, body: { ticket: hello.ticket, world: "ws://here/world", expires_in: 60 } }];
    const session = new Session(WISH, new FrontDesk(environment), environment, {
      status: (status) => {
        this.status = status;
      },
      welcome: (welcome) => this.told.push(welcome),
      frame: (changes, time) => {
        this.look(changes, time);
      },
      event: (feature, type, body) => this.told.push({ feature, type, body }),
      correction: (correction: Correction) => this.told.push(correction),
      quality: () => undefined,
    });
    this.session = session;
    this.welcomed = false;
    this.joined = session.join().then(() => null, (error: unknown) => error as Refused);
    await environment.settle();
    this.openSocket();
    const sent = this.next();
    // What a client calls itself is its own affair.
    expect(hexOf(sent)).toBe(hexOf(encodeMessage(Kind.Hello, { ...hello, client: clientBody(sent).client as string })));
  }

  private async comeBack(): Promise<void> {
    const { environment } = this;
    const sockets = environment.sockets.length;
    const until = environment.time + LONG_MS;
    while (environment.sockets.length === sockets && environment.time < until) await environment.advance(STEP_MS);
    expect(environment.sockets).toHaveLength(sockets + 1);
    this.openSocket();
  }

  private async pose(message: Uint8Array): Promise<void> {
    await this.environment.advance(TICK_MS);
    this.session!.sendPose(readPose(message).state);
    this.passClocks();
    const sent = this.next();
    const rest = (bytes: Uint8Array) => hexOf(bytes.subarray(0, SAMPLED_AT.from)) + hexOf(bytes.subarray(SAMPLED_AT.to));
    expect(rest(sent)).toBe(rest(message));
    expect(tell(readPose(sent).state)).toEqual(tell(readPose(message).state));
    expect(readPose(sent).sampledAt).toBe(this.session!.clock.wireTime(this.environment.time));
  }

  private get socket(): FakeSocket {
    return this.environment.socket;
  }

  private openSocket(): void {
    this.checked = 0;
    this.frame = null;
    this.socket.open();
  }

  private next(): Uint8Array {
    expect(this.socket.sent.length).toBeGreaterThan(this.checked);
    return this.socket.sent[this.checked++]!;
  }

  private waiting(): number | undefined {
    return this.socket.sent[this.checked]?.[0];
  }

  /** Let time go by until the session sends this of itself. */
  private async waitFor(kind: number): Promise<void> {
    const until = this.environment.time + LONG_MS;
    for (;;) {
      if (kind !== Kind.Clock) this.passClocks();
      if (this.waiting() !== undefined || this.environment.time >= until) return;
      await this.environment.advance(STEP_MS);
    }
  }

  /** The clock is asked for while time goes by, more often than the vectors tell. */
  private passClocks(): void {
    while (this.waiting() === Kind.Clock) clientBody(this.next());
  }

  // What the server sends.

  private async hear(message: Uint8Array): Promise<void> {
    this.socket.deliver(message);
    await this.environment.settle();
    // A fault of the server would have cost the socket.
    expect([this.socket.closedWith, this.status!.state]).toEqual([null, "live"]);
    if (message[0] === Kind.Snapshot) {
      this.checkFrame(message);
      return;
    }
    const { kind, body } = readMessage(message, SERVER_SCHEMAS);
    if (kind === Kind.Welcome) await this.checkWelcome(body as unknown as Welcome);
    else if (kind === Kind.Event) {
      this.lastEvent = body.event as number;
      expect(this.told).toEqual([{ feature: body.feature, type: body.type, body: body.body }]);
    } else if (kind === Kind.Correction) expect(this.told).toEqual([body]);
    else if (kind === Kind.ClockReply) {
      const { clock } = this.session!;
      expect(clock.roundTrip).toBe(this.environment.time - (body.sent as number));
      expect(clock.at(((body.sent as number) + this.environment.time) / 2)).toBe(body.time);
    } else if (kind !== Kind.Refreshed) {
      const { op, ...answer } = body;
      expect(this.answers.get(hexOf(op as Uint8Array))).toMatchObject(answer);
    }
  }

  private async checkWelcome(welcome: Welcome): Promise<void> {
    expect(await this.joined).toBeNull();
    expect(this.told).toEqual([welcome]);
    expect(this.status).toMatchObject({ state: "live", resumed: welcome.resumed });
    this.welcomed = true;
    this.welcome = welcome;
    this.lastEvent = welcome.event;
    // Whether resumed or not, nobody is in sight.
    this.inSight.clear();
  }

  /** Follow who is in sight: what a frame tells of must be, and the first one over a socket can only enter. */
  private look({ left, entered, updated, tick, time: wireTime }: FrameChanges, time: number): void {
    for (const { alias, entity } of left) {
      expect(this.inSight.get(alias)).toBe(entity);
      this.inSight.delete(alias);
    }
    for (const { alias, entity, facts } of entered) {
      expect(this.inSight.has(alias)).toBe(false);
      expect(readFacts(facts).kind).toBe("avatar");
      this.inSight.set(alias, entity);
    }
    expect(updated).toEqual(expect.arrayContaining(entered));
    const states = updated.map(({ alias, entity, record }) => {
      expect(this.inSight.get(alias)).toBe(entity);
      return tell(record.state);
    });
    this.told.push({ tick, time: wireTime, unwrapped: time >>> 0, counts: [left.length, entered.length, states.length] });
  }

  private checkFrame(message: Uint8Array): void {
    const view = new DataView(message.buffer, message.byteOffset);
    const flags = message[1]!;
    const soon = (flags & FrameFlag.Soon) !== 0;
    const tick = soon ? this.frame!.tick + message[2]! : view.getUint32(2, true);
    const time = soon ? this.frame!.time + message[3]! : view.getUint32(6, true);
    this.frame = { tick, time };
    expect(this.told).toEqual([{ tick, time, unwrapped: time, counts: expect.any(Array) as unknown }]);
    // The first count that a frame has comes next.
    const first = [FrameFlag.Leaves, FrameFlag.Enters].findIndex((flag) => (flags & flag) !== 0);
    const { counts } = this.told[0] as { counts: number[] };
    if (first >= 0 || (flags & FrameFlag.Map) === 0) expect(counts.at(first)).toBe(message[soon ? 4 : 10]);
  }

  private async close(code: number): Promise<void> {
    const { environment } = this;
    const sockets = environment.sockets.length;
    const hadLeft = this.status!.state === "ended";
    this.socket.drop(code);
    await environment.settle();
    expect(environment.sockets).toHaveLength(sockets);
    if (hadLeft) {
      expect(this.status!.state).toBe("ended");
      return;
    }
    // Who never got in is told whether to try again is worth it.
    if (!this.welcomed) expect(await this.joined).toMatchObject({ code: String(code), temporary: comesBack(code) });
    const state = this.welcomed && comesBack(code) ? "reconnecting" : "ended";
    expect(this.status).toMatchObject({ state, code: String(code) });
  }
}
