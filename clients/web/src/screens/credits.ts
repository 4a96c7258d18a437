/** Whom looks are owed to, told where they are chosen and where they are worn. */

import { make, written } from "./dom";
import type { LookFile } from "./facility";

/** The files that somebody wears and whose authors are to be named, each once. */
export function owed(files: readonly LookFile[], worn: Iterable<string>): readonly LookFile[] {
  const looks = new Set(worn);
  return files.filter(({ look, credit }) => credit && looks.has(look));
}

export function authorsOf({ authors }: LookFile): string {
  return authors.join(", ");
}

/** "Robin, by Ann and others", with the way to its licence. */
export function creditLine(file: LookFile): HTMLElement {
  // Only the web's own addresses: what stands in somebody's file is not to run here.
  const licence = /^https?:\/\//.test(file.licence)
    ? make("a", { href: file.licence, attributes: { target: "_blank", rel: "noopener noreferrer" } }, "licence")
    : null;
  return make("span", { class: "credit" }, written(file.title), ", by ", written(authorsOf(file)), licence && " (", licence, licence && ")");
}
