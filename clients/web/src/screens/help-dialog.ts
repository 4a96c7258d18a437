/** Every key and what it does. */

import { GROUP_NAMES, groupsOf, type Action } from "./actions";
import { dialog } from "./dialog";
import { make } from "./dom";

interface Shortcut {
  readonly keys: string;
  readonly label: string;
}

export const SCREEN_SHORTCUTS: readonly Shortcut[] = [
  { keys: "?", label: "This help" },
  { keys: "Enter or /", label: "Write to the room" },
  { keys: "N", label: "People" },
  { keys: "B", label: "Map of the facility" },
  { keys: "T", label: "The room in words (text view)" },
  { keys: ",", label: "Settings" },
  { keys: "Escape", label: "Back to the room" },
];

export function helpDialog(actions: readonly Action[]): HTMLDialogElement {
  const groups = groupsOf(actions).map(([group, members]) => section(GROUP_NAMES[group], members.filter((action) => action.keys !== "")));
  return dialog("Keys and help", ...groups, section("On the page", SCREEN_SHORTCUTS), make("p", {}, "Everything here can be reached with the Tab key too. Every action has a button at the bottom, under More."));
}

function section(title: string, shortcuts: readonly Shortcut[]): HTMLElement {
  return make(
    "section",
    {},
    make("h3", {}, title),
    make("dl", { class: "keys" }, ...shortcuts.map(({ keys, label }) => make("div", {}, make("dt", {}, ...keyCaps(keys)), make("dd", {}, label)))),
  );
}

/** "W or ↑" as two keys. */
function keyCaps(keys: string): HTMLElement[] {
  return keys.split(" or ").map((key) => make("kbd", {}, key));
}
