// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { attend, HERE_MS } from "../../src/main/attention";

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
