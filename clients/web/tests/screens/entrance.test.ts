// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { Entrance, knownVisit, remembered, type EntranceParts, type Visit } from "../../src/screens/entrance";
import { takeInvitation } from "../../src/screens/invitation";
import type { Keeping } from "../../src/screens/keeping";
import { fakeDesk } from "./fake-room";

const FACILITY = { name: "Sample clinic", roles: ["patient", "clinician"], looks: ["plain"], visits: ["consult"] };

let kept: Map<string, unknown>;
let entered: Visit[];

function keeping(): Keeping {
  return { read: (key) => kept.get(key), write: (key, value) => kept.set(key, value), forget: (key) => kept.delete(key) };
}

async function open(parts: Partial<EntranceParts> = {}): Promise<Entrance> {
  const entrance = new Entrance(
    {
      desk: fakeDesk(),
      keeping: keeping(),
      invited: null,
      openMicrophone: () => Promise.resolve({ level: () => 0.5, close: () => undefined }),
      headset: () => Promise.resolve(false),
      preview: () => undefined,
      enter: (visit) => entered.push(visit),
      openSettings: () => undefined,
      ...parts,
    },
    FACILITY,
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

  it("lets in, and remembers who one was and in which public room", async () => {
    await open();
    type(" Ada ");
    press("Enter as text");
    expect(entered).toEqual([{ name: "Ada", role: "patient", look: "plain", room: "lobby", way: "text", microphone: false }]);
    expect(kept.get("visitor")).toEqual({ name: "Ada", role: "patient", look: "plain", room: "lobby" });
    await open();
    expect(document.querySelector<HTMLInputElement>("input[name=name]")?.value).toBe("Ada");
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

  it("says so when the room of an invitation is gone", async () => {
    await open({ invited: "gone" });
    expect(document.querySelector(".room-choice [role=alert]")?.textContent).toContain("is not open");
    expect(document.querySelector<HTMLInputElement>("input[name=room]:checked")?.value).toBe("lobby");
  });

  it("does not choose a room that is full", async () => {
    await open({ desk: { ...fakeDesk(), rooms: async () => (await fakeDesk().rooms()).filter((room) => room.id.startsWith("consult")) } });
    expect(document.querySelector<HTMLInputElement>("input[name=room]:checked")?.value).toBe("consult-2");
  });
});

describe("an invitation", () => {
  it("opens its room at once for who is known here, and only for them", () => {
    expect(knownVisit({ keeping: keeping(), invited: "v-1" }, FACILITY)).toBeNull();
    kept.set("visitor", { name: "Ada", role: "clinician", look: "gone", room: "lobby" });
    expect(knownVisit({ keeping: keeping(), invited: "v-1" }, FACILITY)).toMatchObject({ name: "Ada", role: "clinician", look: "plain", room: "v-1" });
    expect(knownVisit({ keeping: keeping(), invited: null }, FACILITY)).toBeNull();
    kept.set("visitor", { name: "Ada", role: "astronaut" });
    expect(knownVisit({ keeping: keeping(), invited: "v-1" }, FACILITY)).toBeNull();
  });

  it("leaves the address bar at once, whatever else stood there", () => {
    const seen: string[] = [];
    const history = { replaceState: (_state: unknown, _title: string, address: string) => seen.push(address) } as unknown as History;
    const at = (hash: string): Location => ({ hash, pathname: "/clinic/", search: "?x=1" }) as Location;
    expect(takeInvitation(at("#room=v-1&token=abc"), history)).toBe("v-1");
    expect(takeInvitation(at("#token=abc"), history)).toBeNull();
    expect(takeInvitation(at(""), history)).toBeNull();
    expect(seen).toEqual(["/clinic/?x=1", "/clinic/?x=1"]);
  });
});

it("what was remembered by an older or a foreign hand is read with care", () => {
  expect(remembered(null)).toEqual({ name: "", role: "", look: "", room: "" });
  expect(remembered({ name: 3, role: "x", look: null, room: "y".repeat(100) })).toEqual({ name: "", role: "x", look: "", room: "y".repeat(64) });
});
