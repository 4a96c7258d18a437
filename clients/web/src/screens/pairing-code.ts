/** What a headset shows that is to be let in by a phone: where to go, and a short code. Nothing has to be typed here. */

import { button, make } from "./dom";

export interface ShownCode {
  readonly address: string;
  readonly code: string;
  readonly minutes: number;
}

export function pairingCode({ address, code, minutes }: ShownCode, stop: () => void): HTMLElement {
  const spelled = Array.from(code.replace("-", "")).join(" ");
  return make(
    "div",
    { class: "pairing" },
    make(
      "ol",
      { class: "pairing-steps" },
      make("li", {}, "On your phone, open ", make("strong", { class: "address" }, address.replace(/^https?:\/\//, "").replace(/\/$/, "")), " and sign in."),
      make("li", {}, "Choose ", make("strong", {}, "Let a headset in"), "."),
      make("li", {}, "Type this code:"),
    ),
    // Read letter by letter: it is no word.
    make("p", { class: "pairing-code", attributes: { role: "img", "aria-label": `The code: ${spelled}` } }, code),
    make("p", { class: "faint", attributes: { role: "status" } }, `Waiting for your phone. The code is good for ${minutes} minutes.`),
    make("div", { class: "row" }, button("Cancel", stop, { class: "quiet" })),
  );
}
