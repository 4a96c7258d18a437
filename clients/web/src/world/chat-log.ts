/** What was said in a room, in its order: what one heard oneself, and what was said before, where the facility keeps chat (SPEC 6.1). */
import type { Earlier, Said as SaidBody } from "../protocol/generated/messages";
import type { ServerClock } from "../session/clock";
import type { Environment } from "../session/environment";
import type { Said } from "./model";

const KEPT = 500;
/** Two tellings of one line have times so far apart at most, ms: that of an earlier one is late by its way here, behind all else that a welcome brings. */
const APART = 10_000;

export class ChatLog {
  readonly said: Said[] = [];

  /** Take in what is said now. */
  take({ entity, name, text, time }: SaidBody, clock: ServerClock, environment: Environment): Said {
    const ago = clock.since(time, environment.now());
    const said = { entity, name, text, at: environment.date() - Math.max(0, ago) };
    this.said.push(said);
    this.trim();
    return said;
  }

  /** Take in what the room keeps, each line in its place and those known already not again; true if there was a new one. */
  takeEarlier({ lines }: Earlier, environment: Environment): boolean {
    const date = environment.date();
    // A line bears neither a number nor who said it: it is known by its words, its order and about when it was said.
    const known: number[] = [];
    let from = 0;
    for (const { name, text, age } of lines) {
      const at = date - age * 1000;
      const index = this.said.findIndex((each, place) => place >= from && each.name === name && each.text === text && Math.abs(each.at - at) <= APART);
      known.push(index);
      if (index >= 0) from = index + 1;
    }
    let until = this.said.length;
    // From the last one backwards, so that the places that were found stay right.
    for (let n = lines.length - 1; n >= 0; n -= 1) {
      const line = lines[n], place = known[n];
      if (line === undefined || place === undefined) continue;
      if (place >= 0) {
        until = place;
        continue;
      }
      const said: Said = { entity: 0, name: line.name, text: line.text, at: Math.max(0, date - Math.max(0, line.age) * 1000), earlier: true };
      const least = known.slice(0, n).findLast((index) => index >= 0) ?? -1;
      while (until > least + 1 && (this.said[until - 1]?.at ?? 0) > said.at) until -= 1;
      this.said.splice(until, 0, said);
    }
    this.trim();
    return known.includes(-1);
  }

  private trim(): void {
    if (this.said.length > KEPT) this.said.splice(0, this.said.length - KEPT);
  }
}
