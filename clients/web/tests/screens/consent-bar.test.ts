// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConsentBar } from "../../src/screens/consent-bar";
import { recordingWords } from "../../src/screens/recording-words";
import type { Outcome, Purpose } from "../../src/world/model";
import { FakeLobby, WELL } from "./fake-lobby";

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

let room: FakeLobby;
let bar: ConsentBar;
let told: string[];

beforeEach(() => {
  room = new FakeLobby();
  told = [];
  bar = new ConsentBar(room, document.body, (text) => told.push(text));
  document.body.replaceChildren(bar.opener, bar.going);
});

afterEach(() => {
  bar.close();
  expect(room.heard()).toBe(0);
});

const tick = (purpose: string): HTMLInputElement => document.querySelector<HTMLInputElement>(`input[name=${purpose}]`)!;
const words = (): string => document.querySelector(".problem")!.textContent;
const rows = (): string[] => [...bar.going.querySelectorAll("li")].map(({ textContent }) => textContent);

/** The room does as it is asked. */
function obliging(): void {
  room.consent = (purpose: Purpose, given: boolean): Promise<Outcome> => {
    room.asked.push(["consent", purpose, given]);
    if (given) room.consents.add(purpose);
    else room.consents.delete(purpose);
    room.happen("consents", room.consents);
    return Promise.resolve(WELL);
  };
}

async function press(purpose: string): Promise<void> {
  tick(purpose).click();
  await settle();
}

describe("what one is here for", () => {
  it("is said to be allowed no more, for as long as that is so", () => {
    room.happen("ending", 29.2);
    expect([bar.going.hidden, rows()]).toEqual([false, ["Nobody here allows what you are here for: you leave soon, unless somebody does."]]);
    room.happen("ending", 0);
    expect([bar.going.hidden, rows()]).toEqual([true, []]);
    expect(told).toEqual([
      "Nobody here allows any more what you are here for. You leave in 30 seconds, unless somebody does.",
      "You may stay: what you are here for is allowed again.",
    ]);
  });
});

describe("what one allows", () => {
  it("has sound and writing down only where somebody records them, or they are allowed", () => {
    const offered = (): string[] => [...document.querySelectorAll<HTMLInputElement>("dialog label:not([hidden]) input")].map(({ name }) => name);
    bar.opener.click();
    expect(offered()).toEqual(["treat", "observe", "record_motion", "research"]);
    room.recordings.set("audio", "paused");
    room.happen("recording", { kind: "audio", state: "paused", why: "" });
    expect(offered()).toContain("record_audio");
    room.recordings.clear();
    room.consents.add("transcribe");
    room.happen("consents", room.consents);
    expect(offered()).toEqual(["treat", "observe", "record_motion", "transcribe", "research"]);
  });

  it("is what the room says, given and withdrawn with a press", async () => {
    obliging();
    bar.opener.click();
    expect([...document.querySelectorAll<HTMLInputElement>("dialog input")].map(({ name, checked }) => [name, checked])).toEqual([
      ["treat", true], ["observe", true], ["record_audio", false], ["record_motion", false], ["transcribe", false], ["research", false],
    ]);
    await press("record_motion");
    await press("observe");
    expect(room.asked).toEqual([["consent", "record_motion", true], ["consent", "observe", false]]);
    expect([tick("record_motion").checked, tick("observe").checked, tick("observe").disabled, words()]).toEqual([true, false, false, ""]);
    room.consents.delete("record_motion");
    room.happen("consents", room.consents);
    expect(tick("record_motion").checked).toBe(false);
  });

  it("that is refused stays as it was, and says why", async () => {
    bar.opener.click();
    room.answer = { ok: false, code: "audit_unavailable", detail: "" };
    await press("research");
    expect([tick("research").checked, words()]).toEqual([false, "The clinic's record cannot be written just now, so nothing more can be allowed or recorded."]);
  });

  it("lets who may record begin and end it", async () => {
    bar.opener.click();
    const button = document.querySelector<HTMLElement>("dialog .dialog-body > button")!;
    expect(button.hidden).toBe(true);
    room.rights = new Set(["record"]);
    room.recorded("motion", "off");
    expect([button.hidden, button.textContent]).toEqual([false, "Record how everybody moves"]);
    room.answer = { ok: false, code: "consent_missing", detail: "" };
    button.click();
    await settle();
    expect([room.asked.at(-1), words()]).toEqual([["record", "motion", true], "Somebody here has not allowed it."]);
    room.recorded("motion", "on");
    button.click();
    expect(room.asked.at(-1)).toEqual(["record", "motion", false]);
  });
});

describe("the sign of a recording", () => {
  it("is there for everybody while it is on or paused, and says which", () => {
    expect(bar.going.hidden).toBe(true);
    room.recorded("motion", "on");
    room.recorded("transcript", "paused");
    expect(rows()).toEqual(["How people move is recorded here.Allow it", "What is said is not recorded at the moment: somebody here has not allowed it.Allow it"]);
    expect([bar.going.hidden, bar.going.querySelectorAll(".red-dot").length]).toEqual([false, 1]);
    room.recorded("motion", "off");
    room.recordings.clear();
    room.happen("status", room.status);
    expect([rows(), bar.going.hidden]).toEqual([[], true]);
  });

  it("has the way out beside it", async () => {
    obliging();
    room.consents.add("record_motion");
    room.recorded("motion", "on");
    expect(rows()).toEqual(["How people move is recorded here.No longer allow it"]);
    bar.going.querySelector("button")!.click();
    await settle();
    expect([room.asked, rows(), told]).toEqual([[["consent", "record_motion", false]], ["How people move is recorded here.Allow it"], []]);
    room.consent = () => Promise.resolve({ ok: false, code: "failed", detail: "" });
    bar.going.querySelector("button")!.click();
    await settle();
    expect(told).toEqual(["The clinic cannot keep this just now. What you no longer allow has ended all the same."]);
  });

  it("is a sentence", () => {
    expect(recordingWords("audio", "off")).toBe("Sound is recorded here no longer.");
    expect(recordingWords("motion", "off", "behind")).toBe("How people move is recorded here no longer: the clinic's disk is too slow.");
  });
});

describe("who allows something by a key", () => {
  it("stands on the button that came in its place", async () => {
    obliging();
    room.recorded("motion", "paused");
    const button = (): HTMLButtonElement => bar.going.querySelector("button")!;
    button().focus();
    button().click();
    await settle();
    expect([button().textContent, document.activeElement === button()]).toEqual(["No longer allow it", true]);
  });

  it("stands by what is allowed where the row is gone", () => {
    room.recorded("motion", "on");
    bar.going.querySelector("button")!.focus();
    room.recorded("motion", "off");
    expect(document.activeElement).toBe(bar.opener);
  });

  it("stands on the first tick where the one that was taken away has no row any more", async () => {
    obliging();
    room.consents.add("transcribe");
    room.happen("consents", room.consents);
    bar.opener.click();
    tick("transcribe").focus();
    await press("transcribe");
    expect([tick("transcribe").closest("label")!.hidden, document.activeElement === tick("treat")]).toEqual([true, true]);
  });

  it("stands on the first tick where the row goes by itself", () => {
    room.recorded("transcript", "on");
    bar.opener.click();
    tick("transcribe").focus();
    room.recorded("transcript", "off");
    expect(document.activeElement).toBe(tick("treat"));
  });
});
