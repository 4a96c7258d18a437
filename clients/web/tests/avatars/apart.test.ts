import * as THREE from "three";
import { describe, expect, it } from "vitest";

import { keepApart, project, type Plate } from "../../src/avatars/apart";

function plate(distance: number, across: number, bottom = 0, change: Partial<Plate> = {}): Plate {
  return { distance, across, bottom, halfWidth: 0.1, tall: 0.04, placed: NaN, lift: 0, wish: NaN, fits: true, ...change };
}

function overlap(a: Plate, b: Plate): boolean {
  return Math.abs(a.across - b.across) < a.halfWidth + b.halfWidth && a.placed < b.placed + b.tall && b.placed < a.placed + a.tall;
}

/** From one picture to the next, as tags go. */
function settle(plates: Plate[], pictures = 1): void {
  for (let n = 0; n < pictures; n++) {
    keepApart(plates, plates.length);
    for (const each of plates) each.lift = each.wish;
  }
}

describe("plates on a screen", () => {
  it("that are beside or above each other stay where they are", () => {
    const plates = [plate(1, 0), plate(2, 0.25), plate(3, 0, 0.06)];
    settle(plates);
    expect(plates.map(({ wish, fits }) => [wish, fits])).toEqual([[0, true], [0, true], [0, true]]);
  });

  it("that lie over each other go apart: the nearest stays, the farther one goes up", () => {
    const near = plate(1, 0), far = plate(2, 0.05, 0.01);
    settle([far, near]);
    expect(near.wish).toBe(0);
    expect(far.wish).toBeGreaterThan(0);
    expect(overlap(near, far)).toBe(false);
  });

  it("are put above each other where several meet, also those that only meet on the way up", () => {
    const plates = [plate(1, 0), plate(2, 0.15, 0.045), plate(3, 0.05, 0.01)];
    settle(plates);
    expect(plates[1]!.wish).toBe(0);
    expect(plates[2]!.placed).toBeGreaterThan(plates[1]!.placed + plates[1]!.tall);
  });

  it("of a crowd that are shown never lie over each other, and none is far from its head", () => {
    // The minimal standard generator of Park and Miller, so that each run tries the same crowds.
    let state = 7;
    const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
    for (let round = 0; round < 50; round++) {
      const plates = Array.from({ length: 30 }, () => plate(1 + random() * 9, random() * 1.6 - 0.8, random() * 0.2, { halfWidth: 0.04 + random() * 0.1, tall: 0.02 + random() * 0.03 }));
      settle(plates, 3);
      const shown = plates.filter(({ fits }) => fits);
      expect(shown.length).toBeGreaterThan(8);
      for (const [i, one] of shown.entries()) for (const other of shown.slice(i + 1)) expect(overlap(one, other)).toBe(false);
      expect(Math.max(...shown.map(({ wish }) => wish))).toBeLessThanOrEqual(2.5);
      expect(plates.filter(({ fits, wish }) => !fits && wish !== 0)).toEqual([]);
    }
  });

  it("go where there is room for them alone", () => {
    const pile = Array.from({ length: 6 }, (_, n) => plate(1 + n, 0));
    settle(pile);
    expect(pile.map(({ fits }) => fits)).toEqual([true, true, true, false, false, false]);
  });

  it("that are up stay up though they sway a little, and though both are about as near", () => {
    const one = plate(2, 0), other = plate(2.01, 0.19);
    settle([one, other]);
    expect(other.wish).toBeGreaterThan(0);
    other.across = 0.208;
    other.distance = 1.95;
    settle([one, other]);
    expect([one.wish, other.wish > 0]).toEqual([0, true]);
    other.across = 0.25;
    settle([one, other]);
    expect(other.wish).toBe(0);
  });
});

describe("a place on the screen", () => {
  it("is as many tangents as it looks, wherever one looks from", () => {
    const camera = new THREE.PerspectiveCamera();
    camera.position.set(1, 1.6, 2);
    camera.rotation.y = Math.PI / 2;
    camera.updateMatrixWorld();
    const seen = plate(1, NaN);
    // Two metres ahead, a metre to the right, half a metre up.
    project(seen, camera.matrixWorldInverse, new THREE.Vector3(-1, 2.1, 1), { width: 0.4, height: 0.1 });
    expect([seen.across, seen.bottom, seen.halfWidth, seen.tall].map((each) => Number(each.toFixed(6)))).toEqual([0.5, 0.25, 0.1, 0.05]);
  });
});
