// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { attend, HERE_MS } from "../../src/main/attention";
import type { RoomView, Status } from "../../src/world/model";

let asked: string[];
let tell: (status: Status) => void;
const room = {
  here: () => { asked.push("here"); },
  away: (away: boolean) => { asked.push(`away ${String(away)}`); },
  on: (_: string, listener: (status: Status) => void) => {
    tell = listener;
    return () => { tell = () => undefined; };
  },
} as unknown as RoomView;
beforeEach(() => { asked = []; });

/** As much of a page as is listened to, which is hidden and shown by hand. */
class Page extends EventTarget {
  hidden = false;

  turn(hidden: boolean): void {
    this.hidden = hidden;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

test("keys and pointers are told at most every ten seconds, and nothing once it is over", () => {
  let now = 0;
  const over = attend(room, document, () => now);
  document.dispatchEvent(new Event("keydown"));
  document.dispatchEvent(new Event("pointermove"));
  now = HERE_MS;
  document.dispatchEvent(new Event("pointermove"));
  expect(asked).toEqual(["here", "here"]);
  over();
  now = 10 * HERE_MS;
  document.dispatchEvent(new Event("keydown"));
  expect(asked).toHaveLength(2);
});

test("a page that is hidden is told, and that it is seen again; nobody is at one that is hidden", () => {
  const page = new Page();
  page.hidden = true;
  const over = attend(room, page as unknown as Document, () => 0);
  expect(asked).toEqual(["away true"]);
  page.dispatchEvent(new Event("pointermove"));
  expect(asked).toHaveLength(1);
  page.turn(false);
  page.turn(true);
  expect(asked).toEqual(["away true", "away false", "away true"]);
  over();
  page.turn(false);
  expect(asked).toHaveLength(3);
});

test("a key that something lies on is no sign of a person", () => {
  const over = attend(room, document, () => 0);
  document.dispatchEvent(new KeyboardEvent("keydown", { repeat: true }));
  expect(asked).toEqual([]);
  document.dispatchEvent(new KeyboardEvent("keydown"));
  expect(asked).toEqual(["here"]);
  over();
});

test("that a page is hidden is told anew to a session that knows nothing of it", () => {
  const page = new Page();
  page.hidden = true;
  const over = attend(room, page as unknown as Document, () => 0);
  const live: Status = { state: "live", reason: "", code: "", resumed: false };
  tell({ ...live, resumed: true });
  tell({ ...live, state: "reconnecting" });
  expect(asked).toEqual(["away true"]);
  tell(live);
  expect(asked).toEqual(["away true", "away true"]);
  page.hidden = false;
  tell(live);
  expect(asked).toHaveLength(2);
  page.hidden = true;
  over();
  tell(live);
  expect(asked).toHaveLength(2);
});
