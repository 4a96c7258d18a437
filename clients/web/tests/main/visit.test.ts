// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { StageParts } from "../../src/main/stage";
import { Visit, type VisitParts } from "../../src/main/visit";
import { Recorder } from "../../src/recorder/recorder";
import type { Visit as Wanted } from "../../src/screens/entrance";
import { keepIn } from "../../src/screens/keeping";
import { SettingsShelf } from "../../src/screens/settings";
import type { Status } from "../../src/world/model";
import { fakeDesk, quietLobby, WELL, type FakeLobby } from "../screens/fake-lobby";
import { MicrophoneQuestion, settle } from "./fake-microphone";

const stage = vi.hoisted(() => ({ open: null as ((parts: unknown) => Promise<unknown>) | null }));
vi.mock("../../src/main/stage", () => ({ openStage: (parts: unknown) => stage.open?.(parts) }));

vi.mock("../../src/screens/invite-dialog", () => { throw new TypeError("no network"); });

const WANTED: Wanted = { name: "Ada", role: "clinician", look: "plain", room: "lobby", way: "screen", microphone: false };

let room: FakeLobby;
let home: HTMLElement;
let shelf: SettingsShelf;
let ended: Status[];
let question: MicrophoneQuestion;
let visit: Visit;

function begin(wanted: Partial<Wanted> = {}, more: Partial<VisitParts> = {}): void {
  const parts = {
    words: fakeDesk(), shelf, home, looks: [], recorder: new Recorder(() => "desktop"),
    goTo: () => undefined, remedy: () => undefined, ended: (status: Status) => ended.push(status), ...more,
  } as unknown as VisitParts;
  visit = new Visit(room, { ...WANTED, ...wanted }, parts, question.ask);
}

/** A stage that counts how often it was closed. */
function fakeStage() {
  const fake = {
    closed: 0, heeded: true, headsetSupported: true, worn: 0, actions: [], device: "desktop", pose: {},
    ways: { walkTo: () => Promise.resolve(true), turn: () => undefined, grab: () => Promise.resolve(WELL), put: () => Promise.resolve(WELL) },
    standing: () => ({ position: [0, 1.6, 2], yaw: 0 }),
    onStep: () => undefined, apply: () => undefined, hide: () => undefined, heed: (heeded: boolean) => { fake.heeded = heeded; }, counts: () => ({}),
    enterHeadset: () => {
      fake.worn += 1;
      return Promise.reject(new Error("not from a click"));
    },
    close: () => { fake.closed += 1; },
  };
  return fake;
}

beforeEach(() => {
  room = quietLobby();
  home = document.createElement("div");
  document.body.replaceChildren(home);
  shelf = new SettingsShelf(keepIn(() => sessionStorage), { reducedMotion: false, moreContrast: false });
  ended = [];
  question = new MicrophoneQuestion();
  stage.open = () => Promise.reject(new Error("no WebGL"));
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});

afterEach(() => {
  visit.close();
  vi.restoreAllMocks();
});

describe("a visit", () => {
  it("is told in words where the room cannot be drawn, and says why", async () => {
    begin();
    await visit.open();
    expect(visit.body?.device).toBe("text");
    expect(home.querySelector(".toast")?.textContent).toContain("cannot be drawn");
    expect(home.querySelector("canvas")).toBeNull();
    // The toast goes; why there is no picture stays with the words that stand for it.
    const now = vi.spyOn(performance, "now").mockReturnValue(performance.now() + 60_000);
    await vi.waitFor(() => { expect((home.querySelector(".toast") as HTMLElement).hidden).toBe(true); });
    now.mockRestore();
    expect(home.querySelector(".text-view .problem")?.textContent).toContain("cannot be drawn");
  });

  it("lays the overlay over the picture, and tells when a click is needed for the headset", async () => {
    const fake = fakeStage();
    stage.open = () => Promise.resolve(fake);
    begin({ way: "headset" });
    await visit.open();
    await settle();
    expect(fake.worn).toBe(1);
    expect(home.querySelector(".overlay canvas")).not.toBeNull();
    expect(home.querySelector(".toast")?.textContent).toBe("Press Enter VR to put the headset on.");
  });

  it("that was closed while its picture came does not come back", async () => {
    const fake = fakeStage();
    let loaded = (): void => undefined;
    stage.open = () => new Promise((resolve) => { loaded = () => { resolve(fake); }; });
    begin();
    const opened = visit.open();
    await vi.waitFor(() => { expect(home.querySelector("canvas")).not.toBeNull(); });
    await settle();
    visit.close();
    home.replaceChildren();
    loaded();
    await opened;
    expect([fake.closed, home.children.length, visit.body]).toEqual([1, 0, null]);
  });

  it("that was closed while the browser asked for the microphone leaves none open", async () => {
    begin({ way: "text", microphone: true });
    await visit.open();
    expect(home.querySelector(".overlay")).not.toBeNull();
    visit.close();
    const microphone = question.allow();
    await settle();
    expect(microphone.closed).toBe(true);
    expect(home.children).toHaveLength(0);
    expect(room.heard()).toBe(0);
  });

  it("gives its voice to the picture as soon as there is one", async () => {
    let parts: StageParts | null = null;
    stage.open = (given) => {
      parts = given as StageParts;
      return Promise.resolve(fakeStage());
    };
    begin({ microphone: true });
    await visit.open();
    expect(parts!.voice.microphone).toBeNull();
    question.allow();
    await settle();
    expect(parts!.voice.muted).toBe(false);
  });

  it("limits what it is sent as the settings say, each change once", async () => {
    begin({ way: "text" });
    await visit.open();
    shelf.change({ budget: 64 });
    shelf.change({ textScale: 2 });
    shelf.change({ budget: 0 });
    expect(room.asked.filter(([what]) => what === "limit")).toEqual([["limit", 64], ["limit", 0]]);
  });

  it("shows a lost connection over the room, and hands an end on", async () => {
    begin({ way: "text" });
    await visit.open();
    room.keptUntil = performance.now() + 60_000;
    room.happen("status", { state: "reconnecting", reason: "", code: "1006", resumed: false });
    expect(home.querySelector(".state")?.getAttribute("data-kind")).toBe("reconnecting");
    const end: Status = { state: "ended", reason: "", code: "4503", resumed: false };
    room.status = end;
    room.happen("status", end);
    expect(ended).toEqual([end]);
    visit.close();
    expect(room.asked.filter(([what]) => what === "leave")).toEqual([]);
  });

  it("takes a connection that was lost for no answer to whether somebody is there", async () => {
    begin({ way: "text" });
    await visit.open();
    room.happen("warned", 30);
    expect(home.querySelector("dialog[open]")?.textContent).toContain("Are you still there?");
    room.happen("status", { state: "reconnecting", reason: "", code: "1006", resumed: false });
    expect([home.querySelector("dialog[open]"), room.asked.filter(([what]) => what === "here")]).toEqual([null, []]);
  });

  it("is not moved by keys while a state lies over it", async () => {
    const fake = fakeStage();
    stage.open = () => Promise.resolve(fake);
    begin();
    await visit.open();
    expect(fake.heeded).toBe(true);
    room.happen("status", { state: "reconnecting", reason: "", code: "1006", resumed: false });
    expect(fake.heeded).toBe(false);
    room.happen("status", { state: "live", reason: "", code: "", resumed: true });
    expect(fake.heeded).toBe(true);
  });

  it("records nobody's motion into a file on a device that is passed on", async () => {
    for (const shared of [false, true]) {
      begin({ way: "text" }, { shared });
      await visit.open();
      expect(home.querySelector(".recorder") !== null).toBe(!shared);
      visit.close();
    }
  });

  it("says so where what it invites with does not come", async () => {
    room.rights = new Set(["invite"]);
    begin({ way: "text" }, { inviteAs: ["patient"] });
    await visit.open();
    const press = (text: string): void => { [...home.querySelectorAll("button")].find(({ textContent }) => textContent === text)!.click(); };
    press("Map");
    await settle();
    press("Invite somebody");
    await vi.waitFor(() => { expect(home.querySelector(".toast")?.textContent).toBe("Something went wrong on this page. Try again, or load it anew."); });
  });

  it("leaves the room when it is closed, and when the page goes for good", async () => {
    begin({ way: "text" });
    await visit.open();
    window.dispatchEvent(Object.assign(new Event("pagehide"), { persisted: true }));
    expect(room.asked.some(([what]) => what === "leave")).toBe(false);
    window.dispatchEvent(Object.assign(new Event("pagehide"), { persisted: false }));
    expect(room.asked.filter(([what]) => what === "leave")).toHaveLength(1);
  });

  it("leaves the room on a device that is passed on, also when the browser may show the page again", async () => {
    begin({ way: "text" }, { shared: true });
    await visit.open();
    window.dispatchEvent(Object.assign(new Event("pagehide"), { persisted: true }));
    expect(room.asked.filter(([what]) => what === "leave")).toHaveLength(1);
  });
});
