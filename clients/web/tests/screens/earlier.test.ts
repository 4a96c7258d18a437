// @vitest-environment happy-dom
/** Lines of chat from before one came: they are there to be read, and nothing makes a noise of them. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { Recorder } from "../../src/recorder/recorder";
import { keepIn } from "../../src/screens/keeping";
import { Overlay } from "../../src/screens/overlay";
import { RecorderBar } from "../../src/screens/recorder-bar";
import { SettingsShelf } from "../../src/screens/settings";
import { WELL, fakeDesk, quietLobby, type FakeLobby } from "./fake-lobby";

let room: FakeLobby;
let overlay: Overlay;

beforeEach(() => {
  room = quietLobby();
  overlay = new Overlay({
    room,
    desk: fakeDesk(),
    shelf: new SettingsShelf(keepIn(() => sessionStorage), { reducedMotion: false, moreContrast: false }),
    actions: [],
    recording: new RecorderBar(new Recorder(() => "desktop"), () => undefined),
    ways: { walkTo: () => Promise.resolve(true), turn: () => undefined, goThrough: () => undefined, grab: () => Promise.resolve(WELL), put: () => Promise.resolve(WELL), leave: () => undefined },
    standing: () => ({ position: [0, 1.6, 2], yaw: 0 }),
    goTo: () => undefined,
    remedy: () => undefined,
    headset: null,
    credits: () => [],
    pictured: true,
    shared: false,
    link: "",
    textShown: () => undefined,
    covered: () => undefined,
  });
  document.body.replaceChildren(overlay.element);
});

afterEach(() => {
  overlay.close();
});

const rows = (): HTMLElement[] => [...overlay.element.querySelectorAll<HTMLElement>(".chat li")];

function tellEarlier(): void {
  const [first, second] = room.chat;
  room.chat.splice(0, 2, { entity: 0, name: "Grace", text: "Yesterday", at: 0, earlier: true }, first!, { entity: 0, name: "<b>You", text: "Just now", at: Date.now(), earlier: true }, second!);
  room.happen("earlier", room.chat);
}

it("puts them in their place, quietly: nothing is announced, captioned or read out by the log", () => {
  overlay.show("chat");
  const before = rows();
  tellEarlier();
  overlay.step(performance.now() + 10_000);
  expect(overlay.element.querySelector(".unseen")?.textContent).toBe("");
  expect(overlay.element.querySelectorAll(".captions p")).toHaveLength(0);
  expect(rows().map((row) => [row.querySelector("p")?.textContent, row.dataset["earlier"], row.getAttribute("aria-live")])).toEqual([
    ["Yesterday", "true", "off"], ["Good morning, is the doctor in?", "false", null], ["Just now", "true", "off"], ["She is on her way.", "false", null],
  ]);
  // A row that is put in anew would be read out anew.
  expect([rows()[1] === before[0], rows()[3] === before[1]]).toEqual([true, true]);
  room.happen("earlier", room.chat);
  expect(rows()).toHaveLength(4);
  expect(overlay.element.querySelector("[data-news]")).toBeNull();
});

it("says of them in words that they are earlier, and of which day where that is another", () => {
  overlay.show("chat");
  tellEarlier();
  const [long, lately] = [rows()[0], rows()[2]].map((row) => row?.querySelector("time")?.textContent ?? "");
  expect(long).toMatch(/^earlier, .*(1970|Jan|Dec)/);
  expect(lately).toMatch(/^earlier, \d?\d:\d\d/);
  expect(rows()[2]?.querySelector(".by")?.firstChild?.textContent).toBe("<b>You");
});

it("marks the chat that is closed, and no more", () => {
  overlay.show(null);
  tellEarlier();
  expect(overlay.element.querySelector("[data-news]")?.textContent).toBe("Chat");
});
