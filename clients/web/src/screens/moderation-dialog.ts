/** What those who may can do about somebody in the room: silence them, or show them out. */

import type { Outcome, RemovalReason, RoomView } from "../world/model";
import { called } from "./called";
import { roleWords } from "./describe";
import { dialog } from "./dialog";
import { button, field, make, option, setText } from "./dom";
import { refusalOf, type Refusals } from "./refusals";

const REASONS: Readonly<Record<RemovalReason, string>> = {
  disturbing: "Disturbs others",
  private: "Others need to be alone",
  unsafe: "Somebody is not safe",
  wrong_room: "Is in the wrong room",
  other: "Another reason",
};

const REFUSALS: Refusals = {
  unknown_person: "They have left already.",
  forbidden: "You may not do that here.",
};

/** A dialog about one person, made anew each time; loaded when it is asked for. */
export function moderationDialog(room: RoomView, entity: number): HTMLDialogElement {
  const person = room.roster.get(entity), name = person === undefined ? "Somebody who has left" : called(person.name, roleWords(person.role));
  const word = make("p", { class: "problem", attributes: { role: "alert" } });
  const done = async (asked: Promise<Outcome>): Promise<void> => {
    const outcome = await asked;
    if (outcome.ok) element.close();
    else setText(word, refusalOf(outcome, REFUSALS));
  };
  const muted = room.muted.has(entity);
  const reason = make("select", { name: "reason" });
  reason.append(...Object.entries(REASONS).map(([value, words]) => option(value, words, value === "disturbing")));
  const mute = room.rights.has("mute") && make(
    "section",
    { class: "step" },
    make("p", {}, muted ? "They are muted: nobody hears their voice or reads what they write." : "Their voice and what they write reach nobody, until you lift it."),
    button(muted ? "Let them be heard" : "Mute", () => { void done(room.mute(entity, !muted)); }),
  );
  const remove = room.rights.has("remove") && make(
    "section",
    { class: "step" },
    field("Why", reason, "They are told that they were asked to leave. For a while they cannot come back, but a guest can, as somebody new."),
    button("Remove from the room", () => { void done(room.remove(entity, reason.value as RemovalReason)); }, { class: "leave" }),
  );
  const element = dialog(name, word, mute, remove);
  return element;
}
