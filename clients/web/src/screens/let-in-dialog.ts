/** On the phone of who is signed in: type the code that a headset shows, look, and let it in. */

import { mustSignInAgain, wordsOf } from "../session/refused";
import { dialog } from "./dialog";
import { button, field, make, setText } from "./dom";
import { durationWords } from "./seers";

export interface LetInActs {
  /** For how long a device has shown the code, s; rejects where none does. */
  readonly find: (code: string) => Promise<number>;
  readonly settle: (code: string, allow: boolean) => Promise<void>;
  /** Sign in again, by a press: for who was locked since they signed in. Resolves with why that did not work; null where one cannot. */
  readonly signInAgain: ((maxAge: number) => Promise<string>) | null;
}

/** Characters of a code, with what people put between them. */
const CODE_MAX = 16;

export function letInDialog(acts: LetInActs): HTMLDialogElement {
  const code = make("input", { name: "code", required: true, maxLength: CODE_MAX, spellcheck: false, attributes: { autocomplete: "off", autocapitalize: "characters", inputmode: "text", placeholder: "BCDF-GHJK" } });
  const word = make("p", { class: "problem", attributes: { role: "alert" } });
  const body = make("div", { class: "let-in" });
  const ask = make(
    "form",
    { class: "let-in", noValidate: true, attributes: { "aria-label": "The code" } },
    field("The code on the headset", code, "Eight letters. Small or capital, with or without the hyphen."),
    make("div", { class: "row" }, make("button", { type: "submit", class: "main" }, "Next")),
  );
  let maxAge = 0;
  const again = button("Sign in again", () => {
    setText(word, "Sign in in the other window, then go on here.");
    void acts.signInAgain?.(maxAge).then((problem) => {
      setText(word, problem === "" ? "You are signed in. Go on." : problem);
      again.hidden = problem === "";
    });
  }, { class: "main" });
  again.hidden = true;
  const fail = (error: unknown): void => {
    setText(word, wordsOf(error));
    if (!mustSignInAgain(error) || acts.signInAgain === null) return;
    ({ maxAge } = error);
    again.hidden = false;
    again.focus();
  };
  const told = (text: string): void => { body.replaceChildren(make("p", { attributes: { role: "status" } }, text), make("div", { class: "row" }, button("Close", () => { element.close(); }, { class: "main" }))); };
  let settling = false;
  const settle = async (typed: string, allow: boolean): Promise<void> => {
    if (settling) return;
    settling = true;
    setText(word, "");
    try {
      await acts.settle(typed, allow);
      told(allow ? "The headset comes in as you within a few seconds." : "The headset stays out.");
    } catch (error) {
      fail(error);
    } finally {
      settling = false;
    }
  };
  const show = (typed: string, seconds: number): void => {
    body.replaceChildren(
      make("p", {}, "A device that shows ", make("strong", { class: "address" }, typed.toUpperCase()), ` has been waiting for ${durationWords(seconds)}. It will come in as you, with all that you may do here.`),
      make("p", { class: "warning" }, "Go on only if you see this code on the headset before you. If somebody sent it to you, they want in as you: say no."),
      make("div", { class: "row" }, button("Let it in", () => { void settle(typed, true); }, { class: "main" }), button("No", () => { void settle(typed, false); }, { class: "leave" })),
    );
    body.querySelector("button")?.focus();
  };
  ask.addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = code.value.trim();
    setText(word, "");
    if (typed === "") {
      setText(word, "Type the code first.");
      code.focus();
      return;
    }
    acts.find(typed).then((seconds) => { show(typed, seconds); }, fail);
  });
  code.addEventListener("input", () => { setText(word, ""); });
  body.append(ask);
  const element = dialog("Let a headset in", body, word, again);
  return element;
}
