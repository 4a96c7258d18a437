/** How people, and what they say, stand in this page's own words, so that nobody's name or text can pass for those. Pure. */

/** What the page calls its own wearer. */
export const SELF = "You";

/** More accents than these on one letter are no writing: they run over the lines above and below. */
const ACCENTS_MOST = 4;
/** Marks that belong to one script stack higher: Tibetan, Burmese and pointed Hebrew have up to eight. */
const MARKS_MOST = 8;
/** The marks that any letter may have: the blocks of Unicode that begin "Combining". */
const ACCENT = "[\\u0300-\\u036f\\u0483-\\u0489\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe20-\\ufe2f]";
const TOO_MANY_ACCENTS = new RegExp(`(${ACCENT}{${ACCENTS_MOST}})${ACCENT}+`, "gu");
const TOO_MANY_MARKS = new RegExp(`(\\p{M}{${MARKS_MOST}})\\p{M}+`, "gu");

/** A text with as many marks on each letter as writing has. */
export function tamed(text: string): string {
  return text.replace(TOO_MANY_ACCENTS, "$1").replace(TOO_MANY_MARKS, "$1");
}

/** Letters that look like those of "you" in Greek, Cyrillic and Armenian; a Greek upsilon is like both its ends, so these are one. */
const ALIKE: Readonly<Record<string, string>> = { "y": "u", "у": "u", "ү": "u", "υ": "u", "γ": "u", "ս": "u", "ц": "u", "ʏ": "u", "ᴜ": "u", "о": "o", "ο": "o", "օ": "o", "0": "o", "ᴏ": "o" };
const SELF_ALIKE = "uou";

function readsAsSelf(name: string): boolean {
  const letters = Array.from(name.normalize("NFKD").toLowerCase()).filter((sign) => /[\p{L}\p{N}]/u.test(sign));
  return letters.map((sign) => ALIKE[sign] ?? sign).join("") === SELF_ALIKE;
}

/** Somebody else's name on a line of its own; one that reads as the page's word for its wearer is marked as a name. */
export function called(name: string, role: string): string {
  const shown = tamed(name);
  return readsAsSelf(name) ? `“${shown}” (${role === "" ? "a name" : role})` : shown;
}

/** What ends a sentence or a quotation, of all scripts: nothing of it is left where a name stands in a sentence. */
const STOPS = /[\p{Sentence_Terminal}\p{Quotation_Mark};:…\r\n\u2028\u2029]+/gu;
/** A title at a name's beginning ends no sentence, whatever follows it. */
const TITLES = /^\s*(?:(?:Dr|Prof|Mrs?|Ms|St)\.\s*)+(?=\p{L})/iu;
/** Apostrophes are letters of many names. */
const APOSTROPHES = /(?<=\p{L})['’](?=\p{L})/gu;
const HELD_APOSTROPHE = "\u0000";

/** Somebody's name within a sentence of the page's: in quotes, and no sentence itself. */
export function spoken(name: string): string {
  const shown = tamed(name), title = TITLES.exec(shown)?.[0] ?? "";
  const plain = (title + shown.slice(title.length).replace(APOSTROPHES, HELD_APOSTROPHE).replace(STOPS, " ").replaceAll(HELD_APOSTROPHE, "’")).replace(/\s+/gu, " ").trim();
  // Many screen readers do not speak quotes: the word alone would be heard as the reader.
  return `${readsAsSelf(name) ? "Somebody called " : ""}“${plain === "" ? "…" : plain}”`;
}

/** What somebody has said within a sentence of the page's. */
export function quoted(text: string): string {
  return `“${tamed(text).replace(/[“”„"«»]/gu, "’").replace(/\s+/gu, " ").trim()}”`;
}
