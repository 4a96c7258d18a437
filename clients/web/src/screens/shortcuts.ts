/** Keys of the page, beside those that move the wearer. */

export interface ShortcutRuns {
  readonly help: () => void;
  readonly write: () => void;
  readonly people: () => void;
  readonly seen: () => void;
  readonly panels: () => void;
  readonly map: () => void;
  readonly text: () => void;
  readonly settings: () => void;
  readonly back: () => void;
}

const KEYS: Readonly<Record<string, keyof ShortcutRuns>> = {
  "?": "help",
  "/": "write",
  Enter: "write",
  n: "people",
  i: "seen",
  k: "panels",
  b: "map",
  t: "text",
  ",": "settings",
  Escape: "back",
};

/** Which shortcut a key is; null while somebody types, or a dialog or a button has the focus that the key belongs to. */
export function shortcutOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">, focus: Element | null): keyof ShortcutRuns | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  if (focus?.closest("dialog") != null) return null;
  const name = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key] ?? null;
  const types = focus?.matches("input:not([type=checkbox]):not([type=radio]), textarea, select") === true;
  if (types) return name === "back" ? name : null;
  if (event.key === "Enter" && focus?.matches("button, a, summary, [tabindex]") === true && !focus.matches("canvas")) return null;
  return name;
}

/** Listen; returns how to stop. `letters`: whether keys that write something are shortcuts. */
export function listenForShortcuts(runs: ShortcutRuns, letters: () => boolean): () => void {
  const heard = (event: KeyboardEvent): void => {
    // A key that moves the wearer does nothing else.
    if (event.defaultPrevented || (event.key.length === 1 && !letters())) return;
    const name = shortcutOf(event, document.activeElement);
    if (name === null) return;
    event.preventDefault();
    runs[name]();
  };
  window.addEventListener("keydown", heard);
  return () => { window.removeEventListener("keydown", heard); };
}
