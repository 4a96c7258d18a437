/** What a wearer of a headset may read now: the last things said, and notices, each for as long as reading it takes. Pure. */

import { lineTooMany } from "../screens/captions";

/** More at once is a wall of words. */
const MOST = 4;
/** Of one person at once: there is always room for somebody else's. */
const MOST_OF_ONE = 2;
/** Rows of one text; all of it is in the chat. */
const ROWS_MOST = 3;

export interface Written {
  /** Whose words they are; "" for a notice. */
  readonly by: string;
  readonly text: string;
}

export class Reading {
  private readonly entries: (Written & { readonly until: number })[] = [];

  get lines(): readonly Written[] {
    return this.entries;
  }

  /** `until`: when it has been read. The same words again stay once, and longer. */
  add(by: string, text: string, until: number): void {
    const same = this.entries.findIndex((entry) => entry.by === by && entry.text === text);
    if (same >= 0) this.entries.splice(same, 1);
    this.entries.push({ by, text, until });
    for (let gone = this.tooMany(); gone >= 0; gone = this.tooMany()) this.entries.splice(gone, 1);
  }

  /** Notices are the page's own, which says no more than there is to say. */
  private tooMany(): number {
    return lineTooMany(this.entries.map(({ by }, n) => (by === "" ? n : by)), MOST, MOST_OF_ONE);
  }

  /** True where something has been read and goes. */
  step(now: number): boolean {
    const before = this.entries.length;
    for (let i = before - 1; i >= 0; i--) if (this.entries[i]!.until <= now) this.entries.splice(i, 1);
    return this.entries.length < before;
  }
}

/** The rows of a text that are shown: its beginning, with a sign where there is more. */
export function clipped(rows: readonly string[], most = ROWS_MOST): readonly string[] {
  return rows.length <= most ? rows : [...rows.slice(0, most - 1), `${rows[most - 1]!.slice(0, -1)}…`];
}

/** A text in lines that fit, broken between words where it can be. */
export function brokenInto(text: string, fits: (line: string) => boolean): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (fits(longer)) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = "";
    // A word that is longer than a line is broken where the line ends.
    for (const letter of word) {
      if (line !== "" && !fits(line + letter)) {
        lines.push(line);
        line = "";
      }
      line += letter;
    }
  }
  return line === "" ? lines : [...lines, line];
}

/**
 * Radians that a panel hangs aside after a frame: it stays where it is while the head turns a little, and comes along softly
 * when the head has turned away, at once for who wants nothing to glide.
 */
export function followed(hangs: number, head: number, seconds: number, sudden: boolean): number {
  const away = head - hangs - 2 * Math.PI * Math.round((head - hangs) / (2 * Math.PI));
  const beyond = Math.abs(away) - STAYS;
  if (beyond <= 0) return hangs;
  if (sudden) return hangs + away;
  return hangs + Math.sign(away) * beyond * (1 - Math.exp(-seconds / LAG));
}

/** Within about 20 degrees eyes turn rather than heads. */
const STAYS = 0.35;
const LAG = 0.35;
