// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Client } from "../../src/main/client";
import { readArrival } from "../../src/screens/invitation";

vi.mock("../../src/main/preview", () => ({ Preview: class { show = () => undefined; close = () => undefined; } }));

const ROOM = { id: "lobby", name: "Lobby", type: "lobby", occupancy: 1, capacity: 8, scene: "", portals: [] };
const FACILITY = { name: "Sample clinic", room_types: [{ name: "consult", on_demand: true }], roles: ["patient"], avatars: ["plain"], schema: "" };

const GUEST = { kind: "guest", roles: ["patient"], name: null };

/** What the front desk answers, by the end of the address, without its query. */
let answers: Record<string, readonly [status: number, body: unknown]>;
let home: HTMLElement;

function button(text: string): HTMLButtonElement | undefined {
  return [...home.querySelectorAll("button")].find((each) => each.textContent === text || each.getAttribute("aria-label") === text);
}

const title = (): string => home.querySelector("h1")?.textContent ?? "";
const soon = (): Promise<unknown> => vi.advanceTimersByTimeAsync(50);

async function comeIn(): Promise<void> {
  home.querySelector<HTMLInputElement>("input[name=name]")!.value = "Ada";
  button("Enter as text")!.click();
  await soon();
}

beforeEach(async () => {
  vi.useFakeTimers();
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  answers = { "v1/facility": [200, FACILITY], "v1/me": [200, GUEST], "v1/rooms": [200, { rooms: [ROOM] }], "rooms/lobby": [200, ROOM], tickets: [409, { code: "room_full" }] };
  vi.stubGlobal("fetch", (address: string) => {
    const found = Object.entries(answers).find(([end]) => address.replace(/\?.*/, "").endsWith(end));
    if (found === undefined) return Promise.reject(new TypeError("no network"));
    const [status, body] = found[1];
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  });
  localStorage.clear();
  home = document.createElement("div");
  document.body.replaceChildren(home);
  void new Client(home, { room: null, invitation: null, answer: null }).start();
  await soon();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("the client", () => {
  it("opens with the entrance, and has one settings dialog there however often it is asked for", () => {
    expect(title()).toBe("Sample clinic");
    for (let time = 0; time < 3; time += 1) {
      button("Settings")!.click();
      expect(home.querySelectorAll("dialog")).toHaveLength(1);
      home.querySelector("dialog")!.close();
      expect(home.querySelectorAll("dialog")).toHaveLength(0);
    }
  });

  it("says so where the word of an invitation is none, instead of the entrance for everybody", async () => {
    answers["invitations/show"] = [401, { code: "invitation_invalid" }];
    void new Client(home, readArrival("#invitation=abc")).start();
    await soon();
    expect(title()).toBe("This invitation cannot be read");
  });

  it("waits for a place where the room is full, and says when it is the clinic that it waits for", async () => {
    await comeIn();
    expect(title()).toBe("This room is full");
    answers["rooms/lobby"] = [200, { ...ROOM, occupancy: 8 }];
    button("Wait for a place")!.click();
    expect(title()).toBe("Waiting for a place");
    answers["rooms/lobby"] = [503, { code: "stopping" }];
    await vi.advanceTimersByTimeAsync(5100);
    expect(title()).toBe("Waiting for the clinic");
    answers["rooms/lobby"] = [200, ROOM];
    await vi.advanceTimersByTimeAsync(5100);
    expect(title()).toBe("This room is full");
  });

  it("waits no longer than the facility takes somebody for being there", async () => {
    answers["v1/facility"] = [200, { ...FACILITY, idle_seconds: 12 }];
    void new Client(home, { room: null, invitation: null, answer: null }).start();
    await soon();
    await comeIn();
    answers["rooms/lobby"] = [200, { ...ROOM, occupancy: 8 }];
    button("Wait for a place")!.click();
    await vi.advanceTimersByTimeAsync(10_100);
    expect(title()).toBe("Waiting for a place");
    [answers["rooms/lobby"], answers["tickets"]] = [[200, ROOM], [403, { code: "forbidden" }]];
    await vi.advanceTimersByTimeAsync(60_000);
    expect([title(), button("Wait for a place")]).toEqual(["This room is full", expect.anything()]);
  });

  it("waits for no room that is gone", async () => {
    await comeIn();
    button("Wait for a place")!.click();
    answers["rooms/lobby"] = [404, { code: "room_unknown" }];
    await vi.advanceTimersByTimeAsync(5100);
    expect(title()).toBe("There is no such room");
    button("Choose a room")!.click();
    expect(title()).toBe("Sample clinic");
  });

  it("says so where the clinic cannot be reached, and tries again when asked", async () => {
    answers = {};
    const other = document.createElement("div");
    document.body.append(other);
    home = other;
    void new Client(other, { room: null, invitation: null, answer: null }).start();
    await soon();
    expect(title()).toBe("The clinic cannot be reached");
    answers = { "v1/facility": [200, FACILITY], "v1/me": [200, GUEST], "v1/rooms": [200, { rooms: [ROOM] }] };
    button("Try again")!.click();
    await soon();
    expect(title()).toBe("Sample clinic");
  });
});
