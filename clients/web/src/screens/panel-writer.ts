/** Writing on a panel: a field with what stands there, kept once the server has it on its disk. What was typed is never lost. */

import { PANEL_CHARACTERS_MAX } from "../protocol/generated/constants";
import type { PanelText, RoomView, ThingView, WriteOutcome } from "../world/model";
import { tamed } from "./called";
import { dialog, openDialog } from "./dialog";
import { button, make, setText } from "./dom";
import { refusalOf, type Refusals } from "./refusals";
import { counterWords, lengthOf } from "./say-form";

const REFUSALS: Refusals = {
  forbidden: "You may not write on panels here.",
  unknown_panel: "The panel is not in sight any more.",
  rate_limited: "You write faster than the room takes it. Wait a second, then try again.",
  too_long: `A panel has room for ${PANEL_CHARACTERS_MAX} characters.`,
  failed: "The clinic cannot keep this just now. Your text is still here: try again in a moment.",
  audit_unavailable: "The clinic's record cannot be written just now, so nothing is written on panels. Your text is still here.",
  lost: "The connection was lost before the answer, so it may stand there or not. Your text is still here.",
  ended: "You are not in the room any more.",
};

const EXPLAINED = "Everybody who sees the panel can read it, and it stays until somebody writes over it. An empty text wipes the panel.";

const NOTHING: PanelText = { text: "", version: 0 };
const OUT_OF_SIGHT: WriteOutcome = { ok: false, code: "unknown_panel", detail: "", stands: null };

export class PanelWriter {
  /** By the panel's name, which it keeps when the wearer comes in anew; each keeps what was typed in it. */
  private readonly sheets = new Map<string, Sheet>();
  private readonly stops: readonly (() => void)[];

  /** `home` is what dialogs are put into; `tell` says how it went where the dialog is closed by then. */
  constructor(private readonly room: RoomView, private readonly home: HTMLElement, private readonly tell: (text: string) => void) {
    this.stops = [
      room.on("written", ({ panel, stands, own }) => { if (!own) this.sheetOf(panel)?.learn(stands); }),
      room.on("status", ({ state }) => {
        // What was told while a state lay over the room was read by nobody.
        if (state === "live") for (const { trouble } of this.sheets.values()) if (trouble !== "") tell(trouble);
      }),
    ];
  }

  open(panel: ThingView): void {
    let sheet = this.sheets.get(panel.name);
    if (sheet === undefined) {
      sheet = new Sheet(panel.name, this.tell);
      this.sheets.set(panel.name, sheet);
    }
    sheet.write = (text, version) => this.room.write(panel.entity, text, version);
    const stands = this.room.panels.get(panel.entity);
    if (stands !== undefined) sheet.learn(stands);
    sheet.trouble = "";
    openDialog(sheet.element, this.home);
  }

  close(): void {
    for (const stop of this.stops) stop();
    for (const { element } of this.sheets.values()) element.remove();
  }

  private sheetOf(panel: number): Sheet | undefined {
    const name = this.room.things.get(panel)?.name;
    return name === undefined ? undefined : this.sheets.get(name);
  }
}

/** The dialog about one panel. */
class Sheet {
  readonly element: HTMLDialogElement;
  /** Ask the room; settles once it is kept. */
  write: (text: string, version: number) => Promise<WriteOutcome> = () => Promise.resolve(OUT_OF_SIGHT);
  /** What went wrong while the dialog was closed; "" for nothing. */
  trouble = "";
  private readonly field: HTMLTextAreaElement;
  private readonly keep = make("button", { type: "submit", class: "main" });
  private readonly counter = make("small", { class: "faint" });
  private readonly word = make("p", { class: "problem", attributes: { role: "alert" } });
  private readonly theirs = make("blockquote", { class: "stands", dir: "auto" });
  private readonly meanwhile: HTMLElement;
  /** What the text is to replace. */
  private over = NOTHING;
  private busy = false;

  constructor(private readonly name: string, private readonly tell: (text: string) => void) {
    this.field = make("textarea", { name: "panel-text", rows: 8, dir: "auto", autofocus: true, attributes: { "aria-label": `Text on ${name}` } });
    this.field.addEventListener("input", () => { this.say(""); });
    const take = button("Take this instead of mine", () => {
      this.field.value = this.over.text;
      this.say("");
      this.field.focus();
    }, { class: "quiet" });
    this.meanwhile = make("div", { class: "meanwhile", hidden: true, attributes: { role: "alert" } }, make("p", {}, "Somebody wrote there meanwhile. It says now:"), this.theirs, take);
    const form = make("form", { class: "write" }, this.field, this.counter, this.meanwhile, this.word, make("div", { class: "row" }, this.keep));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.save();
    });
    this.element = dialog(`Write on ${name}`, make("p", { class: "faint" }, EXPLAINED), form);
    this.show();
  }

  /** Take in what stands on the panel. What was typed over another text stays, and one is told. */
  learn(stands: PanelText): void {
    if (stands.version === this.over.version) return;
    const typed = this.busy || this.field.value !== this.over.text;
    this.over = stands;
    if (!typed) this.field.value = stands.text;
    setText(this.theirs, tamed(stands.text));
    this.meanwhile.hidden = !typed;
    this.show();
  }

  private async save(): Promise<void> {
    const text = this.field.value;
    if (this.busy || lengthOf(text) > PANEL_CHARACTERS_MAX) return;
    this.busy = true;
    this.say("");
    const outcome = await this.write(text, this.over.version);
    this.busy = false;
    if (outcome.ok) this.done(text, outcome.stands);
    else this.refused(outcome);
  }

  private done(text: string, stands: PanelText | null): void {
    this.over = stands ?? { text, version: this.over.version + 1 };
    this.meanwhile.hidden = true;
    this.say("");
    // What was typed since is another text: it goes on.
    if (this.field.value !== text) return;
    this.element.close();
    this.tell(text === "" ? `${this.name} is wiped.` : `Saved on ${this.name}.`);
  }

  private refused(outcome: WriteOutcome): void {
    const { code, stands } = outcome;
    if (stands !== null) this.learn(stands);
    const overtaken = code === "stale" && stands !== null;
    this.say(overtaken ? "" : refusalOf(outcome, REFUSALS));
    if (this.element.open) return;
    this.trouble = `What you wrote on ${this.name} may not stand there. Your text is kept: open the panel again.`;
    this.tell(this.trouble);
  }

  private say(word: string): void {
    setText(this.word, word);
    this.show();
  }

  private show(): void {
    if (this.field.value === this.over.text) this.meanwhile.hidden = true;
    setText(this.counter, counterWords(this.field.value, PANEL_CHARACTERS_MAX));
    setText(this.keep, this.meanwhile.hidden === true ? "Save" : "Replace with mine");
    this.keep.disabled = this.busy || lengthOf(this.field.value) > PANEL_CHARACTERS_MAX;
  }
}
