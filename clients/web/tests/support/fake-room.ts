/** A room without a server, which answers at once and keeps what it was asked. */
import type {
  Emergency, EmergencyReason, HandView, LocalPose, Outcome, PanelText, PartView, PersonView, Place, Purpose, Quality, RecordingKind, RecordingState,
  RemovalReason, RoomDescription, RoomEvents, RoomView, RosterEntry, Said, Seer, Side, Status, ThingView, Vec3, WriteOutcome,
} from "../../src/world/model";

export type Changeable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

export const WELL: Outcome = { ok: true, code: "", detail: "" };

export function partAt(position: Vec3, presence = 1): PartView {
  return { presence, position: new Float32Array(position), rotation: new Float32Array([0, 0, 0, 1]) };
}

export function handAt(position: Vec3, presence = 0): HandView {
  return { ...partAt(position, presence), fingersTracked: false, jointRotations: new Float32Array(104), jointPositions: new Float32Array(78) };
}

export abstract class FakeRoom implements RoomView {
  abstract readonly self: RosterEntry;
  abstract readonly description: RoomDescription;
  abstract readonly spawn: RoomView["spawn"];
  abstract readonly roster: Map<number, RosterEntry>;
  status: Status = { state: "live", reason: "", code: "", resumed: false };
  quality: Changeable<Quality> = { level: "good", reason: "", roundTrip: 24, framesPerSecond: 20, loss: 0 };
  keptUntil = 0;
  readonly people = new Map<number, Changeable<PersonView>>();
  readonly things = new Map<number, Changeable<ThingView>>();
  readonly chat: Said[] = [];
  readonly emergencies = new Map<number, Emergency>();
  rights: RoomView["rights"] = new Set();
  readonly muted = new Set<number>();
  readonly token = "r-1";
  readonly brokeGlass = new Set<number>();
  readonly consents = new Set<Purpose>(["treat", "observe"]);
  readonly hidden = new Set<number>();
  readonly recordings = new Map<RecordingKind, RecordingState>();
  readonly panels = new Map<number, PanelText>();
  /** What stands on a panel after a try to write there, where the room says so. */
  stands: PanelText | null = null;
  /** Who sees the wearer; null: that cannot be told. */
  seers: readonly Seer[] | null = [];
  /** What was asked of the room, in order. */
  readonly asked: (readonly unknown[])[] = [];
  answer: Outcome = WELL;
  private readonly listeners = new Map<string, Set<(event: never) => void>>();

  on<Name extends keyof RoomEvents>(name: Name, listener: (event: RoomEvents[Name]) => void): () => void {
    const set = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, set.add(listener));
    return () => set.delete(listener);
  }

  happen<Name extends keyof RoomEvents>(name: Name, event: RoomEvents[Name]): void {
    for (const listener of this.listeners.get(name) ?? []) (listener as (event: RoomEvents[Name]) => void)(event);
  }

  /** How many listen. */
  heard(): number {
    return [...this.listeners.values()].reduce((sum, set) => sum + set.size, 0);
  }

  told(): null {
    return null;
  }

  sample(): void {
    this.asked.push(["sample"]);
  }

  sendPose(pose: LocalPose): void {
    this.asked.push(["pose", pose]);
  }

  whoSaw(): Promise<readonly Seer[] | null> {
    this.asked.push(["whoSaw"]);
    return Promise.resolve(this.seers);
  }

  say(text: string): Promise<Outcome> {
    return this.ask("say", text);
  }

  grab(entity: number, side: Side, grip: Place): Promise<Outcome> {
    return this.ask("grab", entity, side, grip);
  }

  put(entity: number, place: Place): Promise<Outcome> {
    return this.ask("put", entity, place);
  }

  offer(entity: number, offered: boolean): Promise<Outcome> {
    return this.ask("offer", entity, offered);
  }

  move(entity: number, place: Place): Promise<Outcome> {
    return this.ask("move", entity, place);
  }

  mute(entity: number, muted: boolean): Promise<Outcome> {
    return this.ask("mute", entity, muted);
  }

  remove(entity: number, reason: RemovalReason): Promise<Outcome> {
    return this.ask("remove", entity, reason);
  }

  consent(purpose: Purpose, given: boolean): Promise<Outcome> {
    return this.ask("consent", purpose, given);
  }

  record(kind: RecordingKind, on: boolean): Promise<Outcome> {
    return this.ask("record", kind, on);
  }

  breakGlass(reason: EmergencyReason, words: string, minutes: number): Promise<Outcome> {
    return this.ask("breakGlass", reason, words, minutes);
  }

  endEmergency(): Promise<Outcome> {
    return this.ask("endEmergency");
  }

  async write(panel: number, text: string, version: number): Promise<WriteOutcome> {
    return { ...(await this.ask("write", panel, text, version)), stands: this.stands };
  }

  limit(kbits: number): void {
    this.asked.push(["limit", kbits]);
  }

  here(): void {
    this.asked.push(["here"]);
  }

  away(away: boolean): void {
    this.asked.push(["away", away]);
  }

  leave(): void {
    this.asked.push(["leave"]);
  }

  private ask(...what: readonly unknown[]): Promise<Outcome> {
    this.asked.push(what);
    return Promise.resolve(this.answer);
  }
}
