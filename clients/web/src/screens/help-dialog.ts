/** Every key and what it does. */

import { GROUP_NAMES, groupsOf, type Action } from "./actions";
import { dialog } from "./dialog";
import { make } from "./dom";

interface Shortcut {
  readonly keys: string;
  readonly label: string;
  readonly codes?: readonly string[];
}

export const SCREEN_SHORTCUTS: readonly Shortcut[] = [
  { keys: "?", label: "This help" },
  { keys: "Enter or /", label: "Write to the room" },
  { keys: "N", label: "People" },
  { keys: "I", label: "Who sees you" },
  { keys: "K", label: "What stands on panels" },
  { keys: "B", label: "Map of the facility" },
  { keys: "T", label: "The room in words (text view)" },
  { keys: ",", label: "Settings" },
  { keys: "Escape", label: "Back to the room" },
];

export function helpDialog(actions: readonly Action[]): HTMLDialogElement {
  const groups = groupsOf(actions).map(([group, members]) => section(GROUP_NAMES[group], members.filter((action) => action.keys !== "")));
  void nameKeys(groups);
  return dialog("Keys and help", ...groups, section("On the page", SCREEN_SHORTCUTS), make("p", {}, "Everything here can be reached with the Tab key too. Every action has a button at the bottom, under More."));
}

/** Keys that are told by where they lie are named by what they write here, where the browser knows; else as on an English keyboard. */
async function nameKeys(groups: readonly HTMLElement[]): Promise<void> {
  const { keyboard } = navigator as { readonly keyboard?: { getLayoutMap(): Promise<ReadonlyMap<string, string>> } };
  const layout = await keyboard?.getLayoutMap().catch(() => undefined);
  for (const cap of groups.flatMap((group) => [...group.querySelectorAll("kbd")])) {
    const writes = layout?.get(cap.dataset["code"] ?? "");
    if (writes !== undefined) cap.textContent = writes.toUpperCase();
  }
}

function section(title: string, shortcuts: readonly Shortcut[]): HTMLElement {
  return make(
    "section",
    {},
    make("h3", {}, title),
    make("dl", { class: "keys" }, ...shortcuts.map(({ keys, label, codes }) => make("div", {}, make("dt", {}, ...keyCaps(keys, codes)), make("dd", {}, label)))),
  );
}

/** "W or ↑" as two keys. */
function keyCaps(keys: string, codes: readonly string[] = []): HTMLElement[] {
  return keys.split(" or ").map((key) => {
    const code = codes.find((each) => each === `Key${key}` || each === `Digit${key}`);
    return make("kbd", code === undefined ? {} : { data: { code } }, key);
  });
}
