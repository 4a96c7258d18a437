/** Whether somebody is at this page: what the server cannot see by itself (SPEC 6.1, `safety`). */

import type { RoomView } from "../world/model";

/** Between two words that somebody is here, ms. */
export const HERE_MS = 10_000;

/** Tell a room of keys, pointers and a page that is hidden, until the function that comes back is called. */
export function attend(room: Pick<RoomView, "here" | "away" | "on">, page: Document = document, now = (): number => performance.now()): () => void {
  let toldAt = -Infinity;
  const active = (event: Event): void => {
    // What lies on a key is nobody.
    if ((event as Partial<KeyboardEvent>).repeat === true || page.hidden || now() - toldAt < HERE_MS) return;
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
  // To who comes in anew the server knows nothing of what it was told before.
  const stop = room.on("status", ({ state, resumed }) => { if (state === "live" && !resumed && page.hidden) turned(); });
  return () => {
    stop();
    for (const sign of signs) page.removeEventListener(sign, active);
    page.removeEventListener("visibilitychange", turned);
  };
}
