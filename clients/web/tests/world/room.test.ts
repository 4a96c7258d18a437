/** A room as its screens see it: who is there, what is said, what is held, over a session that comes and goes. */
import { encode } from "@msgpack/msgpack";
import { beforeEach, describe, expect, test } from "vitest";
import { Kind, StateFlag, Tier } from "../../src/protocol/generated/constants";
import { FrontDesk } from "../../src/session/frontdesk";
import { type LocalPose, type PersonView, type RoomView, type ThingView } from "../../src/world/model";
import { enterRoom } from "../../src/world/room";
import { FakeEnvironment, type FakeSocket, welcome } from "../support/fakes";
import { ANN, BO, CART, type FrameParts, frame, fullRecord, state } from "../support/frames";

const WISH = { room: "consult-1", name: "Cy", role: "student", avatar: "plain" };
const HERE = fullRecord(state({ head: [1, 1.6, -1] }));
let environment: FakeEnvironment;
let room: RoomView;
let told: string[];
let tick: number;

function tell(socket: FakeSocket, parts: FrameParts): void {
  tick += 1;
  socket.deliver(frame(tick, 50_000 + 20 * tick, parts));
}

function event(number: number, feature: string, type: string, body: unknown): Uint8Array {
  return Uint8Array.of(Kind.Event, ...encode({ event: number, feature, type, body }));
}

async function welcomed(body = welcome()): Promise<FakeSocket> {
  await environment.settle();
  environment.socket.open();
  environment.socket.tell(Kind.Welcome, body);
  await environment.settle();
  return environment.socket;
}

beforeEach(async () => {
  environment = new FakeEnvironment();
  // As the front desk tells it: in degrees.
  const portal = { to: "lobby", name: "Lobby", position: [0, 0, 3], yaw: 90, width: 1.2 };
  environment.answers.unshift({ status: 200, body: { id: "consult-1", portals: [portal] } });
  [told, tick] = [[], 1000];
  const entering = enterRoom(WISH, new FrontDesk(environment), environment);
  await welcomed();
  room = await entering;
  const note = (name: string) => (view: PersonView | ThingView) => told.push(`${name} ${view.name}`);
  room.on("entered", note("entered"));
  room.on("left", note("left"));
  room.on("held", note("held"));
  room.on("status", ({ state: now }) => told.push(now));
});

test("the room is described, with its doors", () => {
  expect(room.description).toMatchObject({ id: "consult-1", tickHz: 50, features: ["presence", "chat"] });
  expect(room.description.portals).toHaveLength(1);
  expect(room.description.portals[0]!.yaw).toBeCloseTo(Math.PI / 2);
  expect(room.spawn).toEqual({ position: [0, 0, 1], yaw: 0 });
  expect(room.self).toEqual({ entity: 7, name: "Cy", role: "student" });
  expect(room.status.state).toBe("live");
});

test.each([4503, 4514])("one that ended while its doors were on their way is not come into, and told with what takes it up where it is locked: %i", async (code) => {
  (environment = new FakeEnvironment()).answers.unshift({ status: -1, body: null });
  const refused = expect(enterRoom(WISH, new FrontDesk(environment), environment)).rejects.toMatchObject({ code: String(code), token: "r-1" });
  (await welcomed()).drop(code);
  await environment.advance(11_000);
  await refused;
});

const DOOR = { to: "lobby", name: "Lobby", position: [0, 0, 3], yaw: 90, width: 1.2 };
test.each([
  ["no list", "x", 0], ["nothing", null, 0], ["no doors", [null, 7, "door", []], 0], ["a door nowhere", [{ ...DOOR, position: null }, DOOR], 1],
  ["a door out of this world", [{ ...DOOR, position: [1e300, 0, 0] }, { ...DOOR, width: 1e300 }, { ...DOOR, yaw: 1e300 }, DOOR], 1],
  ["a door of no width", [{ ...DOOR, width: 0 }, { ...DOOR, width: -1 }, { ...DOOR, width: "1" }], 0],
  ["a door without a name", [{ ...DOOR, name: "" }, { ...DOOR, name: "W".repeat(3000) }, { ...DOOR, to: 7 }, DOOR], 1],
])("%s among the doors keeps nobody out", async (_what, portals, good) => {
  environment = new FakeEnvironment();
  environment.answers.unshift({ status: 200, body: { id: "consult-1", portals } });
  const entering = enterRoom(WISH, new FrontDesk(environment), environment);
  await welcomed();
  expect((await entering).description.portals).toHaveLength(good);
});

describe("in sight", () => {
  test("who enters is seen at once, and nobody is left of who leaves", () => {
    tell(environment.socket, { enters: [{ alias: 0, entity: 20, facts: ANN }], records: [[0, HERE]] });
    room.sample(environment.time, true);
    const ann = room.people.get(20)!;
    expect(ann).toMatchObject({ name: "Ann", role: "patient", look: "plain" });
    expect([...ann.head.position].map((value) => value.toFixed(3))).toEqual(["1.000", "1.600", "-1.000"]);
    expect(room.told(20)).toEqual({ tick, tier: 0, head: Int32Array.of(1000, 1600, -1000) });
    expect(room.told(21)).toBeNull();
    tell(environment.socket, { leaves: [0] });
    expect([room.people.size, told]).toEqual([0, ["entered Ann", "left Ann"]]);
  });

  test("an alias that leaves and enters in one frame is somebody else", () => {
    tell(environment.socket, { enters: [{ alias: 0, entity: 20, facts: ANN }], records: [[0, HERE]] });
    tell(environment.socket, { leaves: [0], enters: [{ alias: 0, entity: 21, facts: BO }], records: [[0, HERE]] });
    expect([...room.people.keys()]).toEqual([21]);
    expect(told).toEqual(["entered Ann", "left Ann", "entered Bo"]);
  });

  test("through every tier it is the same view", () => {
    tell(environment.socket, { enters: [{ alias: 0, entity: 20, facts: ANN }], records: [[0, HERE]] });
    const ann = room.people.get(20);
    const waving = state({ head: [1, 1.6, -1], left: [0.7, 1, -1], right: [1.3, 1, -1], fingers: 80, face: 9, flags: StateFlag.Seated });
    for (const tier of Object.values(Tier)) tell(environment.socket, { records: [[0, fullRecord(waving, tier)]] });
    for (let n = 0; n < 60; n += 1) room.sample((environment.time += 10), true);
    expect(room.people.get(20)).toBe(ann);
    expect([ann!.left.presence, ann!.seated, ann!.face]).toEqual([0, true, null]);
  });

  test("an entity that enters twice breaks the protocol", () => {
    const enters = (alias: number) => [{ alias, entity: 20, facts: ANN }];
    tell(environment.socket, { enters: enters(0), records: [[0, HERE]] });
    tell(environment.socket, { enters: enters(1), records: [[1, HERE]] });
    expect(environment.socket.closedWith).toBe(4501);
    expect(room.status.state).toBe("reconnecting");
  });
});

describe("over a lost connection", () => {
  async function back(body: Record<string, unknown>): Promise<FakeSocket> {
    environment.socket.drop();
    await environment.advance(500);
    return welcomed(welcome(body));
  }

  test("who is still there after a resume is the same, without a word; who is not has left", async () => {
    tell(environment.socket, {
      enters: [{ alias: 0, entity: 20, facts: ANN }, { alias: 1, entity: 21, facts: BO }, { alias: 2, entity: 30, facts: CART }],
      records: [[0, HERE], [1, HERE], [2, HERE]],
    });
    const ann = room.people.get(20);
    told.length = 0;
    const socket = await back({ resumed: true });
    expect(room.people.size).toBe(2);
    tell(socket, {
      enters: [{ alias: 4, entity: 20, facts: ANN }, { alias: 0, entity: 30, facts: CART }], records: [[4, HERE], [0, HERE]],
    });
    expect(room.people.get(20)).toBe(ann);
    expect(told).toEqual(["reconnecting", "live", "left Bo"]);
    expect(room.status.resumed).toBe(true);
  });

  test("a fresh join begins with nobody, and keeps what was said", async () => {
    tell(environment.socket, { enters: [{ alias: 0, entity: 20, facts: ANN }], records: [[0, HERE]] });
    environment.socket.deliver(event(1, "chat", "said", { entity: 20, name: "Ann", text: "hello", time: 50_000 }));
    const socket = await back({ resumed: false, entity: 8 });
    expect([room.people.size, room.roster.size, room.chat.length, room.self.entity]).toEqual([0, 0, 1, 8]);
    tell(socket, { enters: [{ alias: 0, entity: 20, facts: ANN }], records: [[0, HERE]] });
    expect(told).toEqual(["entered Ann", "reconnecting", "left Ann", "live", "entered Ann"]);
  });

  test("in a room one has left there is nobody", () => {
    tell(environment.socket, { enters: [{ alias: 0, entity: 20, facts: ANN }], records: [[0, HERE]] });
    environment.socket.deliver(event(1, "moderation", "muted", { entity: 20, muted: true }));
    expect([...room.muted]).toEqual([20]);
    room.leave();
    expect([room.people.size, room.roster.size, room.muted.size, room.status.state]).toEqual([0, 0, 0, "ended"]);
  });
});

describe("the roster and the chat", () => {
  test("pages and changes make the roster", () => {
    const { socket } = environment;
    const sizes: number[] = [];
    room.on("roster", (people) => sizes.push(people.size));
    const person = (entity: number) => ({ entity, name: `P${entity}`, role: "patient" });
    socket.deliver(event(1, "presence", "roster", { people: [person(7), person(8)], more: true }));
    socket.deliver(event(2, "presence", "changed", { joined: [person(10)], left: [8] }));
    expect(room.roster.size).toBe(0);
    socket.deliver(event(3, "presence", "roster", { people: [person(9)], more: false }));
    socket.deliver(event(4, "presence", "changed", { joined: [], left: [9] }));
    expect([...room.roster.keys()]).toEqual([7, 10]);
    expect(sizes).toEqual([3, 2]);
    socket.deliver(event(5, "presence", "changed", { joined: [person(11)], left: [11] }));
    expect([...room.roster.keys()]).toEqual([7, 10]);
    expect(sizes).toEqual([3, 2, 3, 2]);
  });

  test("what is said has the time at which it was said here", () => {
    const at: number[] = [];
    room.on("said", (said) => at.push(said.at));
    environment.socket.deliver(event(1, "chat", "said", { entity: 20, name: "Ann", text: "hello", time: 49_000 }));
    environment.socket.deliver(event(2, "chat", "said", { entity: 20, name: "Ann", text: "soon", time: 51_000 }));
    expect(at).toEqual([environment.date() - 1000, environment.date()]);
    expect(room.chat.map(({ text }) => text)).toEqual(["hello", "soon"]);
  });

  test("what the room keeps is in the chat, and is no news", () => {
    const news: string[] = [];
    room.on("said", () => news.push("said"));
    room.on("earlier", (chat) => news.push(...chat.map(({ text }) => text)));
    environment.socket.deliver(event(1, "chat", "earlier", { lines: [{ name: "Ann", text: "before", age: 2.5 }] }));
    expect([news, room.chat.map(({ at }) => at)]).toEqual([["before"], [environment.date() - 2500]]);
  });

  test("to say is asked of the server, but not what it would refuse", async () => {
    const said = room.say(" hello ");
    const [asked] = environment.socket.messages(Kind.Operation);
    expect(asked).toMatchObject({ feature: "chat", type: "say", body: { text: "hello" } });
    environment.socket.tell(Kind.Result, { op: asked!.op, ok: true });
    expect((await said).ok).toBe(true);
    expect((await room.say("  ")).code).toBe("malformed");
    expect((await room.say("🙂".repeat(501))).code).toBe("too_long");
    expect(environment.socket.messages(Kind.Operation)).toHaveLength(1);
  });

  test("a body that is none breaks the protocol", () => {
    environment.socket.deliver(event(1, "chat", "said", { entity: 20, text: "hello" }));
    expect(environment.socket.closedWith).toBe(4501);
  });
});

describe("what the wearer does", () => {
  const place = (x: number, y: number, z: number) => ({ position: [x, y, z] as const, rotation: [0, 0, 0, 1] as const });
  const still: LocalPose = {
    head: place(0, 1.6, 0), left: null, right: place(0.3, 1.1, -0.3), leftJoints: null, rightJoints: null, face: null, voice: 0.5,
    seated: true, signing: false,
  };

  function sent(pose: LocalPose): Uint8Array {
    environment.time += 50;
    room.sendPose(pose);
    return environment.socket.sent.at(-1)!;
  }

  test("a pose has its parts, and what is not finite or out of reach is not tracked", () => {
    const flags = (pose: Partial<LocalPose>) => sent({ ...still, ...pose })[1];
    const seated = StateFlag.Seated;
    expect(flags({})).toBe(StateFlag.Head | StateFlag.Right | seated);
    expect(flags({ right: place(NaN, 0, 0) })).toBe(StateFlag.Head | seated);
    expect(flags({ right: place(40, 0, 0) })).toBe(StateFlag.Head | seated);
    expect(flags({ head: null })).toBe(seated);
    const joints = new Float32Array(104).fill(0.5);
    expect(flags({ rightJoints: joints, face: new Float32Array(52) })).toBe(
      StateFlag.Head | StateFlag.Right | StateFlag.RightFingers | StateFlag.Face | seated,
    );
    expect(flags({ leftJoints: joints, signing: true, seated: false })).toBe(StateFlag.Head | StateFlag.Right | StateFlag.Signing);
  });

  test("the server's correction is told in metres", () => {
    const corrections: unknown[] = [];
    room.on("correction", (correction) => corrections.push(correction));
    environment.socket.tell(Kind.Correction, { sequence: 1, position: [4000, 1600, -20], reason: "bounds" });
    expect(corrections).toEqual([{ position: [4, 1.6, -0.02], reason: "bounds" }]);
  });
});

test("a thing whose facts change is the same thing, told once", () => {
  tell(environment.socket, { enters: [{ alias: 3, entity: 30, facts: CART }], records: [[3, HERE]] });
  const cart = room.things.get(30)!;
  expect(cart).toMatchObject({ kind: "prop", model: "models/cart.glb", holder: 0, hand: null, shown: false });
  room.sample(environment.time, true);
  expect(cart.shown).toBe(true);
  told.length = 0;
  const facts = { ...CART, model: "models/cart-2.glb" };
  tell(environment.socket, { leaves: [3], enters: [{ alias: 5, entity: 30, facts }], records: [[5, HERE]] });
  expect(room.things.get(30)).toBe(cart);
  expect([told, cart.model]).toEqual([["held Cart"], "models/cart-2.glb"]);
  tell(environment.socket, { leaves: [5] });
  expect([told.at(-1), room.things.size]).toEqual(["left Cart", 0]);
});

test("what is done with a thing says which truth of it is known", async () => {
  const facts = { ...CART, grabbable: true, holder: 7, hand: "right", grip: [0, 0, 0, 3, 0, 0, 0], ownership: 5, authority: 9, offered: false };
  tell(environment.socket, { enters: [{ alias: 3, entity: 30, facts }], records: [[3, fullRecord(state({ head: null }))]] });
  const place = { position: [1, 0.8, -0.5], rotation: [0, 0, 0, 1] } as const;
  const [position, rotation] = [[1000, 800, -500], [3, 0, 0, 0]];
  const done = [room.grab(30, "left", place), room.put(30, place), room.offer(30, true), room.move(30, place)];
  const asked = environment.socket.messages(Kind.Operation);
  expect(asked.map(({ feature, type, body }) => [feature, type, body])).toEqual([
    ["props", "grab", { prop: 30, hand: "left", grip: [...position, ...rotation], ownership: 5 }],
    ["props", "put", { prop: 30, position, rotation, ownership: 5 }],
    ["props", "offer", { prop: 30, offered: true }],
    ["props", "move", { prop: 30, position, rotation, ownership: 5, authority: 9 }],
  ]);
  for (const { op } of asked) environment.socket.tell(Kind.Result, { op, ok: false, code: "stale", detail: "later" });
  expect(await Promise.all(done)).toEqual(done.map(() => ({ ok: false, code: "stale", detail: "later" })));
  expect((await room.grab(31, "left", place)).code).toBe("unknown_prop");

  // One's own hand carries it, without going to the server and back.
  const hand = { position: [0.3, 1.1, -0.3], rotation: [0, 0, 0, 1] } as const;
  room.sendPose({
    head: place, left: null, right: hand, leftJoints: null, rightJoints: null, face: null, voice: 0, seated: false, signing: false,
  });
  room.sample(environment.time, true);
  const cart = room.things.get(30)!;
  expect([cart.shown, cart.position[1]!.toFixed(2)]).toEqual([true, "1.10"]);

  const wanted: unknown[] = [];
  room.on("wanted", ({ thing, name }) => wanted.push(thing, name));
  environment.socket.deliver(event(1, "props", "wanted", { prop: 30, entity: 20, name: "Ann" }));
  expect(wanted).toEqual([cart, "Ann"]);
});

test("an emergency is told as it begins and ends, and that there was one for as long as the wearer is here", () => {
  const alerts: unknown[] = [];
  room.on("emergency", ({ who, over, why }) => alerts.push([who.name, over, why]));
  environment.socket.deliver(event(1, "emergency", "alert", { entity: 20, name: "Cy", role: "clinician", reason: "no_response", until: 60_000 }));
  expect(room.emergencies.get(20)).toEqual({ entity: 20, name: "Cy", role: "clinician", reason: "no_response", until: environment.time + 10_000 });
  environment.socket.deliver(event(2, "emergency", "ended", { entity: 20, why: "done" }));
  environment.socket.deliver(event(3, "emergency", "ended", { entity: 21, why: "unavailable" }));
  expect([room.emergencies.size, alerts, [...room.brokeGlass]]).toEqual([0, [["Cy", false, ""], ["Cy", true, "done"]], [20]]);
  // The wearer's own, which could not be written down, never began.
  environment.socket.deliver(event(4, "emergency", "ended", { entity: 7, why: "unavailable" }));
  expect([alerts.at(-1), room.brokeGlass.has(7)]).toEqual([["Cy", true, "unavailable"], false]);
});

test("what one allows is the room's answer, but what is withdrawn counts at once; recordings are known while they last", async () => {
  const told: unknown[] = [];
  room.on("consents", (given) => told.push([...given]));
  room.on("recording", ({ kind, state, why }) => told.push([kind, state, why, room.recordings.size]));
  expect([...room.consents]).toEqual(["treat", "observe"]);
  const asked = [room.consent("record_motion", true), room.consent("observe", false), room.consent("research", true)];
  const operations = environment.socket.messages(Kind.Operation);
  expect(operations.map(({ feature, type, body }) => [feature, type, body])).toEqual([
    ["consent", "set", { purpose: "record_motion", given: true }],
    ["consent", "set", { purpose: "observe", given: false }],
    ["consent", "set", { purpose: "research", given: true }],
  ]);
  environment.socket.tell(Kind.Result, { op: operations[0]!.op, ok: true, body: { given: ["treat", "observe", "record_motion"] } });
  await asked[0];
  for (const { op } of operations.slice(1)) environment.socket.tell(Kind.Result, { op, ok: false, code: "failed" });
  expect((await Promise.all(asked)).map(({ ok }) => ok)).toEqual([true, false, false]);
  expect(told).toEqual([["treat", "observe", "record_motion"], ["treat", "record_motion"]]);
  environment.socket.deliver(event(1, "consent", "recording", { kind: "motion", state: "paused" }));
  environment.socket.deliver(event(2, "consent", "recording", { kind: "motion", state: "off", why: "behind" }));
  environment.socket.deliver(event(3, "consent", "consents", { given: ["treat"] }));
  expect(told.slice(2)).toEqual([["motion", "paused", "", 1], ["motion", "off", "behind", 0], ["treat"]]);
});

test("who is hidden from the wearer, and when it has to leave, is told by the room", () => {
  const told: unknown[] = [];
  room.on("roster", () => told.push([...room.hidden]));
  room.on("ending", (seconds) => told.push(seconds));
  environment.socket.deliver(event(1, "consent", "hidden", { entities: [20, 21] }));
  environment.socket.deliver(event(2, "consent", "ending", { seconds: 30 }));
  environment.socket.deliver(event(3, "consent", "ending", { seconds: 0 }));
  environment.socket.deliver(event(4, "consent", "hidden", { entities: [] }));
  expect(told).toEqual([[20, 21], 30, 0, []]);
});

test("the glass is broken and mended by asking", async () => {
  const asked = [room.breakGlass("safety_check", "I hear nothing.", 5), room.endEmergency()];
  const operations = environment.socket.messages(Kind.Operation);
  expect(operations.map(({ feature, type, body }) => [feature, type, body])).toEqual([
    ["emergency", "break_glass", { reason: "safety_check", text: "I hear nothing.", minutes: 5 }],
    ["emergency", "end", {}],
  ]);
  environment.socket.tell(Kind.Result, { op: operations[0]!.op, ok: true, body: { until: 60_000 } });
  environment.socket.tell(Kind.Result, { op: operations[1]!.op, ok: false, code: "not_broken", detail: "none" });
  expect(await Promise.all(asked)).toEqual([{ ok: true, code: "", detail: "" }, { ok: false, code: "not_broken", detail: "none" }]);
});

test("who saw the wearer is asked of the server; what is no answer to that is none", async () => {
  const seer = { entity: 20, name: "Ann", role: "clinician", seconds: 12, ago: 0, unseen: false };
  const asked = [room.whoSaw(), room.whoSaw(), room.whoSaw()];
  const operations = environment.socket.messages(Kind.Operation);
  expect(operations.map(({ feature, type, body }) => [feature, type, body])).toEqual(asked.map(() => ["access", "recent", {}]));
  const [well, refused, odd] = operations.map(({ op }) => op);
  environment.socket.tell(Kind.Result, { op: well, ok: true, body: { people: [seer] } });
  environment.socket.tell(Kind.Result, { op: refused, ok: false, code: "unknown_feature" });
  environment.socket.tell(Kind.Result, { op: odd, ok: true, body: { people: [{ ...seer, ago: -1 }] } });
  expect(await Promise.all(asked)).toEqual([[seer], null, null]);
});

test("what stands on panels is known once, the newest, and one's own writing is told from others'", async () => {
  const news: unknown[] = [];
  room.on("written", ({ panel, stands, own }) => news.push([panel, stands.text, own]));
  environment.socket.deliver(event(1, "panels", "written", { panel: 30, text: "one", version: 1 }));
  const writing = room.write(30, "two", 1);
  const [asked] = environment.socket.messages(Kind.Operation);
  expect(asked).toMatchObject({ feature: "panels", type: "write", body: { panel: 30, text: "two", version: 1 } });
  environment.socket.deliver(event(2, "panels", "written", { panel: 30, text: "two", version: 2 }));
  environment.socket.tell(Kind.Result, { op: asked!.op, ok: true, body: { panel: 30, text: "two", version: 2 } });
  expect(await writing).toEqual({ ok: true, code: "", detail: "", stands: { panel: 30, text: "two", version: 2 } });
  environment.socket.deliver(event(3, "panels", "written", { panel: 30, text: "one", version: 1 }));
  expect([news, room.panels.get(30)]).toEqual([[[30, "one", false], [30, "two", true]], { text: "two", version: 2 }]);

  const late = room.write(30, "three", 1);
  const { op } = environment.socket.messages(Kind.Operation).at(-1)!;
  environment.socket.tell(Kind.Result, { op, ok: false, code: "stale", detail: "", body: { panel: 30, text: "theirs", version: 3 } });
  expect(await late).toMatchObject({ ok: false, code: "stale", stands: { text: "theirs", version: 3 } });
  expect(news.at(-1)).toEqual([30, "theirs", false]);
  room.leave();
  expect(room.panels.size).toBe(0);
});

test("while one comes back it is told until when the place is kept; a limit is asked for, and lifted", () => {
  expect(room.keptUntil).toBe(0);
  room.limit(64);
  room.limit(0);
  expect(environment.socket.messages(Kind.Budget)).toEqual([{ kbits: 64 }, { kbits: 1_000_000 }]);
  const lost = environment.time;
  environment.socket.drop();
  expect(room.keptUntil).toBe(lost + 60_000);
  room.leave();
  expect(room.keptUntil).toBe(0);
});
