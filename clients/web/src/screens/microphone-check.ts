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

const REFUSED =
  "The microphone cannot be used: it is missing, in use, or this page may not have it. You can enter without it and write.";

export function microphoneCheck(open: OpenMicrophone): MicrophoneCheck {
  const meter = make("meter", { min: 0, max: 1, value: 0, low: 0.05, attributes: { "aria-label": "Level of the microphone" } });
  const word = make("span", { attributes: { role: "status" } }, "Others see you speak by the level of your voice. No sound is sent or kept. You can skip this.");
  let opened: LevelMeter | null = null;
  let allowed = false;
  let pending = false;
  let closed = false;
  const stop = (): void => {
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
  const begin = async (): Promise<void> => {
    // The browser's question may stay open for minutes: one at a time, and a late answer opens nothing.
    pending = true;
    start.setAttribute("aria-disabled", "true");
    try {
      const microphone = await open();
      if (closed) {
        microphone.close();
        return;
      }
      opened = microphone;
      allowed = true;
      start.textContent = "Stop test";
      setText(word, "Say something.");
      show();
    } catch {
      setText(word, REFUSED);
    } finally {
      pending = false;
      start.removeAttribute("aria-disabled");
    }
  };
  const start = button("Test microphone", () => {
    if (opened !== null) stop();
    else if (!pending) void begin();
  }, { class: "quiet" });
  const close = (): void => {
    closed = true;
    stop();
  };
  return { element: make("div", { class: "check" }, start, meter, word), allowed: () => allowed, close };
}
