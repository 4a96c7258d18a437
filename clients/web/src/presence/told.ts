/** What of a room's events a wearer is told in words: what is said, who comes and goes, how the connection is, and what is about to happen. */
import type { RoomView, RosterEntry } from "../world/model";
import { called, SELF, spoken, tamed } from "../screens/called";
import { captionTime } from "../screens/captions";
import { allowedWords, consentRefusal } from "../screens/consent-words";
import { emergencyWords } from "../screens/describe";
import { panelWords } from "../screens/panels-list";
import { recordingWords } from "../screens/recording-words";
import { seersWords } from "../screens/seers";
import { secondsLeft } from "../screens/states";
import type { WordsPanel } from "./words-panel";

/** Words of so long ago are still worth reading when a headset is put on, ms. */
const RECENT = 120_000;
const LAST = 3;
/** The room's own people are no news to who comes in. */
const QUIET_AT_FIRST = 2500;

export class Told {
  /** What is said is written too. */
  captions = true;
  /** The wearer has bare hands, with no button to press. */
  byHand = false;
  private readonly stops: readonly (() => void)[];
  private readonly since = performance.now();
  private roster: ReadonlyMap<number, string>;
  private level: string;
  private asking = false;
  /** When the view is locked unless the wearer moves, of `performance.now()`; 0 while nothing of the kind is told. */
  private lockedAt = 0;
  private left = 0;
  /** When the wearer leaves because nobody allows what they are here for, likewise. */
  private endsAt = 0;
  private stays = 0;

  constructor(private readonly room: RoomView, private readonly panel: WordsPanel) {
    this.roster = names(room.roster);
    this.level = room.quality.level;
    this.sign();
    this.stops = [
      room.on("said", ({ entity, name, text }) => { if (entity !== room.self.entity) this.say(entity, name, text); }),
      room.on("roster", (roster) => { this.people(roster); }),
      room.on("emergency", (event) => { this.notice(emergencyWords(event, room.self.entity)); }),
      room.on("recording", ({ kind, state, why }) => {
        this.sign();
        this.notice(recordingWords(kind, state, why));
        if (state === "on") this.notice(this.byHand ? "To end what you allow, look into your open palm." : "To end what you allow, press A or X.");
      }),
      room.on("warned", (seconds) => {
        this.lockedAt = seconds > 0 ? performance.now() + seconds * 1000 : 0;
        this.step(performance.now());
      }),
      room.on("ending", (seconds) => {
        this.endsAt = seconds > 0 ? performance.now() + seconds * 1000 : 0;
        this.step(performance.now());
      }),
      room.on("written", ({ panel, stands, own }) => {
        const name = room.things.get(panel)?.name;
        if (name !== undefined && !own) this.notice(panelWords(name, stands.text));
      }),
      room.on("quality", ({ level, reason }) => {
        if (level !== this.level && (level === "poor" || level === "lost")) this.notice(`The connection is ${level}. ${reason}`.trim());
        this.level = level;
      }),
      room.on("status", ({ state }) => {
        // Who has no connection is not locked, and is asked anew once they are back.
        if (state === "reconnecting") this.lockedAt = this.left = 0;
        this.sign();
        if (state === "reconnecting") this.notice("The connection is lost. Coming back …");
      }),
    ];
  }

  notice(text: string): void {
    if (text !== "") this.panel.show("", text, performance.now() + captionTime(text));
  }

  /** Who sees the wearer now and what they allow, where the room knows of it, and how to end that. */
  async ask(): Promise<void> {
    const { features } = this.room.description;
    if (features.includes("consent")) this.notice(`${this.howToEnd()}${allowedWords(this.room.consents)}`);
    if (this.asking || !features.includes("access")) return;
    this.asking = true;
    const seers = await this.room.whoSaw();
    this.asking = false;
    this.notice(seers === null ? "Who sees you cannot be told just now." : seersWords(seers, this.room.emergencies));
  }

  /** The wearer held on: nothing is allowed any more. */
  async endAllowed(): Promise<void> {
    if (!this.room.description.features.includes("consent") || this.room.consents.size === 0) return;
    this.notice(await allowNothing(this.room));
  }

  /** First, because what is too long to be shown is cut at its end. */
  private howToEnd(): string {
    if (this.room.consents.size === 0) return "";
    return this.byHand ? "Pinch with your other hand, and hold, to allow nothing more. " : "Keep the button pressed to allow nothing more. ";
  }

  /** What was said last, for who has only now put the headset on. */
  again(): void {
    const now = Date.now();
    const heard = this.room.chat.filter(({ earlier }) => earlier !== true);
    for (const { entity, name, text, at } of heard.slice(-LAST)) if (now - at < RECENT) this.say(entity, name, text);
  }

  /** Count the seconds down that are left before the view is locked, and before the wearer leaves; once a picture. */
  step(now: number): void {
    const left = this.lockedAt === 0 ? 0 : secondsLeft(this.lockedAt, now);
    const stays = this.endsAt === 0 ? 0 : secondsLeft(this.endsAt, now);
    if (left === this.left && stays === this.stays) return;
    this.left = left;
    this.stays = stays;
    this.sign();
  }

  /** What is to be seen for as long as it lasts. */
  private sign(): void {
    const signs = [...this.room.recordings].map(([kind, state]) => recordingWords(kind, state));
    if (this.stays > 0) signs.push(endingWords(this.stays));
    if (this.left > 0) signs.push(lockWords(this.left));
    this.panel.signs = signs;
  }

  dispose(): void {
    for (const stop of this.stops) stop();
  }

  private say(entity: number, name: string, text: string): void {
    if (!this.captions) return;
    const by = entity === this.room.self.entity ? SELF : called(name, this.room.roster.get(entity)?.role ?? "");
    this.panel.show(by, tamed(text), performance.now() + captionTime(text));
  }

  private people(roster: ReadonlyMap<number, RosterEntry>): void {
    const before = this.roster;
    this.roster = names(roster);
    if (performance.now() - this.since < QUIET_AT_FIRST) return;
    for (const [entity, name] of this.roster) if (!before.has(entity)) this.notice(`${spoken(name)} has come in.`);
    for (const [entity, name] of before) if (!this.roster.has(entity)) this.notice(`${spoken(name)} has left.`);
  }
}

function names(roster: ReadonlyMap<number, RosterEntry>): Map<number, string> {
  return new Map([...roster.values()].map(({ entity, name }) => [entity, name]));
}

/** Short, as `lockWords` is. */
function endingWords(seconds: number): string {
  return `Nobody allows what you are here for: you leave in ${seconds} s.`;
}

/** Withdraw whatever is given; how that went, in words. */
async function allowNothing(room: Pick<RoomView, "consent" | "consents">): Promise<string> {
  const outcomes = await Promise.all([...room.consents].map((purpose) => room.consent(purpose, false)));
  const refused = outcomes.map(consentRefusal).find((words) => words !== "");
  return refused ?? "You allow nothing here any more.";
}

/** Short: in the largest letters three rows hold it. */
function lockWords(seconds: number): string {
  return `Move or speak to stay: this view goes dark in ${seconds} s.`;
}
