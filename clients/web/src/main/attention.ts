/** Whether somebody is at this page: what the server cannot see by itself (SPEC 6.1, `safety`). */

import type { RoomView } from "../world/model";

/** Between two words that somebody is here, ms. */
export const HERE_MS = 10_000;

/** Tell a room of keys, pointers and a page that is hidden, until the function that comes back is called. */
export function attend(room: Pick<RoomView, "here" | "away">, page: Document = document, now = (): number => performance.now()): () => void {
  let toldAt = -Infinity;
  const active = (): void => {
    if (page.hidden || now() - toldAt < HERE_MS) return;
    toldAt = now();
    room.here();
  };
  const turned = (): void => {
    room.away(page.hidden);
    toldAt = now();
  };
  const signs = ["keydown", "pointerdown", "pointermove", "wheel"] as const;
  for (const sign of signs) page.addEventListener(sign, active, { passive: true });
  page.addEventListener("visibilitychange", turned);
  if (page.hidden) turned();
  return () => {
    for (const sign of signs) page.removeEventListener(sign, active);
    page.removeEventListener("visibilitychange", turned);
  };
}
