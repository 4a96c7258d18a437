/** All in sight: who enters, moves, is held and leaves, as frames tell it; and all of it at a moment, once a picture. */
import type { FrameChanges, HeldEntity } from "../protocol/frame";
import { Malformed } from "../protocol/malformed";
import { type Facts, readFacts } from "../protocol/messages";
import { Delay } from "./delay";
import type { PersonView, ThingView } from "./model";
import { PersonModel } from "./person";
import { type RidingHand, ThingModel } from "./thing";

/** What a frame did that somebody may want to know. */
export interface EntityListener {
  entered(view: PersonView | ThingView): void;
  left(view: PersonView | ThingView): void;
  held(view: ThingView): void;
}

/** A picture that comes after so long was not drawn in between: nothing fades for longer. */
const PASSED_MOST_MS = 250;

export class Entities {
  readonly people = new Map<number, PersonModel>();
  readonly things = new Map<number, ThingModel>();
  /** The same as arrays: to walk a map makes garbage. */
  private readonly personList: PersonModel[] = [];
  private readonly thingList: ThingModel[] = [];
  private delay = new Delay(1);
  private period = 1;
  private newest = 0;
  private sampledAt = 0;
  /** Who was in sight before the connection was lost, and has not entered anew. */
  private unconfirmed: Set<number> | null = null;
  // What the frame at hand does.
  private readonly gone: number[] = [];
  private readonly fresh: (PersonModel | ThingModel)[] = [];
  private readonly renewed: ThingModel[] = [];

  constructor(private readonly listener: EntityListener) {}

  /** A session goes on, or begins: then forget everything first. `period` is milliseconds from tick to tick. */
  start(period: number): void {
    this.period = period;
    this.delay = new Delay(period);
    this.unconfirmed = new Set([...this.people.keys(), ...this.things.keys()]);
    for (const model of [...this.personList, ...this.thingList]) model.restart();
  }

  clear(): void {
    for (const entity of [...this.people.keys(), ...this.things.keys()]) this.remove(entity);
    this.unconfirmed = null;
  }

  /** Take in a frame of the server's `time`. */
  take(changes: FrameChanges, time: number, now: number): void {
    this.delay.note(time, now);
    this.newest = time;
    this.gone.length = this.fresh.length = this.renewed.length = 0;
    for (const held of changes.left) this.gone.push(held.entity);
    for (const held of changes.entered) this.enter(held);
    for (const entity of this.gone) this.remove(entity);
    if (this.unconfirmed !== null) {
      // The first frame after a resume enters all that is in sight: the others left in the meantime.
      for (const entity of this.unconfirmed) this.remove(entity);
      this.unconfirmed = null;
    }
    for (const { entity, record } of changes.updated) {
      this.model(entity)?.push(record.state, time, this.period);
      this.people.get(entity)?.note(record, changes.tick);
    }
    for (const view of this.fresh) this.listener.entered(view);
    for (const view of this.renewed) this.listener.held(view);
  }

  /** Write all views for a moment; `ownHand` is the wearer's, for what it holds. */
  sample(now: number, self: number, ownLeft: RidingHand, ownRight: RidingHand): void {
    const time = this.delay.at(now);
    const passed = Math.max(0, Math.min(PASSED_MOST_MS, now - this.sampledAt));
    this.sampledAt = now;
    for (let n = 0; n < this.personList.length; n += 1) {
      this.personList[n]!.sample(time, this.newest, this.period, passed);
    }
    for (let n = 0; n < this.thingList.length; n += 1) {
      const thing = this.thingList[n]!;
      const own = thing.holder === self ? (thing.hand === "left" ? ownLeft : ownRight) : null;
      thing.sample(time, this.newest, this.period, own ?? this.handOf(thing));
    }
  }

  private handOf(thing: ThingModel): RidingHand | null {
    const holder = this.people.get(thing.holder);
    if (holder === undefined || thing.hand === null) return null;
    return thing.hand === "left" ? holder.left : holder.right;
  }

  private model(entity: number): PersonModel | ThingModel | undefined {
    return this.people.get(entity) ?? this.things.get(entity);
  }

  private enter({ entity, facts: bytes }: HeldEntity): void {
    const facts = readFacts(bytes);
    const left = this.gone.indexOf(entity);
    const known = this.model(entity);
    if (known === undefined) {
      this.add(entity, facts);
      return;
    }
    if (left < 0 && this.unconfirmed?.has(entity) !== true) throw new Malformed(`entity ${entity} enters twice`);
    if (left >= 0) this.gone.splice(left, 1);
    this.unconfirmed?.delete(entity);
    this.renew(known, facts);
  }

  private add(entity: number, facts: Facts): void {
    if (facts.kind === "avatar") {
      const person = new PersonModel(entity, facts);
      this.people.set(entity, person);
      this.personList.push(person);
      this.fresh.push(person);
    } else {
      const thing = new ThingModel(entity, facts);
      this.things.set(entity, thing);
      this.thingList.push(thing);
      this.fresh.push(thing);
    }
  }

  /** It has other facts now, or the same after a resume. */
  private renew(model: PersonModel | ThingModel, facts: Facts): void {
    if (model instanceof PersonModel) {
      if (facts.kind !== "avatar") throw new Malformed("somebody who became a thing");
      model.renew(facts);
      return;
    }
    if (facts.kind === "avatar") throw new Malformed("a thing that became somebody");
    const before = JSON.stringify(model.facts);
    model.renew(facts);
    if (JSON.stringify(model.facts) !== before) this.renewed.push(model);
  }

  private remove(entity: number): void {
    const model = this.model(entity);
    if (model === undefined) return;
    if (model instanceof PersonModel) {
      this.people.delete(entity);
      this.personList.splice(this.personList.indexOf(model), 1);
    } else {
      this.things.delete(entity);
      this.thingList.splice(this.thingList.indexOf(model), 1);
    }
    this.listener.left(model);
  }
}
