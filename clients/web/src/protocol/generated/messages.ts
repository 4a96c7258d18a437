// Written by tools/generate.py from protocol/. Do not edit: change that and run `make generate`.

export type TypeSchema =
  | { readonly is: "int"; readonly least: number; readonly most: number }
  | { readonly is: "text"; readonly most: number | null }
  | { readonly is: "binary"; readonly length: number }
  | { readonly is: "choice"; readonly words: readonly string[] }
  | { readonly is: "bool" | "float" | "map" }
  | { readonly is: "struct"; readonly struct: StructSchema }
  | { readonly is: "array"; readonly item: TypeSchema; readonly length: number | null };

export interface FieldSchema {
  readonly key: string;
  readonly type: TypeSchema;
  readonly required: boolean;
  readonly fallback?: unknown;
}

/** A map with declared keys. */
export interface StructSchema {
  readonly name: string;
  readonly fields: readonly FieldSchema[];
}

/** A map whose keys a feature declares. */
export type FreeMap = Readonly<Record<string, unknown>>;

/** First message of a client that has a ticket. */
export interface Hello {
  readonly version: number;
  readonly schema: string;
  readonly ticket: string;
  readonly client: string;
  readonly ages?: boolean;
}

export const HELLO: StructSchema = {
  name: "Hello",
  fields: [
    { key: "version", type: { is: "int", least: -9007199254740991, most: 9007199254740991 }, required: true },
    { key: "schema", type: { is: "text", most: 64 }, required: true },
    { key: "ticket", type: { is: "text", most: 2048 }, required: true },
    { key: "client", type: { is: "text", most: 64 }, required: true },
    { key: "ages", type: { is: "bool" }, required: false, fallback: false },
  ],
};

/** First message of a client that comes back to its session. */
export interface Resume {
  readonly version: number;
  readonly schema: string;
  readonly token: string;
  readonly last_event: number;
  readonly ages?: boolean;
  readonly ticket?: string;
}

export const RESUME: StructSchema = {
  name: "Resume",
  fields: [
    { key: "version", type: { is: "int", least: -9007199254740991, most: 9007199254740991 }, required: true },
    { key: "schema", type: { is: "text", most: 64 }, required: true },
    { key: "token", type: { is: "text", most: 128 }, required: true },
    { key: "last_event", type: { is: "int", least: 0, most: 9007199254740991 }, required: true },
    { key: "ages", type: { is: "bool" }, required: false, fallback: false },
    { key: "ticket", type: { is: "text", most: 2048 }, required: false, fallback: "" },
  ],
};

/** The highest event the client has handled. */
export interface Ack {
  readonly event: number;
}

export const ACK: StructSchema = {
  name: "Ack",
  fields: [
    { key: "event", type: { is: "int", least: 0, most: 9007199254740991 }, required: true },
  ],
};

/** Something a feature is asked to do; `body` is the feature's to check, see `codec.convert_body`. */
export interface Operation {
  readonly op: Uint8Array;
  readonly feature: string;
  readonly type: string;
  readonly body: FreeMap;
}

export const OPERATION: StructSchema = {
  name: "Operation",
  fields: [
    { key: "op", type: { is: "binary", length: 16 }, required: true },
    { key: "feature", type: { is: "text", most: 32 }, required: true },
    { key: "type", type: { is: "text", most: 32 }, required: true },
    { key: "body", type: { is: "map" }, required: true },
  ],
};

/** Asks for the server's clock; `sent` is the client's own, in milliseconds. */
export interface Clock {
  readonly sent: number;
}

export const CLOCK: StructSchema = {
  name: "Clock",
  fields: [
    { key: "sent", type: { is: "float" }, required: true },
  ],
};

/** The client leaves for good. */
export type Bye = Readonly<Record<string, never>>;

export const BYE: StructSchema = {
  name: "Bye",
  fields: [
  ],
};

/** The most the client wants to be sent, in kbit/s over any second; the greatest value lifts the limit. */
export interface Budget {
  readonly kbits: number;
}

export const BUDGET: StructSchema = {
  name: "Budget",
  fields: [
    { key: "kbits", type: { is: "int", least: 8, most: 1000000 }, required: true },
  ],
};

/** A fresh ticket, of the same person for the same room: the session goes on for as long as it lets them. */
export interface Refresh {
  readonly ticket: string;
}

export const REFRESH: StructSchema = {
  name: "Refresh",
  fields: [
    { key: "ticket", type: { is: "text", most: 2048 }, required: true },
  ],
};

/** A box of the room with its own privacy. */
export interface ZoneDescription {
  readonly name: string;
  readonly box: readonly [readonly [number, number, number], readonly [number, number, number]];
  readonly private: boolean;
}

export const ZONE_DESCRIPTION: StructSchema = {
  name: "ZoneDescription",
  fields: [
    { key: "name", type: { is: "text", most: null }, required: true },
    { key: "box", type: { is: "array", item: { is: "array", item: { is: "float" }, length: 3 }, length: 2 }, required: true },
    { key: "private", type: { is: "bool" }, required: true },
  ],
};

/** What a client needs to know of the room it has joined. */
export interface RoomDescription {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly scene: string;
  readonly tick_hz: number;
  readonly bounds: readonly [readonly [number, number, number], readonly [number, number, number]];
  readonly visible: number;
  readonly zones: readonly ZoneDescription[];
  readonly features: readonly string[];
}

export const ROOM_DESCRIPTION: StructSchema = {
  name: "RoomDescription",
  fields: [
    { key: "id", type: { is: "text", most: null }, required: true },
    { key: "type", type: { is: "text", most: null }, required: true },
    { key: "name", type: { is: "text", most: null }, required: true },
    { key: "scene", type: { is: "text", most: null }, required: true },
    { key: "tick_hz", type: { is: "int", least: -9007199254740991, most: 9007199254740991 }, required: true },
    { key: "bounds", type: { is: "array", item: { is: "array", item: { is: "float" }, length: 3 }, length: 2 }, required: true },
    { key: "visible", type: { is: "int", least: -9007199254740991, most: 9007199254740991 }, required: true },
    { key: "zones", type: { is: "array", item: { is: "struct", struct: ZONE_DESCRIPTION }, length: null }, required: true },
    { key: "features", type: { is: "array", item: { is: "text", most: null }, length: null }, required: true },
  ],
};

/** Where a fresh avatar stands: metres, and radians about +Y from -Z, counterclockwise seen from above. */
export interface Spawn {
  readonly position: readonly [number, number, number];
  readonly yaw: number;
}

export const SPAWN: StructSchema = {
  name: "Spawn",
  fields: [
    { key: "position", type: { is: "array", item: { is: "float" }, length: 3 }, required: true },
    { key: "yaw", type: { is: "float" }, required: true },
  ],
};

/** The session is live. */
export interface Welcome {
  readonly session: string;
  readonly entity: number;
  readonly resumed: boolean;
  readonly resume_token: string;
  readonly resume_seconds: number;
  readonly event: number;
  readonly room: RoomDescription;
  readonly tick: number;
  readonly time: number;
  readonly spawn: Spawn;
  readonly rights: readonly string[];
  readonly expires_in: number;
}

export const WELCOME: StructSchema = {
  name: "Welcome",
  fields: [
    { key: "session", type: { is: "text", most: null }, required: true },
    { key: "entity", type: { is: "int", least: 1, most: 4294967295 }, required: true },
    { key: "resumed", type: { is: "bool" }, required: true },
    { key: "resume_token", type: { is: "text", most: 128 }, required: true },
    { key: "resume_seconds", type: { is: "float" }, required: true },
    { key: "event", type: { is: "int", least: 0, most: 9007199254740991 }, required: true },
    { key: "room", type: { is: "struct", struct: ROOM_DESCRIPTION }, required: true },
    { key: "tick", type: { is: "int", least: 0, most: 4294967295 }, required: true },
    { key: "time", type: { is: "int", least: 0, most: 4294967295 }, required: true },
    { key: "spawn", type: { is: "struct", struct: SPAWN }, required: true },
    { key: "rights", type: { is: "array", item: { is: "text", most: null }, length: null }, required: false, fallback: [] },
    { key: "expires_in", type: { is: "float" }, required: false, fallback: 0.0 },
  ],
};

/** Something a feature tells this session; `event` is its number. */
export interface Event {
  readonly event: number;
  readonly feature: string;
  readonly type: string;
  readonly body: FreeMap;
}

export const EVENT: StructSchema = {
  name: "Event",
  fields: [
    { key: "event", type: { is: "int", least: 1, most: 9007199254740991 }, required: true },
    { key: "feature", type: { is: "text", most: null }, required: true },
    { key: "type", type: { is: "text", most: null }, required: true },
    { key: "body", type: { is: "map" }, required: true },
  ],
};

/** The one answer to an operation. */
export interface Result {
  readonly op: Uint8Array;
  readonly ok: boolean;
  readonly code: string;
  readonly detail: string;
  readonly body: FreeMap;
}

export const RESULT: StructSchema = {
  name: "Result",
  fields: [
    { key: "op", type: { is: "binary", length: 16 }, required: true },
    { key: "ok", type: { is: "bool" }, required: true },
    { key: "code", type: { is: "text", most: null }, required: false, fallback: "" },
    { key: "detail", type: { is: "text", most: null }, required: false, fallback: "" },
    { key: "body", type: { is: "map" }, required: false, fallback: {} },
  ],
};

/** The fresh ticket counts. */
export interface Refreshed {
  readonly expires_in: number;
}

export const REFRESHED: StructSchema = {
  name: "Refreshed",
  fields: [
    { key: "expires_in", type: { is: "float" }, required: true },
  ],
};

/** The server's clock, with the client's own as it came. */
export interface ClockReply {
  readonly sent: number;
  readonly time: number;
}

export const CLOCK_REPLY: StructSchema = {
  name: "ClockReply",
  fields: [
    { key: "sent", type: { is: "float" }, required: true },
    { key: "time", type: { is: "int", least: 0, most: 4294967295 }, required: true },
  ],
};

/** Where the server holds the client's head to be after the pose with this sequence. */
export interface Correction {
  readonly sequence: number;
  readonly position: readonly [number, number, number];
  readonly reason: "bounds" | "speed";
}

export const CORRECTION: StructSchema = {
  name: "Correction",
  fields: [
    { key: "sequence", type: { is: "int", least: 0, most: 65535 }, required: true },
    { key: "position", type: { is: "array", item: { is: "int", least: -9007199254740991, most: 9007199254740991 }, length: 3 }, required: true },
    { key: "reason", type: { is: "choice", words: ["bounds", "speed"] }, required: true },
  ],
};

/** What an observer is told once of an avatar that enters its sight. */
export interface AvatarFacts {
  readonly kind: "avatar";
  readonly name: string;
  readonly role: string;
  readonly avatar: string;
}

export const AVATAR_FACTS: StructSchema = {
  name: "AvatarFacts",
  fields: [
    { key: "kind", type: { is: "choice", words: ["avatar"] }, required: true },
    { key: "name", type: { is: "text", most: null }, required: true },
    { key: "role", type: { is: "text", most: null }, required: true },
    { key: "avatar", type: { is: "text", most: null }, required: true },
  ],
};

/** What an observer is told of an object that enters its sight, and anew whenever it changes. */
export interface ObjectFacts {
  readonly kind: "panel" | "prop";
  readonly name: string;
  readonly model: string;
  readonly grabbable: boolean;
  readonly holder: number;
  readonly hand: "" | "left" | "right";
  readonly grip: readonly number[];
  readonly ownership: number;
  readonly authority: number;
  readonly offered: boolean;
}

export const OBJECT_FACTS: StructSchema = {
  name: "ObjectFacts",
  fields: [
    { key: "kind", type: { is: "choice", words: ["panel", "prop"] }, required: true },
    { key: "name", type: { is: "text", most: null }, required: true },
    { key: "model", type: { is: "text", most: null }, required: true },
    { key: "grabbable", type: { is: "bool" }, required: false, fallback: false },
    { key: "holder", type: { is: "int", least: 0, most: 4294967295 }, required: false, fallback: 0 },
    { key: "hand", type: { is: "choice", words: ["", "left", "right"] }, required: false, fallback: "" },
    { key: "grip", type: { is: "array", item: { is: "int", least: -1000, most: 1000 }, length: null }, required: false, fallback: [] },
    { key: "ownership", type: { is: "int", least: 0, most: 4294967295 }, required: false, fallback: 0 },
    { key: "authority", type: { is: "int", least: 0, most: 4294967295 }, required: false, fallback: 0 },
    { key: "offered", type: { is: "bool" }, required: false, fallback: false },
  ],
};

/** Say something to those who may perceive the sender. */
export interface Say {
  readonly text: string;
}

export const SAY: StructSchema = {
  name: "Say",
  fields: [
    { key: "text", type: { is: "text", most: null }, required: true },
  ],
};

/** Take a thing into a hand, or into the other one. */
export interface Grab {
  readonly prop: number;
  readonly hand: "left" | "right";
  readonly grip: readonly [number, number, number, number, number, number, number];
  readonly ownership: number;
}

export const GRAB: StructSchema = {
  name: "Grab",
  fields: [
    { key: "prop", type: { is: "int", least: 1, most: 4294967295 }, required: true },
    { key: "hand", type: { is: "choice", words: ["left", "right"] }, required: true },
    { key: "grip", type: { is: "array", item: { is: "int", least: -1000, most: 1000 }, length: 7 }, required: true },
    { key: "ownership", type: { is: "int", least: 0, most: 4294967295 }, required: true },
  ],
};

/** Put down what one holds. */
export interface Put {
  readonly prop: number;
  readonly position: readonly [number, number, number];
  readonly rotation: readonly [number, number, number, number];
  readonly ownership: number;
}

export const PUT: StructSchema = {
  name: "Put",
  fields: [
    { key: "prop", type: { is: "int", least: 1, most: 4294967295 }, required: true },
    { key: "position", type: { is: "array", item: { is: "int", least: -8388607, most: 8388607 }, length: 3 }, required: true },
    { key: "rotation", type: { is: "array", item: { is: "int", least: -400, most: 400 }, length: 4 }, required: true },
    { key: "ownership", type: { is: "int", least: 0, most: 4294967295 }, required: true },
  ],
};

/** Let others take what one holds, or no longer. */
export interface Offer {
  readonly prop: number;
  readonly offered: boolean;
}

export const OFFER: StructSchema = {
  name: "Offer",
  fields: [
    { key: "prop", type: { is: "int", least: 1, most: 4294967295 }, required: true },
    { key: "offered", type: { is: "bool" }, required: true },
  ],
};

/** Push or turn what nobody holds. */
export interface Move {
  readonly prop: number;
  readonly position: readonly [number, number, number];
  readonly rotation: readonly [number, number, number, number];
  readonly ownership: number;
  readonly authority: number;
}

export const MOVE: StructSchema = {
  name: "Move",
  fields: [
    { key: "prop", type: { is: "int", least: 1, most: 4294967295 }, required: true },
    { key: "position", type: { is: "array", item: { is: "int", least: -8388607, most: 8388607 }, length: 3 }, required: true },
    { key: "rotation", type: { is: "array", item: { is: "int", least: -400, most: 400 }, length: 4 }, required: true },
    { key: "ownership", type: { is: "int", least: 0, most: 4294967295 }, required: true },
    { key: "authority", type: { is: "int", least: 0, most: 4294967295 }, required: true },
  ],
};

/** Ask who saw one just now. */
export type Recent = Readonly<Record<string, never>>;

export const RECENT: StructSchema = {
  name: "Recent",
  fields: [
  ],
};

/** Open every curtain of the room, for an emergency. */
export interface BreakGlass {
  readonly reason: "life_threat" | "no_response" | "other" | "risk_to_others" | "safety_check";
  readonly text: string;
  readonly minutes: number;
}

export const BREAK_GLASS: StructSchema = {
  name: "BreakGlass",
  fields: [
    { key: "reason", type: { is: "choice", words: ["life_threat", "no_response", "other", "risk_to_others", "safety_check"] }, required: true },
    { key: "text", type: { is: "text", most: null }, required: true },
    { key: "minutes", type: { is: "int", least: 0, most: 4294967295 }, required: true },
  ],
};

/** Close the curtains again. */
export type EndEmergency = Readonly<Record<string, never>>;

export const END_EMERGENCY: StructSchema = {
  name: "EndEmergency",
  fields: [
  ],
};

/** Write on a panel, in place of all that stands there. */
export interface Overwrite {
  readonly panel: number;
  readonly text: string;
  readonly version: number;
}

export const OVERWRITE: StructSchema = {
  name: "Overwrite",
  fields: [
    { key: "panel", type: { is: "int", least: 1, most: 4294967295 }, required: true },
    { key: "text", type: { is: "text", most: null }, required: true },
    { key: "version", type: { is: "int", least: 0, most: 4294967295 }, required: true },
  ],
};

/** Show somebody out; why is a word and never a text, because it goes into the reason of the close. */
export interface Remove {
  readonly entity: number;
  readonly reason: "disturbing" | "other" | "private" | "unsafe" | "wrong_room";
}

export const REMOVE: StructSchema = {
  name: "Remove",
  fields: [
    { key: "entity", type: { is: "int", least: 1, most: 4294967295 }, required: true },
    { key: "reason", type: { is: "choice", words: ["disturbing", "other", "private", "unsafe", "wrong_room"] }, required: true },
  ],
};

/** Silence somebody's voice and chat for all others. */
export interface Mute {
  readonly entity: number;
}

export const MUTE: StructSchema = {
  name: "Mute",
  fields: [
    { key: "entity", type: { is: "int", least: 1, most: 4294967295 }, required: true },
  ],
};

/** Lift that again. */
export interface Unmute {
  readonly entity: number;
}

export const UNMUTE: StructSchema = {
  name: "Unmute",
  fields: [
    { key: "entity", type: { is: "int", least: 1, most: 4294967295 }, required: true },
  ],
};

/** Somebody is there: a key was pressed, a question answered. */
export type Here = Readonly<Record<string, never>>;

export const HERE: StructSchema = {
  name: "Here",
  fields: [
  ],
};

/** Whether the headset is off, or the page hidden. */
export interface Away {
  readonly away: boolean;
}

export const AWAY: StructSchema = {
  name: "Away",
  fields: [
    { key: "away", type: { is: "bool" }, required: true },
  ],
};

/** Give consent for a purpose, or withdraw it. */
export interface SetConsent {
  readonly purpose: "observe" | "record_audio" | "record_motion" | "research" | "transcribe" | "treat";
  readonly given: boolean;
}

export const SET_CONSENT: StructSchema = {
  name: "SetConsent",
  fields: [
    { key: "purpose", type: { is: "choice", words: ["observe", "record_audio", "record_motion", "research", "transcribe", "treat"] }, required: true },
    { key: "given", type: { is: "bool" }, required: true },
  ],
};

/** Take somebody into one's care team, who then sees one as one is, or out of it. */
export interface ClearFor {
  readonly entity: number;
  readonly cleared: boolean;
}

export const CLEAR_FOR: StructSchema = {
  name: "ClearFor",
  fields: [
    { key: "entity", type: { is: "int", least: 1, most: 4294967295 }, required: true },
    { key: "cleared", type: { is: "bool" }, required: true },
  ],
};

/** Begin or end a recording of the room. */
export interface SetRecording {
  readonly kind: "audio" | "motion" | "transcript";
  readonly on: boolean;
}

export const SET_RECORDING: StructSchema = {
  name: "SetRecording",
  fields: [
    { key: "kind", type: { is: "choice", words: ["audio", "motion", "transcript"] }, required: true },
    { key: "on", type: { is: "bool" }, required: true },
  ],
};

/** Somebody in the room. */
export interface Person {
  readonly entity: number;
  readonly name: string;
  readonly role: string;
}

export const PERSON: StructSchema = {
  name: "Person",
  fields: [
    { key: "entity", type: { is: "int", least: 1, most: 4294967295 }, required: true },
    { key: "name", type: { is: "text", most: null }, required: true },
    { key: "role", type: { is: "text", most: null }, required: true },
  ],
};

/** A page of everybody, at most 200; the first page replaces what the client knew. */
export interface Roster {
  readonly people: readonly Person[];
  readonly more: boolean;
}

export const ROSTER: StructSchema = {
  name: "Roster",
  fields: [
    { key: "people", type: { is: "array", item: { is: "struct", struct: PERSON }, length: null }, required: true },
    { key: "more", type: { is: "bool" }, required: true },
  ],
};

/** Who came and who left since the client was last told, at most 200 of each. */
export interface Changed {
  readonly joined: readonly Person[];
  readonly left: readonly number[];
}

export const CHANGED: StructSchema = {
  name: "Changed",
  fields: [
    { key: "joined", type: { is: "array", item: { is: "struct", struct: PERSON }, length: null }, required: true },
    { key: "left", type: { is: "array", item: { is: "int", least: 1, most: 4294967295 }, length: null }, required: true },
  ],
};

/** Somebody said something. */
export interface Said {
  readonly entity: number;
  readonly name: string;
  readonly text: string;
  readonly time: number;
}

export const SAID: StructSchema = {
  name: "Said",
  fields: [
    { key: "entity", type: { is: "int", least: 1, most: 4294967295 }, required: true },
    { key: "name", type: { is: "text", most: null }, required: true },
    { key: "text", type: { is: "text", most: null }, required: true },
    { key: "time", type: { is: "int", least: 0, most: 4294967295 }, required: true },
  ],
};

/** Something that was said before one came. */
export interface Line {
  readonly name: string;
  readonly text: string;
  readonly age: number;
}

export const LINE: StructSchema = {
  name: "Line",
  fields: [
    { key: "name", type: { is: "text", most: null }, required: true },
    { key: "text", type: { is: "text", most: null }, required: true },
    { key: "age", type: { is: "float" }, required: true },
  ],
};

/** What was said before one came, in a room that keeps it: the last lines, oldest first. */
export interface Earlier {
  readonly lines: readonly Line[];
}

export const EARLIER: StructSchema = {
  name: "Earlier",
  fields: [
    { key: "lines", type: { is: "array", item: { is: "struct", struct: LINE }, length: null }, required: true },
  ],
};

/** Somebody wishes for what one holds. */
export interface Wanted {
  readonly prop: number;
  readonly entity: number;
  readonly name: string;
}

export const WANTED: StructSchema = {
  name: "Wanted",
  fields: [
    { key: "prop", type: { is: "int", least: 1, most: 4294967295 }, required: true },
    { key: "entity", type: { is: "int", least: 1, most: 4294967295 }, required: true },
    { key: "name", type: { is: "text", most: null }, required: true },
  ],
};

/** Somebody sees behind every curtain of the room. */
export interface Alert {
  readonly entity: number;
  readonly name: string;
  readonly role: string;
  readonly reason: "life_threat" | "no_response" | "other" | "risk_to_others" | "safety_check";
  readonly until: number;
}

export const ALERT: StructSchema = {
  name: "Alert",
  fields: [
    { key: "entity", type: { is: "int", least: 1, most: 4294967295 }, required: true },
    { key: "name", type: { is: "text", most: null }, required: true },
    { key: "role", type: { is: "text", most: null }, required: true },
    { key: "reason", type: { is: "choice", words: ["life_threat", "no_response", "other", "risk_to_others", "safety_check"] }, required: true },
    { key: "until", type: { is: "int", least: 0, most: 4294967295 }, required: true },
  ],
};

/** Somebody sees behind the curtains no more. */
export interface AlertEnded {
  readonly entity: number;
  readonly why: "done" | "left" | "time" | "unavailable";
}

export const ALERT_ENDED: StructSchema = {
  name: "AlertEnded",
  fields: [
    { key: "entity", type: { is: "int", least: 1, most: 4294967295 }, required: true },
    { key: "why", type: { is: "choice", words: ["done", "left", "time", "unavailable"] }, required: true },
  ],
};

/** What stands on a panel. */
export interface Written {
  readonly panel: number;
  readonly text: string;
  readonly version: number;
}

export const WRITTEN: StructSchema = {
  name: "Written",
  fields: [
    { key: "panel", type: { is: "int", least: 1, most: 4294967295 }, required: true },
    { key: "text", type: { is: "text", most: null }, required: true },
    { key: "version", type: { is: "int", least: 0, most: 4294967295 }, required: true },
  ],
};

/** Somebody was silenced, or is heard again. */
export interface Muted {
  readonly entity: number;
  readonly muted: boolean;
}

export const MUTED: StructSchema = {
  name: "Muted",
  fields: [
    { key: "entity", type: { is: "int", least: 1, most: 4294967295 }, required: true },
    { key: "muted", type: { is: "bool" }, required: true },
  ],
};

/** Nobody seems to be there, and the session is locked in so many seconds; 0: somebody is there after all. */
export interface Warned {
  readonly seconds: number;
}

export const WARNED: StructSchema = {
  name: "Warned",
  fields: [
    { key: "seconds", type: { is: "float" }, required: true },
  ],
};

/** What one has given consent for. */
export interface Consents {
  readonly given: readonly string[];
}

export const CONSENTS: StructSchema = {
  name: "Consents",
  fields: [
    { key: "given", type: { is: "array", item: { is: "text", most: null }, length: null }, required: true },
  ],
};

/** Whom the client does not perceive because they withdrew what it is there for. */
export interface Hidden {
  readonly entities: readonly number[];
}

export const HIDDEN: StructSchema = {
  name: "Hidden",
  fields: [
    { key: "entities", type: { is: "array", item: { is: "int", least: 1, most: 4294967295 }, length: null }, required: true },
  ],
};

/** Nobody who is there allows any more what the client is there for. */
export interface Ending {
  readonly seconds: number;
}

export const ENDING: StructSchema = {
  name: "Ending",
  fields: [
    { key: "seconds", type: { is: "float" }, required: true },
  ],
};

/** Whether the room is being recorded. */
export interface RecordingTold {
  readonly kind: "audio" | "motion" | "transcript";
  readonly state: "off" | "on" | "paused";
  readonly why: "" | "behind" | "failed" | "unavailable";
}

export const RECORDING_TOLD: StructSchema = {
  name: "RecordingTold",
  fields: [
    { key: "kind", type: { is: "choice", words: ["audio", "motion", "transcript"] }, required: true },
    { key: "state", type: { is: "choice", words: ["off", "on", "paused"] }, required: true },
    { key: "why", type: { is: "choice", words: ["", "behind", "failed", "unavailable"] }, required: false, fallback: "" },
  ],
};

/** How a thing is, as the result of an operation on it tells. */
export interface Truth {
  readonly prop: number;
  readonly holder: number;
  readonly hand: "" | "left" | "right";
  readonly grip: readonly number[];
  readonly ownership: number;
  readonly authority: number;
  readonly offered: boolean;
  readonly position: readonly [number, number, number];
  readonly rotation: readonly [number, number, number, number];
}

export const TRUTH: StructSchema = {
  name: "Truth",
  fields: [
    { key: "prop", type: { is: "int", least: 1, most: 4294967295 }, required: true },
    { key: "holder", type: { is: "int", least: 0, most: 4294967295 }, required: true },
    { key: "hand", type: { is: "choice", words: ["", "left", "right"] }, required: true },
    { key: "grip", type: { is: "array", item: { is: "int", least: -1000, most: 1000 }, length: null }, required: true },
    { key: "ownership", type: { is: "int", least: 0, most: 4294967295 }, required: true },
    { key: "authority", type: { is: "int", least: 0, most: 4294967295 }, required: true },
    { key: "offered", type: { is: "bool" }, required: true },
    { key: "position", type: { is: "array", item: { is: "int", least: -8388607, most: 8388607 }, length: 3 }, required: true },
    { key: "rotation", type: { is: "array", item: { is: "int", least: -400, most: 400 }, length: 4 }, required: true },
  ],
};

/** Somebody who saw who asks, or may see them; perhaps gone by now. */
export interface Seer {
  readonly entity: number;
  readonly name: string;
  readonly role: string;
  readonly seconds: number;
  readonly ago: number;
  readonly unseen: boolean;
}

export const SEER: StructSchema = {
  name: "Seer",
  fields: [
    { key: "entity", type: { is: "int", least: 1, most: 4294967295 }, required: true },
    { key: "name", type: { is: "text", most: null }, required: true },
    { key: "role", type: { is: "text", most: null }, required: true },
    { key: "seconds", type: { is: "int", least: 0, most: 4294967295 }, required: true },
    { key: "ago", type: { is: "int", least: 0, most: 4294967295 }, required: true },
    { key: "unseen", type: { is: "bool" }, required: true },
  ],
};

/** Who saw who asks: those who do now, those unseen, then the newest first, at most 100. */
export interface Seen {
  readonly people: readonly Seer[];
}

export const SEEN: StructSchema = {
  name: "Seen",
  fields: [
    { key: "people", type: { is: "array", item: { is: "struct", struct: SEER }, length: null }, required: true },
  ],
};

/** The glass is broken as soon as that is written down. */
export interface Broken {
  readonly until: number;
}

export const BROKEN: StructSchema = {
  name: "Broken",
  fields: [
    { key: "until", type: { is: "int", least: 0, most: 4294967295 }, required: true },
  ],
};

/** By `Kind`. */
export interface ClientMessages {
  readonly 1: Hello;
  readonly 2: Resume;
  readonly 3: Ack;
  readonly 4: Operation;
  readonly 5: Clock;
  readonly 6: Bye;
  readonly 7: Budget;
  readonly 8: Refresh;
}

export const CLIENT_SCHEMAS: Readonly<Partial<Record<number, StructSchema>>> = {
  1: HELLO,
  2: RESUME,
  3: ACK,
  4: OPERATION,
  5: CLOCK,
  6: BYE,
  7: BUDGET,
  8: REFRESH,
};

/** By `Kind`. */
export interface ServerMessages {
  readonly 129: Welcome;
  readonly 130: Event;
  readonly 131: Result;
  readonly 132: Refreshed;
  readonly 133: ClockReply;
  readonly 134: Correction;
}

export const SERVER_SCHEMAS: Readonly<Partial<Record<number, StructSchema>>> = {
  129: WELCOME,
  130: EVENT,
  131: RESULT,
  132: REFRESHED,
  133: CLOCK_REPLY,
  134: CORRECTION,
};

/** By feature and type. */
export interface Operations {
  readonly "chat/say": Say;
  readonly "props/grab": Grab;
  readonly "props/put": Put;
  readonly "props/offer": Offer;
  readonly "props/move": Move;
  readonly "access/recent": Recent;
  readonly "emergency/break_glass": BreakGlass;
  readonly "emergency/end": EndEmergency;
  readonly "panels/write": Overwrite;
  readonly "moderation/remove": Remove;
  readonly "moderation/mute": Mute;
  readonly "moderation/unmute": Unmute;
  readonly "safety/here": Here;
  readonly "safety/away": Away;
  readonly "consent/set": SetConsent;
  readonly "consent/clear": ClearFor;
  readonly "consent/record": SetRecording;
}

export const OPERATION_SCHEMAS: Readonly<Partial<Record<string, StructSchema>>> = {
  "chat/say": SAY,
  "props/grab": GRAB,
  "props/put": PUT,
  "props/offer": OFFER,
  "props/move": MOVE,
  "access/recent": RECENT,
  "emergency/break_glass": BREAK_GLASS,
  "emergency/end": END_EMERGENCY,
  "panels/write": OVERWRITE,
  "moderation/remove": REMOVE,
  "moderation/mute": MUTE,
  "moderation/unmute": UNMUTE,
  "safety/here": HERE,
  "safety/away": AWAY,
  "consent/set": SET_CONSENT,
  "consent/clear": CLEAR_FOR,
  "consent/record": SET_RECORDING,
};

/** By feature and type. */
export interface Events {
  readonly "presence/roster": Roster;
  readonly "presence/changed": Changed;
  readonly "chat/said": Said;
  readonly "chat/earlier": Earlier;
  readonly "props/wanted": Wanted;
  readonly "emergency/alert": Alert;
  readonly "emergency/ended": AlertEnded;
  readonly "panels/written": Written;
  readonly "moderation/muted": Muted;
  readonly "safety/warned": Warned;
  readonly "consent/consents": Consents;
  readonly "consent/hidden": Hidden;
  readonly "consent/ending": Ending;
  readonly "consent/recording": RecordingTold;
}

export const EVENT_SCHEMAS: Readonly<Partial<Record<string, StructSchema>>> = {
  "presence/roster": ROSTER,
  "presence/changed": CHANGED,
  "chat/said": SAID,
  "chat/earlier": EARLIER,
  "props/wanted": WANTED,
  "emergency/alert": ALERT,
  "emergency/ended": ALERT_ENDED,
  "panels/written": WRITTEN,
  "moderation/muted": MUTED,
  "safety/warned": WARNED,
  "consent/consents": CONSENTS,
  "consent/hidden": HIDDEN,
  "consent/ending": ENDING,
  "consent/recording": RECORDING_TOLD,
};

/** By feature and type. */
export interface Results {
  readonly "props/grab": Truth;
  readonly "props/put": Truth;
  readonly "props/offer": Truth;
  readonly "props/move": Truth;
  readonly "access/recent": Seen;
  readonly "emergency/break_glass": Broken;
  readonly "panels/write": Written;
  readonly "consent/set": Consents;
}

export const RESULT_SCHEMAS: Readonly<Partial<Record<string, StructSchema>>> = {
  "props/grab": TRUTH,
  "props/put": TRUTH,
  "props/offer": TRUTH,
  "props/move": TRUTH,
  "access/recent": SEEN,
  "emergency/break_glass": BROKEN,
  "panels/write": WRITTEN,
  "consent/set": CONSENTS,
};
