import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { stageWays } from "../../src/main/stage-ways";
import type { Presence } from "../../src/presence";
import { quietLobby, thing, type FakeLobby } from "../screens/fake-lobby";

const CLIPBOARD = 20;

let room: FakeLobby;
let ran: string[];
/** Of the last walk: tells how it ended. */
let arrive: (there: boolean) => void;
let fail: () => void;
let walks: boolean;
let ways: ReturnType<typeof stageWays>;

beforeEach(() => {
  vi.useFakeTimers();
  room = quietLobby();
  ran = [];
  walks = true;
  const presence = {
    head: [0, 1.6, 2],
    actions: ["turn-left", "turn-right", "grab"].map((id) => ({ id, run: () => ran.push(id) })),
    walkTo: (_place: unknown, _stop: number, arrived: (there: boolean) => void) => {
      arrive = arrived;
      return walks;
    },
    take: (entity: number, failed: () => void) => {
      ran.push(`take ${entity}`);
      fail = failed;
    },
  } as unknown as Presence;
  ways = stageWays(room, presence);
});

afterEach(() => {
  vi.useRealTimers();
});

describe("the text view's ways through a picture", () => {
  it.each([true, false])("walk, and tell whether one came there: %s", async (there) => {
    const walked = ways.walkTo([3, 0, 2], 1);
    arrive(there);
    expect(await walked).toBe(there);
  });

  it("are at their end at once where there is no way: there, if that is near enough", async () => {
    walks = false;
    expect(await ways.walkTo([1.3, 0, 2], 1)).toBe(true);
    expect(await ways.walkTo([1.5, 0, 2], 1)).toBe(false);
  });

  it("turn in steps, and at least by one", () => {
    ways.turn(Math.PI / 2);
    expect(ran).toEqual(["turn-left", "turn-left", "turn-left"]);
    ran = [];
    ways.turn(-0.1);
    expect(ran).toEqual(["turn-right"]);
  });

  it("have taken a thing when this person holds it, and put it down when nobody does", async () => {
    const ended: string[] = [];
    const clipboard = thing(CLIPBOARD, "clipboard", [0, 1, 0]);
    void ways.grab(clipboard).then(({ ok }) => ended.push(`taken ${String(ok)}`));
    expect(ran).toEqual([`take ${CLIPBOARD}`]);
    room.happen("held", { ...clipboard, holder: 2 });
    room.happen("held", { ...thing(21, "stethoscope", [0, 1, 0]), holder: 1 });
    await vi.advanceTimersByTimeAsync(0);
    expect(ended).toEqual([]);
    room.happen("held", { ...clipboard, holder: 1 });
    await vi.advanceTimersByTimeAsync(0);
    expect(ended).toEqual(["taken true"]);
    void ways.put(clipboard).then(({ ok }) => ended.push(`put ${String(ok)}`));
    expect(ran.at(-1)).toBe("grab");
    room.happen("held", { ...clipboard, holder: 0 });
    await vi.advanceTimersByTimeAsync(0);
    expect(ended).toEqual(["taken true", "put true"]);
    expect(room.heard()).toBe(0);
  });

  it("have failed when the wearer could not, or when nothing has come of it for long", async () => {
    const first = ways.grab(thing(CLIPBOARD, "clipboard", [0, 1, 0]));
    fail();
    expect(await first).toMatchObject({ ok: false, code: "failed" });
    const second = ways.put(thing(CLIPBOARD, "clipboard", [0, 1, 0]));
    await vi.advanceTimersByTimeAsync(12_000);
    expect((await second).ok).toBe(false);
    expect(room.heard()).toBe(0);
  });
});
