/** Which keys are down, and which action a key starts: walking by where a key lies, all else by the letter that it writes. */
import type { Action } from "./actions";

export class Keyboard {
  /** Whether keys that write something act. */
  letters = true;
  private heeds = true;
  private readonly down = new Set<string>();
  /** Went down since the last picture: a key that is let go before the next one has had its effect all the same. */
  private readonly fresh = new Set<string>();
  private readonly byCode = new Map<string, Action>();
  private readonly byLetter = new Map<string, Action>();
  private readonly stopped = new AbortController();

  constructor(target: EventTarget, actions: readonly Action[]) {
    for (const action of actions) {
      for (const code of action.codes) this.byCode.set(code, action);
      if (action.letter !== "") this.byLetter.set(action.letter, action);
    }
    const { signal } = this.stopped;
    target.addEventListener("keydown", (event) => { this.press(event as KeyboardEvent); }, { signal });
    target.addEventListener("keyup", (event) => { this.down.delete((event as KeyboardEvent).code); }, { signal });
    // A key that goes up while another window has the focus is never told.
    target.addEventListener("blur", () => { this.letGo(); }, { signal });
  }

  /** Off while something covers the room: keys scroll it then, and one who walked stands. */
  set listening(listening: boolean) {
    this.heeds = listening;
    if (!listening) this.letGo();
  }

  held(...codes: readonly string[]): boolean {
    if (this.down.size === 0 && this.fresh.size === 0) return false;
    return codes.some((code) => this.down.has(code) || this.fresh.has(code));
  }

  /** A picture was made with what was held. */
  pass(): void {
    this.fresh.clear();
  }

  /** -1, 0 or 1 from two lists of keys. */
  axis(less: readonly string[], more: readonly string[]): number {
    return (this.held(...more) ? 1 : 0) - (this.held(...less) ? 1 : 0);
  }

  dispose(): void {
    this.stopped.abort();
  }

  private letGo(): void {
    this.down.clear();
    this.fresh.clear();
  }

  private press(event: KeyboardEvent): void {
    // On a Mac no key is told to go up while this one is down: who walked would walk on.
    if (event.metaKey) this.letGo();
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.heeds || isElsewhere(event.target)) return;
    const action = this.actionOf(event);
    if (action === undefined) return;
    // Else arrow keys scroll the page, and a shortcut of the page with the same letter follows.
    event.preventDefault();
    if (event.repeat || this.down.has(event.code)) return;
    this.down.add(event.code);
    this.fresh.add(event.code);
    if (!action.held) action.run();
  }

  /** Where a key lies comes first: else one could not walk where S writes "o". */
  private actionOf({ key, code }: KeyboardEvent): Action | undefined {
    if (!this.letters && key.length === 1) return undefined;
    return this.byCode.get(code) ?? this.byLetter.get(key.toLowerCase());
  }
}

const TAKES_KEYS =
  "input, textarea, select, [contenteditable], dialog[open], [role=listbox], [role=slider], [tabindex]:not(canvas)";

/**
 * Whether a key goes to a field, a list, an open dialogue or a panel that it scrolls rather than to the room. A button takes
 * none of these keys: who has just clicked one walks on.
 */
function isElsewhere(target: EventTarget | null): boolean {
  if (typeof Element === "undefined" || !(target instanceof Element)) return false;
  return target.closest(TAKES_KEYS) !== null;
}
