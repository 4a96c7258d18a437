import { beforeEach, describe, expect, test } from "vitest";
import { Kind, SCHEMA_HASH } from "../../src/protocol/generated/constants";
import type { Welcome } from "../../src/protocol/generated/messages";
import { AvatarState } from "../../src/protocol/state";
import { FrontDesk } from "../../src/session/frontdesk";
import type { QualityReport } from "../../src/session/quality";
import type { SessionStatus } from "../../src/session/listener";
import { Session } from "../../src/session/session";
import { FakeEnvironment, type FakeSocket, emptyFrame, ROOM, welcome } from "../support/fakes";

const WISH = { room: "consult-1", name: "Ann", role: "patient", avatar: "plain" };
let environment: FakeEnvironment;
let session: Session;
let statuses: SessionStatus[];
let welcomes: Welcome[];
let events: string[];
let frames: number[];
let qualities: QualityReport[];

beforeEach(() => {
  environment = new FakeEnvironment();
  [statuses, welcomes, events, frames, qualities] = [[], [], [], [], []];
  session = new Session(WISH, new FrontDesk(environment), environment, {
    status: (status) => statuses.push(status),
    welcome: (told) => welcomes.push(told),
    frame: (_, time) => frames.push(time),
    event: (feature, type) => events.push(`${feature}/${type}`),
    correction: ({ reason }) => events.push(reason),
    quality: (report) => qualities.push(report),
  });
});

async function shake(told = welcome()): Promise<FakeSocket> {
  await environment.settle();
  environment.socket.open();
  environment.socket.tell(Kind.Welcome, told);
  await environment.settle();
  return environment.socket;
}

async function join(): Promise<FakeSocket> {
  const joined = session.join();
  const socket = await shake();
  await joined;
  return socket;
}

function tellEvent(socket: FakeSocket, event: number): void {
  socket.tell(Kind.Event, { event, feature: "chat", type: "said", body: {} });
}

describe("joining", () => {
  test("a ticket is asked for and shown, with the schema", async () => {
    const socket = await join();
    expect(environment.asked).toEqual([
      { headers: { "Content-Type": "application/json" }, address: "v1/rooms/consult-1/tickets", body: { name: "Ann", role: "patient", avatar: "plain" } },
    ]);
    expect([socket.address, socket.subprotocol]).toEqual(["ws://here/world", "polyclinic.v1"]);
    expect(socket.messages(Kind.Hello)[0]).toMatchObject({ version: 1, schema: SCHEMA_HASH, ticket: "t" });
    expect(statuses.map(({ state }) => state)).toEqual(["joining", "live"]);
    expect(welcomes[0]!.entity).toBe(7);
  });

  test.each([
    [{ status: 409, body: { code: "room_full" } }, "room_full", "The room is full.", true],
    [{ status: 404, body: { code: "room_unknown" } }, "room_unknown", "There is no such room.", false],
    [{ status: 503, body: { code: "stopping" } }, "stopping", "The server is restarting.", true],
    [{ status: 403, body: { code: "not_invitable", detail: "nobody is; as: proxy" } }, "not_invitable", "Nobody is; as: proxy.", false],
    [{ status: 418, body: { code: "new", detail: "" } }, "new", "The front desk answers with 418.", false],
    [{ status: 0, body: null }, "unreachable", "The front desk does not answer.", true],
    [{ status: 418, body: [] }, "unexpected", "The front desk answers with 418.", false],
  ])("the front desk refuses: %o", async (answer, code, words, temporary) => {
    environment.answers = [answer];
    await expect(session.join()).rejects.toMatchObject({ code, message: words, temporary });
    expect(statuses.at(-1)).toMatchObject({ state: "ended", code, reason: words });
  });

  test("another wire is told in words, with both hashes", async () => {
    const joined = session.join();
    const refused = expect(joined).rejects.toMatchObject({ code: "4505", temporary: false });
    await environment.settle();
    environment.socket.open();
    environment.socket.drop(4505, "schema: server 00, client 11");
    await refused;
    expect(statuses.at(-1)!.reason).toBe("This page and the server speak different versions: reload the page. (schema: server 00, client 11)");
  });

  test("a front desk that does not answer is not waited for", async () => {
    environment.answers = [{ status: -1, body: null }];
    const refused = expect(session.join()).rejects.toMatchObject({ code: "unreachable", temporary: true });
    await environment.advance(10_000);
    await refused;
  });

  test("a server that says nothing is not waited for", async () => {
    const refused = expect(session.join()).rejects.toMatchObject({ code: "unreachable" });
    await environment.settle();
    environment.socket.open();
    await environment.advance(10_000);
    await refused;
    expect(environment.socket.closedWith).toBe(1000);
  });

  test.each([[4299, "Click http://evil.example, your password expired"], [4505, "call 555-1234 about your account"]])("what a server says as it closes is not said by this page: %i", async (code, reason) => {
    const joined = session.join();
    const refused = expect(joined).rejects.toMatchObject({ code: String(code) });
    await environment.settle();
    environment.socket.open();
    environment.socket.drop(code, reason);
    await refused;
    expect(statuses.at(-1)!.reason).not.toContain(reason);
  });

  test.each([
    ["0 ticks a second", { room: { ...ROOM, tick_hz: 0 } }],
    ["ticks backwards", { room: { ...ROOM, tick_hz: -5 } }],
    ["more ticks than time", { room: { ...ROOM, tick_hz: 2 ** 53 } }],
    ["bounds out of this world", { room: { ...ROOM, bounds: [[-1e300, 0, -1e300], [1e300, 4, 1e300]] } }],
    ["bounds inside out", { room: { ...ROOM, bounds: [[4, 4, 5], [-4, 0, -5]] } }],
    ["bounds without a floor", { room: { ...ROOM, bounds: [[0, 0, 0], [0, 4, 5]] } }],
    ["a zone out of this world", { room: { ...ROOM, zones: [{ name: "z", box: [[1e300, 0, 0], [1, 1, 1]], private: true }] } }],
    ["a spawn out of this world", { spawn: { position: [1e300, 0, 0], yaw: 0 } }],
    ["a spawn that turns for ever", { spawn: { position: [0, 0, 0], yaw: 1e308 } }],
    ["a place kept for less than no time", { resume_seconds: -1 }],
  ])("a welcome with %s is none", async (_what, wrong) => {
    const refused = expect(session.join()).rejects.toMatchObject({ code: "malformed", message: "This page and the server do not understand each other." });
    await shake(welcome(wrong));
    await refused;
    expect(welcomes).toEqual([]);
    expect(environment.socket.closedWith).toBe(4501);
  });

  test("a welcome to the largest room there can be is one", async () => {
    const joined = session.join();
    await shake(welcome({ room: { ...ROOM, bounds: [[-8388, 0, -8388], [8388, 4, 8388]] } }));
    await joined;
    expect(welcomes).toHaveLength(1);
  });

  test("what is no welcome is no beginning", async () => {
    const refused = expect(session.join()).rejects.toMatchObject({ code: "malformed" });
    await environment.settle();
    environment.socket.open();
    tellEvent(environment.socket, 1);
    await refused;
    expect(environment.socket.closedWith).toBe(4501);
    expect(environment.sockets).toHaveLength(1);
  });
});

describe("events", () => {
  test("they are acknowledged every 32, and within a second", async () => {
    const socket = await join();
    for (let event = 1; event <= 33; event += 1) tellEvent(socket, event);
    expect(events).toHaveLength(33);
    expect(socket.messages(Kind.Ack)).toEqual([{ event: 32 }]);
    await environment.advance(1000);
    expect(socket.messages(Kind.Ack)).toEqual([{ event: 32 }, { event: 33 }]);
    await environment.advance(1000);
    expect(socket.messages(Kind.Ack)).toHaveLength(2);
  });

  test("a gap is an error of the server: the next join is a fresh one", async () => {
    const socket = await join();
    tellEvent(socket, 2);
    expect(socket.messages(Kind.Bye)).toHaveLength(1);
    expect(socket.closedWith).toBe(4501);
    await environment.advance(500);
    const again = await shake(welcome({ entity: 8 }));
    expect(again.messages(Kind.Hello)).toHaveLength(1);
    expect(statuses.map(({ state }) => state)).toEqual(["joining", "live", "reconnecting", "live"]);
  });

  test("text is an error too", async () => {
    const socket = await join();
    socket.deliver(null);
    expect(socket.closedWith).toBe(4501);
  });
});

describe("operations", () => {
  test("they are answered once each", async () => {
    const socket = await join();
    const said = session.operate("chat", "say", { text: "hello" });
    const [asked] = socket.messages(Kind.Operation);
    expect(asked).toMatchObject({ feature: "chat", type: "say", body: { text: "hello" } });
    socket.tell(Kind.Result, { op: asked!.op, ok: false, code: "rate_limited", detail: "slower" });
    socket.tell(Kind.Result, { op: asked!.op, ok: true });
    expect(await said).toMatchObject({ ok: false, code: "rate_limited", detail: "slower" });
  });

  test("after a resume they are asked again under the same id, after a fresh join they are lost", async () => {
    const socket = await join();
    const said = session.operate("chat", "say", { text: "hello" });
    socket.drop();
    await environment.advance(500);
    const resumed = await shake(welcome({ resumed: true, resume_token: "r-2" }));
    expect(resumed.messages(Kind.Operation)).toEqual(socket.messages(Kind.Operation));
    resumed.drop();
    await environment.advance(1000);
    await shake(welcome({ resumed: false }));
    expect(await said).toMatchObject({ ok: false, code: "lost" });
  });

  test("who has left asks in vain", async () => {
    await join();
    session.leave();
    expect(await session.operate("chat", "say", { text: "hello" })).toMatchObject({ ok: false, code: "ended" });
  });
});

describe("coming back", () => {
  test("within the window the session goes on after the last event", async () => {
    const socket = await join();
    tellEvent(socket, 1);
    socket.drop();
    expect(statuses.at(-1)).toMatchObject({ state: "reconnecting", reason: "The connection was lost.", code: "1006" });
    await environment.advance(500);
    const resumed = await shake(welcome({ resumed: true, resume_token: "r-2", event: 1 }));
    expect(resumed.messages(Kind.Resume)[0]).toMatchObject({ token: "r-1", last_event: 1, schema: SCHEMA_HASH });
    expect(statuses.at(-1)).toMatchObject({ state: "live", resumed: true });
    tellEvent(resumed, 2);
    expect(events).toHaveLength(2);
    // What was acknowledged before may not have arrived.
    await environment.advance(1000);
    expect(resumed.messages(Kind.Ack)).toEqual([{ event: 2 }]);
    expect(environment.asked).toHaveLength(1);
  });

  test("after it, and with a token that is used, a new ticket is asked for", async () => {
    (await join()).drop();
    environment.fate = 1;
    await environment.advance(1000);
    environment.socket.drop(4508);
    await environment.settle();
    expect(environment.asked).toHaveLength(2);
    const socket = await shake(welcome({ resume_seconds: 1 }));
    socket.drop();
    await environment.advance(2000);
    await environment.settle();
    expect(environment.asked).toHaveLength(3);
  });

  test("the wait is random and doubles up to half a minute; a connection that held makes it short again", async () => {
    (await join()).drop(4001);
    environment.fate = 1;
    environment.answers = [{ status: 0, body: null }];
    const waits: number[] = [];
    for (let tries = 0; tries < 7; tries += 1) {
      const before = environment.sockets.length + environment.asked.length;
      const from = environment.time;
      while (environment.sockets.length + environment.asked.length === before) await environment.advance(100);
      waits.push(Math.round((environment.time - from) / 100) / 10);
      if (environment.sockets.length > 1) environment.socket.drop();
      await environment.settle();
    }
    expect(waits).toEqual([0.5, 2, 4, 8, 16, 30, 30]);
    expect(statuses.at(-1)!.reason).toBe("This page could not keep up with what it was sent.");
  });

  test.each([
    [4503, "You were removed from the room."],
    [4509, "This session goes on in another window."],
    [4599, "The connection was closed (4599)."],
  ])("%i is for good", async (code, words) => {
    (await join()).drop(code, "no more");
    expect(statuses.at(-1)).toMatchObject({ state: "ended", code: String(code), reason: words });
    await environment.advance(60_000);
    expect(environment.sockets).toHaveLength(1);
  });

  test.each([1001, 1011, 1012, 4000, 4007, 4499])("%i is not", async (code) => {
    (await join()).drop(code);
    expect(statuses.at(-1)!.state).toBe("reconnecting");
  });

  test.each([
    [408, "unexpected"], [429, "too_many"], [500, "internal"], [503, "store_unavailable"],
  ])("a front desk that answers %i for a moment does not end it", async (status, code) => {
    (await join()).drop();
    await environment.advance(500);
    environment.answers = [{ status, body: { code, detail: "Not now." } }];
    environment.socket.drop(4508);
    await environment.settle();
    expect(statuses.at(-1)).toMatchObject({ state: "reconnecting", code, reason: "Not now." });
    environment.answers = [{ status: 201, body: { ticket: "t", world: "ws://here/world" } }];
    await environment.advance(2000);
    await shake();
    expect(statuses.at(-1)).toMatchObject({ state: "live" });
  });

  test("a room that has closed meanwhile ends it", async () => {
    (await join()).drop();
    await environment.advance(500);
    environment.socket.drop(4508);
    environment.answers = [{ status: 410, body: { code: "room_closed" } }];
    await environment.settle();
    expect(statuses.at(-1)).toMatchObject({ state: "ended", code: "room_closed" });
  });

  test("a socket through which nothing comes any more is given up", async () => {
    const socket = await join();
    await environment.advance(11_000);
    expect(socket.closedWith).toBe(1000);
    expect(environment.sockets).toHaveLength(2);
    await shake(welcome({ resumed: true }));
    expect(statuses.at(-1)).toMatchObject({ state: "live", resumed: true });
  });

  test("who leaves says so, and does not come back", async () => {
    const socket = await join();
    session.leave();
    expect(socket.messages(Kind.Bye)).toHaveLength(1);
    expect(statuses.at(-1)).toMatchObject({ state: "ended", reason: "You left the room." });
    socket.drop(1000);
    await environment.advance(60_000);
    expect(environment.sockets).toHaveLength(1);
  });

  test("who leaves while the connection is lost is not brought back", async () => {
    (await join()).drop();
    session.leave();
    await environment.advance(60_000);
    expect(environment.sockets).toHaveLength(1);
  });
});

test("a place that was locked and is not kept any more is not one to come into anew by itself", async () => {
  const nothing = (): void => undefined;
  const listener = { status: nothing, welcome: nothing, frame: nothing, event: nothing, correction: nothing, quality: nothing };
  const refused = expect(new Session(WISH, new FrontDesk(environment), environment, listener, "r-9").join()).rejects.toMatchObject({ code: "4508" });
  await environment.settle();
  environment.socket.open();
  expect(environment.socket.messages(Kind.Resume)[0]).toMatchObject({ token: "r-9", last_event: 0, ticket: "t" });
  environment.socket.drop(4508);
  await refused;
  expect([environment.asked.length, environment.sockets.length]).toEqual([1, 1]);
});

describe("state", () => {
  test("a frame's time goes on where the wire's clock wraps", async () => {
    const socket = await join();
    socket.deliver(emptyFrame(1, 0xffff_fff0));
    socket.deliver(emptyFrame(2, 0x10));
    expect(frames[1]! - frames[0]!).toBe(0x20);
  });

  test("a pose says when it was, and waits for nobody", async () => {
    const socket = await join();
    const state = new AvatarState();
    session.sendPose(state);
    session.sendPose(state);
    environment.time += 20;
    socket.waiting = 5000;
    session.sendPose(state);
    socket.waiting = 0;
    session.sendPose(state);
    const poses = socket.sent.filter((message) => message[0] === Kind.Pose).map((message) => new DataView(message.buffer));
    expect(poses.map((pose) => [pose.getUint16(2, true), pose.getUint32(4, true)])).toEqual([[1, 50_000], [2, 50_020]]);
  });

  test("the budget is told, and again in a fresh session, not in one that was resumed", async () => {
    const socket = await join();
    session.limit(64);
    expect(socket.messages(Kind.Budget)).toEqual([{ kbits: 64 }]);
    socket.drop();
    await environment.advance(500);
    const resumed = await shake(welcome({ resumed: true }));
    expect(resumed.messages(Kind.Budget)).toEqual([]);
    resumed.drop();
    await environment.advance(1000);
    expect((await shake()).messages(Kind.Budget)).toEqual([{ kbits: 64 }]);
  });

  test("a budget that is chosen while the connection is lost is told to the session that is resumed", async () => {
    const socket = await join();
    session.limit(64);
    socket.drop();
    session.limit(8);
    await environment.advance(500);
    expect((await shake(welcome({ resumed: true }))).messages(Kind.Budget)).toEqual([{ kbits: 8 }]);
  });

  test("the clock is asked for, soon and then steadily, and the quality told each second", async () => {
    const socket = await join();
    for (let asked = 0; asked < 4; asked += 1) {
      while (socket.messages(Kind.Clock).length === asked) await environment.advance(10);
      const { sent } = socket.messages(Kind.Clock).at(-1)!;
      await environment.advance(40);
      socket.tell(Kind.ClockReply, { sent, time: 60_000 + environment.time - 20 });
      socket.deliver(emptyFrame(asked, 0));
    }
    expect(session.clock.roundTrip).toBe(40);
    expect(session.clock.wireTime(environment.time)).toBe(60_000 + environment.time);
    await environment.advance(1000);
    expect(qualities.at(-1)).toMatchObject({ roundTrip: 40, level: "good" });
    socket.drop();
    expect(qualities.at(-1)).toMatchObject({ level: "lost", reason: "The connection is lost." });
  });
});
