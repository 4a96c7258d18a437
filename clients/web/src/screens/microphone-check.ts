/** The step of the entrance that checks the microphone. Its level is shown and thrown away: nothing is kept or sent. */

import { button, make, setText } from "./dom";

/** Something that tells how loud it is; closed when nobody listens any more. */
export interface LevelMeter {
  level(): number;
  close(): void;
}

export type OpenMicrophone = () => Promise<LevelMeter>;

export interface MicrophoneCheck {
  readonly element: HTMLElement;
  /** Whether the wearer let the microphone be used. */
  readonly allowed: () => boolean;
  readonly close: () => void;
}

export function microphoneCheck(open: OpenMicrophone): MicrophoneCheck {
  const meter = make("meter", { min: 0, max: 1, value: 0, low: 0.05, attributes: { "aria-label": "Level of the microphone" } });
  const word = make("span", { attributes: { role: "status" } }, "Others see you speak by the level of your voice. No sound is sent or kept. You can skip this.");
  let opened: LevelMeter | null = null;
  let allowed = false;
  const close = (): void => {
    opened?.close();
    opened = null;
    meter.value = 0;
    start.textContent = "Test microphone";
  };
  const show = (): void => {
    if (opened === null) return;
    const level = opened.level();
    meter.value = level;
    if (level > 0.05) setText(word, "We can see you speak. All is well.");
    requestAnimationFrame(show);
  };
  const start = button("Test microphone", () => {
    if (opened !== null) { close(); return; }
    open().then(
      (microphone) => {
        opened = microphone;
        allowed = true;
        start.textContent = "Stop test";
        setText(word, "Say something.");
        show();
      },
      () => { setText(word, "The microphone cannot be used: it is missing, in use, or this page may not have it. You can enter without it and write."); },
    );
  }, { class: "quiet" });
  return { element: make("div", { class: "check" }, start, meter, word), allowed: () => allowed, close };
}
