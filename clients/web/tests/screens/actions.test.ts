// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { ActionBar, type Action } from "../../src/screens/actions";

test("what is on is a pressed button, or one of another name, and never both", () => {
  const on = new Set<string>();
  const toggle = (id: string, label: string, activeLabel?: string): Action =>
    ({ id, label, group: "voice", keys: "", active: () => on.has(id), run: () => undefined, ...(activeLabel === undefined ? {} : { activeLabel }) });
  const bar = new ActionBar([toggle("sit", "Sit or stand"), toggle("mute", "Mute the microphone", "Unmute the microphone")]);
  const said = (id: string): (string | null)[][] =>
    [...bar.element.querySelectorAll(`[data-action=${id}]`)].map((each) => [each.textContent, each.getAttribute("aria-label"), each.getAttribute("aria-pressed")]);
  bar.update();
  expect(said("sit")).toEqual([["Sit or stand", null, "false"], ["Sit", "Sit or stand", "false"]]);
  expect(said("mute")).toEqual([["Mute the microphone", null, null], ["Mute", "Mute the microphone", null]]);
  on.add("sit").add("mute");
  bar.update();
  expect(said("sit")).toEqual([["Sit or stand", null, "true"], ["Sit", "Sit or stand", "true"]]);
  expect(said("mute")).toEqual([["Unmute the microphone", null, null], ["Unmute", "Unmute the microphone", null]]);
  on.clear();
  bar.update();
  expect(said("mute")).toEqual([["Mute the microphone", null, null], ["Mute", "Mute the microphone", null]]);
});
