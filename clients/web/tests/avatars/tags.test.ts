import * as THREE from "three";
import { beforeEach, describe, expect, it } from "vitest";

import { Tag, Tags } from "../../src/avatars/tags";
import { person, type MadeUp } from "./people";

const MOMENT = { seconds: 0, passed: 1 / 60 };
const STRIDE = 10, HEIGHT_AT = 3, OPACITY_AT = 6, LIFT_AT = 7, LAYER_AT = 8;
const camera = new THREE.PerspectiveCamera(70, 1, 0.05, 100);
camera.position.set(0, 1.6, 0);
camera.updateMatrixWorld();

let tags: Tags;

beforeEach(() => {
  tags = new Tags(2);
});

interface Shown {
  readonly tag: Tag;
  readonly who: MadeUp;
  readonly crown: THREE.Vector3;
}

function over(index: number, x: number, z: number): Shown {
  const who = person(index);
  return { tag: new Tag(who.name, who.role), who, crown: new THREE.Vector3(x, 1.8, z) };
}

function picture(shown: readonly Shown[]): void {
  tags.begin(camera);
  for (const { tag, crown, who } of shown) tags.show(tag, crown, who);
  tags.end(MOMENT);
}

/** One number of each instance, in the order in which they are drawn. */
function drawn(which: number): number[] {
  const { data } = tags.mesh.geometry.getAttribute("anchor") as THREE.InterleavedBufferAttribute;
  return Array.from({ length: tags.count }, (_, n) => data.array[n * STRIDE + which]!);
}

describe("name tags", () => {
  it("are one mesh, the farthest drawn first, and none where nobody is", () => {
    picture([]);
    expect(tags.mesh.visible).toBe(false);
    picture([over(0, -2, -3), over(1, 0, -6), over(2, 2, -2)]);
    expect([tags.mesh.visible, tags.mesh.geometry.instanceCount]).toEqual([true, 3]);
    const heights = drawn(HEIGHT_AT);
    expect(heights).toEqual([...heights].sort((a, b) => b - a));
  });

  it("have room for as many as there are", () => {
    picture(Array.from({ length: 40 }, (_, n) => over(n, n % 7, -3 - n / 10)));
    expect(new Set(drawn(LAYER_AT)).size).toBe(40);
  });

  it("are read to 11 m, and gone at 15 m", () => {
    const [near, far, gone] = [over(0, 0, -8), over(1, 3, -13), over(2, 0, -15.1)];
    picture([near, far, gone]);
    expect(drawn(OPACITY_AT).map((each) => Number(each.toFixed(2)))).toEqual([Number(far.tag.opacity.toFixed(2)), 1]);
    expect(far.tag.opacity).toBeGreaterThan(0.3);
    expect(far.tag.opacity).toBeLessThan(0.6);
  });

  it("fade with their person", () => {
    const one = over(0, 0, -2);
    one.who.head.presence = 0.5;
    picture([one]);
    expect(drawn(OPACITY_AT)).toEqual([0.5]);
  });

  it("keep apart at once when they appear, and go apart without a jump where people meet", () => {
    const near = over(0, 0, -2), far = over(1, 0.05, -2.2);
    picture([near, far]);
    expect([near.tag.lift, far.tag.lift > 0.5]).toEqual([0, true]);
    far.crown.x = 3;
    for (let n = 0; n < 200; n++) picture([near, far]);
    expect(far.tag.lift).toBeLessThan(0.01);
    far.crown.x = 0.05;
    picture([near, far]);
    expect(far.tag.lift).toBeGreaterThan(0);
    expect(far.tag.lift).toBeLessThan(0.5);
    for (let n = 0; n < 200; n++) picture([near, far]);
    expect(far.tag.lift).toBeCloseTo(far.tag.wish, 3);
    expect(drawn(LIFT_AT)[0]).toBeGreaterThan(0.4);
  });

  it("that have no room are not seen", () => {
    const pile = Array.from({ length: 6 }, (_, n) => over(n, 0, -3 - n * 0.01));
    picture(pile);
    expect(drawn(OPACITY_AT).filter((each) => each > 0)).toHaveLength(3);
  });

  it("give their layer to who comes after somebody left", () => {
    const [first, second] = [over(0, 0, -2), over(1, 2, -2)];
    picture([first]);
    const layer = first.tag.plate!.layer;
    tags.drop(first.tag);
    picture([second]);
    expect([second.tag.plate!.layer, first.tag.plate]).toEqual([layer, null]);
  });

  it("are without letters for whom no browser has a layer", { timeout: 60_000 }, () => {
    const many = Array.from({ length: 257 }, (_, n) => over(n, (n % 16) * 0.5, -2 - Math.floor(n / 16) * 0.1));
    picture(many);
    expect([tags.count, many[256]!.tag.plate]).toEqual([256, null]);
    tags.dispose();
  });
});
