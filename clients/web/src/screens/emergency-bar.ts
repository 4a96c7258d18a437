/** Breaking the glass: asked for with a reason, seen by everybody while it lasts, and ended by who began it. */

import { EMERGENCY_MINUTES_MAX, EMERGENCY_TEXT_MAX } from "../protocol/generated/constants";
import type { Emergency, EmergencyReason, Outcome, RoomView } from "../world/model";
import { spoken } from "./called";
import { dialog, openDialog } from "./dialog";
import { button, field, make, option, setText } from "./dom";
import { icon } from "./icons";
import { lengthWords } from "./recorder-bar";
import { refusalOf, type Refusals } from "./refusals";
import { counterWords, lengthOf } from "./say-form";

const REASONS: Readonly<Record<EmergencyReason, string>> = {
  life_threat: "A life is at risk",
  no_response: "Somebody does not respond",
  risk_to_others: "Others are at risk",
  safety_check: "To see that somebody is safe",
  other: "Another reason",
};
const MINUTES = [5, 10, 15, 30, EMERGENCY_MINUTES_MAX] as const;

const REFUSALS: Refusals = {
  forbidden: "Your role may not do that here. That you asked has been written down.",
  audit_unavailable: "The clinic's record cannot be written just now, so no curtain is opened.",
  broken: "Your emergency here is still on.",
  malformed: `Say why, in 1 to ${EMERGENCY_TEXT_MAX} characters.`,
  lost: "The connection was lost before the answer. Ask again if you still have to.",
};

const EXPLAINED = [
  "You see behind every curtain of this room, for the time you choose at most: then it ends by itself.",
  "Everybody in the room is told your name and the reason. What you write goes into the clinic's record alone, and the record is kept.",
] as const;

export class EmergencyBar {
  readonly element: HTMLElement;
  private readonly begin: HTMLButtonElement;
  private readonly end = button("End it", () => { void this.finish(); }, { class: "leave" });
  /** Those that last, who it is and for how long still. */
  readonly going = make("ul", { class: "plain lasting emergencies", attributes: { "aria-label": "Emergencies" } });
  private readonly times = new Map<number, HTMLElement>();
  private readonly sheet: HTMLDialogElement;
  private readonly reason = make("select", { name: "reason" }, option("", "Choose a reason", true), ...Object.entries(REASONS).map(([value, words]) => option(value, words, false)));
  private readonly text = make("textarea", { name: "why", rows: 3, required: true, dir: "auto" });
  private readonly minutes = make("select", { name: "minutes" }, ...MINUTES.map((minutes) => option(String(minutes), `${minutes} minutes`, minutes === MINUTES[1])));
  private readonly counter = make("small", { class: "faint" });
  private readonly word = make("p", { class: "problem", attributes: { role: "alert" } });
  private readonly go = make("button", { type: "submit", class: "main" }, "See behind every curtain");
  private readonly stop: () => void;
  private busy = false;

  /** `may`: whether the wearer may begin one here. `tell` says how it went where no dialog is open. */
  constructor(private readonly room: RoomView, private readonly may: () => boolean, private readonly tell: (text: string) => void) {
    this.reason.required = true;
    this.text.addEventListener("input", () => { this.count(); });
    const form = make(
      "form",
      { class: "write" },
      field("Why, for everybody in the room", this.reason),
      field("Why, for the record", this.text),
      this.counter,
      field("For at most", this.minutes),
      this.word,
      make("div", { class: "row" }, this.go),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.ask();
    });
    this.sheet = dialog("Break the glass in an emergency", ...EXPLAINED.map((line) => make("p", {}, line)), form);
    this.begin = button(icon("alarm"), () => { openDialog(this.sheet, this.element); }, { class: "quiet alarm", label: "Emergency: see behind the curtains" });
    this.begin.append(make("span", {}, "Emergency"));
    this.begin.title = "Emergency: see behind the curtains";
    this.element = make("div", { class: "emergency" }, this.begin, this.sheet);
    this.stop = room.on("emergency", ({ who }) => {
      if (who.entity === this.room.self.entity) this.sheet.close();
      this.show();
    });
    this.show();
  }

  /** Write how long each still lasts; some times a second. */
  update(now: number): void {
    if (this.times.size !== this.room.emergencies.size) this.show();
    this.begin.hidden = !this.may() || this.room.emergencies.has(this.room.self.entity);
    for (const [entity, left] of this.times) setText(left, leftWords(this.room.emergencies.get(entity)?.until ?? now, now));
  }

  close(): void {
    this.stop();
    this.sheet.remove();
  }

  private show(): void {
    const { emergencies, self } = this.room;
    const focused = document.activeElement === this.begin || document.activeElement === this.end;
    this.times.clear();
    this.going.replaceChildren(...[...emergencies.values()].map((who) => this.row(who, who.entity === self.entity)));
    this.going.hidden = emergencies.size === 0;
    this.update(performance.now());
    // The button that is gone hands the focus to the one that came.
    if (focused) (this.begin.hidden ? this.end : this.begin).focus();
  }

  private row({ entity, name }: Emergency, own: boolean): HTMLElement {
    const left = make("span", { class: "length" });
    this.times.set(entity, left);
    return make("li", {}, make("span", {}, own ? "You see behind every curtain" : `${spoken(name)} sees behind every curtain`), left, own && this.end);
  }

  private count(): void {
    setText(this.word, "");
    setText(this.counter, counterWords(this.text.value, EMERGENCY_TEXT_MAX));
  }

  private async ask(): Promise<void> {
    const text = this.text.value.trim();
    if (this.busy) return;
    if (text === "" || lengthOf(text) > EMERGENCY_TEXT_MAX) {
      setText(this.word, REFUSALS["malformed"]!);
      return;
    }
    this.wait(true);
    const outcome = await this.room.breakGlass(this.reason.value as EmergencyReason, text, Number(this.minutes.value));
    this.wait(false);
    if (outcome.ok) this.begun();
    else this.refused(outcome);
  }

  /** It is asked for and will open once it is written down, which everybody is told of. */
  private begun(): void {
    this.text.value = "";
    this.reason.value = "";
    this.count();
    this.sheet.close();
  }

  private refused(outcome: Outcome): void {
    const words = refusalOf(outcome, REFUSALS);
    setText(this.word, words);
    if (!this.sheet.open) this.tell(words);
  }

  private wait(busy: boolean): void {
    this.busy = busy;
    this.go.disabled = busy;
  }

  private async finish(): Promise<void> {
    const outcome = await this.room.endEmergency();
    // That there is none any more is what was asked for.
    if (!outcome.ok && outcome.code !== "not_broken") this.tell(refusalOf(outcome, REFUSALS));
  }
}

/** "4:05 left". */
function leftWords(until: number, now: number): string {
  return `${lengthWords(Math.max(0, Math.ceil((until - now) / 1000)))} left`;
}
