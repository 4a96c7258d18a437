// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { Entrance, remembered, type EntranceParts, type Visit } from "../../src/screens/entrance";
import type { FacilityWords, WhoWords } from "../../src/screens/facility";
import { takeArrival } from "../../src/screens/invitation";
import type { Keeping } from "../../src/screens/keeping";
import { Refused } from "../../src/session/refused";
import { fakeDesk, ROOMS } from "./fake-lobby";

const FACILITY = { name: "Sample clinic", roles: ["patient", "clinician"], looks: ["plain"], visits: ["consult"], shared: false };

const GUEST: WhoWords = { kind: "guest", roles: ["patient", "clinician"], name: null };

let kept: Map<string, unknown>;
let opened: Set<string>;
let entered: Visit[];

function keeping(): Keeping {
  return { read: (key) => kept.get(key), write: (key, value) => kept.set(key, value), forget: (key) => kept.delete(key), passOn: () => { kept.clear(); }, lasts: true };
}

async function open(parts: Partial<EntranceParts> = {}, facility: FacilityWords = FACILITY): Promise<Entrance> {
  const entrance = new Entrance(
    {
      desk: fakeDesk(),
      keeping: keeping(),
      linked: null,
      who: GUEST,
      account: null,
      opened,
      openMicrophone: () => Promise.resolve({ level: () => 0.5, close: () => undefined }),
      headset: () => Promise.resolve(false),
      preview: () => undefined,
      enter: (visit) => entered.push(visit),
      openSettings: () => undefined,
      ...parts,
    },
    facility,
  );
  document.body.replaceChildren(entrance.element);
  await entrance.refresh();
  return entrance;
}

function type(name: string): void {
  const input = document.querySelector<HTMLInputElement>("input[name=name]");
  if (input !== null) input.value = name;
}

function press(text: string): void {
  [...document.querySelectorAll("button")].find((button) => button.textContent === text)?.click();
}

beforeEach(() => {
  kept = new Map();
  opened = new Set();
  entered = [];
});

describe("the entrance", () => {
  it("asks for a name before anything else", async () => {
    await open();
    type("   ");
    press("Enter as text");
    expect(entered).toEqual([]);
    expect(document.querySelector("[role=alert]")?.textContent).toBe("Enter your name first.");
  });

  it("goes to the rooms where none is chosen, and to what asks for them where there are none", async () => {
    const full = (await fakeDesk().rooms("patient")).map((room) => ({ ...room, occupancy: room.capacity }));
    for (const [rooms, goes] of [[full, "input"], [[], "button"]] as const) {
      await open({ desk: { ...fakeDesk(), rooms: () => Promise.resolve(rooms) } });
      type("Ada");
      press("Enter as text");
      expect([entered, document.querySelector("[role=alert]")?.textContent]).toEqual([[], "Choose a room first."]);
      expect(document.activeElement).toBe(document.querySelector(`.room-choice ${goes}`));
    }
  });

  it("says why there is no room to choose, and offers to open none, where the role needs more than one shows", async () => {
    const why = "This role needs a second factor. Sign in with one.";
    let proved = false;
    await open({ desk: { ...fakeDesk(), rooms: () => (proved ? Promise.resolve(ROOMS) : Promise.reject(new Refused("mfa_required", why, false))) } });
    type("Ada");
    press("Enter as text");
    expect([entered, document.querySelector("[role=alert]")?.textContent]).toEqual([[], why]);
    const offered = (): boolean[] => [...document.querySelectorAll("button")].filter(({ textContent }) => textContent.startsWith("Open a ")).map(({ hidden }) => !hidden);
    expect(offered()).toEqual([false]);
    proved = true;
    press("Ask again who is where");
    await new Promise((resolve) => setTimeout(resolve));
    expect(offered()).toEqual([true]);
  });

  it("lets in, and remembers who one was and in which public room", async () => {
    await open();
    type(" Ada ");
    press("Enter as text");
    expect(entered).toEqual([{ name: "Ada", role: "patient", look: "plain", room: "lobby", way: "text", microphone: false }]);
    expect(kept.get("visitor")).toEqual({ name: "Ada", role: "patient", look: "plain", room: "lobby" });
    await open();
    expect(document.querySelector<HTMLInputElement>("input[name=name]")?.value).toBe("Ada");
  });

  it("offers the facility's own files beside the built-in look, and says whose they are", async () => {
    const nurse = { look: "vrm-nurse", title: "Nurse", authors: ["A. Modeller"], licence: "javascript:alert(1)", credit: true };
    await open({}, { ...FACILITY, looks: ["plain", "vrm-nurse"], files: [nurse] });
    const select = document.querySelector<HTMLSelectElement>("select[name=look]")!;
    expect([...select.options].map((option) => option.textContent)).toEqual(["The clinic's own", "Nurse (by A. Modeller)"]);
    select.value = "vrm-nurse";
    select.dispatchEvent(new Event("change"));
    expect(document.querySelector(".you")?.textContent).toContain("The look is Nurse, by A. Modeller.");
    // An address that is none of the web's is not offered to be pressed.
    expect(document.querySelector(".you a")).toBeNull();
    type("Ada");
    press("Enter as text");
    expect(entered[0]?.look).toBe("vrm-nurse");
  });

  it("does not remember a room that was opened for one visit", async () => {
    await open();
    type("Ada");
    press("Open a consult room");
    await new Promise((resolve) => setTimeout(resolve));
    press("Enter as text");
    expect(entered[0]?.room).toBe("v-1");
    expect(JSON.stringify([...kept])).not.toContain("v-1");
  });

  it("has the way back to a visit that this page opened, until it is over or somebody else is here", async () => {
    const visit = { id: "v-1", name: "Consult room", type: "consult", occupancy: 1, capacity: 8, portals: [] };
    let over = false;
    const desk = { ...fakeDesk(), room: (id: string) => (id === "v-1" && !over ? Promise.resolve(visit) : Promise.reject(new Error("room_unknown"))) };
    const offered = (): boolean => document.querySelector("input[value=v-1]") !== null;
    await open({ desk });
    expect(offered()).toBe(false);
    type("Ada");
    press("Open a consult room");
    await new Promise((resolve) => setTimeout(resolve));
    press("Enter as text");
    await open({ desk });
    expect(offered()).toBe(true);
    // Not by itself: the room of last time is a public one, or the first.
    expect(document.querySelector<HTMLInputElement>("input[name=room]:checked")?.value).toBe("lobby");
    over = true;
    await open({ desk });
    expect(offered()).toBe(false);
    over = false;
    await open({ desk });
    press("Not you? Forget this name");
    expect([offered(), opened.size]).toEqual([false, 0]);
  });

  it("has the way back to the visit of an invitation too", async () => {
    const desk = { ...fakeDesk(), room: () => Promise.resolve({ id: "v-2", name: "Consult room", type: "consult", occupancy: 1, capacity: 8, portals: [] }) };
    await open({ desk, linked: "v-2" });
    await open({ desk });
    expect(document.querySelector("input[value=v-2]")).not.toBeNull();
  });

  it("tells a room's type only where it says more than its name, and asks for a look only where there is a choice", async () => {
    await open();
    expect([...document.querySelectorAll(".card .faint:not([hidden])")].map((type) => type.textContent)).toEqual(["Lecture"]);
    expect(document.querySelector("select[name=look]")).toBeNull();
    await open({}, { ...FACILITY, looks: ["plain", "vrm-nurse"] });
    expect(document.querySelector("select[name=look]")).not.toBeNull();
  });

  it("says so when the room of an invitation is gone", async () => {
    await open({ linked: "gone" });
    expect(document.querySelector(".room-choice [role=alert]")?.textContent).toContain("is not open");
    expect(document.querySelector<HTMLInputElement>("input[name=room]:checked")?.value).toBe("lobby");
  });

  it("says nothing when the room of last time is gone, and asks again who is where", async () => {
    kept.set("visitor", { name: "Ada", role: "clinician", look: "plain", room: "gone" });
    let asked = 0;
    await open({ desk: { ...fakeDesk(), rooms: () => {
      asked += 1;
      return asked === 1 ? Promise.reject(new Error("away")) : fakeDesk().rooms("patient");
    } } });
    expect(document.querySelector(".room-choice [role=alert]")?.textContent).toContain("did not come");
    press("Ask again who is where");
    await new Promise((resolve) => setTimeout(resolve));
    expect(document.querySelector(".room-choice [role=alert]")?.textContent).toBe("");
    expect(document.querySelectorAll("input[name=room]").length).toBeGreaterThan(2);
  });

  it("tells the front desk's reason when there is no list for a role", async () => {
    await open({ desk: { ...fakeDesk(), rooms: () => Promise.reject(new Refused("mfa_required", "This role needs a second factor. Sign in with one.", false)) } });
    expect(document.querySelector(".room-choice [role=alert]")?.textContent).toBe("This role needs a second factor. Sign in with one.");
  });

  it("tells the front desk's reason when a room cannot be opened", async () => {
    await open({ desk: { ...fakeDesk(), openRoom: () => Promise.reject(new Error("There are too many rooms.")) } });
    press("Open a consult room");
    await new Promise((resolve) => setTimeout(resolve));
    expect(document.querySelector(".room-choice [role=alert]")?.textContent).toContain("There are too many rooms.");
  });

  it("complains of a name no longer once one is written", async () => {
    await open();
    press("Enter as text");
    const name = document.querySelector<HTMLInputElement>("input[name=name]")!;
    expect(name.getAttribute("aria-invalid")).toBe("true");
    name.value = "A";
    name.dispatchEvent(new Event("input"));
    expect([name.hasAttribute("aria-invalid"), document.querySelector(".entrance [role=alert]")?.textContent]).toEqual([false, ""]);
  });

  it("keeps the cards of rooms that stay, and the focus in them, when another role is chosen", async () => {
    const rooms = await fakeDesk().rooms("patient");
    const ward = { id: "ward", name: "Ward", type: "ward", occupancy: 0, capacity: 9, portals: [] };
    const busier = rooms.map((room) => ({ ...room, occupancy: room.occupancy + 1, capacity: 90 }));
    const desk = { ...fakeDesk(), rooms: (role: string) => Promise.resolve(role === "clinician" ? [ward, ...busier] : rooms) };
    const as = async (role: string): Promise<void> => {
      const select = document.querySelector<HTMLSelectElement>("select[name=role]")!;
      select.value = role;
      select.dispatchEvent(new Event("change"));
      await new Promise((resolve) => setTimeout(resolve));
    };
    const cards = (): HTMLInputElement[] => [...document.querySelectorAll<HTMLInputElement>("input[name=room]")];
    await open({ desk });
    const before = cards();
    const [, second] = before;
    second!.focus();
    second!.click();
    await as("clinician");
    expect(cards().map(({ value }) => value)).toEqual(["ward", ...rooms.map(({ id }) => id)]);
    expect(cards().slice(1).every((input, n) => input === before[n])).toBe(true);
    expect([document.activeElement === second, second!.checked]).toEqual([true, true]);
    expect(second!.closest(".card")!.querySelector(".occupancy")!.textContent).toBe(`${busier[1]!.occupancy} of 90 are here`);
    // Whose room is gone is with the one that is chosen instead.
    cards()[0]!.click();
    cards()[0]!.focus();
    await as("patient");
    expect(cards()).toEqual(before);
    expect([(document.activeElement as HTMLInputElement).value, document.querySelector<HTMLInputElement>("input[name=room]:checked")!.value]).toEqual(["lobby", "lobby"]);
  });

  it("does not choose a room that is full", async () => {
    await open({ desk: { ...fakeDesk(), rooms: async () => (await fakeDesk().rooms("patient")).filter((room) => room.id.startsWith("consult")) } });
    expect(document.querySelector<HTMLInputElement>("input[name=room]:checked")?.value).toBe("consult-2");
  });
});

describe("an invitation", () => {
  const confirm = (): HTMLElement | undefined => [...document.querySelectorAll("button")].find((button) => button.textContent.startsWith("Come in as"));

  it("opens its room with one press for who is known here, and lets nobody in without it", async () => {
    await open({ linked: "consult-2" });
    expect(confirm()).toBeUndefined();
    kept.set("visitor", { name: "Ada", role: "clinician", look: "gone", room: "lobby" });
    await open({ linked: "consult-2" });
    expect(entered).toEqual([]);
    confirm()?.click();
    expect(entered).toEqual([{ name: "Ada", role: "clinician", look: "plain", room: "consult-2", way: "screen", microphone: false }]);
  });

  it("asks who comes in a role that is not here any more", async () => {
    kept.set("visitor", { name: "Ada", role: "astronaut" });
    await open({ linked: "consult-2" });
    expect(confirm()).toBeUndefined();
  });

  it("forgets who came last for who is somebody else", async () => {
    kept.set("visitor", { name: "Ada", role: "clinician", look: "plain", room: "lobby" });
    await open({ linked: "consult-2" });
    press("Not you? Forget this name");
    expect(kept.has("visitor")).toBe(false);
    const name = document.querySelector<HTMLInputElement>("input[name=name]")!;
    expect([name.value, document.activeElement === name]).toEqual(["", true]);
    expect(document.querySelector<HTMLSelectElement>("select[name=role]")?.value).toBe("patient");
    expect(document.body.textContent).not.toContain("Ada");
  });

  it("shows the rooms of the role that it goes back to as it forgets", async () => {
    const asked: string[] = [];
    kept.set("visitor", { name: "Ada", role: "clinician", look: "plain", room: "lobby" });
    await open({ desk: { ...fakeDesk(), rooms: (role) => { asked.push(role); return fakeDesk().rooms(role); } } });
    press("Not you? Forget this name");
    expect([asked[0], asked.at(-1)]).toEqual(["clinician", "patient"]);
  });

  it("that is signed says as what one comes, and by what name where the clinic says so", async () => {
    await open({ who: { kind: "invited", roles: ["patient"], name: null }, desk: { ...fakeDesk(), rooms: async () => (await fakeDesk().rooms("patient")).slice(1, 3) } });
    expect(document.querySelector(".welcome p")?.textContent).toContain("You are invited, as patient");
    expect([...document.querySelector<HTMLSelectElement>("select[name=role]")!.options].map(({ value }) => value)).toEqual(["patient"]);
    expect([...document.querySelectorAll("button")].some(({ textContent }) => textContent.startsWith("Open a"))).toBe(false);
    kept.set("visitor", { name: "Somebody Else", role: "clinician", look: "plain", room: "lobby" });
    await open({ who: { kind: "invited", roles: ["patient"], name: "Ann A." } });
    const name = document.querySelector<HTMLInputElement>("input[name=name]")!;
    expect([name.value, name.readOnly]).toEqual(["Ann A.", true]);
    expect(document.body.textContent).not.toContain("Somebody Else");
  });

  it("leaves the address bar at once, whatever else stood there", () => {
    const seen: string[] = [];
    const history = { replaceState: (_state: unknown, _title: string, address: string) => seen.push(address) } as unknown as History;
    const at = (hash: string, search = "?x=1"): Location => ({ hash, pathname: "/clinic/", search }) as Location;
    expect(takeArrival(at("#room=v-1&token=abc"), history)).toEqual({ room: "v-1", invitation: null, answer: null });
    expect(takeArrival(at("#invitation=aa.b-b.c_c"), history)).toEqual({ room: null, invitation: "aa.b-b.c_c", answer: null });
    expect(takeArrival(at("#invitation=a.b.c&token=abc"), history)).toEqual({ room: null, invitation: "a.b.c", answer: null });
    expect(takeArrival(at(""), history)).toEqual({ room: null, invitation: null, answer: null });
    expect(takeArrival(at("#state=s&code=c"), history).answer).toBe("state=s&code=c");
    expect(takeArrival(at("", "?code=c&state=s&iss=x"), history).answer).toBe("code=c&state=s&iss=x");
    expect(seen).toEqual(["/clinic/?x=1", "/clinic/?x=1", "/clinic/?x=1", "/clinic/?x=1", "/clinic/"]);
  });
});

it("what was remembered by an older or a foreign hand is read with care", () => {
  expect(remembered(null)).toEqual({ name: "", role: "", look: "", room: "" });
  expect(remembered({ name: 3, role: "x", look: null, room: "y".repeat(100) })).toEqual({ name: "", role: "x", look: "", room: "y".repeat(64) });
});
