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

  /** Who came before who left: somebody may be both. Calls `changed` after each of these steps that changed `people`. */
  takeChange({ joined, left }: Changed, changed: () => void): void {
    // A change between two pages belongs to what has been read of them.
    const people = this.pages ?? this.people;
    for (const person of joined) people.set(person.entity, person);
    if (joined.length > 0 && this.pages === null) changed();
    for (const entity of left) people.delete(entity);
    if (left.length > 0 && this.pages === null) changed();
  }

  clear(): void {
    this.people = new Map();
    this.pages = null;
  }
}
