/** One person's session in one room: ticket, hello or resume, events with acknowledgements, the clock, coming back. */
import { ObserverView } from "../protocol/frame";
import { ACK_EVENTS, ACK_MS, BUDGET_NONE, CloseCode, Kind, SCHEMA_HASH, SUBPROTOCOL, VERSION } from "../protocol/generated/constants";
import type { ClockReply, Event, FreeMap, Welcome } from "../protocol/generated/messages";
import { Malformed } from "../protocol/malformed";
import { encodeMessage, readServerMessage } from "../protocol/messages";
import { PoseWriter } from "../protocol/pose";
import type { AvatarState } from "../protocol/state";
import { Attendance } from "./attendance";
import { Backoff } from "./backoff";
import { ServerClock } from "./clock";
import { reconnects, wordsFor } from "./closing";
import type { Environment, Socket } from "./environment";
import type { FrontDesk, Wish } from "./frontdesk";
import type { Handshake } from "./handshake";
import type { SessionListener, SessionStatus } from "./listener";
import { type Answer, Operations } from "./operations";
import { Proof } from "./proof";
import { QualityMeter } from "./quality";
import { asRefused, Refused } from "./refused";
import { Silence } from "./silence";
import { Timers, unlessHeard } from "./timers";
import { readWelcome } from "./welcome";

const CLIENT = "polyclinic-web";
const WELCOME_MS = 10_000;
const CLOCK_FIRST_MS = 250;
const CLOCK_FIRST_COUNT = 4;
const CLOCK_MS = 2000;
const QUALITY_MS = 1000;
/** A connection that held for so long was a good one: the next wait is short again. */
const STEADY_MS = 10_000;
const POSES_WAITING_MAX = 4096;
/** The server takes 240 poses a second; a screen may draw more pictures. */
const POSE_MS_LEAST = 1000 / 130;

export class Session {
  readonly clock = new ServerClock();
  readonly meter = new QualityMeter();
  private readonly backoff: Backoff;
  private readonly operations: Operations;
  private readonly poses = new PoseWriter();
  private readonly timers: Timers;
  private readonly proof: Proof;
  private readonly attendance: Attendance;
  private state: SessionStatus["state"] = "joining";
  private socket: Socket | null = null;
  private view = new ObserverView();
  private welcome: Welcome | null = null;
  private world = "";
  private sequence = 0;
  private lastEvent = 0;
  private acknowledged = 0;
  private budget = BUDGET_NONE;
  private toldBudget = BUDGET_NONE;
  private frameTime = 0;
  private readonly silence = new Silence(QUALITY_MS);
  private liveSince = 0;
  private lostAt = 0;
  private mayResume = false;
  private poseSentAt = -Infinity;

  constructor(
    private readonly wish: Wish,
    private readonly desk: FrontDesk,
    private readonly environment: Environment,
    private readonly listener: SessionListener,
    /** The resume token of a place that is locked, which this session takes up; "" for a new one. */
    private locked = "",
  ) {
    this.timers = new Timers(environment);
    this.attendance = new Attendance(environment.date());
    const fresh = async (): Promise<string> => (await desk.ticket(wish, "refreshing")).ticket;
    this.proof = new Proof(this.timers, environment, fresh, (ticket) => {
      if (this.state === "live") this.send(encodeMessage(Kind.Refresh, { ticket }));
    });
    this.backoff = new Backoff(() => environment.chance());
    this.operations = new Operations((count) => environment.randomBytes(count));
  }

  /** Until when the place in the room is kept while one comes back, of the environment's clock; 0 otherwise. */
  get keptUntil(): number {
    const { welcome } = this;
    if (this.state !== "reconnecting" || !this.mayResume || welcome === null) return 0;
    return this.lostAt + welcome.resume_seconds * 1000;
  }

  /** What takes this session up again once it is locked, with a fresh ticket. */
  get token(): string {
    return this.welcome?.resume_token ?? "";
  }

  // Coming and going.

  /** Join; settles with the first welcome, or rejects with Refused. */
  async join(): Promise<void> {
    this.tell("joining", "", "");
    try {
      await this.joinAnew();
    } catch (error) {
      const refused = asRefused(error);
      this.end(refused.message, refused.code);
      throw refused;
    }
  }

  /** Leave for good. */
  leave(): void {
    const { socket } = this;
    this.end("You left the room.", "");
    socket?.send(encodeMessage(Kind.Bye, {}));
    socket?.close(CloseCode.Normal);
  }

  private async joinAnew(): Promise<void> {
    this.operations.lose();
    if (this.attendance.hasEnded(this.environment.date(), this.desk.logoff)) throw new Refused("unattended", "Nobody seemed to be there.", false);
    const token = this.locked;
    const { ticket, world } = await this.desk.ticket(this.wish, token === "" ? "entering" : "returning");
    this.world = world;
    const shown = { version: VERSION, schema: SCHEMA_HASH, ticket };
    // Of the room nothing was kept while it was locked: all of it is told anew. A place that is not kept any more is none: whoever is here now may be somebody else, and this wish not theirs.
    await this.shakeHands(token === "" ? encodeMessage(Kind.Hello, { ...shown, client: CLIENT }) : encodeMessage(Kind.Resume, { ...shown, token, last_event: 0 }));
    this.locked = "";
  }

  private async resume(welcome: Welcome): Promise<void> {
    const token = welcome.resume_token;
    try {
      await this.shakeHands(
        encodeMessage(Kind.Resume, { version: VERSION, schema: SCHEMA_HASH, token, last_event: this.lastEvent }),
      );
    } catch (error) {
      // A token serves once, and a server that was restarted has forgotten it: what is left is a new ticket.
      if (asRefused(error).code !== String(CloseCode.Replayed)) throw error;
      this.mayResume = false;
      await this.joinAnew();
    }
  }

  private shakeHands(greeting: Uint8Array<ArrayBuffer>): Promise<void> {
    return new Promise((resolve, reject) => {
      const handshake: Handshake = { welcomed: false, resolve, reject, late: () => undefined };
      let socket: Socket;
      try {
        socket = this.environment.openSocket(this.world, SUBPROTOCOL, {
          opened: () => { socket.send(greeting); },
          received: (message) => { this.receive(socket, message, handshake); },
          closed: (code, reason) => {
            handshake.late();
            if (handshake.welcomed) this.lost(socket, code, reason);
            else reject(new Refused(String(code), wordsFor(code, reason), reconnects(code)));
          },
        });
      } catch {
        // No address, or one that a page from here may not reach.
        reject(new Refused("unreachable", "This page cannot connect to the server.", false));
        return;
      }
      handshake.late = unlessHeard(this.environment, WELCOME_MS, () => {
        socket.close(CloseCode.Normal);
        reject(new Refused("unreachable", "The server does not answer.", true));
      });
      this.socket = socket;
      if (this.state === "ended") socket.close(CloseCode.Normal);
    });
  }

  /** Take a message in; one that breaks the protocol costs the socket, and the next join is a fresh one. */
  private receive(socket: Socket, message: Uint8Array | null, handshake: Handshake): void {
    if (this.socket !== socket) return;
    this.silence.heard(this.environment.now());
    try {
      if (message === null) throw new Malformed("a text message");
      if (handshake.welcomed) {
        this.take(message);
        return;
      }
      this.takeWelcome(message);
      handshake.welcomed = true;
      handshake.late();
      handshake.resolve();
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      this.mayResume = false;
      socket.send(encodeMessage(Kind.Bye, {}));
      socket.close(CloseCode.Malformed);
      if (handshake.welcomed) this.lost(socket, CloseCode.Abnormal, error.message);
      else handshake.reject(new Refused("malformed", "This page and the server do not understand each other.", false));
    }
  }

  private lost(socket: Socket, code: number, reason: string): void {
    if (this.socket !== socket || this.state === "ended") return;
    this.socket = null;
    this.timers.stop();
    const now = this.environment.now();
    if (now - this.liveSince > STEADY_MS) this.backoff.reset();
    if (!reconnects(code)) {
      this.end(wordsFor(code, reason), String(code));
      return;
    }
    this.lostAt = now;
    void this.comeBack(wordsFor(code, reason), String(code));
  }

  private async comeBack(why: string, code: string): Promise<void> {
    while (this.state !== "ended") {
      this.tell("reconnecting", why, code);
      this.tellQuality();
      await new Promise<void>((resolve) => this.environment.after(this.backoff.next(), resolve));
      if (this.hasEnded()) return;
      try {
        await this.tryToComeBack();
        return;
      } catch (error) {
        const refused = asRefused(error);
        if (!refused.temporary) {
          this.end(refused.message, refused.code);
          return;
        }
        // A try that reached nobody says nothing new: what is told stays why the connection was lost.
        if (refused.code !== "unreachable" && refused.code !== String(CloseCode.Abnormal)) {
          why = refused.message;
          code = refused.code;
        }
      }
    }
  }

  private async tryToComeBack(): Promise<void> {
    const { welcome } = this;
    const kept = welcome !== null && this.environment.now() - this.lostAt < welcome.resume_seconds * 1000;
    await (this.mayResume && kept ? this.resume(welcome) : this.joinAnew());
  }

  private hasEnded(): boolean {
    return this.state === "ended";
  }

  private end(why: string, code: string): void {
    if (this.state === "ended") return;
    this.timers.stop();
    this.socket = null;
    this.tell("ended", why, code);
    this.operations.lose();
  }

  private tell(state: SessionStatus["state"], reason: string, code: string, resumed = false): void {
    this.state = state;
    this.listener.status({ state, reason, code, resumed });
  }

  private takeWelcome(message: Uint8Array): void {
    const body = readWelcome(message);
    const now = this.environment.now();
    if (!body.resumed) {
      this.attendance.set();
      this.lastEvent = body.event;
      this.operations.lose();
    }
    // After a resume: what was acknowledged may not have arrived.
    this.acknowledged = body.resumed ? 0 : body.event;
    this.welcome = body;
    this.view = new ObserverView();
    this.mayResume = true;
    this.liveSince = now;
    this.clock.start(body.time, now);
    this.meter.start(now);
    this.silence.begin(now);
    this.listener.welcome(body);
    // A session that was resumed has the budget it had; another may have been chosen meanwhile.
    if (!body.resumed) this.toldBudget = BUDGET_NONE;
    this.tellBudget();
    for (const asked of this.operations.messages) this.send(asked);
    this.startTimers();
    this.proof.lasts(body.expires_in);
    this.tell("live", "", "", body.resumed);
  }

  private take(message: Uint8Array): void {
    if (message[0] === Kind.Snapshot) {
      this.takeSnapshot(message);
      return;
    }
    const { kind, body } = readServerMessage(message);
    if (kind === Kind.Event) this.takeEvent(body);
    else if (kind === Kind.Result) this.operations.take(body);
    else if (kind === Kind.ClockReply) this.takeClock(body);
    else if (kind === Kind.Refreshed) this.proof.lasts(body.expires_in);
    else if (kind === Kind.Correction) {
      this.attendance.set();
      this.listener.correction(body);
    }
    else throw new Malformed("a second welcome");
  }

  private takeSnapshot(message: Uint8Array): void {
    const now = this.environment.now();
    const changes = this.view.apply(message);
    // By differences, which are signed: the wire's clock wraps.
    this.frameTime += (changes.time - this.frameTime) | 0;
    this.meter.noteFrame(changes.tick, now - this.frameTime, now);
    this.listener.frame(changes, this.frameTime, now);
  }

  private takeEvent({ event, feature, type, body }: Event): void {
    if (event !== this.lastEvent + 1) throw new Malformed(`event ${event} after ${this.lastEvent}`);
    this.lastEvent = event;
    this.listener.event(feature, type, body);
    if (this.lastEvent - this.acknowledged >= ACK_EVENTS) this.acknowledge();
  }

  private takeClock({ sent, time }: ClockReply): void {
    this.clock.note(sent, time, this.environment.now());
  }

  // What the client sends.

  /** Send a pose, unless earlier ones still wait for the network: the newest is then soon enough. */
  sendPose(state: AvatarState): void {
    const { socket } = this;
    const now = this.environment.now();
    this.attendance.posed(state, this.environment.date());
    if (this.state !== "live" || socket === null || socket.waiting > POSES_WAITING_MAX) return;
    if (now - this.poseSentAt < POSE_MS_LEAST) return;
    this.poseSentAt = now;
    this.sequence = (this.sequence + 1) & 0xffff;
    socket.send(this.poses.write(state, this.sequence, this.clock.wireTime(now)));
  }

  /** Ask a feature for something; settles with its answer, whatever it is. */
  operate(feature: string, type: string, body: FreeMap): Promise<Answer> {
    if (this.state === "ended") {
      return Promise.resolve({ ok: false, code: "ended", detail: "You are not in the room.", body: {} });
    }
    this.attendance.asked(feature, type, body, this.environment.date());
    return new Promise((resolve) => {
      const message = this.operations.ask(feature, type, body, resolve);
      if (this.state === "live") this.send(message);
    });
  }

  /** Be sent at most so many kbit/s, 8 to 1,000,000, which is no limit. */
  limit(kbits: number): void {
    this.budget = kbits;
    this.meter.unlimited = kbits === BUDGET_NONE;
    if (this.state === "live") this.tellBudget();
  }

  private tellBudget(): void {
    if (this.budget === this.toldBudget) return;
    this.toldBudget = this.budget;
    this.send(encodeMessage(Kind.Budget, { kbits: this.budget }));
  }

  private send(message: Uint8Array<ArrayBuffer>): void {
    this.socket?.send(message);
  }

  private acknowledge(): void {
    if (this.lastEvent === this.acknowledged) return;
    this.acknowledged = this.lastEvent;
    this.send(encodeMessage(Kind.Ack, { event: this.lastEvent }));
  }

  private tellQuality(): void {
    this.listener.quality(this.meter.report(this.environment.now(), this.clock.roundTrip, this.state === "live"));
  }

  // Time.

  private startTimers(): void {
    let asked = 0;
    const askClock = (): number => {
      asked += 1;
      this.send(encodeMessage(Kind.Clock, { sent: this.environment.now() }));
      return asked < CLOCK_FIRST_COUNT ? CLOCK_FIRST_MS : CLOCK_MS;
    };
    this.timers.repeat(CLOCK_FIRST_MS, askClock);
    this.timers.repeat(ACK_MS, () => {
      this.acknowledge();
      return ACK_MS;
    });
    this.timers.repeat(QUALITY_MS, () => {
      this.tellQuality();
      this.listen();
      return QUALITY_MS;
    });
  }

  /** Give a socket up through which nothing comes any more. */
  private listen(): void {
    const { socket } = this;
    if (socket === null || !this.silence.lasts(this.environment.now())) return;
    socket.close(CloseCode.Normal);
    this.lost(socket, CloseCode.Abnormal, "");
  }
}
