/** Words in the room, drawn on canvases. */
import * as THREE from "three";

export interface Lettering {
  readonly texture: THREE.Texture;
  /** Width over height. */
  readonly aspect: number;
}

export interface LetteringStyle {
  readonly ink: string;
  /** What it stands on; "" for nothing. */
  readonly ground: string;
  readonly weight: number;
}

export const SIGN: LetteringStyle = { ink: "#ffffff", ground: "#14595c", weight: 600 };
export const NOTE: LetteringStyle = { ink: "#13282b", ground: "rgba(255,255,255,0.92)", weight: 600 };

const SIZE = 64;
const PADDING = 28;
const WIDEST = 1024;

/** The text on one line in a rounded plate, shortened where it is too long for a sign. */
export function lettering(text: string, style: LetteringStyle): Lettering {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  if (context === null) return { texture: new THREE.Texture(), aspect: 4 };
  const font = `${style.weight} ${SIZE}px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif`;
  context.font = font;
  const shown = fitted(text, (part) => context.measureText(part).width <= WIDEST - 2 * PADDING);
  canvas.width = Math.ceil(context.measureText(shown).width) + 2 * PADDING;
  canvas.height = Math.ceil(SIZE * 1.6);
  if (style.ground !== "") {
    context.fillStyle = style.ground;
    context.beginPath();
    context.roundRect(0, 0, canvas.width, canvas.height, canvas.height * 0.32);
    context.fill();
  }
  // A canvas forgets its font when its size changes.
  context.font = font;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = style.ink;
  context.fillText(shown, canvas.width / 2, canvas.height * 0.53);
  const texture = new THREE.CanvasTexture(canvas);
  texture.colorSpace = THREE.SRGBColorSpace;
  texture.anisotropy = 4;
  return { texture, aspect: canvas.width / canvas.height };
}

/** The longest beginning of a text that fits, with an ellipsis where it is not all of it. */
export function fitted(text: string, fits: (part: string) => boolean): string {
  if (fits(text)) return text;
  const letters = Array.from(text);
  while (letters.length > 0 && !fits(`${letters.join("").trimEnd()}…`)) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}

/** A plate with a text, `height` metres high, facing +Z. */
export function plate(text: string, style: LetteringStyle, height: number): THREE.Mesh {
  const { texture, aspect } = lettering(text, style);
  const material = new THREE.MeshBasicMaterial({ map: texture, transparent: true, toneMapped: false });
  return new THREE.Mesh(new THREE.PlaneGeometry(height * aspect, height), material);
}
