import { expect, test } from "vitest";
import { CloseCode } from "../../src/protocol/generated/constants";
import { ServerClock } from "../../src/session/clock";
import { reconnects, wordsFor } from "../../src/session/closing";
import { FrontDesk } from "../../src/session/frontdesk";
import { QualityMeter } from "../../src/session/quality";
import { Silence } from "../../src/session/silence";
import { unlessHeard } from "../../src/session/timers";
import { FakeEnvironment } from "../support/fakes";

test("every close code of the wire has words", () => {
  for (const code of Object.values(CloseCode)) expect(wordsFor(code, "")).toMatch(/^[A-Z].*\.$/);
  expect(wordsFor(4490, "")).toBe("The connection was closed (4490).");
  expect(wordsFor(4299, "Click here")).toBe("The connection was closed (4299).");
});

test("clients decide by range", () => {
  expect([1000, 1002, 4500, 4999, 3000].some(reconnects)).toBe(false);
  expect([4000, 4499, 1006, 1012].every(reconnects)).toBe(true);
});

test("the answer that took the shortest way sets the clock, and its wrapping does not show", () => {
  const clock = new ServerClock();
  clock.start(0xffff_fff0, 1000);
  clock.note(1000, 0xffff_ffff, 1010);
  clock.note(2000, 0x3f0, 2200);
  expect(clock.at(2000)).toBeCloseTo(0xffff_ffff - 1005 + 2000);
  expect(clock.wireTime(2000)).toBe((0xffff_ffff - 1005 + 2000) % 2 ** 32);
  expect(clock.since(0xffff_ffff, 1105)).toBe(100);
  expect(clock.roundTrip).toBe(200);
});

test("the front desk tells rooms with or without portals", async () => {
  const environment = new FakeEnvironment();
  const portal = { to: "lobby", name: "Lobby", position: [0, 0, 1], yaw: 0, width: 1 };
  environment.answers = [{ status: 200, body: { rooms: [{ id: "a" }, { id: "b", portals: [portal] }] } }];
  const rooms = await new FrontDesk(environment, "/clinic/").rooms("privacy officer");
  expect(rooms.map(({ portals }) => portals)).toEqual([[], [portal]]);
  expect(environment.asked[0]!.address).toBe("/clinic/v1/rooms?role=privacy+officer");
});

test("an invitation lets in once, and the pass that comes for it after that", async () => {
  const environment = new FakeEnvironment();
  const room = { id: "ward", name: "Ward", portals: [] };
  environment.answers = [
    { status: 200, body: { room, role: "patient", name: "Ann" } },
    { status: 201, body: { ticket: "t", world: "ws://here/world", expires_in: 60, pass: "p" } },
    { status: 201, body: { ticket: "u", world: "ws://here/world", expires_in: 60 } },
  ];
  const desk = new FrontDesk(environment);
  desk.invitation = "a.b.c";
  expect(await desk.who()).toEqual({ kind: "invited", roles: ["patient"], name: "Ann" });
  const wish = { room: "ward", name: "Ann", role: "patient", avatar: "plain" };
  expect([(await desk.ticket(wish)).ticket, (await desk.ticket(wish)).ticket]).toEqual(["t", "u"]);
  expect(environment.asked.map(({ address }) => address)).toEqual(["v1/invitations/show", "v1/invitations/tickets", "v1/rooms/ward/tickets"]);
  expect(environment.asked[1]!.body).toEqual({ invitation: "a.b.c", name: "Ann", avatar: "plain" });
  expect(environment.asked.map(({ headers }) => headers["Authorization"])).toEqual([undefined, undefined, "Bearer p"]);
});

/** Long after somebody came in, frames at 50 Hz for 4 s; `lag` is how late each comes, null for one that does not come. */
function metered(lag: (frame: number) => number | null): QualityMeter {
  const meter = new QualityMeter();
  meter.start(-5000);
  for (let frame = -250; frame < 200; frame += 1) {
    const late = lag(frame);
    if (late !== null) meter.noteFrame(frame, 30 + late, 20 * frame + late);
  }
  return meter;
}

test("an even stream is good", () => {
  const report = metered(() => 0).report(4000, 40, true);
  expect(report).toMatchObject({ level: "good", reason: "", loss: 0, roundTrip: 40 });
  expect(report.framesPerSecond).toBeCloseTo(50, 0);
});

test("updates that come late or not at all are told as a share", () => {
  const every = (n: number, lag: number | null) => (frame: number) => (frame % n === 5 ? lag : 0);
  expect(metered(every(13, null)).report(4000, 40, true)).toMatchObject({
    level: "fair", reason: "Your connection drops about 8\u00a0% of the updates.",
  });
  expect(metered(every(12, 400)).report(4000, 40, true).level).toBe("fair");
  expect(metered((frame) => (frame % 3 === 0 ? 0 : null)).report(4000, 40, true)).toMatchObject({ level: "poor" });
});

test("who asked for less misses nothing", () => {
  const meter = metered((frame) => (frame % 3 === 0 ? 0 : null));
  meter.unlimited = false;
  expect(meter.report(4000, 40, true)).toMatchObject({ level: "good", loss: 0 });
});

test("a slow way, a slow device, silence and loss have their own words", () => {
  const meter = metered(() => 0);
  expect(meter.report(4000, 300, true)).toMatchObject({ level: "fair", reason: "Your connection is slow: 300 ms there and back." });
  expect(meter.report(4000, 900, true).level).toBe("poor");
  for (let picture = 0; picture < 40; picture += 1) meter.notePicture(2000 + 50 * picture * 1.2, true);
  expect(meter.report(4000, 40, true)).toMatchObject({
    level: "poor", reason: "This device draws slowly: 17 pictures a second.", device: true,
  });
  expect(meter.report(8000, 40, true)).toMatchObject({ level: "lost", reason: "Nothing has come from the server for 4 s." });
  expect(meter.report(8000, 40, false).level).toBe("lost");
});

test("updates that only wait for slow pictures are not lost, and the device is named", () => {
  const meter = new QualityMeter();
  meter.start(0);
  // 50 updates a second come in time, and are looked at once a picture of 320 ms is drawn: up to 320 ms after.
  meter.notePicture(0, true);
  for (let picture = 1; picture <= 12; picture += 1) {
    meter.notePicture(320 * picture, true);
    for (let frame = 16 * (picture - 1); frame < 16 * picture; frame += 1) meter.noteFrame(frame, 30 + 320 * picture - 20 * frame, 320 * picture);
  }
  expect(meter.report(3900, 40, true)).toMatchObject({ level: "poor", loss: 0, device: true, reason: "This device draws slowly: 3 pictures a second." });
});

test("a device that draws slowly is not told that its connection drops what the server left out for it", () => {
  const meter = metered((frame) => (frame % 3 === 0 ? 0 : null));
  for (let picture = 0; picture < 16; picture += 1) meter.notePicture(250 * picture, true);
  expect(meter.report(4000, 40, true)).toMatchObject({ level: "poor", device: true, reason: "This device draws slowly: 4 pictures a second." });
});

test("what comes late although pictures are drawn in time is the connection's doing", () => {
  const meter = new QualityMeter();
  meter.start(-5000);
  for (let frame = 0; frame < 200; frame += 1) {
    meter.notePicture(20 * frame, true);
    meter.noteFrame(frame, 30 + (frame % 3 === 0 ? 400 : 0), 20 * frame);
  }
  expect(meter.report(4000, 40, true)).toMatchObject({ level: "poor", reason: "Your connection drops about 34\u00a0% of the updates." });
});

test("what is late while one comes in is not told as the connection's, and what is late after that is", () => {
  const meter = new QualityMeter();
  meter.start(0);
  const told = [];
  for (let frame = 0; frame < 500; frame += 1) {
    if (frame % 3 === 0) meter.noteFrame(frame, 30, 20 * frame);
    if (frame === 240 || frame === 499) told.push(meter.report(20 * frame, 40, true).level);
  }
  expect(told).toEqual(["good", "poor"]);
});

test("where nothing is drawn no pictures are judged, and those of before no more", () => {
  const meter = metered(() => 0);
  for (let picture = 0; picture < 40; picture += 1) meter.notePicture(2000 + 60 * picture, picture < 35);
  expect(meter.report(4400, 40, true).level).toBe("good");
});

test("a page that was hidden for a while is not a slow device", () => {
  const meter = metered(() => 0);
  for (let picture = 0; picture < 60; picture += 1) meter.notePicture(picture < 30 ? picture * 16 : 3000 + picture * 16, true);
  expect(meter.report(4000, 40, true).level).toBe("good");
});

test("a page that stood still hears an answer that is there before it stops waiting", async () => {
  const environment = new FakeEnvironment();
  let over = 0;
  const wait = (): (() => void) => unlessHeard(environment, 10_000, () => { over += 1; });
  const heard = wait();
  environment.time += 30_000;
  await environment.advance(0);
  heard();
  await environment.advance(30_000);
  expect(over).toBe(0);
  wait();
  await environment.advance(9999);
  expect(over).toBe(0);
  await environment.advance(1);
  expect(over).toBe(1);
});

test("a page that stood still, or a machine that slept, looks twice before it takes a server for gone", () => {
  const silence = new Silence(1000);
  silence.begin(0);
  for (let now = 1000; now < 10_000; now += 1000) expect(silence.lasts(now)).toBe(false);
  expect(silence.lasts(10_000)).toBe(true);
  silence.begin(0);
  // What came in 30 s waits behind the look.
  expect(silence.lasts(30_000)).toBe(false);
  silence.heard(30_010);
  expect(silence.lasts(31_000)).toBe(false);
  // Nothing came.
  expect([silence.lasts(90_000), silence.lasts(91_000)]).toEqual([false, true]);
});

test("a provider that gives no fresh token is not taken for a front desk that does not answer, and is given the time it takes", async () => {
  const environment = new FakeEnvironment();
  environment.answers = [{ status: 200, body: { rooms: [] } }];
  const desk = new FrontDesk(environment);
  desk.identity.use(() => Promise.reject(new DOMException("timed out", "TimeoutError")));
  await expect(desk.rooms("patient")).rejects.toMatchObject({ code: "identity_unavailable", message: "Accounts cannot be checked at the moment.", temporary: true });
  expect(environment.asked).toEqual([]);
  desk.identity.use(() => new Promise((resolve) => { environment.after(9500, () => { resolve("late"); }); }));
  environment.answers = [{ status: -1, body: null }];
  const asked = desk.rooms("patient").catch(() => environment.time);
  await environment.advance(60_000);
  // As long as ever from when the front desk was asked.
  expect(await asked).toBe(1000 + 9500 + 10_000);
});
