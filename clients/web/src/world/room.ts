/** A room one is in: what the rest of the client sees of it, and does in it. */
import { BUDGET_NONE, CHAT_CHARACTERS_MAX, POSITION_SCALE } from "../protocol/generated/constants";
import type { Alert, Correction, FreeMap, Muted, Operations, Wanted, Welcome } from "../protocol/generated/messages";
import type { Right } from "../protocol/generated/tables";
import { readEventBody } from "../protocol/messages";
import type { Environment } from "../session/environment";
import type { FrontDesk, PortalListing, Wish } from "../session/frontdesk";
import type { SessionListener, SessionStatus } from "../session/listener";
import type { QualityReport } from "../session/quality";
import { Refused } from "../session/refused";
import { Session } from "../session/session";
import { whoSaw } from "./access";
import { outcomeOf, type Operate } from "./asking";
import { ChatLog } from "./chat-log";
import { Consents } from "./consents";
import { breakGlass, Emergencies, endEmergency } from "./emergencies";
import { Emitter } from "./emitter";
import { Entities } from "./entities";
import type {
  Emergency, EmergencyReason, LocalPose, Outcome, PanelText, Place, Portal, Purpose, RecordingKind, RemovalReason, RoomDescription, RoomEvents, RoomView,
  RosterEntry, Seer, Side, ToldView, WriteOutcome,
} from "./model";
import { OutgoingPose } from "./outgoing";
import { Panels } from "./panels";
import { Roster } from "./roster";
import type { RidingHand } from "./thing";
import { millimetres, packed } from "./wire-place";

const UNKNOWN_THING: Outcome = { ok: false, code: "unknown_prop", detail: "That is not in sight." };

/** Join a room, or take up one's place in it that is `locked`, by its token; rejects with `Refused`, whose message is for people. */
export async function enterRoom(wish: Wish, desk: FrontDesk, environment: Environment, locked = ""): Promise<RoomView> {
  const room = new Room(wish, desk, environment, locked);
  await room.join();
  return room;
}

/** The wearer's own hand, as it was last sent: what it holds is shown without going to the server and back. */
class OwnHand implements RidingHand {
  presence = 0;
  readonly position = new Float64Array(3);
  readonly rotation = Float64Array.of(0, 0, 0, 1);

  take(place: Place | null): void {
    this.presence = place === null ? 0 : 1;
    if (place === null) return;
    this.position.set(place.position);
    this.rotation.set(place.rotation);
  }
}

class Room implements RoomView {
  self: RosterEntry = { entity: 0, name: "", role: "" };
  description!: RoomDescription;
  spawn!: RoomView["spawn"];
  status: SessionStatus = { state: "joining", reason: "", code: "", resumed: false };
  rights: ReadonlySet<Right> = new Set();
  readonly muted = new Set<number>();
  private report: QualityReport = { level: "good", reason: "", roundTrip: NaN, framesPerSecond: 0, loss: 0 };
  private portals: readonly Portal[] = [];
  private readonly session: Session;
  private readonly emitter = new Emitter<RoomEvents>();
  private readonly presence = new Roster();
  private readonly log = new ChatLog();
  readonly chat = this.log.said;
  private readonly glass = new Emergencies((event) => {
    this.emitter.emit("emergency", event);
  });
  private readonly allowed = new Consents(
    () => { this.emitter.emit("consents", this.consents); },
    (told) => { this.emitter.emit("recording", told); },
    () => { this.emitter.emit("roster", this.roster); },
    (seconds) => { this.emitter.emit("ending", seconds); },
  );
  private readonly boards = new Panels((panel, stands, own) => {
    this.emitter.emit("written", { panel, stands, own });
  });
  private readonly entities: Entities;
  private readonly pose = new OutgoingPose();
  private readonly ownLeft = new OwnHand();
  private readonly ownRight = new OwnHand();

  constructor(
    private readonly wish: Wish,
    private readonly desk: FrontDesk,
    private readonly environment: Environment,
    locked: string,
  ) {
    this.session = new Session(wish, desk, environment, this.listener(), locked);
    this.entities = new Entities({
      entered: (view) => {
        this.emitter.emit("entered", view);
      },
      left: (view) => {
        this.emitter.emit("left", view);
      },
      held: (view) => {
        this.emitter.emit("held", view);
      },
    });
  }

  private listener(): SessionListener {
    return {
      status: (status) => {
        this.takeStatus(status);
      },
      welcome: (welcome) => {
        this.takeWelcome(welcome);
      },
      frame: (changes, time, now) => {
        this.entities.take(changes, time, now);
      },
      event: (feature, type, body) => {
        this.takeEvent(feature, type, body);
      },
      correction: (correction) => {
        this.takeCorrection(correction);
      },
      quality: (report) => {
        this.report = report;
        this.emitter.emit("quality", report);
      },
    };
  }

  async join(): Promise<void> {
    // Doors are for walking on: a room without them is one nevertheless.
    const listing = this.desk.room(this.wish.room, this.wish.role).catch(() => null);
    await this.session.join();
    this.portals = ((await listing)?.portals ?? []).map(portalOf);
    const { state, code, reason } = this.status;
    // It ended while the doors were on their way, and nobody listened yet.
    if (state === "ended") throw new Refused(code, reason, false, 0, this.token);
    this.description = { ...this.description, portals: this.portals };
  }

  get quality(): QualityReport {
    return this.report;
  }

  get keptUntil(): number {
    return this.session.keptUntil;
  }

  get people() {
    return this.entities.people;
  }

  told(entity: number): ToldView | null {
    return this.entities.people.get(entity)?.told ?? null;
  }

  get things() {
    return this.entities.things;
  }

  get roster(): ReadonlyMap<number, RosterEntry> {
    return this.presence.people;
  }

  get consents(): ReadonlySet<Purpose> {
    return this.allowed.given;
  }

  get hidden(): ReadonlySet<number> {
    return this.allowed.hidden;
  }

  get recordings(): RoomView["recordings"] {
    return this.allowed.recordings;
  }

  get panels(): ReadonlyMap<number, PanelText> {
    return this.boards.texts;
  }

  get emergencies(): ReadonlyMap<number, Emergency> {
    return this.glass.current;
  }

  get brokeGlass(): ReadonlySet<number> {
    return this.glass.broke;
  }

  on<Name extends keyof RoomEvents>(name: Name, listener: (event: RoomEvents[Name]) => void): () => void {
    return this.emitter.on(name, listener);
  }

  sample(now: number, drawn: boolean): void {
    this.session.meter.notePicture(now, drawn);
    this.entities.sample(now, this.self.entity, this.ownLeft, this.ownRight);
  }

  // What the wearer does.

  sendPose(pose: LocalPose): void {
    this.ownLeft.take(pose.left);
    this.ownRight.take(pose.right);
    this.session.sendPose(this.pose.write(pose));
  }

  whoSaw(): Promise<readonly Seer[] | null> {
    return whoSaw(this.operate);
  }

  consent(purpose: Purpose, given: boolean): Promise<Outcome> {
    return this.allowed.set(this.operate, purpose, given);
  }

  async record(kind: RecordingKind, on: boolean): Promise<Outcome> {
    return this.operate("consent", "record", { kind, on });
  }

  breakGlass(reason: EmergencyReason, words: string, minutes: number): Promise<Outcome> {
    return breakGlass(this.operate, reason, words, minutes);
  }

  endEmergency(): Promise<Outcome> {
    return endEmergency(this.operate);
  }

  write(panel: number, text: string, version: number): Promise<WriteOutcome> {
    return this.boards.write(this.operate, panel, text, version);
  }

  private readonly operate: Operate = (feature, type, body) => this.session.operate(feature, type, body);

  async say(text: string): Promise<Outcome> {
    const said = text.trim();
    if (said === "") return { ok: false, code: "malformed", detail: "There is nothing to say." };
    if (Array.from(said).length > CHAT_CHARACTERS_MAX) {
      return { ok: false, code: "too_long", detail: `At most ${CHAT_CHARACTERS_MAX} characters are said at once.` };
    }
    return this.session.operate("chat", "say", { text: said });
  }

  async grab(thing: number, hand: Side, grip: Place): Promise<Outcome> {
    const held = this.things.get(thing);
    if (held === undefined) return UNKNOWN_THING;
    return this.handle("props/grab", { prop: thing, hand, grip: [...millimetres(grip), ...packed(grip)], ownership: held.ownership });
  }

  async put(thing: number, place: Place): Promise<Outcome> {
    const held = this.things.get(thing);
    if (held === undefined) return UNKNOWN_THING;
    const { ownership } = held;
    return this.handle("props/put", { prop: thing, position: millimetres(place), rotation: packed(place), ownership });
  }

  async offer(thing: number, offered: boolean): Promise<Outcome> {
    return this.handle("props/offer", { prop: thing, offered });
  }

  async move(thing: number, place: Place): Promise<Outcome> {
    const held = this.things.get(thing);
    if (held === undefined) return UNKNOWN_THING;
    const { ownership, authority } = held;
    return this.handle("props/move", { prop: thing, position: millimetres(place), rotation: packed(place), ownership, authority });
  }

  limit(kbits: number): void {
    this.session.limit(kbits === 0 ? BUDGET_NONE : kbits);
  }

  async mute(entity: number, muted: boolean): Promise<Outcome> {
    return this.session.operate("moderation", muted ? "mute" : "unmute", { entity });
  }

  async remove(entity: number, reason: RemovalReason): Promise<Outcome> {
    return this.session.operate("moderation", "remove", { entity, reason });
  }

  here(): void {
    void this.session.operate("safety", "here", {});
  }

  away(away: boolean): void {
    void this.session.operate("safety", "away", { away });
  }

  get token(): string {
    return this.session.token;
  }

  leave(): void {
    this.session.leave();
  }

  private async handle<Name extends keyof Operations & `props/${string}`>(name: Name, body: Operations[Name]): Promise<Outcome> {
    return outcomeOf(await this.session.operate("props", name.slice("props/".length), { ...body }));
  }

  // What the session tells.

  private takeStatus(status: SessionStatus): void {
    this.status = status;
    if (status.state === "ended") this.forget();
    this.emitter.emit("status", status);
  }

  private takeWelcome(welcome: Welcome): void {
    if (!welcome.resumed) this.forget();
    // A word that is not known here is asked for nowhere.
    this.rights = new Set(welcome.rights as readonly Right[]);
    this.self = { entity: welcome.entity, name: this.wish.name, role: this.wish.role };
    this.description = describe(welcome, this.portals);
    this.spawn = welcome.spawn;
    this.entities.start(1000 / welcome.room.tick_hz);
  }

  /** Nothing of a room stays that one has left, or comes into anew. */
  private forget(): void {
    this.entities.clear();
    this.presence.clear();
    this.muted.clear();
    this.glass.clear();
    this.boards.clear();
    this.allowed.clear();
  }

  private takeEvent(feature: string, type: string, body: FreeMap): void {
    switch (`${feature}/${type}`) {
      case "presence/roster":
        if (this.presence.takePage(readEventBody("presence/roster", body))) this.emitter.emit("roster", this.roster);
        break;
      case "presence/changed":
        this.presence.takeChange(readEventBody("presence/changed", body), () => { this.emitter.emit("roster", this.roster); });
        break;
      case "chat/said":
        this.emitter.emit("said", this.log.take(readEventBody("chat/said", body), this.session.clock, this.environment));
        break;
      case "chat/earlier":
        if (this.log.takeEarlier(readEventBody("chat/earlier", body), this.environment)) this.emitter.emit("earlier", this.chat);
        break;
      case "moderation/muted":
        this.takeMuted(readEventBody("moderation/muted", body));
        break;
      case "safety/warned":
        this.emitter.emit("warned", readEventBody("safety/warned", body).seconds);
        break;
      case "props/wanted":
        this.takeWanted(readEventBody("props/wanted", body));
        break;
      case "consent/consents":
        this.allowed.take(readEventBody("consent/consents", body));
        break;
      case "consent/hidden":
        this.allowed.takeHidden(readEventBody("consent/hidden", body));
        break;
      case "consent/ending":
        this.allowed.takeEnding(readEventBody("consent/ending", body));
        break;
      case "consent/recording":
        this.allowed.takeRecording(readEventBody("consent/recording", body));
        break;
      case "panels/written":
        this.boards.take(readEventBody("panels/written", body));
        break;
      case "emergency/alert":
        this.takeAlert(readEventBody("emergency/alert", body));
        break;
      case "emergency/ended":
        this.glass.end(readEventBody("emergency/ended", body), this.self);
        break;
    }
  }

  private takeMuted({ entity, muted }: Muted): void {
    if (muted) this.muted.add(entity);
    else this.muted.delete(entity);
    this.emitter.emit("muted", this.muted);
  }

  private takeWanted({ prop, entity, name }: Wanted): void {
    const thing = this.things.get(prop);
    // It may be out of sight by now.
    if (thing === undefined) return;
    this.emitter.emit("wanted", { thing, entity, name });
  }

  private takeAlert(alert: Alert): void {
    const now = this.environment.now();
    this.glass.begin(alert, now - this.session.clock.since(alert.until, now));
  }

  private takeCorrection({ position, reason }: Correction): void {
    const [x, y, z] = position;
    this.emitter.emit("correction", { position: [x / POSITION_SCALE, y / POSITION_SCALE, z / POSITION_SCALE], reason });
  }
}

function portalOf(listed: PortalListing): Portal {
  return { ...listed, yaw: (listed.yaw * Math.PI) / 180 };
}

function describe({ room }: Welcome, portals: readonly Portal[]): RoomDescription {
  const { id, name, type, scene, tick_hz: tickHz, bounds, zones, features } = room;
  return { id, name, type, scene, tickHz, bounds, zones, portals, features };
}
