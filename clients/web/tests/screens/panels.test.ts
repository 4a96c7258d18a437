// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PanelWriter } from "../../src/screens/panel-writer";
import { panelWords, PanelsList } from "../../src/screens/panels-list";
import type { PanelText, WriteOutcome } from "../../src/world/model";
import { FakeLobby, thing, WELL } from "./fake-lobby";

const BOARD = 23;
const panel = (entity: number, name: string): ReturnType<typeof thing> => ({ ...thing(entity, name, [0, 1.5, 0]), kind: "panel", grabbable: false });
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

let room: FakeLobby;
let told: string[];
let writer: PanelWriter;

beforeEach(() => {
  room = new FakeLobby();
  told = [];
  room.things.set(BOARD, panel(BOARD, "Whiteboard"));
  room.panels.set(BOARD, { text: "Back at ten", version: 2 });
  document.body.replaceChildren();
  writer = new PanelWriter(room, document.body, (text) => told.push(text));
});

afterEach(() => {
  writer.close();
  expect(room.heard()).toBe(0);
});

const sheet = (): HTMLDialogElement => document.querySelector("dialog")!;
const field = (): HTMLTextAreaElement => document.querySelector("textarea")!;
const words = (): string => document.querySelector(".problem")!.textContent;
const meanwhile = (): HTMLElement => document.querySelector<HTMLElement>(".meanwhile")!;
const keep = (): HTMLButtonElement => document.querySelector<HTMLButtonElement>("button.main")!;

function open(): void {
  writer.open(room.things.get(BOARD)!);
}

function type(text: string): void {
  field().value = text;
  field().dispatchEvent(new Event("input"));
}

async function save(): Promise<void> {
  document.querySelector("form")!.dispatchEvent(new Event("submit", { cancelable: true }));
  await settle();
}

function refuse(code: string, stands: PanelText | null = null): void {
  room.answer = { ok: false, code, detail: "The server's own words." };
  room.stands = stands;
}

describe("what stands on panels", () => {
  it("is told of those in sight alone, by name, and written as text", () => {
    const asked: string[] = [];
    const list = new PanelsList(room, () => ({ position: [0, 1.6, 2], yaw: 0 }), ({ name }) => asked.push(name));
    room.things.set(30, panel(30, "Aquarium"));
    room.things.set(31, { ...panel(31, "Hidden"), shown: false });
    room.panels.set(40, { text: "behind a curtain", version: 1 });
    room.panels.set(30, { text: "<b>fish</b>\nare fed", version: 1 });
    const rows = (): (string | undefined)[][] => [...list.element.querySelectorAll("li")].map((row) => [row.querySelector("strong")?.textContent, row.querySelector(".stands")?.textContent]);
    list.update();
    expect(rows()).toEqual([["Aquarium", "<b>fish</b>\nare fed"], ["Whiteboard", "Back at ten"]]);
    expect(list.element.textContent).not.toContain("behind a curtain");
    const write = list.element.querySelector<HTMLElement>("[aria-label='Write on Whiteboard']")!;
    write.click();
    room.panels.set(BOARD, { text: "", version: 3 });
    room.things.delete(30);
    list.update();
    expect(rows()).toEqual([["Whiteboard", "Nothing stands there."]]);
    expect([list.element.contains(write), asked]).toEqual([true, ["Whiteboard"]]);
    room.things.clear();
    list.update();
    expect(list.element.textContent).toBe("No panel is in sight.");
  });

  it("can be written over by who may, and by nobody else", () => {
    const list = new PanelsList(room, () => ({ position: [0, 1.6, 2], yaw: 0 }), () => undefined);
    list.update();
    const write = list.element.querySelector<HTMLElement>("[aria-label='Write on Whiteboard']")!;
    expect(write.hidden).toBe(false);
    room.rights = new Set(["join", "chat"]);
    list.update();
    expect(write.hidden).toBe(true);
  });

  it("is told in a sentence as it comes, its beginning where it is long", () => {
    expect(panelWords("Board", "Back\nat “ten”")).toBe("On Board it says now: “Back at ’ten’”");
    expect(panelWords("Board", " \n")).toBe("Board was wiped.");
    expect(panelWords("Board", "x".repeat(2000))).toHaveLength("On Board it says now: “”".length + 162);
  });
});

describe("writing on a panel", () => {
  it("begins with what stands there, and is over once it is kept", async () => {
    open();
    expect([sheet().open, field().value]).toEqual([true, "Back at ten"]);
    type("Back at eleven");
    room.stands = { text: "Back at eleven", version: 3 };
    await save();
    expect(room.asked).toEqual([["write", BOARD, "Back at eleven", 2]]);
    expect([sheet().open, told]).toEqual([false, ["Saved on Whiteboard."]]);
    room.written(BOARD, room.stands, true);
    open();
    type("");
    await save();
    expect(room.asked.at(-1)).toEqual(["write", BOARD, "", 3]);
    expect(told.at(-1)).toBe("Whiteboard is wiped.");
  });

  it("asks once while it waits, and keeps what is typed meanwhile", async () => {
    let answer: (outcome: WriteOutcome) => void = () => undefined;
    open();
    room.write = (_, text) => new Promise((resolve) => {
      room.asked.push([text]);
      answer = resolve;
    });
    type("one");
    await save();
    await save();
    expect([room.asked, keep().disabled]).toEqual([[["one"]], true]);
    type("one and two");
    answer({ ...WELL, stands: { text: "one", version: 3 } });
    await settle();
    expect([sheet().open, field().value, keep().disabled]).toEqual([true, "one and two", false]);
  });

  it("that somebody else was faster with shows theirs, loses neither text, and replaces it only when asked again", async () => {
    open();
    type("Mine");
    refuse("stale", { text: "Theirs", version: 5 });
    await save();
    expect([sheet().open, field().value, meanwhile().hidden, words()]).toEqual([true, "Mine", false, ""]);
    expect(meanwhile().textContent).toContain("It says now:Theirs");
    expect(keep().textContent).toBe("Replace with mine");
    room.answer = WELL;
    room.stands = { text: "Mine", version: 6 };
    await save();
    expect(room.asked.at(-1)).toEqual(["write", BOARD, "Mine", 5]);
    expect(sheet().open).toBe(false);
  });

  it("that is overtaken while one types says so at once, and theirs can be taken", () => {
    open();
    room.written(BOARD, { text: "Theirs", version: 3 });
    // Nothing was typed yet: it is simply what stands there.
    expect([field().value, meanwhile().hidden]).toEqual(["Theirs", true]);
    type("Mine");
    room.written(BOARD, { text: "Theirs again", version: 4 });
    expect([field().value, meanwhile().hidden]).toEqual(["Mine", false]);
    meanwhile().querySelector("button")!.click();
    expect([field().value, meanwhile().hidden, keep().textContent]).toEqual(["Theirs again", true, "Save"]);
  });

  it.each([
    ["forbidden", "You may not write on panels here."],
    ["unknown_panel", "The panel is not in sight any more."],
    ["rate_limited", "You write faster than the room takes it. Wait a second, then try again."],
    ["failed", "The clinic cannot keep this just now. Your text is still here: try again in a moment."],
    ["another", "The server's own words."],
  ])("that is refused with %s says so and loses nothing", async (code, told) => {
    open();
    type("Mine");
    refuse(code);
    await save();
    expect([words(), field().value, sheet().open]).toEqual([told, "Mine", true]);
  });

  it("that a lost connection closed the dialog over is told once one is back, and the text is there in the panel anew", async () => {
    let answer: (outcome: WriteOutcome) => void = () => undefined;
    open();
    room.write = () => new Promise((resolve) => { answer = resolve; });
    type("Mine");
    await save();
    sheet().close();
    answer({ ok: false, code: "lost", detail: "", stands: null });
    await settle();
    told.length = 0;
    // Who comes in anew knows the panel by another number.
    room.things.clear();
    room.panels.clear();
    room.things.set(77, panel(77, "Whiteboard"));
    room.happen("status", { state: "live", reason: "", code: "", resumed: false });
    expect(told).toEqual(["What you wrote on Whiteboard may not stand there. Your text is kept: open the panel again."]);
    writer.open(room.things.get(77)!);
    expect([field().value, words()]).toEqual(["Mine", "The connection was lost before the answer, so it may stand there or not. Your text is still here."]);
    // It had been kept after all.
    room.written(77, { text: "Mine", version: 3 });
    expect(meanwhile().hidden).toBe(true);
    room.happen("status", { state: "live", reason: "", code: "", resumed: true });
    expect(told).toHaveLength(1);
  });

  it("is counted in characters, not in halves of them, and stops where a panel is full", () => {
    open();
    type("🙂".repeat(2000));
    expect([sheet().querySelector("small")!.textContent, keep().disabled]).toEqual(["0 characters left", false]);
    type("🙂".repeat(2001));
    expect([sheet().querySelector("small")!.textContent, keep().disabled]).toEqual(["1 characters too many", true]);
  });
});
