// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { brokenInto, clipped, followed, Reading } from "../../src/presence/reading";
import { Told } from "../../src/presence/told";
import { WordsPanel } from "../../src/presence/words-panel";
import { FakeConsult, makeThing } from "./fake-consult";

const narrow = (line: string): boolean => line.length <= 10;

describe("what can be read", () => {
  it("goes when it has been read, the oldest first where there is too much", () => {
    const reading = new Reading();
    for (let n = 1; n <= 6; n += 1) reading.add(["Ann", "Bo", "Cy"][n % 3]!, String(n), 100 * n);
    expect(reading.lines.map(({ text }) => text)).toEqual(["3", "4", "5", "6"]);
    expect(reading.step(350)).toBe(true);
    expect(reading.lines).toHaveLength(3);
    expect(reading.step(351)).toBe(false);
  });

  it("is never one person's alone", () => {
    const reading = new Reading();
    reading.add("Ann", "Help", 100);
    reading.add("", "Muted.", 100);
    for (let n = 1; n <= 9; n += 1) reading.add("Bo", String(n), 100);
    expect(reading.lines.map(({ text }) => text)).toEqual(["Help", "Muted.", "8", "9"]);
    expect(clipped(brokenInto("\u{1f600}".repeat(500), narrow))).toHaveLength(3);
    expect(clipped(["a", "b", "cd", "e"])).toEqual(["a", "b", "c…"]);
    expect(clipped(["a", "b", "c"])).toEqual(["a", "b", "c"]);
  });

  it("is not there twice", () => {
    const reading = new Reading();
    reading.add("", "Muted.", 100);
    reading.add("", "Muted.", 200);
    reading.step(150);
    expect(reading.lines).toHaveLength(1);
  });

  it("breaks between words, and within a word that is longer than a line", () => {
    expect(brokenInto("how are you today", narrow)).toEqual(["how are", "you today"]);
    expect(brokenInto("a donaudampfschiff sails", narrow)).toEqual(["a", "donaudampf", "schiff", "sails"]);
    expect(brokenInto("  ", narrow)).toEqual([]);
  });

  it("stays while the head turns a little, and comes along when it turns away", () => {
    expect(followed(0, 0.3, 1, false)).toBe(0);
    const soon = followed(0, 1.5, 0.1, false);
    expect(soon).toBeGreaterThan(0.1);
    expect(soon).toBeLessThan(0.6);
    expect(followed(3, -3, 10, false)).toBe(3);
    expect(followed(0, 1.5, 0.01, true)).toBe(1.5);
  });
});

describe("the panel in the headset", () => {
  let drawn: string[];
  let room: FakeConsult;
  let panel: WordsPanel;
  let told: Told;
  const look = (seconds = 0): void => { panel.update(performance.now(), seconds, [0, 1.6, 0], 0, false); };

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["performance", "Date"] });
    drawn = [];
    const noop = (): void => undefined;
    const context = {
      canvas: { width: 1024, height: 512 }, font: "", clearRect: () => { drawn = []; }, beginPath: noop, roundRect: noop, fill: noop,
      measureText: (text: string) => ({ width: text.length * 20 }), fillText: (text: string) => drawn.push(text),
    };
    vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(context as unknown as RenderingContext);
    room = new FakeConsult();
    panel = new WordsPanel();
    told = new Told(room, panel);
    vi.advanceTimersByTime(5000);
  });

  afterEach(() => {
    told.dispose();
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it("is not there while there is nothing new", () => {
    look();
    expect(panel.mesh.visible).toBe(false);
  });

  it("shows what somebody else says, below the eyes at a metre and a half, until it was read", () => {
    room.happen("said", { entity: 2, name: "Bo", text: "Good morning", at: Date.now() });
    look();
    expect(panel.mesh.visible).toBe(true);
    expect(drawn).toEqual(["Bo", "Good morning"]);
    const { x, y, z } = panel.mesh.position;
    expect(Math.hypot(x, z)).toBeCloseTo(1.5);
    expect(y).toBeLessThan(1.4);
    vi.advanceTimersByTime(20_000);
    look();
    expect(panel.mesh.visible).toBe(false);
  });

  it("does not show one's own words, nor anybody's without captions", () => {
    room.happen("said", { entity: room.self.entity, name: "Ann", text: "Hello", at: Date.now() });
    told.captions = false;
    room.happen("said", { entity: 2, name: "Bo", text: "Hello", at: Date.now() });
    expect(panel.lines).toEqual([]);
  });

  it("tells who comes and goes, and when the connection is poor", () => {
    const before = room.roster.get(2)!;
    room.happen("roster", new Map([[2, before], [3, { entity: 3, name: "Cy", role: "student" }]]));
    room.happen("roster", new Map([[2, before]]));
    room.happen("quality", { ...room.quality, level: "poor", reason: "Your connection drops updates." });
    room.happen("quality", { ...room.quality, level: "poor", reason: "Your connection drops updates." });
    expect(panel.lines.map(({ text }) => text)).toEqual(["“Cy” has come in.", "“Cy” has left.", "The connection is poor. Your connection drops updates."]);
  });

  it("tells of an emergency as it begins and ends, whatever else is written", () => {
    told.captions = false;
    const who = { entity: 2, name: "Bo", role: "clinician", reason: "life_threat", until: 0 } as const;
    room.happen("emergency", { who, over: false, why: "" });
    room.happen("emergency", { who, over: true, why: "unavailable" });
    expect(panel.lines.map(({ text }) => text)).toEqual([
      "“Bo” sees behind every curtain here now, for an emergency: a life is at risk. It is written down.",
      "“Bo” sees behind the curtains no more: nothing can be written down just now.",
    ]);
  });

  it("shows that something is recorded for as long as it is, whatever else is to be read", () => {
    const recordings = new Map([["motion", "on"]] as const);
    Object.assign(room, { recordings });
    room.happen("recording", { kind: "motion", state: "on", why: "" });
    for (const name of ["Bo", "Cy", "Di"]) room.happen("said", { entity: 2, name, text: "word ".repeat(60), at: Date.now() });
    look();
    expect(drawn.at(-1)).toBe("How people move is recorded here.");
    vi.advanceTimersByTime(60_000);
    look();
    expect([panel.mesh.visible, panel.lines.map(({ text }) => text)]).toEqual([true, ["How people move is recorded here."]]);
    recordings.clear();
    room.happen("recording", { kind: "motion", state: "off", why: "failed" });
    expect(panel.lines.map(({ text }) => text)).toEqual(["How people move is recorded here no longer: the clinic's disk did not take it."]);
  });

  it("counts down to the moment in which the view is locked, below all else, until the wearer has moved", () => {
    Object.assign(room, { recordings: new Map([["motion", "on"]] as const) });
    room.happen("recording", { kind: "motion", state: "on", why: "" });
    room.happen("warned", 30);
    look();
    expect(drawn.slice(-2)).toEqual(["Move or speak to stay: this view goes dark in 30", "s."]);
    vi.advanceTimersByTime(20_500);
    told.step(performance.now());
    look();
    expect(panel.lines.map(({ text }) => text)).toEqual(["How people move is recorded here.", "Move or speak to stay: this view goes dark in 10 s."]);
    room.happen("warned", 0);
    expect(panel.lines.map(({ text }) => text)).toEqual(["How people move is recorded here."]);
    room.happen("warned", 30);
    room.happen("status", { state: "reconnecting", reason: "", code: "", resumed: false });
    expect(panel.lines.map(({ text }) => text)).toEqual(["The connection is lost. Coming back …", "How people move is recorded here."]);
  });

  it("counts down to the moment in which the wearer leaves, over a lost connection too, until somebody allows it", () => {
    room.happen("ending", 30);
    look();
    expect(drawn.join(" ")).toBe("Nobody allows what you are here for: you leave in 30 s.");
    vi.advanceTimersByTime(20_500);
    room.happen("status", { state: "reconnecting", reason: "", code: "", resumed: false });
    told.step(performance.now());
    look();
    expect(panel.lines.at(-1)?.text).toBe("Nobody allows what you are here for: you leave in 10 s.");
    room.happen("warned", 8);
    expect(panel.lines.slice(-2).map(({ text }) => text)).toEqual(["Nobody allows what you are here for: you leave in 10 s.", "Move or speak to stay: this view goes dark in 8 s."]);
    room.happen("warned", 0);
    room.happen("ending", 0);
    expect(panel.lines.map(({ text }) => text)).toEqual(["The connection is lost. Coming back …"]);
  });

  it("tells what somebody else writes on a panel in sight", () => {
    room.things.set(9, { ...makeThing(9, "Monitor", [0, 1, 0]), kind: "panel" });
    room.happen("written", { panel: 9, stands: { text: "Pulse 72", version: 1 }, own: false });
    room.happen("written", { panel: 9, stands: { text: "Pulse 80", version: 2 }, own: true });
    room.happen("written", { panel: 10, stands: { text: "elsewhere", version: 1 }, own: false });
    expect(panel.lines.map(({ text }) => text)).toEqual(["On Monitor it says now: “Pulse 72”"]);
  });

  it("tells who sees the wearer when asked, where the room says so", async () => {
    room.seers = [{ entity: 2, name: "Bo", role: "patient", seconds: 4, ago: 0, unseen: false }];
    await told.ask();
    room.seers = null;
    await told.ask();
    Object.assign(room.description, { features: ["presence"] });
    await told.ask();
    expect(panel.lines.map(({ text }) => text)).toEqual(["“Bo” sees you now.", "Who sees you cannot be told just now."]);
  });

  it("tells what the wearer allows and how to end it, and ends all of it at once", async () => {
    Object.assign(room.description, { features: ["presence", "consent"] });
    Object.assign(room, { consents: new Set(["treat", "record_motion"]) });
    await told.ask();
    told.byHand = true;
    await told.ask();
    expect(panel.lines.map(({ text }) => text)).toEqual([
      "Keep the button pressed to allow nothing more. You allow care and recording of how you move.",
      "Pinch with your other hand, and hold, to allow nothing more. You allow care and recording of how you move.",
    ]);
    await told.endAllowed();
    expect(room.asked).toEqual([["consent", "treat", false], ["consent", "record_motion", false]]);
    expect(panel.lines.at(-1)?.text).toBe("You allow nothing here any more.");
    room.answer = { ok: false, code: "failed", detail: "" };
    await told.endAllowed();
    expect(panel.lines.at(-1)?.text).toContain("has ended all the same");
    Object.assign(room, { consents: new Set() });
    await told.ask();
    await told.endAllowed();
    expect([room.asked.length, panel.lines.at(-1)?.text]).toEqual([4, "You allow nothing here."]);
  });

  it("tells nothing of consent where the room asks for none", async () => {
    Object.assign(room.description, { features: ["presence"] });
    await told.ask();
    await told.endAllowed();
    expect([room.asked, panel.lines]).toEqual([[], []]);
  });

  it("shows who has just put the headset on what was said last", () => {
    const at = Date.now();
    Object.assign(room, { chat: [{ entity: 2, name: "Bo", text: "long ago", at: at - 600_000 }, { entity: 2, name: "Bo", text: "just now", at }, { entity: 0, name: "Bo", text: "before you came", at, earlier: true }] });
    told.again();
    expect(panel.lines.map(({ text }) => text)).toEqual(["just now"]);
  });

  it("writes larger letters on fewer lines for who wants them", () => {
    panel.size(2);
    for (let n = 0; n < 4; n += 1) room.happen("said", { entity: 2, name: "Bo", text: "word ".repeat(30 + n), at: Date.now() });
    look();
    expect(drawn.length).toBeLessThanOrEqual(4);
    expect(drawn.length).toBeGreaterThan(1);
  });
});
