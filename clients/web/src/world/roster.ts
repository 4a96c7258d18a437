/** Everybody in the room, in sight or not, from the events of `presence` (SPEC 6.1). */
import type { Changed, Roster as RosterPage } from "../protocol/generated/messages";
import type { RosterEntry } from "./model";

export class Roster {
  people = new Map<number, RosterEntry>();
  /** Pages that have come of a roster of which more are to come. */
  private pages: Map<number, RosterEntry> | null = null;

  /** Returns whether all of it is known now. */
  takePage({ people, more }: RosterPage): boolean {
    this.pages ??= new Map();
    for (const person of people) this.pages.set(person.entity, person);
    if (more) return false;
    this.people = this.pages;
    this.pages = null;
    return true;
  }

  /** Returns whether `people` has changed. */
  takeChange({ joined, left }: Changed): boolean {
    // A change between two pages belongs to what has been read of them.
    const people = this.pages ?? this.people;
    for (const entity of left) people.delete(entity);
    for (const person of joined) people.set(person.entity, person);
    return this.pages === null;
  }

  clear(): void {
    this.people = new Map();
    this.pages = null;
  }
}
