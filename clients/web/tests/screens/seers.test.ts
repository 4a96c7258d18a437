// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { SeenPanel } from "../../src/screens/seen-list";
import { durationWords, seenWords, seersWords, together } from "../../src/screens/seers";
import type { Seer } from "../../src/world/model";
import { FakeLobby } from "./fake-lobby";

const ANN: Seer = { entity: 2, name: "Ann", role: "clinician", seconds: 190, ago: 0, unseen: false };
const BO: Seer = { entity: 3, name: "Bo", role: "patient", seconds: 20, ago: 250, unseen: false };
const CY: Seer = { entity: 4, name: "You", role: "student", seconds: 3, ago: 0, unseen: false };
const DEB: Seer = { entity: 9, name: "Deb", role: "clinician", seconds: 0, ago: 0, unseen: true };
const OKAFOR = { entity: 2, name: "Ann", role: "clinician", reason: "other", until: 0 } as const;

describe("who sees the wearer, in words", () => {
  it("says for how long, finer where it was short", () => {
    expect([0, 5, 59, 60, 150, 3600, 7325].map(durationWords)).toEqual(["a moment", "5 seconds", "59 seconds", "a minute", "2 minutes", "1 h 0 min", "2 h 2 min"]);
    expect([ANN, BO, DEB].map(seenWords)).toEqual(["for 3 minutes", "for 20 seconds, last 4 minutes ago", "may see you"]);
  });

  it("is one line a person, however often they looked", () => {
    expect(together([ANN, { ...BO, ago: 10 }, BO, { ...ANN, seconds: 10, ago: 900 }])).toEqual([{ ...ANN, seconds: 200 }, { ...BO, seconds: 40, ago: 10 }]);
  });

  it("is that alone of who may see the wearer from where they are not seen", () => {
    const before = { ...DEB, seconds: 60, ago: 20, unseen: false };
    for (const seers of [[DEB, before], [before, DEB]]) expect(together(seers)).toEqual([DEB]);
    const none = new Map();
    expect(seersWords([DEB, before], none)).toBe("“Deb” may see you.");
    expect(seersWords([ANN, DEB], none)).toBe("“Ann” sees you now. “Deb” may see you.");
  });

  it("is a sentence that begins with who breaks the glass, and has room for three names", () => {
    const none = new Map(), many = [CY, { ...CY, entity: 5, name: "Di" }, { ...CY, entity: 6, name: "Ed" }];
    expect(seersWords([BO], none)).toBe("Nobody sees you now.");
    expect(seersWords([CY], none)).toBe("Somebody called “You” sees you now.");
    expect(seersWords([CY, ANN, BO], new Map([[2, OKAFOR]]))).toBe("“Ann” (in an emergency) and somebody called “You” see you now.");
    expect(seersWords(many, none)).toBe("Somebody called “You”, “Di” and “Ed” see you now.");
    expect(seersWords([...many, ANN], none)).toBe("Somebody called “You”, “Di” and 2 others see you now.");
  });
});

describe("the panel of who sees the wearer", () => {
  let room: FakeLobby;
  let panel: SeenPanel;
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
  const rows = (label: string): (string | null)[] => [...panel.element.querySelectorAll(`[aria-label="${label}"] li`)].map(({ textContent }) => textContent);

  beforeEach(() => {
    room = new FakeLobby();
    room.seers = [ANN, CY, BO];
    panel = new SeenPanel(room);
  });

  it("tells those who do now and those who did apart, by name, role and time", async () => {
    expect(panel.element.textContent).toContain("Asking who sees you");
    panel.update(0);
    await settle();
    expect(rows("People who see you now")).toEqual(["AAnnClinicianfor 3 minutes", "Y“You” (a name)Studentfor a moment"]);
    expect(rows("People who saw you before")).toEqual(["BBoPatientfor 20 seconds, last 4 minutes ago"]);
    expect(panel.element.querySelector("h2")?.textContent).toBe("Who sees you 2");
  });

  it("marks who breaks the glass, and still says so of who did", async () => {
    room.brokeGlass.add(2);
    room.emergencies.set(2, OKAFOR);
    panel.update(0);
    await settle();
    expect(panel.element.querySelector("li[data-entity='2'] strong")?.textContent).toBe("Emergency: sees behind curtains");
    expect(panel.element.querySelectorAll("li strong")).toHaveLength(1);
    room.emergencies.clear();
    panel.update(2000);
    await settle();
    expect(panel.element.querySelector("li[data-entity='2'] strong")?.textContent).toBe("Saw behind curtains");
  });

  it("asks again every two seconds, never twice at once, and says so where there is no answer", async () => {
    const asked = (): number => room.asked.filter(([what]) => what === "whoSaw").length;
    for (const now of [0, 10, 20]) panel.update(now);
    expect(asked()).toBe(1);
    await settle();
    panel.update(1990);
    expect(asked()).toBe(1);
    room.seers = null;
    panel.update(2000);
    await settle();
    expect(asked()).toBe(2);
    expect(panel.element.textContent).toContain("cannot be told just now");
    // What was told last stays.
    expect(rows("People who see you now")).toHaveLength(2);
    room.seers = [];
    panel.update(4000);
    await settle();
    expect(panel.element.textContent).toContain("Nobody sees you now.");
    expect(rows("People who see you now")).toEqual([]);
  });

  it("keeps the rows that tell the same", async () => {
    panel.update(0);
    await settle();
    const row = panel.element.querySelector("li[data-entity='2']");
    room.seers = [{ ...ANN, seconds: 260 }];
    panel.update(2000);
    await settle();
    expect(panel.element.querySelector("li[data-entity='2']")).toBe(row);
    expect(row?.textContent).toContain("for 4 minutes");
  });
});
