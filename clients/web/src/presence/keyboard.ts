/** Which keys are down, and which action a key starts. Keys are told by their place on the keyboard. */
import type { Action } from "./actions";

export class Keyboard {
  private readonly down = new Set<string>();
  private readonly byCode = new Map<string, Action>();
  private readonly stopped = new AbortController();

  constructor(target: EventTarget, actions: readonly Action[]) {
    for (const action of actions) for (const code of action.codes) this.byCode.set(code, action);
    const { signal } = this.stopped;
    target.addEventListener("keydown", (event) => { this.press(event as KeyboardEvent); }, { signal });
    target.addEventListener("keyup", (event) => { this.down.delete((event as KeyboardEvent).code); }, { signal });
    // A key that goes up while another window has the focus is never told.
    target.addEventListener("blur", () => { this.down.clear(); }, { signal });
  }

  held(...codes: readonly string[]): boolean {
    if (this.down.size === 0) return false;
    return codes.some((code) => this.down.has(code));
  }

  /** -1, 0 or 1 from two lists of keys. */
  axis(less: readonly string[], more: readonly string[]): number {
    return (this.held(...more) ? 1 : 0) - (this.held(...less) ? 1 : 0);
  }

  clear(): void {
    this.down.clear();
  }

  dispose(): void {
    this.stopped.abort();
  }

  private press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || writes(event.target)) return;
    const action = this.byCode.get(event.code);
    if (action === undefined) return;
    // Else arrow keys scroll the page.
    event.preventDefault();
    if (event.repeat || this.down.has(event.code)) return;
    this.down.add(event.code);
    if (!action.held) action.run();
  }
}

/** Whether a key goes to a field, a list or an open dialogue rather than to the room. */
function writes(target: EventTarget | null): boolean {
  if (typeof Element === "undefined" || !(target instanceof Element)) return false;
  return target.closest("input, textarea, select, [contenteditable], dialog[open], [role=listbox], [role=slider]") !== null;
}
