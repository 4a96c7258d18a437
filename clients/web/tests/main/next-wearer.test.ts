// @vitest-environment happy-dom
/** What a page knows of one person when another one is at it. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Client } from "../../src/main/client";
import type { VisitParts } from "../../src/main/visit";

const visits = vi.hoisted(() => ({ parts: [] as unknown[] }));
vi.mock("../../src/main/preview", () => ({ Preview: class { show = () => undefined; close = () => undefined; } }));
vi.mock("../../src/screens/let-in-dialog", () => { throw new TypeError("Failed to fetch dynamically imported module: https://clinic.example/assets/x.js"); });
vi.mock("../../src/main/visit", () => ({
  join: (_: unknown, parts: unknown) => {
    visits.parts.push(parts);
    return Promise.resolve({ room: { token: "r-1" }, open: () => Promise.resolve(), close: () => undefined });
  },
}));

const ROOM = { id: "lobby", name: "Lobby", type: "lobby", occupancy: 1, capacity: 8, scene: "", portals: [] };
const VISIT = { ...ROOM, id: "v-1", name: "Consult room", type: "consult" };
const SIGN_IN = { issuer: "https://id.clinic.example", client_id: "web", scopes: ["openid"], token: "access_token" };
const FACILITY = { name: "Sample clinic", room_types: [{ name: "consult", on_demand: true }], roles: ["patient"], avatars: ["plain"], schema: "", sign_in: SIGN_IN };
const GUEST = { kind: "guest", roles: ["patient"], name: null };
const KNOWN = { kind: "account", roles: ["patient"], name: "Ann A." };
const CODE = { device_code: "long", user_code: "BCDF-GHJK", verification_uri: "https://clinic.example/", expires_in: 600, interval: 5 };

let answers: Record<string, unknown>;
let asked: string[];
let tokens: (string | undefined)[];
let home: HTMLElement;

const press = (text: string): void => { [...home.querySelectorAll("button")].find((each) => each.textContent === text)!.click(); };
const title = (): string => home.querySelector("h1")?.textContent ?? "";
const soon = (milliseconds = 50): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

async function begin(): Promise<void> {
  void new Client(home, { room: null, invitation: null, answer: null }).start();
  await soon();
}

async function letInByPhone(): Promise<void> {
  press("Sign in with my phone");
  await vi.waitFor(() => { expect(home.textContent).toContain("BCDF-GHJK"); });
  answers["v1/me"] = KNOWN;
  await soon(6000);
}

beforeEach(() => {
  vi.useFakeTimers();
  [visits.parts, asked, tokens] = [[], [], []];
  answers = { "v1/facility": FACILITY, "v1/me": GUEST, "v1/rooms": { rooms: [ROOM] }, "rooms/v-1": VISIT, "v1/pairings": CODE, "pairings/token": { pass: "p" } };
  vi.stubGlobal("fetch", (address: string, { method, headers }: RequestInit) => {
    asked.push(address);
    tokens.push((headers as Record<string, string>)["Authorization"]);
    const found = Object.entries({ ...answers, ...(method === "POST" ? { "v1/rooms": VISIT } : {}) }).find(([end]) => address.replace(/\?.*/, "").endsWith(end));
    return found === undefined ? Promise.reject(new TypeError("no network")) : Promise.resolve(new Response(JSON.stringify(found[1])));
  });
  localStorage.clear();
  home = document.createElement("div");
  document.body.replaceChildren(home);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("who signs out leaves no way to the visit that they opened", async () => {
  await begin();
  await letInByPhone();
  press("Open a consult room");
  await soon();
  expect(home.querySelector("input[value=v-1]")).not.toBeNull();
  answers["v1/me"] = GUEST;
  press("Sign out");
  await soon();
  expect([title(), home.querySelector("input[value=v-1]")]).toEqual(["Sample clinic", null]);
});

test("a device that was let in is let in again by the phone, also where that is asked for as it comes back from a lost connection", async () => {
  await begin();
  await letInByPhone();
  press("Enter as text");
  await soon();
  (visits.parts[0] as VisitParts).ended({ state: "ended", code: "reauthentication_required", reason: "", resumed: false });
  expect([title(), [...home.querySelectorAll("button")].map(({ textContent }) => textContent)]).toEqual(["Let this device in again", ["Show a code for my phone", "Choose a room"]]);
});

test("whose access was taken back is nobody here any more, and shows nothing of it again", async () => {
  await begin();
  await letInByPhone();
  press("Enter as text");
  await soon();
  expect(tokens).toContain("Bearer p");
  (visits.parts[0] as VisitParts).ended({ state: "ended", code: "4510", reason: "", resumed: false });
  [answers["v1/me"], tokens] = [GUEST, []];
  press("Choose a room");
  await soon();
  expect([title(), new Set(tokens)]).toEqual(["Sample clinic", new Set([undefined])]);
});

test("a phone whose code came too late to be shown is not waited for", async () => {
  await begin();
  home.querySelector<HTMLInputElement>("input[name=name]")!.value = "Ada";
  press("Sign in with my phone");
  press("Enter as text");
  await soon(60_000);
  expect(visits.parts).toHaveLength(1);
  expect(asked.filter((address) => address.endsWith("token"))).toEqual([]);
});

test("a page that the browser shows once more is begun anew where devices are passed on, and nowhere else", async () => {
  const reload = vi.spyOn(location, "reload").mockImplementation(() => undefined);
  const shown = (persisted: boolean): void => { window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted })); };
  await begin();
  shown(true);
  expect(reload).not.toHaveBeenCalled();
  answers["v1/facility"] = { ...FACILITY, shared_devices: true };
  await begin();
  shown(false);
  expect(reload).not.toHaveBeenCalled();
  shown(true);
  expect(reload).toHaveBeenCalledOnce();
});

test("what does not come when it is asked for is said so, without a word of the browser's", async () => {
  answers["v1/me"] = KNOWN;
  await begin();
  press("Let a headset in");
  await vi.waitFor(() => { expect(home.querySelector(".account [role=alert]")?.textContent).toBe("Something went wrong on this page. Try again, or load it anew."); });
  expect([title(), home.textContent.includes("assets")]).toEqual(["Sample clinic", false]);
});
