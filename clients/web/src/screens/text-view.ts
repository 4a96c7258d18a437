/**
 * The room in words, and all that one can do in it as buttons: for who does not see the picture, or cannot show it.
 * It stands for the canvas in full. Lists change silently and keep the focus; what happens is told by the announcer.
 */

import type { Outcome, RoomView, Said, ThingView, Vec3 } from "../world/model";
import type { Announcer } from "./announcer";
import { called, quoted, SELF, spoken } from "./called";
import { describeRoom, distanceTo, roleWords, zoneName, type Standing } from "./describe";
import { button, make, setText, written } from "./dom";
import { refusalOf, type Refusals } from "./refusals";
import { SaidList } from "./said-list";
import { SayForm } from "./say-form";

/** How the text view moves its wearer and their hands. */
export interface TextWays {
  /** Walk until within `stop` metres; resolves when there, or when something else was begun. */
  walkTo(place: Vec3, stop: number): Promise<boolean>;
  turn(radians: number): void;
  goThrough(room: string): void;
  grab(thing: ThingView): Promise<Outcome>;
  put(thing: ThingView): Promise<Outcome>;
  leave(): void;
}

/** What else a room tells in words, under a heading of its own. */
export interface ToldList {
  readonly title: string;
  readonly list: { readonly element: HTMLElement; update(now: number): void };
}

/** A list whose rows stay the same elements while what they tell changes: the focus is never lost. */
class Rows {
  readonly element: HTMLUListElement;
  private readonly rows = new Map<string, { readonly element: HTMLLIElement; readonly text: HTMLElement; readonly kind: string }>();

  constructor(private readonly nothing: string, label: string) {
    this.element = make("ul", { class: "plain told", attributes: { "aria-label": label } });
  }

  show(items: readonly { key: string; kind: string; name: string; note: string; text: string; buttons: () => readonly HTMLElement[] }[]): void {
    const keys = new Set(items.map((item) => item.key));
    for (const [key, row] of this.rows) {
      if (keys.has(key)) continue;
      row.element.remove();
      this.rows.delete(key);
    }
    for (const item of items) {
      let row = this.rows.get(item.key);
      if (row?.kind !== item.kind) {
        const text = make("span", { class: "where" });
        const element = make("li", {}, make("span", { class: "what" }, make("strong", {}, written(item.name)), item.note !== "" && make("small", {}, ` ${item.note}`), " ", text), make("span", { class: "row" }, ...item.buttons()));
        if (row === undefined) this.element.append(element);
        else replaceKeepingFocus(row.element, element);
        row = { element, text, kind: item.kind };
        this.rows.set(item.key, row);
      }
      setText(row.text, item.text);
    }
    this.element.dataset["nothing"] = items.length === 0 ? this.nothing : "";
  }
}

export class TextView {
  readonly element: HTMLElement;
  readonly input: HTMLInputElement;
  private readonly why = make("p", { class: "problem" });
  private readonly here = make("p", { class: "here" });
  private readonly away = make("p", { class: "faint" });
  private readonly people = new Rows("Nobody else is in sight.", "People in sight");
  private readonly held = new Rows("Your hands are empty.", "What you hold");
  private readonly things = new Rows("Nothing lies about.", "Things");
  private readonly doors = new Rows("There is no door to another room.", "Ways out");
  private readonly log = make("ol", { class: "plain lines", attributes: { "aria-label": "What was said" } });
  private readonly lines = new SaidList(this.log, 50, (said) => this.saidRow(said));
  private readonly outcome = make("p", { class: "outcome", attributes: { role: "status" } });
  private readonly stops: (() => void)[] = [];
  private zone = "";

  constructor(
    private readonly room: RoomView,
    private readonly ways: TextWays,
    private readonly standing: () => Standing,
    private readonly announcer: Announcer,
    private readonly more: readonly ToldList[] = [],
  ) {
    const counter = make("small", { id: "say-counter", class: "faint" });
    const form = new SayForm({ word: "Say", describedBy: counter.id, say: (text) => room.say(text), told: (words) => { setText(this.outcome, words); }, count: (words) => { setText(counter, words); } });
    this.input = form.input;
    this.element = make("div", { class: "text-view", hidden: true, attributes: { role: "region", "aria-label": `${room.description.name} in words` } });
    this.element.append(
      make("h2", { tabIndex: -1 }, "The room in words"),
      this.why,
      this.here,
      this.away,
      this.outcome,
      make("div", { class: "row" }, button("Turn left", () => { ways.turn(Math.PI / 4); }, { class: "quiet" }), button("Turn right", () => { ways.turn(-Math.PI / 4); }, { class: "quiet" }), button("Turn around", () => { ways.turn(Math.PI); }, { class: "quiet" })),
      make("div", { class: "told-columns" }, section("People", this.people.element), section("In your hands", this.held.element), section("Things", this.things.element), section("Ways out", this.doors.element), ...more.map(({ title, list }) => section(title, list.element))),
      section("What is said", this.log, form.element, counter),
      make("div", { class: "row" }, button("Leave the room", () => { ways.leave(); }, { class: "leave" })),
    );
    this.lines.fill(room.chat);
    this.listen();
  }

  show(shown: boolean): void {
    this.element.hidden = !shown;
    if (!shown) return;
    this.update();
    this.element.querySelector("h2")?.focus();
  }

  /** Say why there is no picture; it stays. */
  explain(text: string): void {
    setText(this.why, text);
  }

  get shown(): boolean {
    return this.element.hidden === false;
  }

  close(): void {
    for (const stop of this.stops) stop();
  }

  /** Write what has changed; some times a second. */
  update(now = performance.now()): void {
    if (this.element.hidden) return;
    for (const { list } of this.more) list.update(now);
    const words = describeRoom(this.room, this.standing());
    setText(this.here, words.here);
    setText(this.away, words.outOfSight.length === 0 ? "" : `Also in the room, out of sight: ${words.outOfSight.map(spoken).join(", ")}.`);
    this.people.show(words.people.map((person) => ({
      key: String(person.entity),
      kind: `${String(words.held.length > 0)} ${person.holds.map((thing) => `${thing.entity}${String(thing.offered)}`).join()}`,
      name: called(person.name, person.role),
      note: roleWords(person.role),
      text: person.text,
      buttons: () => [
        button("Walk to", () => { void this.walk(person.position, 1, spoken(person.name), person.entity); }, { class: "quiet", label: `Walk to ${person.name}` }),
        ...person.holds.filter((thing) => thing.offered).map((thing) => button(`Take ${thing.name}`, () => { void this.take(thing); }, { class: "quiet" })),
        ...(words.held.length > 0 ? [button("Hand over", () => { void this.pass(person.entity, person.name); }, { class: "quiet", label: `Hand over to ${person.name}` })] : []),
      ],
    })));
    this.held.show(words.held.map((thing) => ({
      key: String(thing.entity),
      kind: String(thing.offered),
      name: thing.name,
      note: "",
      text: thing.offered ? "offered to whoever takes it" : "",
      buttons: () => [
        button(thing.offered ? "Keep" : "Offer", () => { void this.tell(this.room.offer(thing.entity, !thing.offered), thing.offered ? `You keep ${thing.name}.` : `You offer ${thing.name}. Whoever is near may take it.`); }, { class: "quiet", label: `${thing.offered ? "Keep" : "Offer"} ${thing.name}` }),
        button("Put down", () => { void this.tell(this.ways.put(thing), `You put ${thing.name} down.`); }, { class: "quiet", label: `Put down ${thing.name}` }),
      ],
    })));
    this.things.show(words.things.map(({ thing, text, position }) => ({
      key: String(thing.entity),
      kind: String(thing.grabbable),
      name: thing.name,
      note: "",
      text,
      buttons: () => [
        button("Walk to", () => { void this.walk(position, 0.7, thing.name); }, { class: "quiet", label: `Walk to ${thing.name}` }),
        ...(thing.grabbable ? [button("Take", () => { void this.take(thing); }, { class: "quiet", label: `Take ${thing.name}` })] : []),
      ],
    })));
    this.doors.show(words.ways.map((way) => ({
      key: way.to,
      kind: "",
      name: way.name,
      note: "",
      text: way.text,
      buttons: () => [button("Go through", () => { this.ways.goThrough(way.to); }, { class: "quiet", label: `Go through to ${way.name}` })],
    })));
    this.tellZone();
  }

  private async pass(entity: number, name: string): Promise<void> {
    const thing = [...this.room.things.values()].find((each) => each.holder === this.room.self.entity);
    const person = this.room.people.get(entity);
    if (thing === undefined || person === undefined) {
      setText(this.outcome, thing === undefined ? "You hold nothing." : `${spoken(name)} is not in sight.`);
      return;
    }
    if (!(await this.ways.walkTo(headOf(person.head.position), 0.9))) {
      setText(this.outcome, `You did not get to ${spoken(name)}.`);
      return;
    }
    await this.tell(this.room.offer(thing.entity, true), `You stand by ${spoken(name)} and offer ${thing.name}. ${spoken(name)} can take it now.`);
  }

  private async take(thing: ThingView): Promise<void> {
    const there = headOf(thing.position);
    if (distanceTo(this.standing(), there) > 0.7 && !(await this.ways.walkTo(there, 0.6))) return;
    await this.tell(this.ways.grab(thing), `You hold ${thing.name}.`);
  }

  private async walk(place: Vec3, stop: number, name: string, entity = 0): Promise<void> {
    const walking = `Walking to ${name}.`;
    setText(this.outcome, walking);
    // Where they are now: they may have moved since the button was made.
    const head = this.room.people.get(entity)?.head.position;
    if (await this.ways.walkTo(head === undefined ? place : headOf(head), stop)) setText(this.outcome, `You stand by ${name}.`);
    else if (this.outcome.textContent === walking) setText(this.outcome, `You stopped on the way to ${name}.`);
  }

  private async tell(act: Promise<Outcome>, well: string): Promise<void> {
    const outcome = await act;
    setText(this.outcome, outcome.ok ? well : actRefusal(outcome));
  }

  private saidRow(said: Said): HTMLElement {
    const own = said.entity === this.room.self.entity;
    const by = own ? SELF : written(called(said.name, this.room.roster.get(said.entity)?.role ?? ""));
    return make("li", { data: { own: String(own) } }, make("b", {}, by, said.earlier === true ? ", earlier: " : ": "), written(said.text));
  }

  private listen(): void {
    const { room } = this;
    const told = (text: string): void => { if (!this.element.hidden) this.announcer.say(text, performance.now()); };
    this.stops.push(
      room.on("said", (said) => {
        this.lines.add(said);
        if (said.entity !== room.self.entity) told(`${spoken(said.name)} says: ${quoted(said.text)}`);
      }),
      room.on("earlier", (chat) => { this.lines.fill(chat); }),
      room.on("entered", (who) => { if ("head" in who) told(`${spoken(who.name)} comes into sight.`); }),
      room.on("left", (who) => { if ("head" in who) told(`${spoken(who.name)} is out of sight.`); }),
      room.on("wanted", ({ name, thing }) => { told(`${spoken(name)} would like ${thing.name}. Put it down to hand it over.`); }),
      room.on("held", (thing) => { told(heldWords(room, thing)); }),
    );
  }

  private tellZone(): void {
    const zone = zoneName(this.room.description, this.standing().position);
    if (zone !== this.zone && zone !== "") this.announcer.say(`You are in ${zone} now.`, performance.now());
    this.zone = zone;
  }
}

/** "“Ann” holds the stethoscope." */
export function heldWords(room: RoomView, thing: ThingView): string {
  if (thing.holder === 0) return `${thing.name} was put down.`;
  const does = thing.offered ? "offer" : "hold";
  if (thing.holder === room.self.entity) return `${SELF} ${does} ${thing.name}.`;
  const holder = room.roster.get(thing.holder);
  return `${holder === undefined ? "Somebody" : spoken(holder.name)} ${does}s ${thing.name}.`;
}

const REFUSALS: Refusals = {
  held: "Somebody holds it. They are told that you would like it.",
  stale: "Somebody was quicker.",
  out_of_reach: "It is too far away. Walk nearer first.",
  forbidden: "Your role may not do that here.",
  rate_limited: "That was too much at once. Wait a second, then try again.",
};

export function actRefusal(outcome: Outcome): string {
  return refusalOf(outcome, REFUSALS);
}

/** Put a row in another's place; who stood on one of its buttons stands on the one of the same words, or on the first. */
function replaceKeepingFocus(old: HTMLElement, element: HTMLElement): void {
  const { activeElement: focus } = document;
  const words = old.contains(focus) ? wordsOf(focus) : null;
  old.replaceWith(element);
  if (words === null) return;
  const buttons = [...element.querySelectorAll("button")];
  (buttons.find((each) => wordsOf(each) === words) ?? buttons[0])?.focus();
}

function wordsOf(element: Element | null): string {
  return element?.getAttribute("aria-label") ?? element?.textContent ?? "";
}

function section(title: string, ...children: readonly HTMLElement[]): HTMLElement {
  return make("section", {}, make("h3", {}, title), ...children);
}

function headOf(place: ArrayLike<number>): Vec3 {
  return [place[0] ?? 0, place[1] ?? 0, place[2] ?? 0];
}
