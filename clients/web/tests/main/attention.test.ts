// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { attend, HERE_MS } from "../../src/main/attention";

/** As much of a page as is listened to, which is hidden and shown by hand. */
class Page extends EventTarget {
  hidden = false;

  turn(hidden: boolean): void {
    this.hidden = hidden;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

test("keys and pointers are told at most every ten seconds, and nothing once it is over", () => {
  const asked: string[] = [];
  let now = 0;
  const over = attend({ here: () => asked.push("here"), away: (away) => asked.push(`away ${String(away)}`) }, document, () => now);
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
  const asked: string[] = [];
  const page = new Page();
  page.hidden = true;
  const over = attend({ here: () => asked.push("here"), away: (away) => asked.push(`away ${String(away)}`) }, page as unknown as Document, () => 0);
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
