// What the page knows of the room it is in: entities with their tracks, and the people on the roster.

import { readFacts } from "./protocol.js";
import { Delay, Track, sampleOf, turn } from "./motion.js";

const BODY_SECONDS = 0.35;

export class World {
  /** `welcome` is the wire's; a resumed session keeps what it knew, a fresh one begins empty. */
  constructor(welcome) {
    this.entities = new Map();
    this.people = new Map();
    this.pages = null;
    this.enter(welcome, false);
  }

  enter(welcome, kept) {
    this.room = welcome.room;
    this.self = welcome.entity;
    this.period = 1000 / welcome.room.tick_hz;
    this.delay = new Delay(this.period);
    this.frames = 0;
    // After a resume everything is entered anew: what the first frame does not enter has left.
    this.unconfirmed = new Set(this.entities.keys());
    if (!kept) {
      this.entities.clear();
      this.people.clear();
      this.pages = null;
    }
  }

  /** Takes in what a frame changed. */
  take(frame, now) {
    this.frames += 1;
    this.delay.note(frame.time, now);
    for (const { entity } of frame.left) this.entities.delete(entity);
    for (const { entity, facts } of frame.entered) {
      this.unconfirmed.delete(entity);
      if (!this.entities.has(entity)) this.entities.set(entity, { entity, facts: readFacts(facts), track: null, body: null });
    }
    for (const { held } of frame.updated) {
      const known = this.entities.get(held.entity);
      const sample = sampleOf(held.state, frame.time);
      if (known.track) known.track.push(sample, this.period);
      else known.track = new Track(sample);
    }
    for (const entity of this.unconfirmed) this.entities.delete(entity);
    this.unconfirmed.clear();
  }

  /** Takes in an event of `presence`. Returns the names that came and went, for who listens. */
  takePresence(type, body) {
    if (type === "roster") return this.takeRoster(body);
    const people = this.pages ?? this.people;
    const left = body.left.map((entity) => people.get(entity)?.name).filter(Boolean);
    for (const entity of body.left) people.delete(entity);
    for (const person of body.joined) people.set(person.entity, person);
    return { joined: body.joined.map(({ name }) => name), left };
  }

  takeRoster({ people, more }) {
    this.pages ??= new Map();
    for (const person of people) this.pages.set(person.entity, person);
    if (!more) [this.people, this.pages] = [this.pages, null];
    return { joined: [], left: [] };
  }

  /** How everything in sight is shown at the server's time `now`, ms; `seconds` since the last time. */
  show(now, seconds) {
    const time = now - this.delay.value;
    const shown = [];
    for (const known of this.entities.values()) {
      const sample = known.track?.at(time);
      if (!sample?.head) continue;
      // Shoulders follow the head slowly: people look about without turning their body.
      known.body ??= sample.yaw;
      known.body += turn(known.body, sample.yaw) * (1 - Math.exp(-seconds / BODY_SECONDS));
      shown.push({ ...sample, entity: known.entity, ...known.facts, body: known.body });
    }
    return shown;
  }
}
