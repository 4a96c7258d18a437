// @vitest-environment happy-dom
import { beforeEach, expect, it } from "vitest";
import { installHook } from "../../src/main/hook";
import { quietLobby } from "../screens/fake-lobby";

interface Told {
  readonly chat: { text: string }[];
  readonly roster: { name: string }[];
}

const told = (): Told | undefined => (window as unknown as { polyclinic?: Told }).polyclinic;

beforeEach(() => {
  Reflect.deleteProperty(window, "polyclinic");
});

it("is not there for a page that nobody watches", () => {
  window.polyclinicWatched = false;
  installHook(() => ({ screen: "room", room: quietLobby(), body: null }));
  expect(told()).toBeUndefined();
});

it("tells copies: what is done to them changes nothing", () => {
  const room = quietLobby();
  window.polyclinicWatched = true;
  installHook(() => ({ screen: "room", room, body: null }));
  const { chat, roster } = told()!;
  chat[0]!.text = "forged";
  chat.length = 0;
  roster[0]!.name = "forged";
  expect(room.chat.map(({ text }) => text)).not.toContain("forged");
  expect(room.chat).toHaveLength(2);
  expect([...room.roster.values()].map(({ name }) => name)).not.toContain("forged");
});
