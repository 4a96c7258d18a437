/** A lobby without a server, for the tests of the screens and for looking at them. */

import type { Emergency, PanelText, PersonView, RecordingFailure, RecordingKind, RecordingState, RoomDescription, RoomView, RosterEntry, ThingView, Vec3 } from "../../src/world/model";
import type { FrontDeskWords, RoomWords } from "../../src/screens/facility";
import { type Changeable, FakeRoom, handAt, partAt } from "../support/fake-room";

export { WELL } from "../support/fake-room";

export const LOBBY: RoomDescription = {
  id: "lobby",
  name: "Lobby",
  type: "lobby",
  scene: "scenes/lobby.glb",
  tickHz: 20,
  bounds: [[-8, 0, -6], [8, 4, 6]],
  zones: [
    { name: "Waiting area", box: [[-8, 0, -6], [0, 4, 0]], private: false },
    { name: "Reception", box: [[0, 0, -6], [8, 4, 0]], private: false },
  ],
  portals: [
    { to: "consult-1", name: "Consulting room 1", position: [7.5, 0, 3], yaw: -1.57, width: 1.2 },
    { to: "auditorium", name: "Auditorium", position: [0, 0, -5.8], yaw: 0, width: 2 },
  ],
  features: ["presence", "chat", "props", "access", "panels", "emergency", "consent"],
};

export function person(entity: number, name: string, role: string, position: Vec3): Changeable<PersonView> {
  return { entity, name, role, look: "plain", head: partAt(position), left: handAt([0, 0, 0]), right: handAt([0, 0, 0]), voice: 0, speaking: false, signing: false, seated: false, face: null };
}

export function thing(entity: number, name: string, position: Vec3): Changeable<ThingView> {
  return { entity, kind: "prop", name, model: name, grabbable: true, holder: 0, hand: null, offered: false, shown: true, position: new Float32Array(position), rotation: new Float32Array([0, 0, 0, 1]) };
}

export class FakeLobby extends FakeRoom {
  override readonly self: RosterEntry = { entity: 1, name: "Ada", role: "clinician" };
  override readonly description = LOBBY;
  override readonly spawn = { position: [0, 1.6, 2] as Vec3, yaw: 0 };
  override readonly roster = new Map<number, RosterEntry>([[1, this.self]]);
  override rights: RoomView["rights"] = new Set(["join", "speak", "chat", "write", "break_glass"]);

  meet(who: Changeable<PersonView>): void {
    this.people.set(who.entity, who);
    this.roster.set(who.entity, who);
    this.happen("roster", this.roster);
    this.happen("entered", who);
  }

  /** A recording goes on, pauses or ends. */
  recorded(kind: RecordingKind, state: RecordingState, why: RecordingFailure = ""): void {
    if (state === "off") this.recordings.delete(kind);
    else this.recordings.set(kind, state);
    this.happen("recording", { kind, state, why });
  }

  /** Somebody breaks the glass, until a moment of `performance.now()`. */
  alert(entity: number, name: string, until: number): void {
    const who: Emergency = { entity, name, role: "clinician", reason: "no_response", until };
    this.emergencies.set(entity, who);
    this.brokeGlass.add(entity);
    this.happen("emergency", { who, over: false, why: "" });
  }

  /** A text stands on a panel now. */
  written(panel: number, stands: PanelText, own = false): void {
    this.panels.set(panel, stands);
    this.happen("written", { panel, stands, own });
  }
}

/** A lobby as it may be on a quiet morning. */
export function quietLobby(): FakeLobby {
  const room = new FakeLobby();
  room.meet(person(2, "Grace Okafor", "patient", [-1.4, 1.6, 0.6]));
  room.meet({ ...person(3, "نور الهدى", "patient", [3, 1.2, -2]), seated: true });
  room.meet({ ...person(4, "Dr. Elisabeth van der Meer-Hohenstein", "clinician", [0.5, 1.7, 5]), speaking: true, voice: 0.6 });
  room.roster.set(5, { entity: 5, name: "Kwame", role: "student" });
  room.things.set(20, thing(20, "clipboard", [0.4, 1, 0.8]));
  room.things.set(21, { ...thing(21, "stethoscope", [-1.2, 1.2, 0.6]), holder: 2, hand: "right", offered: true });
  room.things.set(22, { ...thing(22, "tablet", [0.2, 1.2, 1.8]), holder: 1, hand: "right" });
  room.things.set(23, { ...thing(23, "Whiteboard", [-3, 1.5, -2]), kind: "panel", grabbable: false });
  room.things.set(24, { ...thing(24, "Monitor", [2, 1.5, -2]), kind: "panel", grabbable: false });
  room.panels.set(23, { text: "Tour of the ward\n10:00 from here\nPlease wait by the plant.", version: 3 });
  room.seers = [
    { entity: 4, name: "Dr. Elisabeth van der Meer-Hohenstein", role: "clinician", seconds: 734, ago: 0, unseen: false },
    { entity: 2, name: "Grace Okafor", role: "patient", seconds: 41, ago: 0, unseen: false },
    { entity: 5, name: "Kwame", role: "student", seconds: 12, ago: 390, unseen: false },
  ];
  room.brokeGlass.add(5);
  room.chat.push({ entity: 2, name: "Grace Okafor", text: "Good morning, is the doctor in?", at: Date.UTC(2026, 3, 1, 8, 12) }, { entity: 1, name: "Ada", text: "She is on her way.", at: Date.UTC(2026, 3, 1, 8, 13) });
  return room;
}

function words(id: string, name: string, type: string, occupancy: number, capacity: number, portals: readonly (readonly [string, string])[]): RoomWords {
  return { id, name, type, occupancy, capacity, portals: portals.map(([to, way]) => ({ to, name: way })) };
}

export const ROOMS: readonly RoomWords[] = [
  words("lobby", "Lobby", "lobby", 5, 64, [["consult-1", "Consulting room 1"], ["consult-2", "Consulting room 2"], ["auditorium", "Auditorium"]]),
  words("consult-1", "Consulting room 1", "consult", 2, 2, [["lobby", "Lobby"]]),
  words("consult-2", "Consulting room 2", "consult", 0, 8, [["lobby", "Lobby"]]),
  words("auditorium", "Auditorium", "lecture", 212, 1000, [["lobby", "Lobby"], ["theatre", "Operating theatre"]]),
  words("theatre", "Operating theatre", "theatre", 1, 12, [["auditorium", "Auditorium"]]),
];

export function fakeDesk(): FrontDeskWords {
  return {
    facility: () => Promise.resolve({ name: "Sample clinic", roles: ["patient", "clinician", "student"], looks: ["plain", "vrm-nurse"], visits: ["consult"], shared: false }),
    who: () => Promise.resolve({ kind: "guest", roles: ["patient", "clinician", "student"], name: null }),
    rooms: () => Promise.resolve(ROOMS),
    room: (id) => {
      const found = ROOMS.find((room) => room.id === id);
      return found === undefined ? Promise.reject(new Error("room_unknown")) : Promise.resolve(found);
    },
    openRoom: (type, name) => Promise.resolve(words("v-1", name, type, 0, 8, [])),
  };
}
