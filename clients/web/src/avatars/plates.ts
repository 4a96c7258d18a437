/** Names and roles in letters, one layer of one texture each: so all tags are drawn at once. */

import * as THREE from "three";

import { fitted } from "../place/lettering";
import { tamed } from "../screens/called";
import { roleColour } from "./look";

/** Texels of a layer. */
export const WIDTH = 640, HEIGHT = 128;
/** Of the plate that the letters stand on, within its layer. */
export const MARGIN = 6;
const BYTES = WIDTH * HEIGHT * 4;
const FIRST = 16;
/** Every browser with WebGL 2 has as many layers. */
const MOST = 256;
const BARS = 48 + 16, PADDING = 26;
const FAMILY = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

/** A name that is drawn. Widths are shares of the layer's. */
export interface NamePlate {
  readonly layer: number;
  readonly width: number;
  /** Where the bars that move with the voice begin. */
  readonly bars: number;
}

export class Plates {
  texture: THREE.DataArrayTexture;
  private data: Uint8Array;
  private capacity = FIRST;
  private readonly free: number[] = [];
  private used = 0;
  // Without a document, as in tests, tags have no letters.
  private readonly context = typeof document === "undefined" ? null : contextOf(document.createElement("canvas"));

  constructor() {
    this.data = new Uint8Array(BYTES * this.capacity);
    this.texture = makeTexture(this.data, this.capacity);
  }

  /** Draw a name; null where there are more than any browser holds. */
  take(name: string, role: string): NamePlate | null {
    const layer = this.free.pop() ?? (this.used < MOST ? this.used++ : null);
    if (layer === null) return null;
    if (layer >= this.capacity) this.enlarge();
    const { context } = this;
    if (context === null) return { layer, width: 0.6, bars: 0.2 };
    const inner = draw(context, tamed(name), role);
    this.data.set(context.getImageData(0, 0, WIDTH, HEIGHT).data, layer * BYTES);
    this.upload(layer);
    const width = inner + BARS + PADDING * 2;
    return { layer, width: width / WIDTH, bars: ((WIDTH - width) / 2 + PADDING - 4) / WIDTH };
  }

  give({ layer }: NamePlate): void {
    this.free.push(layer);
  }

  dispose(): void {
    this.texture.dispose();
  }

  private upload(layer: number): void {
    this.texture.addLayerUpdate(layer);
    this.texture.needsUpdate = true;
  }

  private enlarge(): void {
    this.capacity *= 2;
    const data = new Uint8Array(BYTES * this.capacity);
    data.set(this.data);
    this.data = data;
    this.texture.dispose();
    this.texture = makeTexture(data, this.capacity);
    for (let layer = 0; layer < this.used; layer++) this.upload(layer);
  }
}

function makeTexture(data: Uint8Array, layers: number): THREE.DataArrayTexture {
  const texture = new THREE.DataArrayTexture(data, WIDTH, HEIGHT, layers);
  texture.colorSpace = THREE.SRGBColorSpace;
  texture.magFilter = THREE.LinearFilter;
  texture.minFilter = THREE.LinearMipmapLinearFilter;
  texture.generateMipmaps = true;
  texture.anisotropy = 4;
  return texture;
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  return canvas.getContext("2d", { willReadFrequently: true });
}

/** @returns how wide the letters are, in texels */
function draw(context: CanvasRenderingContext2D, name: string, role: string): number {
  context.clearRect(0, 0, WIDTH, HEIGHT);
  context.textBaseline = "alphabetic";
  const nameFont = `600 48px ${FAMILY}`, roleFont = `500 32px ${FAMILY}`;
  context.font = nameFont;
  const text = fitted(name, (part) => context.measureText(part).width <= WIDTH - BARS - PADDING * 2 - 8);
  const nameWidth = context.measureText(text).width;
  context.font = roleFont;
  const inner = Math.max(nameWidth, context.measureText(role).width);
  const width = inner + BARS + PADDING * 2, left = (WIDTH - width) / 2;
  plate(context, "rgba(14, 24, 33, 0.86)", left, MARGIN, width, HEIGHT - MARGIN * 2, 34);
  plate(context, roleColour(role), left + PADDING + BARS - 16, 26, 5, HEIGHT - 52, 2.5);
  context.fillStyle = "#b9cbd6";
  context.fillText(role, left + PADDING + BARS, 104);
  context.font = nameFont;
  context.fillStyle = "#ffffff";
  context.fillText(text, left + PADDING + BARS, 63);
  return inner;
}

function plate(context: CanvasRenderingContext2D, colour: string, left: number, top: number, width: number, height: number, radius: number): void {
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(left, top, width, height, radius);
  context.fill();
}
