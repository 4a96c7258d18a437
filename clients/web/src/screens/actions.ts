/** What the wearer can do, as buttons: whatever a key or a controller can, a button can too. */

import { button, make } from "./dom";

/** As the wearer's side tells them. */
export interface Action {
  readonly id: string;
  readonly label: string;
  readonly group: "move" | "look" | "hands" | "gestures" | "voice";
  /** For people; empty where no key does it. */
  readonly keys: string;
  /** `KeyboardEvent.code`s of keys that do it by where they lie: what they write depends on the keyboard. */
  readonly codes?: readonly string[];
  /** For what is switched on and off: whether it is on. Its button is pressed then, or has this other name. */
  readonly active?: () => boolean;
  readonly activeLabel?: string;
  run(): void;
}

export const GROUP_NAMES: Readonly<Record<Action["group"], string>> = { move: "Move", look: "Look", hands: "Hands", gestures: "Gestures", voice: "Voice" };

/** What one does often stands in the bar, in a word that is part of its name; all is behind "More". */
const OFTEN: Readonly<Record<string, string>> = { grab: "Take", offer: "Offer", wave: "Wave", sit: "Sit", mute: "Mute" };
const OFTEN_ACTIVE: Readonly<Record<string, string>> = { mute: "Unmute" };

export class ActionBar {
  readonly element: HTMLElement;
  private readonly all: HTMLElement;
  private readonly more = button("More", () => { this.unfold(this.all.hidden === true); }, { class: "quiet" });
  /** Each shows whether what it switches is on, where that has changed. */
  private readonly switches: (() => void)[] = [];

  constructor(actions: readonly Action[]) {
    const often = Object.entries(OFTEN).flatMap(([id, word]) => actions.filter((action) => action.id === id).map((action) => this.button(action, word)));
    this.all = make("div", { class: "all-actions", id: "all-actions", hidden: true }, ...groupsOf(actions).map(([group, members]) => this.group(GROUP_NAMES[group], members)));
    this.more.setAttribute("aria-controls", "all-actions");
    this.unfold(false);
    this.element = make(
      "div",
      { class: "actions", hidden: actions.length === 0, attributes: { role: "group", "aria-label": "Actions" } },
      this.all,
      make("div", { class: "often" }, ...often, this.more),
    );
  }

  /** Show all that one can do, or only what one does often. */
  unfold(unfolded: boolean): void {
    this.all.hidden = !unfolded;
    this.more.setAttribute("aria-expanded", String(unfolded));
  }

  /** Show what is switched on; some times a second. */
  update(): void {
    for (const show of this.switches) show();
  }

  private group(name: string, actions: readonly Action[]): HTMLElement {
    return make("div", { attributes: { role: "group", "aria-label": name } }, make("h2", {}, name), make("div", { class: "row" }, ...actions.map((action) => this.button(action))));
  }

  private button(action: Action, word = action.label): HTMLElement {
    const { active, activeLabel, label } = action;
    const element = button(word, () => { action.run(); }, { class: "quiet", ...(word === label ? {} : { label }) });
    // Shown when one points at it, and told as a description, not as the name.
    if (action.keys !== "") element.title = `Key: ${action.keys}`;
    element.dataset["action"] = action.id;
    if (active === undefined) return element;
    let shown: boolean | null = null;
    this.switches.push(() => {
      const on = active();
      if (on === shown) return;
      shown = on;
      // A name that changes and a pressed button would contradict each other.
      if (activeLabel === undefined) element.setAttribute("aria-pressed", String(on));
      else if (word === label) element.textContent = on ? activeLabel : label;
      else {
        element.textContent = on ? (OFTEN_ACTIVE[action.id] ?? activeLabel) : word;
        element.setAttribute("aria-label", on ? activeLabel : label);
      }
    });
    return element;
  }
}

/** Actions by their group, in the order of the first of each. */
export function groupsOf(actions: readonly Action[]): readonly (readonly [Action["group"], readonly Action[]])[] {
  const groups = new Map<Action["group"], Action[]>();
  for (const action of actions) groups.set(action.group, [...(groups.get(action.group) ?? []), action]);
  return [...groups];
}
