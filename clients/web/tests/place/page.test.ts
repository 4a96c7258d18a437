// @vitest-environment happy-dom
import * as THREE from "three";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Models, standInPanel } from "../../src/place/models";
import { laidOut, rowsOf } from "../../src/place/page";
import { Things } from "../../src/place/things";
import { makeThing } from "../presence/fake-consult";

/** A letter of 1/n of the longer side: n / 2 signs in a row, n / 2 rows. */
const most = (letter: number): number => Math.floor(0.5 / letter);
const fits = (row: string, letter: number): boolean => Array.from(row).length <= most(letter);

describe("a text on a panel", () => {
  it("keeps its own lines, and breaks those that are too long", () => {
    expect(rowsOf("one two three\r\n\nfour", (row) => row.length <= 8).map(({ text }) => text)).toEqual(["one two", "three", "", "four"]);
  });

  it("goes from right to left line by line, as it is written", () => {
    expect(rowsOf("Ward\n- غرفة 3\n12", () => true).map(({ leftwards }) => leftwards)).toEqual([false, true, false]);
  });

  it("is written as large as all of it fits", () => {
    const [short, long] = ["Hi", "word ".repeat(20)].map((text) => laidOut(text, most, fits));
    expect(short!.letter).toBe(1 / 11);
    expect(long!.letter).toBeLessThan(1 / 11);
    expect(long!.rows.map(({ text }) => text).join(" ")).toBe("word ".repeat(20).trim());
  });

  it("that does not fit at all ends with a sign that there is more", () => {
    const { letter, rows } = laidOut("word ".repeat(400), most, fits);
    expect(letter).toBe(1 / 40);
    expect(rows).toHaveLength(20);
    expect(rows.at(-1)!.text).toMatch(/…$/);
    expect(rows.every(({ text }) => fits(text, letter))).toBe(true);
  });
});

describe("panels in the room", () => {
  class Missing extends Models {
    override get(): Promise<THREE.Object3D | null> {
      return Promise.resolve(null);
    }
  }
  let drawn: string[];
  let things: Things;
  const pages = (): THREE.Object3D[] => things.root.getObjectsByProperty("name", "page");
  const dressed = async (): Promise<void> => { for (let turn = 0; turn < 5; turn += 1) await Promise.resolve(); };

  beforeEach(() => {
    drawn = [];
    const noop = (): void => undefined;
    const context = { font: "", fillRect: noop, beginPath: noop, roundRect: noop, fill: noop, measureText: (text: string) => ({ width: text.length * 20 }), fillText: (text: string) => drawn.push(text) };
    vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(context as unknown as RenderingContext);
    things = new Things(new Missing(""));
  });

  afterEach(() => { vi.restoreAllMocks(); });

  it("show their name and what stands there on their front, which is theirs to -Z", async () => {
    things.add({ ...makeThing(5, "Monitor", [0, 1, 0]), kind: "panel" }, "Pulse 72\nCalm");
    await dressed();
    const [page] = pages();
    expect(drawn.slice(-3)).toEqual(["Monitor", "Pulse 72", "Calm"]);
    page!.updateWorldMatrix(true, false);
    const front = new THREE.Vector3(0, 0, 1).transformDirection(page!.matrixWorld);
    expect(front.z).toBeCloseTo(-1);
    const box = new THREE.Box3().setFromObject(standInPanel("Monitor"));
    expect(page!.position.z).toBeLessThan(box.min.z);
    const size = new THREE.Box3().setFromObject(page!).getSize(new THREE.Vector3());
    expect(size.x).toBeLessThan(0.9);
  });

  it("are drawn anew when they are written on, once, and give back what they held", async () => {
    things.add({ ...makeThing(5, "Monitor", [0, 1, 0]), kind: "panel" });
    things.write(5, "before it is there");
    expect(pages()).toEqual([]);
    await dressed();
    const [first] = pages();
    let freed = 0;
    const { geometry, material } = first as Partial<THREE.Mesh>;
    for (const held of [geometry, (material as Partial<THREE.MeshBasicMaterial>).map]) held!.addEventListener("dispose", () => { freed += 1; });
    things.write(5, "second");
    expect([freed, pages().length, drawn.at(-1)]).toEqual([2, 1, "second"]);
    things.write(5, " \n");
    expect(pages()).toEqual([]);
    things.write(5, "third");
    things.remove(5);
    expect(pages()).toEqual([]);
    things.write(5, "nobody sees it");
  });

  it("are panels: nothing is written on a cup", async () => {
    things.add(makeThing(6, "Cup", [0, 1, 0]), "Mine");
    await dressed();
    expect(pages()).toEqual([]);
  });
});
