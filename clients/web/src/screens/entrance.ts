/** The entrance: who one is, a check of what one has, which room. One page, in steps, nothing that must be done twice. */

import { accountStep, type AccountActs } from "./account-step";
import { connectionCheck } from "./connection-check";
import { roleWords } from "./describe";
import { authorsOf, creditLine } from "./credits";
import { button, field, make, option, written, type Child } from "./dom";
import type { FacilityWords, FrontDeskWords, LookFile, WhoWords } from "./facility";
import { icon } from "./icons";
import type { Keeping } from "./keeping";
import { microphoneCheck, type OpenMicrophone } from "./microphone-check";
import { RoomChoice } from "./room-choice";

export type Way = "screen" | "headset" | "text";

export interface Visit {
  readonly name: string;
  readonly role: string;
  readonly look: string;
  readonly room: string;
  readonly way: Way;
  readonly microphone: boolean;
  /** The token of one's place in the room, where that is locked. */
  readonly locked?: string;
}

export interface EntranceParts {
  readonly desk: FrontDeskWords;
  readonly keeping: Keeping;
  /** The room of a link; null without one. */
  readonly linked: string | null;
  readonly who: WhoWords;
  readonly account: AccountActs | null;
  /** Ids of rooms that are in no list and that this page has opened or was invited to, for the way back; kept as long as the page is. */
  readonly opened: Set<string>;
  readonly openMicrophone: OpenMicrophone;
  /** Whether this browser can enter VR; asked once. */
  readonly headset: () => Promise<boolean>;
  /** Shows a look in a slot; called again when another is chosen. */
  readonly preview: (look: string, role: string, slot: HTMLElement) => void;
  readonly enter: (visit: Visit) => void;
  readonly openSettings: () => void;
}

interface Remembered {
  readonly name: string;
  readonly role: string;
  readonly look: string;
  readonly room: string;
}

export const NAME_MAX = 64;

/** Read what an earlier visit left. */
export function remembered(kept: unknown): Remembered {
  const values = (typeof kept === "object" && kept !== null ? kept : {}) as Record<string, unknown>;
  const text = (key: string): string => (typeof values[key] === "string" ? values[key].slice(0, NAME_MAX) : "");
  return { name: text("name"), role: text("role"), look: text("look"), room: text("room") };
}

const LOOK_NAMES: Readonly<Record<string, string>> = { plain: "The clinic's own" };

export class Entrance {
  readonly element = make("main", { class: "entrance", id: "content", tabIndex: -1 });
  private readonly name = make("input", { name: "name", required: true, maxLength: NAME_MAX, attributes: { autocomplete: "off" }, spellcheck: false, dir: "auto" });
  private readonly role = make("select", { name: "role" });
  private readonly look = make("select", { name: "look" });
  private readonly credit = make("small", { class: "faint", attributes: { role: "status" } });
  private readonly slot = make("div", { class: "preview", attributes: { "aria-hidden": "true" } });
  private readonly word = make("p", { class: "problem", attributes: { role: "alert" } });
  private readonly microphone;
  private readonly rooms: RoomChoice;
  private readonly clear = new ResizeObserver(([bar]) => { document.documentElement.style.setProperty("--ways", `${bar?.borderBoxSize[0]?.blockSize ?? 0}px`); });
  /** What one may come as. */
  private readonly roles: readonly string[];

  constructor(private readonly parts: EntranceParts, private readonly facility: FacilityWords) {
    const before = remembered(parts.keeping.read("visitor"));
    const { who } = parts;
    this.microphone = microphoneCheck(parts.openMicrophone);
    this.roles = facility.roles.filter((role) => who.roles.includes(role));
    const visits = who.kind === "invited" ? [] : facility.visits;
    this.rooms = new RoomChoice(parts.desk, { ...facility, visits }, () => this.role.value, parts.linked, before.room, parts.opened);
    this.name.value = who.name ?? before.name;
    this.name.readOnly = who.name !== null;
    this.role.append(...this.roles.map((role) => option(role, roleWords(role), role === before.role)));
    this.look.append(...facility.looks.map((look) => option(look, this.lookWords(look), look === before.look)));
    const show = (): void => {
      const file = this.fileOf(this.look.value);
      this.credit.replaceChildren(...(file === undefined ? [] : ["The look is ", creditLine(file), "."]));
      parts.preview(this.look.value, this.role.value, this.slot);
    };
    this.name.addEventListener("input", () => {
      this.name.removeAttribute("aria-invalid");
      this.word.textContent = "";
    });
    this.look.addEventListener("change", show);
    this.role.addEventListener("change", () => {
      show();
      // Which rooms there are depends on who one is.
      void this.refresh();
    });
    this.element.append(this.build(before));
    show();
  }

  async refresh(): Promise<void> {
    await this.rooms.refresh();
  }

  close(): void {
    this.microphone.close();
    this.clear.disconnect();
    this.element.remove();
  }

  private fileOf(look: string): LookFile | undefined {
    return this.facility.files?.find((file) => file.look === look);
  }

  private lookWords(look: string): string {
    const file = this.fileOf(look);
    return file === undefined ? (LOOK_NAMES[look] ?? roleWords(look)) : `${file.title} (by ${authorsOf(file)})`;
  }

  /**
   * Screens are shared: whoever came last is named and asked for, and nobody is let in under their name without a press.
   * An invitation says which room, so that one press is all it takes.
   */
  private returning({ name, role }: Remembered): HTMLElement | null {
    if (name === "") return null;
    const forget = (): void => {
      this.parts.keeping.forget("visitor");
      this.rooms.forget();
      if (this.parts.who.name === null) this.name.value = "";
      this.role.selectedIndex = 0;
      this.look.selectedIndex = 0;
      // The rooms of another role are not shown to who comes next.
      this.role.dispatchEvent(new Event("change"));
      element.remove();
      this.name.focus();
    };
    const { who, linked } = this.parts;
    if (who.name !== null) return null;
    const goes = who.kind === "invited" || (linked !== null && this.roles.includes(role));
    const known = make("p", {}, "This browser knows you as ", make("strong", {}, written(name)), this.roles.includes(role) && `, ${roleWords(role).toLowerCase()}`, ".");
    const element = make(
      "section",
      { class: "step returning", attributes: { "aria-label": "Welcome back" } },
      known,
      make(
        "div",
        { class: "row" },
        goes && button(`Come in as ${name}`, () => { this.enter("screen"); }, { class: "main" }),
        button("Not you? Forget this name", forget, { class: "quiet" }),
      ),
    );
    return element;
  }

  private build(before: Remembered): HTMLElement {
    const form = make(
      "form",
      { class: "steps", noValidate: true, attributes: { "aria-label": "Come in" } },
      make(
        "header",
        { class: "welcome" },
        make("div", {}, make("h1", {}, this.facility.name), make("p", { class: "faint" }, this.greeting())),
        button(icon("settings"), this.parts.openSettings, { class: "quiet square", label: "Settings" }),
      ),
      this.word,
      accountStep(this.parts.who, this.parts.account),
      ...this.steps(before),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.enter("screen");
    });
    return form;
  }

  /** None where nobody comes in without an account. */
  private steps(before: Remembered): readonly Child[] {
    if (this.roles.length === 0) return [];
    return [
      this.returning(before),
      step(1, "You", make("div", { class: "you" }, make("div", { class: "fields" }, field("Your name", this.name, this.name.readOnly ? "The clinic calls you so, and everybody in the room reads it." : "Everybody in the room reads it."), field("You come as", this.role), this.facility.looks.length > 1 && field("Your look", this.look), this.credit), this.slot)),
      step(2, "Room", this.rooms.element),
      step(3, "Check", make("div", { class: "checks" }, this.microphone.element, connectionCheck(() => this.parts.desk.facility()))),
      this.ways(),
    ];
  }

  private greeting(): string {
    const [role] = this.roles;
    if (this.parts.who.kind === "invited") return `You are invited${role === undefined ? "" : `, as ${roleWords(role).toLowerCase()}`}. Say who you are, and come in.`;
    return this.roles.length === 0 ? "Sign in to come in." : "Say who you are, choose a room, and come in.";
  }

  private ways(): HTMLElement {
    const headset = button("Enter VR", () => { this.enter("headset"); }, { class: "main" });
    headset.prepend(icon("headset"));
    headset.hidden = true;
    void this.parts.headset().then((there) => { headset.hidden = !there; }, () => undefined);
    const enter = make("button", { type: "submit", class: "main" }, "Enter");
    const bar = make("div", { class: "row ways" }, enter, headset, button("Enter as text", () => { this.enter("text"); }, { class: "quiet" }), make("small", { class: "faint" }, "The text view tells the room in words. It needs no pictures and works with a screen reader."));
    this.clear.observe(bar);
    return bar;
  }

  private enter(way: Way): void {
    const name = this.name.value.trim();
    if (name === "") {
      this.complain("Enter your name first.", this.name);
      return;
    }
    if (this.rooms.chosen === "") {
      this.complain(this.rooms.problem === "" ? "Choose a room first." : this.rooms.problem, null);
      this.rooms.focus();
      return;
    }
    const visit: Visit = { name, role: this.role.value, look: this.look.value, room: this.rooms.chosen, way, microphone: this.microphone.allowed() };
    if (this.parts.who.name === null) this.parts.keeping.write("visitor", { name, role: visit.role, look: visit.look, room: this.rooms.public ? visit.room : "" });
    this.microphone.close();
    this.parts.enter(visit);
  }

  private complain(text: string, field: HTMLElement | null): void {
    this.word.textContent = text;
    field?.setAttribute("aria-invalid", "true");
    field?.focus();
  }
}

function step(number: number, title: string, ...children: readonly Child[]): HTMLElement {
  return make("section", { class: "step", attributes: { "aria-labelledby": `step-${number}` } }, make("h2", { id: `step-${number}` }, make("span", { class: "number", attributes: { "aria-hidden": "true" } }, String(number)), title), ...children);
}
