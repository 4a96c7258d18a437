// A session over a WebSocket: ticket, hello or resume, events with acknowledgements, the server's clock, coming back.

import {
  Malformed, ObserverView, SUBPROTOCOL, VERSION, decodeMessage, encodeMessage, encodePose, reconnects,
} from "./protocol.js";
import { Float } from "./msgpack.js";

const ACK_EVENTS = 32;
const ACK_MS = 1000;
const CLOCK_MS = 10000;
const CLOCK_FIRST_MS = 250;
const CLOCK_FIRST_COUNT = 4;
const WELCOME_MS = 10000;
const BACK_OFF_FIRST_MS = 1000;
const BACK_OFF_MOST_MS = 30000;
const STEADY_MS = 10000;
const POSES_BUFFERED_MAX = 4096;
/** What a browser says of a socket that never opened, or was cut off. */
const NOBODY_THERE = 1006;

const CLOSE_WORDS = {
  1001: "The server closed the connection.", 1006: "The connection was lost.",
  1012: "The server is restarting.", 4001: "This page could not keep up.", 4002: "The server heard nothing for too long.",
  4006: "The room is full.", 4007: "This page sent too much.", 4500: "The ticket was not valid.",
  4501: "The server did not understand this page.", 4503: "You were removed from the room.",
  4505: "This page and the server speak different versions: reload it.", 4507: "You are not allowed in this room.",
  4508: "The ticket was used before.", 4509: "This session goes on in another window.",
  4512: "Your movements were not possible ones.", 4513: "Too many requests were wrong.",
};

/** An error in words for people; `code` is the front desk's. */
export class Refused extends Error {
  constructor(code, words) {
    super(words);
    this.code = code;
  }

  get temporary() {
    return ["room_full", "stopping", "unreachable"].includes(this.code);
  }
}

async function askFrontDesk(path, options) {
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", ...options });
  } catch {
    throw new Refused("unreachable", "The front desk does not answer.");
  }
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(body.code ?? "unexpected", body.detail ?? body.title ?? `Answer ${answer.status}.`);
  return body;
}

export const readFacility = () => askFrontDesk("/v1/facility");
export const readRooms = () => askFrontDesk("/v1/rooms");
const askTicket = (wish) => askFrontDesk(`/v1/rooms/${encodeURIComponent(wish.room)}/tickets`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ name: wish.name, role: wish.role, avatar: wish.avatar }),
});

/**
 * One person in one room. `listener` gets: state(name, words), welcome(welcome, kept), frame(changes, now),
 * event(feature, type, body), correction(body). States: joining, live, reconnecting, ended.
 */
export class Session {
  constructor(wish, schema, listener) {
    Object.assign(this, { wish, schema, listener });
    this.state = "new";
    this.socket = null;
    this.welcome = null;
    this.world = "";
    this.sequence = 0;
    this.answers = new Map();
    this.lastEvent = 0;
    this.acknowledged = 0;
    this.clock = { offset: 0, samples: [] };
    this.timers = new Set();
    this.backOff = BACK_OFF_FIRST_MS;
    this.lostAt = null;
    this.mayResume = false;
  }

  // Coming and going.

  /** Joins; the promise settles with the first welcome, or rejects with Refused. */
  async join() {
    this.setState("joining", "Joining …");
    try {
      await this.joinAnew();
    } catch (error) {
      this.setState("ended", error.message);
      throw error;
    }
  }

  leave() {
    const { socket } = this;
    this.end("You left the room.");
    if (socket?.readyState === WebSocket.OPEN) socket.send(encodeMessage("bye", {}));
    socket?.close(1000);
  }

  async joinAnew() {
    this.loseAnswers();
    const ticket = await askTicket(this.wish);
    this.world = ticket.world;
    await this.shakeHands("hello", {
      version: VERSION, schema: this.schema, ticket: ticket.ticket, client: "polyclinic-map",
    });
  }

  async resume() {
    try {
      await this.shakeHands("resume", {
        version: VERSION, schema: this.schema, token: this.welcome.resume_token, last_event: this.lastEvent,
      });
    } catch (error) {
      // A token is good once, and a server that was restarted has forgotten it: what is left is a new ticket.
      if (error.closeCode !== 4508) throw error;
      this.mayResume = false;
      await this.joinAnew();
    }
  }

  shakeHands(kind, greeting) {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(this.world, SUBPROTOCOL);
      this.socket = socket;
      socket.binaryType = "arraybuffer";
      const late = setTimeout(() => socket.close(), WELCOME_MS);
      socket.onopen = () => socket.send(encodeMessage(kind, greeting));
      socket.onmessage = ({ data }) => this.guard(socket, () => {
        this.takeWelcome(data);
        clearTimeout(late);
        socket.onmessage = (message) => this.guard(socket, () => this.take(message.data));
        socket.onclose = (event) => this.lost(event.code, event.reason);
        resolve();
      });
      socket.onclose = (event) => {
        clearTimeout(late);
        const refused = new Refused("closed", words(event.code, event.reason));
        refused.closeCode = event.code;
        reject(refused);
      };
    });
  }

  /** Runs what reads from the server; what breaks the protocol ends the socket, and the next join is a fresh one. */
  guard(socket, read) {
    try {
      read();
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      console.error("the server broke the protocol:", error.message);
      this.mayResume = false;
      if (socket.readyState === WebSocket.OPEN) socket.send(encodeMessage("bye", {}));
      socket.close(4501);
    }
  }

  lost(code, reason) {
    this.stopTimers();
    if (this.state === "ended") return;
    if (performance.now() - this.liveSince > STEADY_MS) this.backOff = BACK_OFF_FIRST_MS;
    if (!reconnects(code)) {
      this.end(words(code, reason));
      return;
    }
    this.lostAt = performance.now();
    this.comeBack(words(code, reason));
  }

  async comeBack(why) {
    while (this.state !== "ended") {
      this.setState("reconnecting", `${why} Coming back …`);
      await new Promise((resolve) => { setTimeout(resolve, Math.random() * this.backOff); });
      this.backOff = Math.min(this.backOff * 2, BACK_OFF_MOST_MS);
      if (this.state === "ended") return;
      try {
        const kept = performance.now() - this.lostAt < this.welcome.resume_seconds * 1000;
        await (this.mayResume && kept ? this.resume() : this.joinAnew());
        return;
      } catch (error) {
        if (!(error.closeCode ? reconnects(error.closeCode) : error.temporary)) {
          this.end(error.message);
          return;
        }
        // A try that reached nobody says nothing new: what is told stays why the connection was lost.
        if (error.code !== "unreachable" && error.closeCode !== NOBODY_THERE) why = error.message;
      }
    }
  }

  end(why) {
    this.stopTimers();
    this.loseAnswers();
    this.setState("ended", why);
  }

  setState(state, why) {
    if (this.state === "ended" && state !== "joining") return;
    this.state = state;
    this.listener.state(state, why);
  }

  // What the server sends.

  takeWelcome(data) {
    const { kind, body } = decodeMessage(bytesOf(data));
    if (kind !== "welcome") throw new Malformed(`${kind} before the welcome`);
    const again = this.welcome !== null;
    if (!body.resumed) this.lastEvent = this.acknowledged = body.event;
    this.welcome = body;
    this.view = new ObserverView();
    this.mayResume = true;
    this.liveSince = performance.now();
    this.clock = { offset: body.time - performance.now(), samples: [] };
    if (!body.resumed) this.loseAnswers();
    for (const { message } of this.answers.values()) this.socket.send(message);
    this.startTimers();
    this.listener.welcome(body, body.resumed);
    const back = body.resumed ? "Back, and nothing was missed." : "Back, as a fresh arrival.";
    this.setState("live", again ? back : "Connected.");
  }

  take(data) {
    const bytes = bytesOf(data);
    if (bytes[0] === 0x90) {
      const [frame, now] = [this.view.apply(bytes), this.serverTime()];
      // The wire's clock wraps; the page's goes on: the difference is a small signed number.
      this.listener.frame({ ...frame, time: now + ((frame.time - Math.floor(now)) | 0) }, now);
      return;
    }
    const { kind, body } = decodeMessage(bytes);
    if (kind === "event") this.takeEvent(body);
    else if (kind === "result") this.takeResult(body);
    else if (kind === "clock_reply") this.takeClock(body);
    else if (kind === "correction") this.listener.correction(body);
    else throw new Malformed("a second welcome");
  }

  takeEvent({ event, feature, type, body }) {
    if (event !== this.lastEvent + 1) throw new Malformed(`event ${event} after ${this.lastEvent}`);
    this.lastEvent = event;
    this.listener.event(feature, type, body);
    if (this.lastEvent - this.acknowledged >= ACK_EVENTS) this.acknowledge();
  }

  acknowledge() {
    if (this.lastEvent === this.acknowledged) return;
    this.acknowledged = this.lastEvent;
    this.send(encodeMessage("ack", { event: this.lastEvent }));
  }

  takeResult(result) {
    const key = result.op.join();
    this.answers.get(key)?.resolve({ code: "", detail: "", body: {}, ...result });
    this.answers.delete(key);
  }

  takeClock({ sent, time }) {
    const now = performance.now();
    const guess = time - (sent + now) / 2;
    const turns = Math.round((this.clock.offset - guess) / 2 ** 32);
    this.clock.samples.push({ way: now - sent, offset: guess + turns * 2 ** 32 });
    this.clock.samples = this.clock.samples.slice(-8);
    // The answer that took the shortest way bounds the error best.
    this.clock.offset = this.clock.samples.reduce((best, sample) => (sample.way < best.way ? sample : best)).offset;
  }

  /** The server's clock in ms, not wrapped: take it modulo 2^32 for the wire. */
  serverTime() {
    return performance.now() + this.clock.offset;
  }

  // What the page sends.

  send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(message);
  }

  /** Sends a pose, unless earlier ones still wait for the network: the newest is then soon enough. */
  sendPose(state) {
    if (this.state !== "live" || this.socket.bufferedAmount > POSES_BUFFERED_MAX) return;
    this.sequence = (this.sequence + 1) & 0xffff;
    this.send(encodePose(state, this.sequence, Math.floor(this.serverTime()) % 2 ** 32));
  }

  /** Asks a feature for something; resolves with its result. Rejects if the session ends unanswered. */
  operate(feature, type, body) {
    if (this.state === "ended") return Promise.reject(new Refused("ended", "You are not in the room."));
    const op = crypto.getRandomValues(new Uint8Array(16));
    const message = encodeMessage("operation", { op, feature, type, body });
    return new Promise((resolve, reject) => {
      this.answers.set(op.join(), { message, resolve, reject });
      if (this.state === "live") this.send(message);
    });
  }

  loseAnswers() {
    for (const { reject } of this.answers.values()) reject(new Refused("lost", "The session ended before the answer."));
    this.answers.clear();
  }

  startTimers() {
    this.stopTimers();
    let asked = 0;
    const ask = () => {
      asked += 1;
      this.send(encodeMessage("clock", { sent: new Float(performance.now()) }));
      if (asked === CLOCK_FIRST_COUNT) {
        clearInterval(first);
        this.timers.add(setInterval(ask, CLOCK_MS));
      }
    };
    const first = setInterval(ask, CLOCK_FIRST_MS);
    this.timers.add(first);
    this.timers.add(setInterval(() => this.acknowledge(), ACK_MS));
  }

  stopTimers() {
    for (const timer of this.timers) clearInterval(timer);
    this.timers.clear();
  }
}

function bytesOf(data) {
  if (!(data instanceof ArrayBuffer)) throw new Malformed("a text message");
  return new Uint8Array(data);
}

function words(code, reason) {
  return CLOSE_WORDS[code] ?? (reason ? `Disconnected: ${reason} (${code}).` : `Disconnected (${code}).`);
}
