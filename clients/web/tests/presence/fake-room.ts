/** A room without a server: it decides at once, and keeps what it was sent. */
import type {
  LocalPose, Outcome, PanelText, PersonView, Place, Quality, RoomDescription, RoomEvents, RoomView, RosterEntry, Seer, Side, Status,
  ThingView, WriteOutcome,
} from "../../src/world/model";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type FakeThing = Mutable<ThingView>;

const FINE: Outcome = { ok: true, code: "", detail: "" };

export function describeRoom(change: Partial<RoomDescription> = {}): RoomDescription {
  return {
    id: "consult-1",
    name: "Consultation 1",
    type: "consult",
    scene: "v1/scenes/consult.gltf",
    tickHz: 60,
    bounds: [[-3, 0, -2.5], [3, 4, 2.5]],
    zones: [],
    portals: [],
    features: ["presence", "chat", "props", "access"],
    ...change,
  };
}

export function makeThing(entity: number, name: string, position: readonly [number, number, number], model = ""): FakeThing {
  return {
    entity,
    kind: "prop",
    name,
    model,
    grabbable: true,
    holder: 0,
    hand: null,
    offered: false,
    shown: true,
    position: new Float32Array(position),
    rotation: new Float32Array([0, 0, 0, 1]),
  };
}

export function makePerson(entity: number, name: string, x: number, z: number): PersonView {
  const part = (y: number): { presence: number; position: Float32Array; rotation: Float32Array } => ({
    presence: y > 0 ? 1 : 0,
    position: new Float32Array([x, y, z]),
    rotation: new Float32Array([0, 0, 0, 1]),
  });
  const hand = (): PersonView["left"] => ({
    ...part(0), fingersTracked: false, jointRotations: new Float32Array(104), jointPositions: new Float32Array(78),
  });
  return {
    entity, name, role: "patient", look: "", head: part(1.6), left: hand(), right: hand(),
    voice: 0, speaking: false, signing: false, seated: false, face: null,
  };
}

export class FakeRoom implements RoomView {
  readonly self: RosterEntry = { entity: 1, name: "Ann", role: "clinician" };
  readonly spawn = { position: [0, 1.6, 1.5] as const, yaw: 0 };
  status: Status = { state: "live", reason: "", code: "", resumed: false };
  readonly quality: Quality = { level: "good", reason: "", roundTrip: 20, framesPerSecond: 60, loss: 0 };
  readonly people = new Map<number, PersonView>();
  readonly things = new Map<number, FakeThing>();
  readonly roster = new Map<number, RosterEntry>([[2, { entity: 2, name: "Bo", role: "patient" }]]);
  readonly keptUntil = 0;
  readonly chat = [];
  readonly emergencies = new Map<number, never>();
  readonly rights: RoomView["rights"] = new Set();
  readonly muted: ReadonlySet<number> = new Set();
  readonly token = "";
  readonly brokeGlass = new Set<number>();
  readonly consents = new Set<never>();
  readonly recordings: RoomView["recordings"] = new Map();
  readonly panels = new Map<number, PanelText>();
  seers: readonly Seer[] | null = [];
  /** Copies of what was sent: the sender writes its pose anew each frame. */
  readonly sent: LocalPose[] = [];
  readonly calls: { name: string; thing: number; place: Place | null; hand: Side | null }[] = [];
  answer: Outcome = FINE;
  private readonly listeners = new Map<string, Set<(event: never) => void>>();

  constructor(readonly description: RoomDescription = describeRoom()) {}

  mute(): Promise<Outcome> {
    return Promise.resolve(this.answer);
  }

  remove(): Promise<Outcome> {
    return Promise.resolve(this.answer);
  }

  here(): void {
    // Whoever tests what is worn asks for nothing.
  }

  away(): void {
    // The same.
  }

  told(): null {
    return null;
  }

  sample(): void {
    // Nobody moves here but by hand.
  }

  on<Name extends keyof RoomEvents>(name: Name, listener: (event: RoomEvents[Name]) => void): () => void {
    const known = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, known.add(listener));
    return () => known.delete(listener);
  }

  tell<Name extends keyof RoomEvents>(name: Name, event: RoomEvents[Name]): void {
    for (const listener of this.listeners.get(name) ?? []) (listener as (event: RoomEvents[Name]) => void)(event);
  }

  sendPose(pose: LocalPose): void {
    this.sent.push(structuredClone(pose));
    if (this.sent.length > 500) this.sent.shift();
  }

  whoSaw(): Promise<readonly Seer[] | null> {
    return Promise.resolve(this.seers);
  }

  say(): Promise<Outcome> {
    return Promise.resolve(FINE);
  }

  grab(thing: number, hand: Side, grip: Place): Promise<Outcome> {
    return this.called("grab", thing, grip, hand, (held) => {
      held.holder = this.self.entity;
      held.hand = hand;
    });
  }

  put(thing: number, place: Place): Promise<Outcome> {
    return this.called("put", thing, place, null, (held) => {
      held.holder = 0;
      held.hand = null;
      held.offered = false;
      held.position.set(place.position);
      held.rotation.set(place.rotation);
    });
  }

  offer(thing: number, offered: boolean): Promise<Outcome> {
    return this.called("offer", thing, null, null, (held) => { held.offered = offered; });
  }

  move(thing: number, place: Place): Promise<Outcome> {
    return this.called("move", thing, place, null, (moved) => {
      moved.position.set(place.position);
      moved.rotation.set(place.rotation);
    });
  }

  consent(): Promise<Outcome> {
    return Promise.resolve(FINE);
  }

  record(): Promise<Outcome> {
    return Promise.resolve(FINE);
  }

  breakGlass(): Promise<Outcome> {
    return Promise.resolve(FINE);
  }

  endEmergency(): Promise<Outcome> {
    return Promise.resolve(FINE);
  }

  write(): Promise<WriteOutcome> {
    return Promise.resolve({ ...FINE, stands: null });
  }

  limit(): void {
    // Nothing is sent here.
  }

  leave(): void {
    this.status = { state: "ended", reason: "", code: "", resumed: false };
  }

  private called(name: string, thing: number, place: Place | null, hand: Side | null, change: (thing: FakeThing) => void): Promise<Outcome> {
    this.calls.push(structuredClone({ name, thing, place, hand }));
    const view = this.things.get(thing);
    if (this.answer.ok && view !== undefined) {
      change(view);
      this.tell("held", view);
    }
    return Promise.resolve(this.answer);
  }
}
