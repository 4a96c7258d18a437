/** What of the room is recorded, seen by everybody, and what each allows: given and withdrawn with a press. */

import { RECORDING_NEEDS } from "../protocol/generated/tables";
import type { Purpose, RecordingKind, RecordingState, RoomView } from "../world/model";
import { consentRefusal, PURPOSES } from "./consent-words";
import { dialog, openDialog } from "./dialog";
import { button, make, setText } from "./dom";
import { recordingWords } from "./recording-words";

/** No client of ours makes them: asked for only where another one does, or to withdraw what was given there. */
const MADE_BY_OTHERS: Readonly<Partial<Record<Purpose, RecordingKind>>> = { record_audio: "audio", transcribe: "transcript" };

const EXPLAINED = "You can change this whenever you like: what you no longer allow ends at once. Who sees you now is listed behind the eye. A recording needs everybody's consent, and nobody is told who has not given theirs.";

export class ConsentBar {
  /** Opens what the wearer allows. */
  readonly opener: HTMLButtonElement;
  /** A row for each recording, while it is on or paused. */
  readonly going = make("ul", { class: "plain lasting recordings", hidden: true, attributes: { "aria-label": "Recordings" } });
  private readonly ticks = new Map<Purpose, HTMLInputElement>();
  private readonly word = make("p", { class: "problem", attributes: { role: "alert" } });
  private readonly motion = button("", () => { void this.record(); }, { class: "quiet" });
  private readonly sheet: HTMLDialogElement;
  /** Whether the wearer leaves soon because nobody allows what they are here for. */
  private ends = false;
  private readonly stops: readonly (() => void)[];

  constructor(private readonly room: RoomView, home: HTMLElement, private readonly tell: (text: string) => void) {
    const ticks = Object.entries(PURPOSES).map(([purpose, { name, help }]) => this.tick(purpose as Purpose, name, help));
    this.sheet = dialog("What you allow here", make("p", {}, EXPLAINED), make("div", { class: "write" }, ...ticks), this.word, this.motion);
    this.opener = button("What you allow", () => {
      setText(this.word, "");
      openDialog(this.sheet, home);
    }, { class: "quiet" });
    this.stops = [
      room.on("consents", () => { this.show(); }),
      room.on("recording", () => { this.show(); }),
      room.on("ending", (seconds) => {
        this.ends = seconds > 0;
        this.show();
        tell(seconds > 0 ? endingWords(seconds) : "You may stay: what you are here for is allowed again.");
      }),
      room.on("status", () => { this.show(); }),
    ];
    this.show();
  }

  close(): void {
    for (const stop of this.stops) stop();
    this.sheet.remove();
  }

  private show(): void {
    const { consents, recordings, rights } = this.room;
    for (const [purpose, tick] of this.ticks) {
      if (!tick.disabled) tick.checked = consents.has(purpose);
      const kind = MADE_BY_OTHERS[purpose];
      tick.closest("label")!.hidden = kind !== undefined && !recordings.has(kind) && !consents.has(purpose);
      if (tick === document.activeElement) this.stand(tick);
    }
    this.motion.hidden = !rights.has("record");
    setText(this.motion, recordings.has("motion") ? "End the recording of how everybody moves" : "Record how everybody moves");
    const focused = document.activeElement?.closest<HTMLElement>(".recordings li")?.dataset["kind"];
    this.going.hidden = recordings.size === 0 && !this.ends;
    const ends = !this.ends ? [] : [make("li", { data: { kind: "ending" } }, make("strong", {}, "Nobody here allows what you are here for: you leave soon, unless somebody does."))];
    this.going.replaceChildren(...ends, ...[...recordings].map(([kind, state]) => this.row(kind, state)));
    // Each row is another one now: who stood on its button stands there still, or by what is allowed where it is gone.
    if (focused !== undefined) (this.going.querySelector<HTMLElement>(`[data-kind="${focused}"] button`) ?? this.opener).focus();
  }

  /** Stand on a tick, or on the first one where its row is gone. */
  private stand(tick: HTMLInputElement): void {
    (tick.closest("label")!.hidden ? this.sheet.querySelector("input")! : tick).focus();
  }

  private row(kind: RecordingKind, state: RecordingState): HTMLElement {
    const purpose = RECORDING_NEEDS[kind], given = this.room.consents.has(purpose);
    const dot = make("span", { class: state === "on" ? "red-dot" : "pause", attributes: { "aria-hidden": "true" } });
    const change = button(given ? "No longer allow it" : "Allow it", () => { void this.set(purpose, !given, (words) => { if (words !== "") this.tell(words); }); }, { class: given ? "leave" : "quiet" });
    return make("li", { data: { kind, state } }, dot, make("span", {}, recordingWords(kind, state)), change);
  }

  private tick(purpose: Purpose, name: string, help: string): HTMLElement {
    const input = make("input", { type: "checkbox", name: purpose });
    this.ticks.set(purpose, input);
    input.addEventListener("change", () => { void this.change(purpose, input); });
    return make("label", { class: "tick" }, input, make("span", {}, name, help !== "" && make("small", {}, help)));
  }

  private async change(purpose: Purpose, input: HTMLInputElement): Promise<void> {
    input.disabled = true;
    await this.set(purpose, input.checked, (words) => { setText(this.word, words); });
    input.disabled = false;
    // As the room has it now, whatever came of it.
    input.checked = this.room.consents.has(purpose);
    if (this.sheet.open) this.stand(input);
  }

  private async set(purpose: Purpose, given: boolean, told: (words: string) => void): Promise<void> {
    told(consentRefusal(await this.room.consent(purpose, given)));
  }

  private async record(): Promise<void> {
    setText(this.word, consentRefusal(await this.room.record("motion", !this.room.recordings.has("motion"))));
  }
}

function endingWords(seconds: number): string {
  return `Nobody here allows any more what you are here for. You leave in ${Math.ceil(seconds)} seconds, unless somebody does.`;
}
