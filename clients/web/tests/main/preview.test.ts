// @vitest-environment happy-dom
import type { PerspectiveCamera } from "three";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Preview } from "../../src/main/preview";

/** Draws nothing, and has a canvas as three.js has one: its pixels are the density times its size on the page. */
class FakeRenderer {
  readonly domElement = document.createElement("canvas");
  readonly aspects: number[] = [];
  sized = 0;
  draw: (now: number) => void = () => undefined;
  private density = 1;

  constructor() {
    Object.defineProperties(this.domElement, { clientWidth: { value: WIDTH }, clientHeight: { value: HEIGHT } });
  }

  setPixelRatio(density: number): void {
    this.density = density;
    this.domElement.width *= density;
    this.domElement.height *= density;
  }

  setSize(width: number, height: number): void {
    this.sized += 1;
    this.domElement.width = width * this.density;
    this.domElement.height = height * this.density;
  }

  setAnimationLoop(draw: ((now: number) => void) | null): void {
    this.draw = draw ?? (() => undefined);
  }

  render(_scene: unknown, camera: PerspectiveCamera): void {
    this.aspects.push(camera.aspect);
  }

  dispose(): void {
    this.draw = () => undefined;
  }
}

const WIDTH = 176;
const HEIGHT = 192;
let renderer: FakeRenderer;
let slot: HTMLElement;
let density: PropertyDescriptor | undefined;

vi.mock("three", async (original) => ({ ...(await original<object>()), WebGLRenderer: function WebGLRenderer() { return (renderer = new FakeRenderer()); } }));
vi.mock("../../src/avatars", () => ({ Crowd: class { add = () => undefined; update = () => undefined; dispose = () => undefined; } }));
vi.mock("../../src/main/wardrobe", () => ({ wardrobeOf: () => null }));

beforeEach(() => {
  density = Object.getOwnPropertyDescriptor(window, "devicePixelRatio");
  slot = document.createElement("div");
  Object.defineProperties(slot, { clientWidth: { value: WIDTH, configurable: true }, clientHeight: { value: HEIGHT, configurable: true } });
});

afterEach(() => {
  if (density !== undefined) Object.defineProperty(window, "devicePixelRatio", density);
});

it.each([1, 2, 3])("has the shape of its slot, whatever pixels the screen has: %d to one", (ratio) => {
  Object.defineProperty(window, "devicePixelRatio", { value: ratio, configurable: true });
  new Preview(slot, []);
  renderer.draw(0);
  expect(renderer.aspects).toEqual([WIDTH / HEIGHT]);
  expect([renderer.domElement.width, renderer.domElement.height]).toEqual([WIDTH * Math.min(ratio, 2), HEIGHT * Math.min(ratio, 2)]);
});

it("is fitted anew where the slot has another size, and only then", () => {
  new Preview(slot, []);
  for (const now of [0, 16, 32]) renderer.draw(now);
  expect(renderer.sized).toBe(1);
  Object.defineProperty(slot, "clientWidth", { value: 300 });
  renderer.draw(48);
  expect(renderer.sized).toBe(2);
  expect(renderer.aspects.at(-1)).toBe(300 / HEIGHT);
});
