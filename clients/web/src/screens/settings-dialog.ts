/** The settings as a dialog; each change holds at once. */

import { dialog } from "./dialog";
import { button, field, make, option } from "./dom";
import { BUDGETS, TEXT_SCALES, type Settings, type SettingsShelf } from "./settings";

type Key<Value> = { [Name in keyof Settings]: Settings[Name] extends Value ? Name : never }[keyof Settings];

export function settingsDialog(shelf: SettingsShelf): HTMLDialogElement {
  const body = make("div", { class: "settings" });
  const build = (): void => { body.replaceChildren(reading(shelf), comfort(shelf), people(shelf), connection(shelf)); };
  build();
  const reset = button("Reset all settings", () => {
    shelf.reset();
    build();
  }, { class: "quiet" });
  return dialog("Settings", body, make("p", { class: "faint" }, shelf.lasts ? "Settings are kept in this browser alone." : "Settings are kept until this page is left: this device is passed on."), reset);
}

function reading(shelf: SettingsShelf): HTMLElement {
  return group(
    "Reading",
    choice(shelf, "textScale", "Text size", TEXT_SCALES.map((scale) => [scale, `${Math.round(scale * 100)} %`] as const)),
    choice(shelf, "contrast", "Contrast", [["normal", "Normal"], ["more", "More"]]),
    choice(shelf, "theme", "Colours", [["system", "As the device"], ["light", "Light"], ["dark", "Dark"]]),
    choice(shelf, "captions", "Captions", [["off", "Off"], ["normal", "Normal"], ["large", "Large"], ["largest", "Largest"]]),
    tick(shelf, "letterKeys", "Letters are shortcuts", "Without them arrow keys walk and turn, and buttons do the rest."),
    tick(shelf, "reducedMotion", "Less motion", "Nothing moves by itself, and turns and steps are sudden."),
    tick(shelf, "nameTags", "Name tags", "Names over people's heads."),
  );
}

function comfort(shelf: SettingsShelf): HTMLElement {
  return group(
    "Comfort in the room",
    choice(shelf, "move", "Move", [["teleport", "By pointing where to (calm)"], ["smooth", "Smoothly"]]),
    choice(shelf, "turn", "Turn", [["snap", "In steps (calm)"], ["smooth", "Smoothly"]]),
    choice(shelf, "snapDegrees", "A step of a turn", ([30, 45] as const).map((degrees) => [degrees, `${degrees}°`] as const)),
    slide(shelf, "vignette", "Narrow the view while moving", "Off", "Strong"),
    choice(shelf, "grip", "Hold things in a headset", [["hold", "While the hand is closed"], ["toggle", "Close once to take, once to put down"]]),
    tick(shelf, "seated", "I sit", "You see from standing height, and others see you sit."),
  );
}

function people(shelf: SettingsShelf): HTMLElement {
  return group(
    "Voice and sounds",
    slide(shelf, "voiceSensitivity", "Sensitivity of the microphone", "Loud only", "Quiet too"),
    tick(shelf, "sounds", "Sounds", "A soft tone when somebody comes, goes, or writes."),
    tick(shelf, "monoSound", "Mono", "The same sound in both ears."),
  );
}

function connection(shelf: SettingsShelf): HTMLElement {
  return group(
    "Connection",
    choice(shelf, "budget", "Most that is received", BUDGETS.map((kbits) => [kbits, kbits === 0 ? "No limit" : kbits === 8 ? "8 kbit/s (people's places only)" : `${kbits} kbit/s`] as const)),
  );
}

function group(title: string, ...fields: readonly HTMLElement[]): HTMLElement {
  return make("fieldset", {}, make("legend", {}, title), ...fields);
}

function choice<Name extends keyof Settings>(shelf: SettingsShelf, key: Name, label: string, options: readonly (readonly [Settings[Name], string])[]): HTMLElement {
  const select = make("select", { name: key }, ...options.map(([value, text]) => option(String(value), text, shelf.value[key] === value)));
  select.addEventListener("change", () => {
    const chosen = options[select.selectedIndex];
    if (chosen !== undefined) shelf.change({ [key]: chosen[0] });
  });
  return field(label, select);
}

function tick(shelf: SettingsShelf, key: Key<boolean>, label: string, help: string): HTMLElement {
  const input = make("input", { type: "checkbox", name: key, checked: shelf.value[key] });
  input.addEventListener("change", () => { shelf.change({ [key]: input.checked }); });
  return make("label", { class: "tick" }, input, make("span", {}, label, make("small", {}, help)));
}

function slide(shelf: SettingsShelf, key: Key<number>, label: string, least: string, most: string): HTMLElement {
  const input = make("input", { type: "range", name: key, min: "0", max: "1", step: "0.1", value: String(shelf.value[key]) });
  input.addEventListener("input", () => { shelf.change({ [key]: Number(input.value) }); });
  return make("label", { class: "field" }, make("span", { class: "field-name" }, label), input, make("small", { class: "ends" }, make("span", {}, least), make("span", {}, most)));
}
