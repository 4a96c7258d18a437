/** The recording of one's own motion as one sees it: asked for, consented to, red while it runs, and then a file. */

import type { Recorder } from "../recorder/recorder";
import { dialog, openDialog } from "./dialog";
import { button, make, setText } from "./dom";
import { icon } from "./icons";

export const CONSENT =
  "The recording keeps how your head, hands and fingers move, and how loud you speak, as they are sent to the room: no sound, no picture, no name, nobody else. " +
  "Ways of moving can still tell who somebody is. The file stays on this device until you give it to somebody.";

export class RecorderBar {
  readonly element: HTMLElement;
  private readonly start: HTMLButtonElement;
  private readonly stop: HTMLButtonElement;
  private readonly length = make("span", { class: "length" });
  private readonly live: HTMLElement;
  private readonly consent: HTMLDialogElement;

  constructor(private readonly recorder: Recorder, private readonly save: (text: string, name: string) => void) {
    const agree = make("input", { type: "checkbox" });
    const go = button("Start recording", () => {
      this.consent.close();
      recorder.start(performance.now());
      this.show();
    }, { class: "main" });
    go.disabled = true;
    agree.addEventListener("change", () => { go.disabled = !agree.checked; });
    this.consent = dialog("Record your motion", make("p", {}, CONSENT), make("label", { class: "tick" }, agree, make("span", {}, "I agree, and I am the one who moves.")), go);
    this.start = button(icon("record"), () => {
      agree.checked = false;
      go.disabled = true;
      openDialog(this.consent, this.element);
    }, { class: "quiet record", label: "Record your motion" });
    // A narrow foot has no room for the first word; "Record" alone would read as if the room were recorded.
    this.start.append(make("span", {}, make("span", { class: "spare" }, "Record "), "your motion"));
    this.start.title = "Record your motion";
    this.stop = button("Stop and save", () => { this.finish(); }, { class: "leave" });
    this.live = make("div", { class: "recording", hidden: true, attributes: { role: "status" } }, make("span", { class: "red-dot", attributes: { "aria-hidden": "true" } }), make("span", {}, "Recording"), this.length, this.stop);
    // The length would be spoken each second.
    this.length.setAttribute("aria-live", "off");
    this.element = make("div", { class: "recorder" }, this.start, this.live, this.consent);
  }

  update(now: number): void {
    if (!this.recorder.recording) {
      if (!this.live.hidden) this.finish();
      return;
    }
    if (this.live.hidden) this.show();
    setText(this.length, lengthWords(this.recorder.seconds(now)));
  }

  /** Whatever was recorded is saved, also when the room is left. */
  finish(): void {
    const file = this.recorder.stop();
    this.show();
    if (file !== null) this.save(file, `motion-${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.motion.jsonl`);
  }

  private show(): void {
    this.live.hidden = !this.recorder.recording;
    this.start.hidden = this.recorder.recording;
  }
}

export function lengthWords(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Give a file to the browser to save. */
export function saveFile(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
  const link = make("a", { href: address, download: name });
  link.click();
  // Some browsers read the address only after the click has been handled.
  setTimeout(() => { URL.revokeObjectURL(address); }, 10_000);
}
