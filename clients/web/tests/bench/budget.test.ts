/** The client stays within its budget: what it weighs, and what a picture of thirty people costs. */

import { describe, expect, test } from "vitest";
import { measureBundle } from "./bundle";
import { overBudget } from "./figures";
import { figuresOf, measure, readBudget } from "./report";

const MEASURED = { scriptBytes: 10, firstScriptBytes: 5, drawCalls: 7, stereoDrawCalls: 14, triangles: 9, textures: 1, geometries: 1, pictureBytes: 3 };

describe("a budget", () => {
  test("holds what is within it, to the last unit", () => {
    expect(overBudget(MEASURED, MEASURED)).toEqual([]);
  });

  test("names each figure that is over it", () => {
    for (const name of Object.keys(MEASURED) as (keyof typeof MEASURED)[]) {
      expect(overBudget({ ...MEASURED, [name]: MEASURED[name] + 1 }, MEASURED)).toEqual([`${name}: ${MEASURED[name] + 1}, at most ${MEASURED[name]}`]);
    }
  });

  test("is not held by what was not measured, nor by an empty budget", () => {
    expect(overBudget({ drawCalls: Number.NaN }, { drawCalls: 7 })).toHaveLength(1);
    expect(overBudget({}, { drawCalls: 7 })).toHaveLength(1);
    expect(overBudget(MEASURED, {})).toHaveLength(1);
  });

  test("of this client holds every figure, and JavaScript under a megabyte", () => {
    expect(Object.keys(readBudget()).sort()).toEqual(Object.keys(MEASURED).sort());
    expect(readBudget().scriptBytes).toBeLessThan(1_000_000);
  });
});

test("the built client's JavaScript is within the budget", () => {
  const { scriptBytes, firstScriptBytes } = readBudget();
  const { scripts, first } = measureBundle();
  expect(overBudget({ scriptBytes: scripts.brotli, firstScriptBytes: first.brotli }, { scriptBytes, firstScriptBytes })).toEqual([]);
}, 900_000);

test("a picture of thirty people in the lobby is within the budget", async () => {
  const { bundle, scene } = await measure(120);
  expect(scene.drawn.inView).toBe(30);
  expect(overBudget(figuresOf(bundle, scene), readBudget())).toEqual([]);
}, 900_000);
