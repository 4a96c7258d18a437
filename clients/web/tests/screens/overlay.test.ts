// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Recorder } from "../../src/recorder/recorder";
import { owed } from "../../src/screens/credits";
import type { LookFile } from "../../src/screens/facility";
import { keepIn } from "../../src/screens/keeping";
import { Overlay, type OverlayParts } from "../../src/screens/overlay";
import { RecorderBar } from "../../src/screens/recorder-bar";
import { SettingsShelf } from "../../src/screens/settings";
import type { Status } from "../../src/world/model";
import { WELL, fakeDesk, person, quietLobby, type FakeLobby } from "./fake-lobby";

let room: FakeLobby;
let overlay: Overlay;
let asked: string[];
let saved: string[];
let moved: boolean;
let recorder: Recorder;

const NURSE: LookFile = { look: "vrm-nurse", title: "Nurse", authors: ["A. Modeller", "B. Painter"], licence: "https://example.org/licence", credit: true };
const LIVE: Status = { state: "live", reason: "", code: "", resumed: false };

function parts(): OverlayParts {
  return {
    room,
    desk: fakeDesk(),
    shelf: new SettingsShelf(keepIn(() => sessionStorage), { reducedMotion: false, moreContrast: false }),
    actions: [{ id: "wave", label: "Wave", group: "gestures", keys: "1", run: () => asked.push("wave") }],
    recording: new RecorderBar(recorder, (text) => saved.push(text)),
    ways: { walkTo: () => Promise.resolve(true), turn: () => undefined, goThrough: () => undefined, grab: () => Promise.resolve(WELL), put: () => Promise.resolve(WELL), leave: () => undefined },
    standing: () => ({ position: [0, 1.6, 2], yaw: 0 }),
    goTo: (to) => asked.push(`go ${to}`),
    remedy: (remedy) => asked.push(remedy),
    headset: null,
    credits: () => owed([NURSE, { ...NURSE, look: "vrm-free", credit: false }], [...room.people.values()].map(({ look }) => look)),
    pictured: true,
    shared: false,
    link: "",
    textShown: (shown) => asked.push(`text ${String(shown)}`),
    covered: (covered) => { moved = !covered; },
  };
}

const find = (selector: string): HTMLElement => {
  const found = overlay.element.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`no ${selector}`);
  return found;
};
const press = (key: string): void => { window.dispatchEvent(new KeyboardEvent("keydown", { key })); };
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  asked = [];
  saved = [];
  room = quietLobby();
  recorder = new Recorder(() => "desktop");
  overlay = new Overlay(parts());
  document.body.replaceChildren(overlay.element);
});

afterEach(() => {
  overlay.close();
});

describe("the overlay", () => {
  it("lists who is here, the wearer first, and who speaks", () => {
    overlay.show(null);
    overlay.show("people");
    overlay.step(1000);
    const rows = [...overlay.element.querySelectorAll(".roster li")].map((row) => [row.querySelector("bdi")?.textContent, row.querySelector(".where")?.textContent]);
    expect(rows[0]).toEqual(["Ada", "you"]);
    expect(rows).toContainEqual(["Dr. Elisabeth van der Meer-Hohenstein", "speaking"]);
    expect(rows).toContainEqual(["Kwame", "not in sight"]);
    room.roster.delete(5);
    room.happen("roster", room.roster);
    expect(find(".roster").textContent).not.toContain("Kwame");
  });

  it("marks who breaks the glass on the list, and says so to who sees and who hears", () => {
    overlay.show(null);
    overlay.show("people");
    const marked = (): string[] => [...overlay.element.querySelectorAll(".roster li strong")].map((mark) => mark.closest("li")?.querySelector("bdi")?.textContent ?? "");
    const name = "Dr. Elisabeth van der Meer-Hohenstein";
    room.alert(4, name, performance.now() + 60_000);
    expect(marked()).toEqual([name]);
    // It is the page that tells it, nobody's words.
    expect(find(".captions").textContent).toBe("“Dr. Elisabeth van der Meer-Hohenstein” sees behind every curtain here now, for an emergency: somebody does not respond. It is written down.");
    const who = room.emergencies.get(4)!;
    room.emergencies.delete(4);
    room.happen("emergency", { who, over: true, why: "time" });
    expect(marked()).toEqual([]);
    expect(find(".captions").textContent).toContain("behind the curtains no more: the time is over.");
  });

  it("lets who may break the glass, and nobody else", () => {
    for (const [now, may] of [[1000, true], [2000, false]] as const) {
      room.rights = new Set(may ? ["break_glass"] : ["join", "chat"]);
      overlay.step(now);
      expect(find(".alarm").hidden).toBe(!may);
    }
  });

  it("has who sees the wearer a key away, asked for only while it is shown", async () => {
    const asked = (): number => room.asked.filter(([what]) => what === "whoSaw").length;
    room.seers = [{ entity: 2, name: "Grace Okafor", role: "patient", seconds: 61, ago: 0, unseen: false }];
    overlay.step(1000);
    expect(asked()).toBe(0);
    press("i");
    overlay.step(2000);
    await settle();
    expect(find(".side").textContent).toContain("Grace OkaforPatientfor a minute");
    press("i");
    overlay.step(9000);
    expect(asked()).toBe(1);
    press("t");
    overlay.step(10_000);
    await settle();
    expect(find(".text-view").textContent).toContain("Who sees youGGrace OkaforPatientfor a minute");
  });

  it("offers no list of who sees the wearer where the room does not say", () => {
    overlay.close();
    Object.assign(room, { description: { ...room.description, features: ["presence", "chat"] } });
    overlay = new Overlay(parts());
    press("i");
    expect([overlay.element.textContent.includes("Who sees you"), find(".side").hidden]).toEqual([false, true]);
  });

  it("has what stands on panels a key away, marks news of it and says it", () => {
    const tab = [...overlay.element.querySelectorAll<HTMLElement>("nav button")].find((button) => button.textContent === "Panels")!;
    room.written(23, { text: "The tour is over.", version: 4 });
    overlay.step(performance.now() + 10_000);
    expect([tab.dataset["news"], find(".unseen").textContent]).toEqual(["true", "On Whiteboard it says now: “The tour is over.”"]);
    press("k");
    overlay.step(performance.now() + 20_000);
    expect([tab.dataset["news"], ...[...overlay.element.querySelectorAll(".side .stands")].map((text) => text.textContent)]).toEqual([undefined, "Nothing stands there.", "The tour is over."]);
    find(".side [aria-label='Write on Monitor']").click();
    expect(find("dialog[open] textarea").getAttribute("aria-label")).toBe("Text on Monitor");
  });

  it("names the authors of the looks that are worn, where they ask for it, and only while they are", () => {
    overlay.show(null);
    overlay.show("people");
    overlay.step(1000);
    const looks = find("[aria-label='Whose looks are worn here']");
    expect(looks.hidden).toBe(true);
    room.people.set(8, { ...person(8, "Bea", "patient", [0, 1.6, 0]), look: "vrm-nurse" });
    room.people.set(9, { ...person(9, "Cy", "patient", [0, 1.6, 0]), look: "vrm-free" });
    overlay.step(2000);
    expect(looks.hidden).toBe(false);
    expect(looks.textContent).toBe("Looks worn here: Nurse, by A. Modeller, B. Painter (licence).");
    expect(looks.querySelector("a")?.getAttribute("href")).toBe("https://example.org/licence");
    room.people.delete(8);
    overlay.step(3000);
    expect(looks.hidden).toBe(true);
  });

  it("tells the new name or role of somebody who is called otherwise now", () => {
    overlay.show(null);
    overlay.show("people");
    const rowOf = (name: string): Element | undefined => [...overlay.element.querySelectorAll(".roster li")].find((row) => row.textContent.includes(name));
    const before = rowOf("Ada");
    room.roster.set(5, { entity: 5, name: "Kwame Mensah", role: "clinician" });
    room.happen("roster", room.roster);
    expect(rowOf("Kwame Mensah")?.textContent).toContain("Clinician");
    expect(rowOf("Ada")).toBe(before);
  });

  it("says what is written, and keeps what was refused in the field", async () => {
    press("/");
    const input = find(".chat input") as HTMLInputElement;
    expect(document.activeElement).toBe(input);
    input.value = "Good morning";
    room.answer = { ok: false, code: "rate_limited", detail: "" };
    find(".chat form").dispatchEvent(new Event("submit", { cancelable: true }));
    await settle();
    expect(room.asked.at(-1)).toEqual(["say", "Good morning"]);
    expect(input.value).toBe("Good morning");
    expect(find(".chat [role=alert]").textContent).toContain("Wait a second");
    room.answer = WELL;
    find(".chat form").dispatchEvent(new Event("submit", { cancelable: true }));
    await settle();
    expect(input.value).toBe("");
  });

  it("knows its wearer's own lines after they had to come in anew, as somebody else to the room", () => {
    overlay.show(null);
    overlay.show("chat");
    (room as { self: typeof room.self }).self = { ...room.self, entity: 31 };
    room.happen("said", { entity: 31, name: "Ada", text: "I am back.", at: 0 });
    room.happen("said", { entity: 1, name: "Bo", text: "Welcome.", at: 0 });
    expect([...overlay.element.querySelectorAll(".chat li")].slice(-2).map((line) => line.querySelector(".by")?.firstChild?.textContent)).toEqual(["You", "Bo"]);
  });

  it("sends what is written once, and keeps what is typed meanwhile", async () => {
    press("/");
    const input = find(".chat input") as HTMLInputElement, button = find(".chat form button") as HTMLButtonElement;
    const answers: (() => void)[] = [];
    room.say = (text) => new Promise((resolve) => {
      room.asked.push(["say", text]);
      answers.push(() => { resolve(WELL); });
    });
    const submit = (): void => { find(".chat form").dispatchEvent(new Event("submit", { cancelable: true })); };
    input.value = "Good morning";
    submit();
    input.value = "Good morning, all";
    input.dispatchEvent(new Event("input"));
    expect(button.disabled).toBe(true);
    submit();
    expect(room.asked.filter(([what]) => what === "say")).toEqual([["say", "Good morning"]]);
    answers[0]!();
    await settle();
    expect(input.value).toBe("Good morning, all");
    expect(button.disabled).toBe(false);
  });

  it("has what is said announced while no log is there to tell it, and not twice", () => {
    const announced = (): string => { overlay.step(performance.now() + 10_000); return find(".unseen").textContent; };
    overlay.show(null);
    room.happen("said", { entity: 2, name: "Grace", text: "Hello", at: 0 });
    expect(announced()).toBe("“Grace” says: “Hello”");
    overlay.show("chat");
    room.happen("said", { entity: 2, name: "Grace", text: "Anybody?", at: 0 });
    expect(announced()).toBe("“Grace” says: “Hello”");
  });

  it("takes the mark of news away however the chat is opened", () => {
    overlay.show(null);
    room.happen("said", { entity: 2, name: "Grace", text: "Hello", at: 0 });
    expect(overlay.element.querySelector("[data-news]")).not.toBeNull();
    press("/");
    expect(overlay.element.querySelector("[data-news]")).toBeNull();
  });

  it("does not blame the connection for a device that draws slowly", () => {
    room.happen("quality", { ...room.quality, level: "poor", reason: "This device draws slowly: 9 pictures a second.", device: true });
    expect(find(".quality button").getAttribute("aria-label")).toBe("Slow device");
    room.happen("quality", { ...room.quality, level: "poor", reason: "Your connection drops about 30 % of the updates." });
    expect(find(".quality button").getAttribute("aria-label")).toBe("Connection poor");
  });

  it("lets nobody fill the captions, nor be taken for the reader", () => {
    const say = (entity: number, name: string, text: string): void => { room.happen("said", { entity, name, text, at: 0 }); };
    const captions = (): (string | null)[] => [...overlay.element.querySelectorAll(".captions p")].map((line) => line.textContent);
    say(2, "Grace", "Help");
    for (const text of ["a", "b", "c", "d"]) say(3, "YOU", text);
    expect(captions()).toEqual(["Grace: Help", "“YOU” (patient): c", "“YOU” (patient): d"]);
    say(1, "Ada", "Coming");
    expect(captions()).toEqual(["Grace: Help", "“YOU” (patient): d", "You: Coming"]);
    expect(overlay.element.querySelectorAll(".captions [data-own='true']")).toHaveLength(1);
  });

  it("cuts piled-up marks off wherever somebody's words stand", () => {
    room.happen("said", { entity: 2, name: `Z${"\u0301".repeat(60)}`, text: `e${"\u0301".repeat(499)}`, at: 0 });
    expect(overlay.element.textContent).toContain("e\u0301");
    expect(overlay.element.textContent).not.toContain("\u0301".repeat(5));
  });

  it("shows captions of what is said, for a while", () => {
    room.happen("said", { entity: 2, name: "Grace", text: "Hello", at: 0 });
    expect(find(".captions").textContent).toBe("Grace: Hello");
    overlay.step(performance.now() + 60_000);
    expect(find(".captions").textContent).toBe("");
  });

  it("lies dimmed and unusable under a lost connection, and tells when one is back", () => {
    overlay.showStatus({ ...LIVE, state: "reconnecting", code: "1006" }, 5000);
    overlay.step(1500);
    expect(find(".state").hidden).toBe(false);
    expect(find(".countdown").textContent).toBe("4 s");
    expect(find(".head").inert).toBe(true);
    expect(moved).toBe(false);
    overlay.showStatus({ ...LIVE, resumed: true }, 0);
    expect(find(".state").hidden).toBe(true);
    expect(find(".head").inert).toBe(false);
    expect(moved).toBe(true);
    expect(find(".toast").textContent).toBe("Back, nothing was missed.");
  });

  it("says that the place is no longer kept once it is not", () => {
    const until = performance.now() + 4000;
    overlay.showStatus({ ...LIVE, state: "reconnecting", code: "1006" }, until);
    expect(find(".state").textContent).toContain("is kept.");
    find(".state button").focus();
    overlay.step(until + 1);
    expect(find(".state").textContent).toContain("not kept any more");
    expect(document.activeElement?.textContent).toBe("Leave");
  });

  it("closes a dialog that would keep the state out of reach, and hears no key until it is gone", async () => {
    const help = [...overlay.element.querySelectorAll<HTMLElement>("button")].find((button) => button.textContent === "Help")!;
    const open = (): number => overlay.element.querySelectorAll("dialog[open]").length;
    help.focus();
    for (let time = 0; time < 2; time += 1) help.click();
    await vi.waitFor(() => { expect(open()).toBe(1); });
    overlay.showStatus({ ...LIVE, state: "reconnecting", code: "1006" }, 0);
    for (const key of [",", "?", "t", "b"]) press(key);
    await settle();
    expect([open(), asked]).toEqual([0, []]);
    expect(find(".state").contains(document.activeElement)).toBe(true);
    overlay.showStatus({ ...LIVE, resumed: true }, 0);
    expect(document.activeElement).toBe(help);
    press("t");
    expect(asked).toEqual(["text true"]);
  });

  it("has the text view a key away, and back", () => {
    press("t");
    expect(find(".text-view").hidden).toBe(false);
    press("t");
    expect(find(".text-view").hidden).toBe(true);
    expect(asked).toEqual(["text true", "text false"]);
  });

  it("shows the link where this page may not copy it", async () => {
    overlay.show("map");
    await settle();
    const copy = [...overlay.element.querySelectorAll<HTMLElement>("button")].find((button) => button.textContent.startsWith("Copy the link"))!;
    const { clipboard } = navigator;
    Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true });
    copy.click();
    await settle();
    Object.defineProperty(navigator, "clipboard", { value: clipboard, configurable: true });
    expect(find(".toast").textContent).toContain("The link is ");
  });

  it("marks news on the chat, and no longer once it is open, by key too", () => {
    const chat = [...overlay.element.querySelectorAll<HTMLElement>("nav button")].find((button) => button.textContent === "Chat")!;
    overlay.show(null);
    room.happen("said", { entity: 2, name: "Grace", text: "Hello", at: 0 });
    expect(chat.dataset["news"]).toBe("true");
    press("/");
    expect(chat.dataset["news"]).toBeUndefined();
  });

  it("goes to other rooms from the map", async () => {
    overlay.show("map");
    await settle();
    [...overlay.element.querySelectorAll<HTMLElement>(".room-row button")].find((button) => button.getAttribute("aria-label") === "Go to Auditorium")?.click();
    expect(asked).toEqual(["go auditorium"]);
  });

  it("begins with no panel before the room, and marks on the chat what was written before one came", () => {
    const news = (name: string): string | undefined => [...overlay.element.querySelectorAll<HTMLElement>("nav button")].find((button) => button.textContent === name)?.dataset["news"];
    expect([find(".side").hidden, news("Chat"), news("Map")]).toEqual([true, "true", undefined]);
    overlay.close();
    room.chat.splice(0, room.chat.length, { entity: 1, name: "Ada", text: "Only I.", at: 0 });
    overlay = new Overlay(parts());
    expect(news("Chat")).toBeUndefined();
  });

  it("has the connection's numbers a press away, and away again by Escape or by the words that they would cover", () => {
    const badge = find(".quality button");
    badge.click();
    expect([find(".numbers").hidden, badge.getAttribute("aria-expanded")]).toEqual([false, "true"]);
    press("Escape");
    expect([find(".numbers").hidden, badge.getAttribute("aria-expanded")]).toEqual([true, "false"]);
    badge.click();
    press("t");
    expect(find(".numbers").hidden).toBe(true);
  });

  it("runs actions from buttons", () => {
    find("[data-action=wave]").click();
    expect(asked).toEqual(["wave"]);
  });

  it("listens to nothing any more once it is closed", () => {
    overlay.close();
    press("t");
    room.meet(person(9, "Bo", "patient", [0, 1.6, 0]));
    expect(asked).toEqual([]);
    expect(room.heard()).toBe(0);
  });
});

describe("recording", () => {
  it("is offered under its whole name: one word of it would read as if the room were recorded", () => {
    expect([find(".record").textContent, find(".record").getAttribute("aria-label")]).toEqual(["Record your motion", "Record your motion"]);
  });

  it("begins only with consent, is seen while it goes on, and becomes a file", () => {
    find(".record").click();
    const go = [...overlay.element.querySelectorAll("button")].find((button) => button.textContent === "Start recording");
    expect(go?.disabled).toBe(true);
    go?.click();
    expect(recorder.recording).toBe(false);
    const agree = find("dialog input[type=checkbox]") as HTMLInputElement;
    agree.checked = true;
    agree.dispatchEvent(new Event("change"));
    go?.click();
    expect(recorder.recording).toBe(true);
    expect(find(".recording").hidden).toBe(false);
    for (const now of [1, 2]) recorder.add(performance.now() + now, new Uint8Array(9));
    [...overlay.element.querySelectorAll("button")].find((button) => button.textContent === "Stop and save")?.click();
    expect(find(".recording").hidden).toBe(true);
    expect(saved).toHaveLength(1);
  });
});
