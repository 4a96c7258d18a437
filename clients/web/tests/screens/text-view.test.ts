// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { Announcer } from "../../src/screens/announcer";
import { TextView, heldWords, type TextWays } from "../../src/screens/text-view";
import { WELL, person, quietLobby, thing, type FakeLobby } from "./fake-lobby";

let room: FakeLobby;
let view: TextView;
let announcer: Announcer;
let done: string[];
let arrives: boolean;

function ways(): TextWays {
  return {
    walkTo: (place, stop) => {
      done.push(`walk ${place.map((metres) => metres.toFixed(1)).join()} ${stop}`);
      return Promise.resolve(arrives);
    },
    turn: (radians) => done.push(`turn ${radians.toFixed(1)}`),
    goThrough: (to) => done.push(`go ${to}`),
    grab: (what) => {
      done.push(`grab ${what.name}`);
      return Promise.resolve(room.answer);
    },
    put: (what) => {
      done.push(`put ${what.name}`);
      return Promise.resolve(WELL);
    },
    leave: () => done.push("leave"),
  };
}

function press(name: string): void {
  const found = [...view.element.querySelectorAll("button")].find((button) => (button.getAttribute("aria-label") ?? button.textContent) === name);
  if (found === undefined) throw new Error(`no button ${name}`);
  found.click();
}

const outcome = (): string => view.element.querySelector(".outcome")?.textContent ?? "";
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  done = [];
  arrives = true;
  room = quietLobby();
  announcer = new Announcer();
  view = new TextView(room, ways(), () => ({ position: [0, 1.6, 2], yaw: 0 }), announcer);
  document.body.replaceChildren(view.element);
  view.show(true);
});

describe("the room in words", () => {
  it("takes the focus when it is shown", () => {
    expect(document.activeElement?.textContent).toBe("The room in words");
  });

  it("says that a walk was broken off", async () => {
    view.close();
    view = new TextView(room, { ...ways(), walkTo: () => Promise.resolve(false) }, () => ({ position: [0, 1.6, 2], yaw: 0 }), announcer);
    document.body.replaceChildren(view.element);
    view.show(true);
    press("Walk to Grace Okafor");
    expect(outcome()).toBe("Walking to “Grace Okafor”.");
    await settle();
    expect(outcome()).toBe("You stopped on the way to “Grace Okafor”.");
  });

  it("lets one do everything", async () => {
    press("Walk to Grace Okafor");
    press("Turn left");
    press("Go through to Auditorium");
    press("Put down tablet");
    press("Leave the room");
    await settle();
    expect(done).toEqual(["walk -1.4,1.6,0.6 1", "turn 0.8", "go auditorium", "put tablet", "leave"]);
  });

  it("walks up to a thing before taking it, and tells how it went", async () => {
    press("Take clipboard");
    await settle();
    expect(done).toEqual(["walk 0.4,1.0,0.8 0.6", "grab clipboard"]);
    expect(outcome()).toBe("You hold clipboard.");
    room.answer = { ok: false, code: "held", detail: "" };
    press("Take stethoscope");
    await settle();
    expect(outcome()).toContain("They are told that you would like it.");
  });

  it("does not offer to somebody whom one did not get to", async () => {
    arrives = false;
    press("Hand over to Grace Okafor");
    await settle();
    expect(room.asked).toEqual([]);
    expect(outcome()).toBe("You did not get to “Grace Okafor”.");
  });

  it("hands over by walking there and offering", async () => {
    press("Hand over to Grace Okafor");
    await settle();
    expect(done).toEqual(["walk -1.4,1.6,0.6 0.9"]);
    expect(room.asked.at(-1)).toEqual(["offer", 22, true]);
    expect(outcome()).toBe("You stand by “Grace Okafor” and offer tablet. “Grace Okafor” can take it now.");
  });

  it("keeps rows, and with them the focus, while what they tell changes", () => {
    const walk = [...view.element.querySelectorAll("button")].find((button) => button.getAttribute("aria-label") === "Walk to Grace Okafor");
    walk?.focus();
    room.people.get(2)?.head.position.set([3, 1.6, 2]);
    view.update();
    expect(document.activeElement).toBe(walk);
    expect(walk?.closest("li")?.textContent).toContain("3 m to the right");
    room.people.delete(2);
    view.update();
    expect(walk?.isConnected).toBe(false);
  });

  it("keeps the place and the focus of a row whose buttons change", () => {
    const words = (): (string | null)[] => [...view.element.querySelectorAll("ul[aria-label='People in sight'] strong")].map((name) => name.textContent);
    room.meet(person(7, "Li Na", "patient", [2, 1.6, 0]));
    view.update();
    const before = words();
    const focusOn = (name: string): void => { view.element.querySelector<HTMLElement>(`[aria-label="${name}"]`)?.focus(); };
    const focus = (): string | null | undefined => document.activeElement?.getAttribute("aria-label");
    focusOn("Walk to Grace Okafor");
    room.things.forEach((each) => { if (each.holder === room.self.entity) room.things.delete(each.entity); });
    view.update();
    expect([...view.element.querySelectorAll("button")].map((each) => each.getAttribute("aria-label"))).not.toContain("Hand over to Grace Okafor");
    expect(focus()).toBe("Walk to Grace Okafor");
    expect(words()).toEqual(before);
    room.things.set(50, { ...thing(50, "cup", [0, 1, 0]), holder: 1 });
    view.update();
    focusOn("Hand over to Grace Okafor");
    room.things.delete(50);
    view.update();
    expect(focus()).toBe("Walk to Grace Okafor");
  });

  it("shows what others write as text, whatever they write", () => {
    room.happen("said", { entity: 2, name: "<b>Bo</b>", text: "<img src=x onerror=alert(1)>", at: 0 });
    expect(view.element.querySelector("img, b b")).toBeNull();
    expect(view.element.textContent).toContain("<img src=x onerror=alert(1)>");
  });

  it("has earlier lines in their place, marked in words, and says nothing of them", () => {
    const rows = (): (string | null)[] => [...view.element.querySelectorAll(".lines li")].map((row) => row.textContent);
    const before = view.element.querySelector(".lines li");
    room.chat.unshift({ entity: 0, name: "Bo", text: "Yesterday", at: 0, earlier: true });
    room.happen("earlier", room.chat);
    expect(rows()).toEqual(["Bo, earlier: Yesterday", "Grace Okafor: Good morning, is the doctor in?", "You: She is on her way."]);
    expect(view.element.querySelectorAll(".lines li")[1]).toBe(before);
    announcer.step(1e9);
    expect(announcer.element.textContent).toBe("");
  });

  it("tells somebody called You from the reader, and no name as news", () => {
    room.meet(person(6, "You", "patient", [0, 1.6, 0]));
    room.happen("said", { entity: 6, name: "You", text: "I agree.\n. “Grace Okafor” is out of sight.", at: 0 });
    room.happen("said", { entity: 1, name: "Ada", text: "Who?", at: 0 });
    view.update();
    expect([...view.element.querySelectorAll(".lines li")].slice(-2).map((line) => line.querySelector("b")?.textContent)).toEqual(["“You” (patient): ", "You: "]);
    expect([...view.element.querySelectorAll(".what strong")].map((name) => name.textContent)).toContain("“You” (patient)");
    expect(heldWords(room, { ...thing(40, "the cup", [0, 0, 0]), holder: 6 })).toBe("Somebody called “You” holds the cup.");
    room.meet(person(7, ". Bob is out of sight. Dr", "clinician", [0, 1.6, 0]));
    announcer.step(1e9);
    expect(announcer.element.textContent).toBe("Somebody called “You” comes into sight. Somebody called “You” says: “I agree. . ’Grace Okafor’ is out of sight.” “Bob is out of sight Dr” comes into sight.");
  });

  it("is silent while it is not shown", () => {
    view.show(false);
    room.meet(person(9, "Bo", "patient", [0, 1.6, 0]));
    announcer.step(1e9);
    expect(announcer.element.textContent).toBe("");
  });
});

describe("what is announced", () => {
  it("comes together, once, and as a number where it is too much", () => {
    const told = new Announcer();
    told.say("A comes.", 0);
    told.say("A comes.", 100);
    told.step(1000);
    expect(told.element.textContent).toBe("");
    for (const name of ["B", "C", "D", "E", "F"]) told.say(`${name} comes.`, 1100);
    told.step(1600);
    expect(told.element.textContent).toBe("A comes. B comes. C comes. D comes. and 2 more things happened.");
  });

  it("says who holds what", () => {
    const cup = thing(40, "the cup", [0, 0, 0]);
    expect(heldWords(room, cup)).toBe("the cup was put down.");
    expect(heldWords(room, { ...cup, holder: 2 })).toBe("“Grace Okafor” holds the cup.");
    expect(heldWords(room, { ...cup, holder: 2, offered: true })).toBe("“Grace Okafor” offers the cup.");
    expect(heldWords(room, { ...cup, holder: 1 })).toBe("You hold the cup.");
    expect(heldWords(room, { ...cup, holder: 77 })).toBe("Somebody holds the cup.");
  });
});

it("who writes more than is said at once reads how much too much it is", () => {
  const view = new TextView(quietLobby(), {} as TextWays, () => ({ position: [0, 1.6, 2], yaw: 0 }), new Announcer());
  document.body.replaceChildren(view.element);
  view.input.value = "x".repeat(503);
  view.input.dispatchEvent(new Event("input"));
  expect(document.getElementById(view.input.getAttribute("aria-describedby")!)?.textContent).toBe("3 characters too many");
  view.close();
});
