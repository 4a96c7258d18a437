/** Staff make a link for somebody without an account: into this room, in a role, for a while. */

import { wordsOf } from "../session/refused";
import { roleWords } from "./describe";
import { dialog } from "./dialog";
import { button, field, make, option, setText } from "./dom";

export interface InviteWish {
  readonly role: string;
  readonly hours: number;
  readonly uses: number;
  /** The name that others see; null: they choose it. */
  readonly name: string | null;
}

export interface InviteActs {
  /** The facility's; the front desk says which of them can be invited. */
  readonly roles: readonly string[];
  /** The link; rejects with why there is none. */
  readonly invite: (wish: InviteWish) => Promise<string>;
}

const HOURS: readonly (readonly [hours: number, words: string])[] = [[2, "2 hours"], [24, "A day"], [168, "A week"]];
const USES_MAX = 20;
const NAME_MAX = 64;

export function inviteDialog({ roles, invite }: InviteActs, room: string): HTMLDialogElement {
  const role = make("select", { name: "role" }, ...roles.map((each) => option(each, roleWords(each), each === "patient")));
  const name = make("input", { name: "invited", maxLength: NAME_MAX, dir: "auto", spellcheck: false, attributes: { autocomplete: "off" } });
  const hours = make("select", { name: "hours" }, ...HOURS.map(([each, words]) => option(String(each), words, each === 24)));
  const uses = make("input", { name: "uses", type: "number", min: "1", max: String(USES_MAX), value: "1", required: true });
  const word = make("p", { class: "problem", attributes: { role: "alert" } });
  const made = make("div", { class: "let-in", hidden: true });
  const start = make("button", { type: "submit", class: "main" }, "Make the link");
  const form = make(
    "form",
    { class: "let-in", noValidate: true, attributes: { "aria-label": "Who is invited" } },
    field("They come as", role),
    field("Their name", name, "Everybody in the room reads it. Left empty, they choose it."),
    field("The link is good for", hours),
    field("People who may come by it", uses, "One, unless you send it to several."),
    make("div", { class: "row" }, start),
  );
  const show = (link: string): void => {
    const address = make("input", { readOnly: true, value: link, attributes: { "aria-label": "The link" } });
    address.addEventListener("focus", () => { address.select(); });
    const told = make("p", { class: "faint", attributes: { role: "status" } }, "The link is made. It is shown only here and only now.");
    const copy = async (): Promise<void> => {
      try {
        // A page that came without TLS has no clipboard at all, whatever the types say.
        await navigator.clipboard.writeText(link);
        setText(told, "The link is copied. Send it to nobody but whom it is for.");
      } catch {
        address.focus();
        setText(told, "The link is marked: copy it by hand.");
      }
    };
    made.replaceChildren(address, told, make("div", { class: "row" }, button("Copy the link", () => { void copy(); }, { class: "main" })));
    made.hidden = false;
    form.hidden = true;
    made.querySelector("button")?.focus();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    setText(word, "");
    const many = Number(uses.value);
    if (!Number.isInteger(many) || many < 1 || many > USES_MAX) {
      setText(word, `From 1 to ${USES_MAX} people.`);
      uses.focus();
      return;
    }
    start.disabled = true;
    const said = name.value.trim();
    invite({ role: role.value, hours: Number(hours.value), uses: many, name: said === "" ? null : said })
      .then(show, (error: unknown) => { setText(word, wordsOf(error)); })
      .finally(() => { start.disabled = false; });
  });
  return dialog("Invite somebody", make("p", {}, `Into ${room}, without an account. Whoever has the link comes in.`), form, made, word);
}
