// @vitest-environment happy-dom
/** What a page knows of one person when another one is at it. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Account } from "../../src/main/account";
import { Client } from "../../src/main/client";
import type { VisitParts } from "../../src/main/visit";
import { Refused } from "../../src/session/refused";

const visits = vi.hoisted(() => ({ parts: [] as unknown[], wanted: [] as { locked: string }[], refusals: [] as Error[] }));
vi.mock("../../src/main/preview", () => ({ Preview: class { show = () => undefined; close = () => undefined; } }));
vi.mock("../../src/screens/let-in-dialog", () => { throw new TypeError("Failed to fetch dynamically imported module: https://clinic.example/assets/x.js"); });
vi.mock("../../src/main/visit", () => ({
  join: (wanted: { locked: string }, parts: unknown) => {
    visits.wanted.push(wanted);
    visits.parts.push(parts);
    const refusal = visits.refusals.shift();
    return refusal !== undefined ? Promise.reject(refusal) : Promise.resolve({ room: { token: "r-1" }, open: () => Promise.resolve(), close: () => undefined });
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
  [visits.parts, visits.wanted, visits.refusals, asked, tokens] = [[], [], [], [], []];
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

/** Ada comes in, and nobody attends to her view any more. */
async function lockedAsAda(): Promise<void> {
  await begin();
  home.querySelector<HTMLInputElement>("input[name=name]")!.value = "Ada";
  press("Open a consult room");
  await soon();
  press("Enter as text");
  await soon();
  expect(localStorage.getItem("polyclinic.visitor")).toContain("Ada");
  (visits.parts[0] as VisitParts).ended({ state: "ended", code: "4514", reason: "", resumed: false });
  expect(title()).toBe("This view is locked");
}

const shown = (): unknown => [title(), home.querySelector<HTMLInputElement>("input[name=name]")?.value, home.innerHTML.includes("Ada"), home.querySelector("input[value=v-1]"), localStorage.length];
const NOTHING = ["Sample clinic", "", false, null, 0];

test("whoever comes by a view that is locked finds nothing of who was there, by loading the page anew neither", async () => {
  await lockedAsAda();
  expect(localStorage.length).toBe(0);
  press("Choose a room");
  await soon();
  expect(shown()).toEqual(NOTHING);
});

test("who signed in is not known any more to whoever comes by their locked view, and the provider is to ask who that is", async () => {
  await begin();
  await letInByPhone();
  press("Enter as text");
  await soon();
  (visits.parts[0] as VisitParts).ended({ state: "ended", code: "4514", reason: "", resumed: false });
  visits.refusals.push(new Refused("reauthentication_required", "", false, 60));
  press("Come back in");
  await soon();
  expect(title()).toBe("Let this device in again");
  [answers["v1/me"], tokens] = [GUEST, []];
  press("Choose a room");
  await soon();
  expect([title(), new Set(tokens), home.textContent.includes("Ann A.")]).toEqual(["Sample clinic", new Set([undefined]), false]);
  const leave = vi.spyOn(Account.prototype, "leave").mockResolvedValue();
  press("Sign in");
  expect(leave.mock.calls.map(([, , again]) => again)).toEqual([{ maxAge: 0, beside: false }]);
});

test("who comes back to their locked view is known here again", async () => {
  await lockedAsAda();
  press("Come back in");
  await soon();
  expect([visits.wanted.at(-1)!.locked, localStorage.getItem("polyclinic.visitor")]).toEqual(["r-1", expect.stringContaining("Ada")]);
});

test("a place that is not kept any more is taken by nobody in the name of who was there", async () => {
  await lockedAsAda();
  visits.refusals.push(new Refused("4508", "", false));
  press("Come back in");
  await soon();
  expect(title()).toBe("Your place is not kept any more");
  expect(visits.parts).toHaveLength(2);
  press("Choose a room");
  await soon();
  expect(shown()).toEqual(NOTHING);
});

test("a view that was locked while its doors were on their way keeps its place", async () => {
  await begin();
  home.querySelector<HTMLInputElement>("input[name=name]")!.value = "Ada";
  visits.refusals.push(new Refused("4514", "", false, 0, "r-9"));
  press("Enter as text");
  await soon();
  expect([title(), localStorage.length]).toEqual(["This view is locked", 0]);
  press("Come back in");
  await soon();
  expect(visits.wanted.map(({ locked }) => locked)).toEqual(["", "r-9"]);
});

test("a view that nobody attended to while the connection was lost is locked as any", async () => {
  await lockedAsAda();
  press("Come back in");
  await soon();
  (visits.parts[1] as VisitParts).ended({ state: "ended", code: "unattended", reason: "", resumed: false });
  expect([title(), [...home.querySelectorAll("button")].map(({ textContent }) => textContent), localStorage.length]).toEqual(["This view is locked", ["Choose a room"], 0]);
  press("Choose a room");
  await soon();
  expect(shown()).toEqual(NOTHING);
});

test("where the clinic cannot be reached as somebody else begins, to try again is not to come in as the one before", async () => {
  await lockedAsAda();
  delete answers["v1/facility"];
  press("Choose a room");
  await soon();
  expect(title()).toBe("The clinic cannot be reached");
  answers["v1/facility"] = FACILITY;
  press("Try again");
  await soon();
  expect([visits.parts.length, shown()]).toEqual([1, NOTHING]);
});
