// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { emergencyWords } from "../../src/screens/describe";
import { EmergencyBar } from "../../src/screens/emergency-bar";
import type { EmergencyEnding } from "../../src/world/model";
import { FakeLobby } from "./fake-lobby";

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

let room: FakeLobby;
let bar: EmergencyBar;
let told: string[];
let may: boolean;

beforeEach(() => {
  room = new FakeLobby();
  told = [];
  may = true;
  bar = new EmergencyBar(room, () => may, (text) => told.push(text));
  document.body.replaceChildren(bar.element, bar.going);
});

afterEach(() => {
  bar.close();
  expect(room.heard()).toBe(0);
});

const find = (selector: string): HTMLElement => document.querySelector<HTMLElement>(selector)!;
const sheet = (): HTMLDialogElement => document.querySelector("dialog")!;
const field = (): HTMLTextAreaElement => document.querySelector("textarea")!;
const choose = (name: string, value: string): void => { document.querySelector<HTMLSelectElement>(`select[name=${name}]`)!.value = value; };
const rows = (): string[] => [...document.querySelectorAll(".emergencies li")].map(({ textContent }) => textContent);

async function ask(text: string, reason = "no_response", minutes = "15"): Promise<void> {
  find(".alarm").click();
  choose("reason", reason);
  choose("minutes", minutes);
  field().value = text;
  find("form").dispatchEvent(new Event("submit", { cancelable: true }));
  await settle();
}

/** It is over, as the room tells. */
function end(entity: number, why: EmergencyEnding): void {
  const who = room.emergencies.get(entity)!;
  room.emergencies.delete(entity);
  room.happen("emergency", { who, over: true, why });
}

describe("breaking the glass", () => {
  it("says beforehand that it ends by itself, is told to everybody and recorded", () => {
    find(".alarm").click();
    expect(sheet().open).toBe(true);
    expect(sheet().textContent).toMatch(/ends by itself.*Everybody in the room is told your name and the reason.*the record is kept/s);
  });

  it("asks with a reason, words for the record and minutes, and has the end at hand once it has begun", async () => {
    await ask("  No answer from bed 3. ");
    expect(room.asked).toEqual([["breakGlass", "no_response", "No answer from bed 3.", 15]]);
    expect([sheet().textContent.includes("bed 3"), sheet().open, rows()]).toEqual([false, false, []]);
    find(".alarm").focus();
    room.alert(1, "Ada", performance.now() + 900_000);
    expect(rows()).toEqual(["You see behind every curtain15:00 leftEnd it"]);
    expect([find(".alarm").hidden, document.activeElement?.textContent]).toEqual([true, "End it"]);
    (document.activeElement as HTMLElement).click();
    await settle();
    expect(room.asked.at(-1)).toEqual(["endEmergency"]);
    end(1, "done");
    expect([rows(), find(".alarm").hidden, document.activeElement === find(".alarm")]).toEqual([[], false, true]);
    expect(told).toEqual([]);
  });

  it.each([["", true], ["x".repeat(501), true], ["🙂".repeat(500), false]])("needs 1 to 500 characters that say why: %#", async (text, refused) => {
    await ask(text);
    expect([room.asked.length, find(".problem").textContent]).toEqual(refused ? [0, "Say why, in 1 to 500 characters."] : [1, ""]);
  });

  it.each([
    ["forbidden", "Your role may not do that here. That you asked has been written down."],
    ["audit_unavailable", "The clinic's record cannot be written just now, so no curtain is opened."],
    ["broken", "Your emergency here is still on."],
    ["another", "The server's own words."],
  ])("that is refused with %s says so, and keeps what was written", async (code, words) => {
    room.answer = { ok: false, code, detail: "The server's own words." };
    await ask("Nobody answers.");
    expect([find(".problem").textContent, field().value, sheet().open]).toEqual([words, "Nobody answers.", true]);
    expect(told).toEqual([]);
  });

  it("is not offered to who may not", () => {
    may = false;
    bar.update(0);
    expect(find(".alarm").hidden).toBe(true);
    room.alert(4, "Okafor", performance.now() + 5000);
    expect(rows()).toHaveLength(1);
  });
});

describe("who breaks the glass", () => {
  it("is seen by everybody while it lasts, with the time that is left, and cannot be ended by others", () => {
    const now = performance.now();
    room.alert(4, "Dr. Okafor", now + 61_000);
    expect(rows()[0]).toMatch(/^“Dr\. Okafor” sees behind every curtain1:0[01] left$/);
    expect(find(".emergencies button")).toBeNull();
    bar.update(now + 30_500);
    expect(rows()).toEqual(["“Dr. Okafor” sees behind every curtain0:31 left"]);
    bar.update(now + 90_000);
    expect(rows()[0]).toContain("0:00 left");
    end(4, "time");
    expect(find(".emergencies").hidden).toBe(true);
  });

  it("is gone with the room that the wearer came back to anew", () => {
    room.alert(4, "Okafor", performance.now() + 60_000);
    room.emergencies.clear();
    bar.update(performance.now());
    expect(rows()).toEqual([]);
  });

  it("is told in words, and why it is over", () => {
    const who = { entity: 4, name: "Okafor", role: "clinician", reason: "risk_to_others", until: 0 } as const;
    expect(emergencyWords({ who, over: false, why: "" }, 1)).toBe("“Okafor” sees behind every curtain here now, for an emergency: others are at risk. It is written down.");
    expect(emergencyWords({ who: { ...who, reason: "other" }, over: false, why: "" }, 4)).toBe("You see behind every curtain here now, for an emergency. It is written down.");
    expect((["done", "time", "left", "unavailable"] as const).map((why) => emergencyWords({ who, over: true, why }, 1))).toEqual([
      "“Okafor” sees behind the curtains no more.",
      "“Okafor” sees behind the curtains no more: the time is over.",
      "“Okafor” sees behind the curtains no more.",
      "“Okafor” sees behind the curtains no more: nothing can be written down just now.",
    ]);
    expect(emergencyWords({ who, over: true, why: "unavailable" }, 4)).toBe("You see behind the curtains no more: nothing can be written down just now.");
  });
});
