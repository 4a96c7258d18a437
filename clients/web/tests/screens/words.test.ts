import { describe, expect, it } from "vitest";
import { panOf } from "../../src/screens/sounds";
import { captionTime, lineTooMany } from "../../src/screens/captions";
import { counterWords, lengthOf, refusalWords } from "../../src/screens/say-form";
import { drawingVerdict, networkVerdict, probeNetwork } from "../../src/screens/checks";
import { layOutRooms } from "../../src/screens/facility-map";
import { occupancyWords } from "../../src/screens/facility";
import { linkTo, readArrival } from "../../src/screens/invitation";
import { numberWords } from "../../src/screens/quality-badge";
import { lengthWords } from "../../src/screens/recorder-bar";
import { refusalOf } from "../../src/screens/refusals";
import { initial } from "../../src/screens/roster-panel";
import { shortcutOf } from "../../src/screens/shortcuts";
import { Refused, wordsOf } from "../../src/session/refused";
import { ROOMS } from "./fake-lobby";

describe("the check of the connection", () => {
  it("says how it is and what helps", () => {
    expect(networkVerdict({ answers: [20, 22, 30] })).toEqual({ level: "good", text: "The network is good. There and back in 22 ms, 0\u00a0% lost.", advice: "" });
    expect(networkVerdict({ answers: [200, 180, 220] }).level).toBe("fair");
    expect(networkVerdict({ answers: [20, 20, null, null] })).toMatchObject({ level: "poor", text: "The network is slow or loses much. There and back in 20 ms, 50\u00a0% lost." });
    expect(networkVerdict({ answers: [null] }).advice).toContain("online");
  });

  it("counts answers that fail or come late as lost, and the first not at all", async () => {
    let clock = 0;
    const taken = [9000, 30, 2000, 40];
    const check = await probeNetwork(() => { clock += taken.shift() ?? 0; return taken.length === 0 ? Promise.reject(new Error("down")) : Promise.resolve(1); }, () => clock, 3);
    expect(check.answers).toEqual([30, null, null]);
  });

  it("tells a device that cannot draw of the text view", () => {
    expect(drawingVerdict([16.7, 16.7]).text).toBe("This device draws 60 pictures a second.");
    expect(drawingVerdict([60, 70]).advice).toContain("text view");
    expect(drawingVerdict([]).level).toBe("fair");
  });
});

describe("invitations", () => {
  it("are read of a fragment, and made", () => {
    expect(readArrival("#room=v-Ab_9").room).toBe("v-Ab_9");
    expect(readArrival("#room=").room).toBeNull();
    expect(readArrival("#room=../x").room).toBeNull();
    expect(readArrival("").room).toBeNull();
    expect(linkTo("consult-1", { origin: "https://clinic.example", pathname: "/" } as Location)).toBe("https://clinic.example/#room=consult-1");
  });

  it("are read without what a mail wrote after them, and are there still where they were cut", () => {
    for (const end of [".", ",", ").", ">", "\u201d", "%22", "%20"]) expect(readArrival(`#invitation=aa.b-b.c_c-${end}`).invitation).toBe("aa.b-b.c_c-");
    expect(["aa.b-b", "aa.b-b.", "abc", ""].map((cut) => readArrival(`#invitation=${cut}`).invitation)).toEqual(["aa.b-b", "aa.b-b", "abc", ""]);
    expect(readArrival(`#invitation=${"a".repeat(5000)}`).invitation).toHaveLength(4096);
    expect(readArrival("#room=lobby").invitation).toBeNull();
  });
});

describe("words", () => {
  it("of the chat's counter come when they matter", () => {
    expect(counterWords("short")).toBe("");
    expect(counterWords("x".repeat(450))).toBe("50 characters left");
    expect(counterWords("x".repeat(502))).toBe("2 characters too many");
    expect(lengthOf("🩺🩺")).toBe(2);
  });

  it("of a refusal say what to do", () => {
    expect(refusalWords({ ok: false, code: "rate_limited", detail: "" })).toContain("Wait a second");
    expect(refusalWords({ ok: false, code: "new", detail: "Not today." })).toBe("Not today.");
    expect(refusalWords({ ok: false, code: "new", detail: "" })).toBe("It was not sent. Try again.");
    expect(refusalOf({ code: "new", detail: "" }, {})).toBe("It was not done. Try again.");
    expect([wordsOf(new Refused("", "No room.", false)), wordsOf(new TypeError("assets/x.js")), wordsOf(7)]).toEqual(["No room.", ...Array<string>(2).fill("Something went wrong on this page. Try again, or load it anew.")]);
  });

  it("of numbers are round", () => {
    expect(numberWords({ level: "good", reason: "", roundTrip: NaN, framesPerSecond: 19.6, loss: 0.021 })).toBe("not measured yet, 20 updates a second, 2\u00a0% late or lost");
    expect([lengthWords(5.9), lengthWords(125)]).toEqual(["0:05", "2:05"]);
    expect(ROOMS.map(occupancyWords)).toEqual(["5 of 64 are here", "Full", "Empty", "212 of 1000 are here", "1 of 12 is here"]);
  });

  it("stay long enough to be read", () => {
    expect(captionTime("Yes.")).toBeGreaterThanOrEqual(4000);
    expect(captionTime("x".repeat(100))).toBe(10_500);
  });

  it("leave the view again, however much was said", () => {
    expect(captionTime("\u{1f600}".repeat(50))).toBe(captionTime("x".repeat(50)));
    expect(captionTime("\u{1f600}".repeat(500))).toBe(12_000);
  });

  it("leave a line for somebody else, whoever says how much", () => {
    expect(lineTooMany([1, 2, 3], 3, 2)).toBe(-1);
    expect(lineTooMany([1, 2, 1, 1], 3, 2)).toBe(0);
    expect(lineTooMany([2, 1, 1, 1], 3, 2)).toBe(1);
    expect(lineTooMany([2, 1, 1, 3], 3, 2)).toBe(1);
    expect(lineTooMany([1, 2, 3, 4], 3, 2)).toBe(0);
  });

  it("begin with a whole sign of a name", () => {
    expect([initial("ada"), initial("👩‍⚕️ Ann"), initial(" ")]).toEqual(["A", "👩‍⚕️", "?"]);
  });
});

it("rooms stand in columns by how many doors they are away", () => {
  const column = new Map(layOutRooms(ROOMS).map(({ room, x }) => [room.id, x]));
  expect(column.get("lobby")).toBeLessThan(column.get("auditorium") ?? 0);
  expect(column.get("auditorium")).toBeLessThan(column.get("theatre") ?? 0);
  expect(new Set(layOutRooms(ROOMS).map(({ x, y }) => `${x} ${y}`)).size).toBe(ROOMS.length);
  const alone = ROOMS.map((room) => ({ ...room, portals: [] }));
  expect(new Set(layOutRooms(alone).map(({ x, y }) => `${x} ${y}`)).size).toBe(ROOMS.length);
});

it("a tone is heard from where it comes, and from everywhere in mono", () => {
  expect(panOf(Math.PI / 2, false)).toBe(1);
  expect(panOf(Math.PI / 2, true)).toBe(0);
});

it("keys with a modifier belong to the browser", () => {
  const key = (name: string, ctrlKey = false) => ({ key: name, ctrlKey, metaKey: false, altKey: false });
  expect(shortcutOf(key("?"), null)).toBe("help");
  expect(shortcutOf(key("T"), null)).toBe("text");
  expect(shortcutOf(key("t", true), null)).toBeNull();
  expect(shortcutOf(key("x"), null)).toBeNull();
});
