import { Material, type RenderItem } from "three";
import { expect, test } from "vitest";
import { farFirst, nearFirst } from "../../src/main/draw-order";

/** Their ids rise. */
const MATERIALS = Array.from({ length: 10 }, () => new Material());

function item(change: Partial<Omit<RenderItem, "material">> & { readonly material?: number }): RenderItem {
  return { groupOrder: 0, renderOrder: 0, materialVariant: 0, z: 1, id: 1, ...change, material: MATERIALS[change.material ?? 1] } as RenderItem;
}

const sorted = (items: readonly RenderItem[], order: (a: RenderItem, b: RenderItem) => number): number[] => [...items].sort(order).map(({ id }) => id);

test("what nothing shines through is drawn by its orders, by material, and then the nearest first", () => {
  const items = [
    item({ id: 6, z: 0.5, material: 2 }), item({ id: 4, z: 2.25 }), item({ id: 5, z: 2.25 }), item({ id: 3, z: 2.125 }),
    item({ id: 2, renderOrder: -0.5, z: 9 }), item({ id: 7, renderOrder: 0.5 }), item({ id: 1, groupOrder: -1, z: 9 }), item({ id: 8, groupOrder: 1, renderOrder: -1 }),
  ];
  expect(sorted(items, nearFirst)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(sorted([item({ id: 2, materialVariant: 1, z: 0 }), item({ id: 1 })], nearFirst)).toEqual([1, 2]);
});

test("what something shines through is drawn by its orders, and then the farthest first, whatever it is made of", () => {
  const items = [
    item({ id: 4, z: 2.125 }), item({ id: 3, z: 2.25, material: 9 }), item({ id: 5, z: 2.125 }),
    item({ id: 2, renderOrder: -0.5, z: 0 }), item({ id: 6, renderOrder: 0.5, z: 9 }), item({ id: 1, groupOrder: -1, z: 0 }), item({ id: 7, groupOrder: 1, renderOrder: -1, z: 9 }),
  ];
  expect(sorted(items, farFirst)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test("an order is a whole number", () => {
  for (const order of [nearFirst, farFirst]) expect(Number.isInteger(order(item({ z: 1.25 }), item({ z: 1.5, id: 2 })))).toBe(true);
});
