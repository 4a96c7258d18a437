/**
 * What the rest of the client sees of a room: people, things and what is said, as plain data. No DOM, no three.js and no
 * socket here. Lengths are metres, rotations quaternions x y z w, in the room's axes, which are OpenXR's: +Y up, -Z
 * forward. Times are milliseconds.
 */
import type { Alert, AlertEnded, RecordingTold, Remove, SetConsent } from "../protocol/generated/messages";
import type { Right } from "../protocol/generated/tables";

export type Vec3 = readonly [number, number, number];
export type Quat = readonly [number, number, number, number];
export type Side = "left" | "right";

/** A place and a turn. */
export interface Place {
  readonly position: Vec3;
  readonly rotation: Quat;
}

/** A head or a hand of somebody in sight, as it is to be shown now. Its arrays are written anew at each `sample`. */
export interface PartView {
  /** 0 where the part is not tracked, 1 where it is, and between them while it fades: nothing is drawn at 0. */
  readonly presence: number;
  /** In the room, hands too. */
  readonly position: Float32Array;
  readonly rotation: Float32Array;
}

/** A hand; its rotation is the grip's (SPEC 4.1). */
export interface HandView extends PartView {
  readonly fingersTracked: boolean;
  /**
   * Rotations of the 26 joints of XR_EXT_hand_tracking in the room, 4 numbers each, in their order, and their places, 3
   * numbers each. Meaningful where `fingersTracked`.
   */
  readonly jointRotations: Float32Array;
  readonly jointPositions: Float32Array;
}

/** Of somebody in sight, what the server told last: newer than what is shown. Written anew with each record. */
export interface ToldView {
  /** The room's tick, u32. */
  readonly tick: number;
  /** How finely it was told: 0 in full, to the millimetre, to 3 (SPEC 5.3). */
  readonly tier: number;
  /** Where the head is, mm. */
  readonly head: Int32Array;
}

/** Somebody in sight. The object stays the same for as long as the entity is in sight; `sample` writes it. */
export interface PersonView {
  readonly entity: number;
  readonly name: string;
  readonly role: string;
  /** The look that they chose; what a client does not know is shown as the default. */
  readonly look: string;
  readonly head: PartView;
  readonly left: HandView;
  readonly right: HandView;
  /** 0 to 1, smoothed for a mouth. */
  readonly voice: number;
  readonly speaking: boolean;
  readonly signing: boolean;
  readonly seated: boolean;
  /** 52 ARKit blendshapes, 0 to 1, null while the face is not tracked. */
  readonly face: Float32Array | null;
}

/** A thing in sight: a prop, or a panel. */
export interface ThingView {
  readonly entity: number;
  readonly kind: "prop" | "panel";
  readonly name: string;
  readonly model: string;
  readonly grabbable: boolean;
  /** Who holds it, 0 for nobody, and in which hand; then `place` follows that hand. */
  readonly holder: number;
  readonly hand: Side | null;
  /** Whether its holder offers it to whoever takes it. */
  readonly offered: boolean;
  /** False while its holder is not in sight. */
  readonly shown: boolean;
  readonly position: Float32Array;
  readonly rotation: Float32Array;
}

/** Somebody in the room, in sight or not. */
export interface RosterEntry {
  readonly entity: number;
  readonly name: string;
  readonly role: string;
}

/** Why somebody breaks the glass, of a closed list. */
export type EmergencyReason = Alert["reason"];

/** Why an emergency is over: ended, its time is, who began it has left, or nothing can be written down any more. */
export type EmergencyEnding = AlertEnded["why"];

/** Somebody sees behind every curtain of the room, in an emergency (SPEC 6.1). */
export interface Emergency {
  readonly entity: number;
  readonly name: string;
  readonly role: string;
  readonly reason: EmergencyReason;
  /** When it ends by itself, of `performance.now()`. */
  readonly until: number;
}

/** What one may allow, or not. */
export type Purpose = SetConsent["purpose"];
export type RecordingKind = RecordingTold["kind"];
export type RecordingState = RecordingTold["state"];
export type RecordingFailure = RecordingTold["why"];

/** Somebody to whom the wearer's avatar is shown, or was, or may be: perhaps gone by now. */
export interface Seer {
  readonly entity: number;
  readonly name: string;
  readonly role: string;
  /** For how long, and how long ago that ended, s: 0 while it lasts. */
  readonly seconds: number;
  readonly ago: number;
  /** Whether they may see the wearer from where the wearer cannot see them: then no more is known, and the times are 0. */
  readonly unseen: boolean;
}

/** What stands on a panel. */
export interface PanelText {
  readonly text: string;
  /** How often the panel was written on. */
  readonly version: number;
}

/** Something that was said in writing. */
export interface Said {
  /** Who said it; 0 where that is not told, of what is `earlier`. */
  readonly entity: number;
  readonly name: string;
  readonly text: string;
  /** Of this machine's clock, `Date.now()`. */
  readonly at: number;
  /** Whether it was said while one was not there, and is told because the facility keeps chat: no news. */
  readonly earlier?: boolean;
}

export interface ZoneView {
  readonly name: string;
  readonly box: readonly [Vec3, Vec3];
  readonly private: boolean;
}

/** The way to another room. */
export interface Portal {
  readonly to: string;
  readonly name: string;
  /** In the middle of its threshold, on the floor. */
  readonly position: Vec3;
  /** Radians about +Y of who walks through it. */
  readonly yaw: number;
  readonly width: number;
}

export interface RoomDescription {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Address of the scene, relative to the front desk. */
  readonly scene: string;
  readonly tickHz: number;
  readonly bounds: readonly [Vec3, Vec3];
  readonly zones: readonly ZoneView[];
  readonly portals: readonly Portal[];
  readonly features: readonly string[];
}

/** How the connection is, in numbers and in a sentence for people. */
export interface Quality {
  readonly level: "good" | "fair" | "poor" | "lost";
  /** Why it is not good; empty where it is. */
  readonly reason: string;
  /** Whether what is not good is that this device draws slowly, and not the connection. */
  readonly device?: boolean;
  /** Milliseconds there and back; NaN before the first answer. */
  readonly roundTrip: number;
  /** Snapshots a second, of the room's rate. */
  readonly framesPerSecond: number;
  /** Share of the last seconds' snapshots that came late or not at all; those that only had to wait for a picture are in time. */
  readonly loss: number;
}

/**
 * - joining: a ticket is asked for and the welcome awaited
 * - live
 * - reconnecting: the connection was lost; the place in the room is kept for a while
 * - ended: left, removed, refused or given up; `reason` says it in words, `code` is the close code or the front desk's
 */
export interface Status {
  readonly state: "joining" | "live" | "reconnecting" | "ended";
  readonly reason: string;
  readonly code: string;
  /** True in the first live status after a resume in which nothing was missed. */
  readonly resumed: boolean;
}

/** What the wearer of this client does, as it is sent. */
export interface LocalPose {
  head: Place | null;
  left: Place | null;
  right: Place | null;
  /** Rotations of the 26 joints in the room, 4 numbers each; null where fingers are not tracked. */
  leftJoints: Float32Array | null;
  rightJoints: Float32Array | null;
  face: Float32Array | null;
  /** 0 to 1. */
  voice: number;
  seated: boolean;
  signing: boolean;
}

/** What happens in a room, by name, with what its listeners get. */
export interface RoomEvents {
  status: Status;
  entered: PersonView | ThingView;
  left: PersonView | ThingView;
  /** A thing is held by somebody else now, or offered, or put down. */
  held: ThingView;
  roster: ReadonlyMap<number, RosterEntry>;
  said: Said;
  /** Earlier lines came into the chat, which is this now. */
  earlier: readonly Said[];
  /** An emergency began, or one is over, and why; the wearer's own may be over before it began. */
  emergency: { readonly who: Emergency; readonly over: boolean; readonly why: EmergencyEnding | "" };
  /** What the wearer allows. */
  consents: ReadonlySet<Purpose>;
  /** Nobody allows any more what the wearer is there for: seconds until the session ends; 0 takes that back. */
  ending: number;
  /** A recording goes on, pauses or is off, and why if the server could not go on. */
  recording: { readonly kind: RecordingKind; readonly state: RecordingState; readonly why: RecordingFailure };
  /** A panel was written on, or one learns what stands there; `own`: the wearer wrote it. */
  written: { readonly panel: number; readonly stands: PanelText; readonly own: boolean };
  /** The server holds the wearer's head to be here: move the rig, not the head. */
  correction: { readonly position: Vec3; readonly reason: string };
  /** Somebody wishes for what the wearer holds. */
  wanted: { readonly thing: ThingView; readonly entity: number; readonly name: string };
  quality: Quality;
  /** Somebody is muted, or heard again. */
  muted: ReadonlySet<number>;
  /** Nobody seems to be there: seconds until the view is locked; 0 takes that back. */
  warned: number;
}

/** Why somebody is shown out: a word, never a text. */
export type RemovalReason = Remove["reason"];

/** How an operation went. */
export interface Outcome {
  readonly ok: boolean;
  /** Stable: `held`, `stale`, `out_of_reach`, `forbidden`, ...; empty where it went well. */
  readonly code: string;
  readonly detail: string;
}

/** How writing on a panel went, and what stands there now, where the room said that. */
export interface WriteOutcome extends Outcome {
  readonly stands: PanelText | null;
}

/** A room one is in. */
export interface RoomView {
  readonly self: RosterEntry;
  readonly description: RoomDescription;
  readonly spawn: { readonly position: Vec3; readonly yaw: number };
  readonly status: Status;
  readonly quality: Quality;
  /** Until when one's place is kept while reconnecting, of `performance.now()`; 0 otherwise. */
  readonly keptUntil: number;
  readonly people: ReadonlyMap<number, PersonView>;
  readonly things: ReadonlyMap<number, ThingView>;
  readonly roster: ReadonlyMap<number, RosterEntry>;
  /** What was said, in order. */
  readonly chat: readonly Said[];
  /** What stands on panels, by entity; of those on which nobody ever wrote, nothing. Only those in sight are to be shown. */
  readonly panels: ReadonlyMap<number, PanelText>;
  /** What the wearer allows. */
  readonly consents: ReadonlySet<Purpose>;
  /** Who is hidden because they do not allow what the wearer is there for, by entity; a `roster` follows when they change. */
  readonly hidden: ReadonlySet<number>;
  /** What of the room is recorded, or would be but for somebody who has not allowed it. */
  readonly recordings: ReadonlyMap<RecordingKind, RecordingState>;
  /** By who began them. */
  readonly emergencies: ReadonlyMap<number, Emergency>;
  /** What one may do here (SPEC 7.1). */
  readonly rights: ReadonlySet<Right>;
  /** Who is muted, by entity. */
  readonly muted: ReadonlySet<number>;
  /** What takes a session up again once it is locked; "" where there is none. */
  readonly token: string;
  /** Who has broken the glass since the wearer came in, by entity: also those whose emergency is over. */
  readonly brokeGlass: ReadonlySet<number>;

  /** What was told last of somebody in sight, null where there is nobody. */
  told(entity: number): ToldView | null;
  /** Write all views for a moment of `performance.now()`; once a frame, before anything is drawn, `drawn` false where nothing will be. */
  sample(now: number, drawn: boolean): void;
  on<Name extends keyof RoomEvents>(name: Name, listener: (event: RoomEvents[Name]) => void): () => void;

  sendPose(pose: LocalPose): void;
  /** Who sees the wearer and who did, those who do now first; null where that cannot be told just now. */
  whoSaw(): Promise<readonly Seer[] | null>;
  say(text: string): Promise<Outcome>;
  grab(thing: number, hand: Side, grip: Place): Promise<Outcome>;
  put(thing: number, place: Place): Promise<Outcome>;
  offer(thing: number, offered: boolean): Promise<Outcome>;
  move(thing: number, place: Place): Promise<Outcome>;
  /** Allow something, or no longer: that counts at once. */
  consent(purpose: Purpose, given: boolean): Promise<Outcome>;
  /** Begin or end a recording of the room, for who may. */
  record(kind: RecordingKind, on: boolean): Promise<Outcome>;
  /** See behind every curtain, for minutes: an `emergency` follows as soon as that is written down. `words` are for the record alone. */
  breakGlass(reason: EmergencyReason, words: string, minutes: number): Promise<Outcome>;
  endEmergency(): Promise<Outcome>;
  /** Write on a panel in place of the text with this version, 0 where there is none. Settles once it is kept. */
  write(panel: number, text: string, version: number): Promise<WriteOutcome>;
  /** Be sent at most so many kbit/s, 8 at least; 0 lifts the limit. */
  limit(kbits: number): void;
  /** Silence somebody's voice and chat, or lift that. */
  mute(entity: number, muted: boolean): Promise<Outcome>;
  /** Show somebody out. */
  remove(entity: number, reason: RemovalReason): Promise<Outcome>;
  /** Somebody is at this device. */
  here(): void;
  /** The headset is off or the page hidden, or no longer. */
  away(away: boolean): void;
  leave(): void;
}
