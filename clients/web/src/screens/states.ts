/** What one reads, and what one can do, while one is not in a room as one wished: each way a visit waits or ends. */

import type { Status } from "../world/model";

export type Remedy = "wait" | "retry" | "reload" | "rooms" | "leave" | "unlock" | "signIn" | "phone";

export interface StateWords {
  readonly kind: string;
  readonly title: string;
  readonly text: string;
  /** In the order of the buttons; the first is the likely one. */
  readonly remedies: readonly Remedy[];
  /** Whether the room is still there behind it. */
  readonly over: boolean;
}

export const REMEDY_NAMES: Readonly<Record<Remedy, string>> = {
  wait: "Wait for a place",
  retry: "Try again",
  reload: "Load the new version",
  rooms: "Choose a room",
  leave: "Leave",
  unlock: "Come back in",
  signIn: "Sign in again",
  phone: "Show a code for my phone",
};

interface Ending {
  readonly title: string;
  readonly text: string;
  readonly remedies: readonly Remedy[];
}

/** By close code (SPEC 9), or by the front desk's (SPEC 10). */
const ENDINGS: Readonly<Record<string, Ending>> = {
  "": { title: "You have left the room", text: "Nobody there sees you any more.", remedies: ["rooms"] },
  "1000": { title: "You have left the room", text: "Nobody there sees you any more.", remedies: ["rooms"] },
  room_full: { title: "This room is full", text: "As soon as somebody leaves there is a place. You can wait for it here, or choose another room.", remedies: ["wait", "rooms"] },
  "4006": { title: "This room is full", text: "As soon as somebody leaves there is a place. You can wait for it here, or choose another room.", remedies: ["wait", "rooms"] },
  room_unknown: { title: "There is no such room", text: "The link may be old, or the visit is over. Ask whoever invited you for a new one.", remedies: ["rooms"] },
  room_closed: { title: "This room has closed", text: "The visit is over. Rooms that are open are at the entrance.", remedies: ["rooms"] },
  role_unknown: { title: "Nobody comes here in that role", text: "Choose another role at the entrance.", remedies: ["rooms"] },
  invalid_request: { title: "The name was not accepted", text: "Choose another name at the entrance: letters, and no control signs.", remedies: ["rooms"] },
  unauthenticated: { title: "This needs an account", text: "Sign in at the entrance, or ask the clinic for an invitation. If you have just signed in, the clinic does not accept that sign-in: tell its operator.", remedies: ["rooms"] },
  reauthentication_required: { title: "Sign in again", text: "A view of yours was locked since you signed in. Show the clinic that it is you: a window opens in which you sign in, and then you come in.", remedies: ["signIn", "rooms"] },
  auth_time_missing: { title: "Sign in again", text: "The clinic's sign-in service did not say when you signed in. Sign in once more. If you are asked again after that, tell the clinic: its tokens lack the time (auth_time).", remedies: ["signIn", "rooms"] },
  paired: { title: "Let this device in again", text: "Its view was locked. Let it in from your phone as at first: a code is shown here, and you sign in again there.", remedies: ["phone", "rooms"] },
  signing_in: { title: "Sign in in the other window", text: "As soon as you have, you come in here by yourself. If you see no other window, sign in again.", remedies: ["signIn", "rooms"] },
  other_person: { title: "This place is somebody else's", text: "You are not who was here when the view was locked. Come in as yourself.", remedies: ["rooms"] },
  unattended: { title: "This view is locked", text: "Nobody seemed to be there while the connection was lost, and your place is not kept any more. Come in as at first.", remedies: ["rooms"] },
  place_gone: { title: "Your place is not kept any more", text: "The view was locked for too long. Come in as at first.", remedies: ["rooms"] },
  mfa_required: { title: "This role needs a second factor", text: "Sign in again with one: a code, a key or a fingerprint. Or choose another role.", remedies: ["rooms"] },
  forbidden: { title: "You may not come in as that", text: "Choose another role or another room at the entrance.", remedies: ["rooms"] },
  identity_unavailable: { title: "Accounts cannot be checked now", text: "The clinic's sign-in service does not answer. Try again in a moment.", remedies: ["retry", "rooms"] },
  invitation_invalid: { title: "This invitation cannot be read", text: "The link may be cut short, or it was never this clinic's. Ask whoever sent it for another.", remedies: ["rooms"] },
  invitation_foreign: { title: "This invitation is for another clinic", text: "Open it at the clinic that sent it, or ask for another.", remedies: ["rooms"] },
  invitation_expired: { title: "This invitation has expired", text: "Ask whoever sent it for another.", remedies: ["rooms"] },
  invitation_used: { title: "This invitation was used already", text: "It lets in as many people as it was made for. If you were one of them and closed the page, ask whoever sent it for another.", remedies: ["rooms"] },
  invitation_revoked: { title: "This invitation was taken back", text: "Ask whoever sent it.", remedies: ["rooms"] },
  invitation_paused: { title: "Nobody new comes in by this invitation now", text: "Try again in a quarter of an hour, or ask whoever sent it for another.", remedies: ["retry", "rooms"] },
  stopping: { title: "The clinic is restarting", text: "It is back within a minute or so.", remedies: ["wait", "rooms"] },
  unreachable: { title: "The clinic cannot be reached", text: "Check whether this device is online. If it is, the clinic's server may be down for a moment.", remedies: ["retry", "rooms"] },
  "4500": { title: "Your ticket was not valid any more", text: "Tickets last for a minute. Come in again.", remedies: ["retry", "rooms"] },
  "4502": { title: "Coming in took too long", text: "The connection may be slow. Try again.", remedies: ["retry", "rooms"] },
  "4503": { title: "You were asked to leave", text: "Somebody who looks after this room has ended your visit. If you think that it was a mistake, speak to the clinic.", remedies: ["rooms"] },
  "4504": { title: "Too many connections", text: "This clinic lets only so many devices in at a time. Close other windows of it, then try again.", remedies: ["retry", "rooms"] },
  "4505": { title: "This page is older than the clinic", text: "The clinic was brought up to date while this page was open. Load the page anew.", remedies: ["reload"] },
  schema: { title: "This page is older than the clinic", text: "The clinic was brought up to date while this page was open. Load the page anew.", remedies: ["reload"] },
  "4507": { title: "You may not enter this room", text: "Your role does not open it. Choose another room.", remedies: ["rooms"] },
  "4508": { title: "This visit has ended", text: "It was away for too long to be taken up again. Come in anew.", remedies: ["retry", "rooms"] },
  "4509": { title: "You are here in another window", text: "Your visit goes on there. Only one window at a time can be in it.", remedies: ["retry", "rooms"] },
  "4510": { title: "Your access has ended", text: "The clinic has taken back the permission that you came in with. Ask whoever invited you.", remedies: ["rooms"] },
  "4511": { title: "Consent was withdrawn", text: "Without it this visit cannot go on. Nothing more is sent from this device.", remedies: ["rooms"] },
  "4512": { title: "Your movements were not believed", text: "The server saw you move faster than people can, again and again. Recentre your headset, then come in again.", remedies: ["retry", "rooms"] },
  removed: { title: "You were asked to leave this room", text: "You cannot come back yet. If you think that it was a mistake, speak to the clinic.", remedies: ["rooms"] },
  "4514": { title: "This view is locked", text: "Nobody seemed to be there. Nobody sees or hears you, and nothing of the room is shown here. Your place is kept for a while. To choose a room is to begin anew: who was here is forgotten.", remedies: ["unlock", "rooms"] },
  "4513": { title: "Too much went wrong", text: "This page asked for too many things that the clinic refused. Load it anew.", remedies: ["reload", "rooms"] },
};

const UNKNOWN: Ending = { title: "The visit has ended", text: "", remedies: ["retry", "rooms"] };

const KEPT = "Your place in the room is kept. Others do not see you meanwhile.";
const NOT_KEPT = "Your place is not kept any more: you come in anew, by yourself, as soon as that works.";

const RESTARTING: StateWords = {
  kind: "restarting", title: "The clinic is restarting", text: "You come back in by yourself as soon as it is there again.", remedies: ["leave"], over: true,
};
const FULL: StateWords = {
  kind: "waiting", title: "This room is full now", text: "Your place was not kept for so long. You come in by yourself as soon as somebody leaves.", remedies: ["leave"], over: true,
};

/** Where one was told why one has to wait, by close code or the front desk's. */
const RETURNS: Readonly<Record<string, StateWords>> = {
  "1012": RESTARTING,
  stopping: RESTARTING,
  room_full: FULL,
  "4000": { kind: "moved", title: "The room is moving", text: "It is being taken to another server. You need not do anything.", remedies: ["leave"], over: true },
};

/** Closes before the welcome that say nothing of this visit: the server was not there, or not for now. */
const NOT_REACHED: ReadonlySet<string> = new Set(["1001", "1006", "1011", "4002"]);

/** Choose the screen of a status; null while one is in the room and all is well. `kept`: one's place still is, while reconnecting. */
export function stateWords(status: Status, kept = true): StateWords | null {
  switch (status.state) {
    case "live":
      return null;
    case "joining":
      return JOINING;
    case "reconnecting":
      // Whose place is not kept any more is not in the room: an empty chair does not go on showing it.
      return { ...(RETURNS[status.code] ?? reconnectingWords(status, kept)), over: kept };
    case "ended":
      return screenOf(ENDINGS[status.code] ?? UNKNOWN, status.reason);
  }
}

/** The screen of who was never let in: of a code of the front desk, or of a close before the welcome. */
export function refusedWords(code: string, reason: string): StateWords {
  // Neither has gone: nobody was in the room.
  const ending = NEVER_IN.has(code) ? undefined : ENDINGS[code === "1012" ? "stopping" : NOT_REACHED.has(code) ? "unreachable" : code];
  return screenOf(ending ?? { title: "You could not come in", text: "", remedies: ["retry", "rooms"] }, reason);
}

/** Endings of a visit, which a refusal is not. */
const NEVER_IN: ReadonlySet<string> = new Set(["", "1000", "4508"]);

function reconnectingWords({ code, reason }: Status, kept: boolean): StateWords {
  const why = code === "1006" ? "" : `${reason} `;
  return { kind: kept ? "reconnecting" : "returning", title: "Connection lost", text: `${why}${kept ? KEPT : NOT_KEPT}`.trim(), remedies: ["leave"], over: true };
}

function screenOf(ending: Ending, reason: string): StateWords {
  // The server's own reason says more than ours where we know no better.
  const text = ending.text === "" ? reason : ending.text;
  return { kind: "ended", title: ending.title, text, remedies: ending.remedies, over: false };
}

/** Shown while a full room, or a clinic that restarts, is asked again and again; `code` says which. */
export function waitingWords(code: string): StateWords {
  return code === "room_full" || code === "4006" ? FOR_A_PLACE : FOR_THE_CLINIC;
}

const FOR_THE_CLINIC: StateWords = {
  kind: "waiting",
  title: "Waiting for the clinic",
  text: "You come in by yourself as soon as it is there again.",
  remedies: ["rooms"],
  over: false,
};

const FOR_A_PLACE: StateWords = {
  kind: "waiting",
  title: "Waiting for a place",
  text: "You come in by yourself as soon as there is one.",
  remedies: ["rooms"],
  over: false,
};

export const JOINING: StateWords = { kind: "joining", title: "Coming in", text: "The room is being made ready.", remedies: ["rooms"], over: false };

/** Told when a resume succeeded; empty otherwise. */
export function backWords(before: Status | null, now: Status): string {
  if (now.state !== "live" || before?.state !== "reconnecting") return "";
  return now.resumed ? "Back, nothing was missed." : "Back. Some of what happened meanwhile may be missing.";
}

/** Seconds of a countdown, never below 0. */
export function secondsLeft(until: number, now: number): number {
  return Math.max(0, Math.ceil((until - now) / 1000));
}
