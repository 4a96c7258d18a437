import { describe, expect, it } from "vitest";
import type { Status } from "../../src/world/model";
import { CloseCode } from "../../src/protocol/generated/constants";
import { REMEDY_NAMES, backWords, refusedWords, secondsLeft, stateWords, waitingWords, type StateWords } from "../../src/screens/states";
import { reconnects, wordsFor } from "../../src/session/closing";

const LIVE: Status = { state: "live", reason: "", code: "", resumed: false };
const ended = (code: string, reason = ""): Status => ({ state: "ended", code, reason, resumed: false });

describe("the screen of a status", () => {
  it("is none in a room", () => {
    expect(stateWords(LIVE)).toBeNull();
  });

  it("lies over the room while the connection is lost", () => {
    expect(stateWords({ ...LIVE, state: "reconnecting", code: "1006" })).toMatchObject({ kind: "reconnecting", over: true });
    for (const code of ["1006", "1012", "room_full"]) expect(stateWords({ ...LIVE, state: "reconnecting", code }, false)).toMatchObject({ over: false });
    expect(stateWords({ ...LIVE, state: "reconnecting", code: "4000" })).toMatchObject({ kind: "moved", over: true });
    expect(stateWords({ ...LIVE, state: "reconnecting", code: "1012" })).toMatchObject({ kind: "restarting", over: true });
  });

  it.each([
    ["room_full", "wait"],
    ["4006", "wait"],
    ["4505", "reload"],
    ["4503", "rooms"],
    ["4509", "retry"],
    ["unreachable", "retry"],
  ])("of %s offers first to %s", (code, remedy) => {
    expect(stateWords(ended(code))?.remedies[0]).toBe(remedy);
  });

  it("offers something whatever the end, and has a name for it", () => {
    for (const code of ["", "1000", "4500", "4501", "4507", "4510", "4511", "4512", "4513", "4999", "nonsense"]) {
      const words = stateWords(ended(code, "because"));
      expect(words?.title).not.toBe("");
      expect(words?.text).not.toBe("");
      for (const remedy of words?.remedies ?? []) expect(REMEDY_NAMES[remedy]).not.toBe("");
      expect(words?.remedies.length).toBeGreaterThan(0);
    }
  });

  function complete(words: StateWords | null): void {
    expect(words?.title).not.toBe("");
    expect(words?.text).not.toBe("");
    expect(words?.remedies.map((remedy) => REMEDY_NAMES[remedy])).not.toHaveLength(0);
  }

  it.each(Object.entries(CloseCode))("after %s says what is so, before the welcome, while coming back, and at the end", (_name, code) => {
    const reason = wordsFor(code, "");
    const refused = refusedWords(String(code), reason);
    complete(refused);
    // Who was never in has not been away, has not left, and has no visit that could end.
    expect(`${refused.title} ${refused.text}`).not.toMatch(/visit has ended|have left|away for too long/);
    if (reconnects(code)) expect(refused.remedies[0]).not.toBe("rooms");
    complete(stateWords(ended(String(code), reason)));
    if (!reconnects(code)) return;
    const lost: Status = { ...LIVE, state: "reconnecting", code: String(code), reason };
    complete(stateWords(lost, true));
    expect(stateWords(lost, false)?.text).not.toContain("is kept.");
    if (code !== CloseCode.Abnormal && stateWords(lost, true)?.kind === "reconnecting") expect(stateWords(lost, true)?.text).toContain(reason);
  });

  it("says while coming back that a place is kept only where it is", () => {
    const lost: Status = { ...LIVE, state: "reconnecting", code: "1006", reason: "The connection was lost." };
    expect(stateWords(lost, true)).toMatchObject({ kind: "reconnecting", text: "Your place in the room is kept. Others do not see you meanwhile." });
    expect(stateWords(lost, false)).toMatchObject({ kind: "returning", title: "Connection lost" });
    expect(stateWords({ ...lost, code: "room_full" }, false)?.title).toBe("This room is full now");
    expect(stateWords({ ...lost, code: "stopping" }, false)?.kind).toBe("restarting");
  });

  it.each([["1006", "unreachable"], ["1011", "unreachable"], ["1012", "stopping"]])("of %s before the welcome is that of %s", (code, known) => {
    expect(refusedWords(code, "")).toEqual(refusedWords(known, ""));
  });

  it("repeats the server's reason where there is no better word", () => {
    expect(stateWords(ended("4999", "The sky fell."))?.text).toBe("The sky fell.");
  });
});

it("tells that one is back, once, and whether anything was missed", () => {
  const lost: Status = { ...LIVE, state: "reconnecting" };
  expect(backWords(lost, { ...LIVE, resumed: true })).toBe("Back, nothing was missed.");
  expect(backWords(lost, LIVE)).toContain("may be missing");
  expect(backWords(LIVE, LIVE)).toBe("");
  expect(backWords(null, LIVE)).toBe("");
});

it.each([["room_full", "Waiting for a place"], ["4006", "Waiting for a place"], ["stopping", "Waiting for the clinic"], ["unreachable", "Waiting for the clinic"]])("says what one waits for: %s", (code, title) => {
  expect(waitingWords(code).title).toBe(title);
});

it("counts down to zero and no further", () => {
  expect([secondsLeft(10_000, 1), secondsLeft(10_000, 9_999), secondsLeft(10_000, 20_000)]).toEqual([10, 1, 0]);
});
