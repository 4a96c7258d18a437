/** A text of many lines on a panel in the room, as large as it has room for. */
import * as THREE from "three";
import { brokenInto } from "../presence/reading";
import { tamed } from "../screens/called";
import { fitted } from "./lettering";

/** Pixels of the longer side. */
const PIXELS = 1024;
/** Heights of a letter, in parts of the longer side: the first with which all of a text fits. */
const LETTERS = [1 / 11, 1 / 14, 1 / 18, 1 / 22, 1 / 27, 1 / 33, 1 / 40] as const;
const LINE = 1.32;
const MARGIN = 0.045;
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const GROUND = "#103a40";
const INK = "#ffffff";
const TITLE_INK = "#8fe3d8";
/** The title's letters beside the text's. */
const TITLE = 0.8;

/** Scripts that are written from right to left: Hebrew, Arabic, Syriac, Thaana, N'Ko and their forms. */
const LEFTWARDS = /^[^\p{L}]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/u;

export interface Row {
  readonly text: string;
  readonly leftwards: boolean;
}

/** Rows of a text that fit in a width; its own line breaks stay, empty lines too. */
export function rowsOf(text: string, fits: (row: string) => boolean): readonly Row[] {
  return tamed(text).split(/\r\n|[\n\r\u2028\u2029]/).flatMap((line) => {
    const leftwards = LEFTWARDS.test(line);
    const rows = brokenInto(line, fits);
    return (rows.length === 0 ? [""] : rows).map((row) => ({ text: row, leftwards }));
  });
}

export interface Laid {
  /** Parts of the longer side. */
  readonly letter: number;
  readonly rows: readonly Row[];
}

/** The rows of a text in the largest letters with which all of it fits; in the smallest, its beginning with a sign that there is more. */
export function laidOut(text: string, most: (letter: number) => number, fits: (row: string, letter: number) => boolean): Laid {
  let laid: Laid = { letter: LETTERS[0], rows: [] };
  for (const letter of LETTERS) {
    laid = { letter, rows: rowsOf(text, (row) => fits(row, letter)) };
    if (laid.rows.length <= most(letter)) return laid;
  }
  const { letter, rows } = laid;
  const last = Math.max(1, most(letter)) - 1, cut = rows[last]!;
  return { letter, rows: [...rows.slice(0, last), { ...cut, text: fitted(`${cut.text} …`, (row) => fits(row, letter)) }] };
}

/** Where on a thing a text stands: metres in its frame, seen from -Z. */
export interface Face {
  readonly width: number;
  readonly height: number;
  readonly middle: readonly [number, number, number];
}

/** A plate with a title and a text, to be hung into the thing whose face it covers. */
export function page(title: string, text: string, { width, height, middle }: Face): THREE.Mesh {
  const material = new THREE.MeshBasicMaterial({ map: drawn(title, text, width / height), toneMapped: false });
  const mesh = new THREE.Mesh(new THREE.PlaneGeometry(width, height), material);
  mesh.name = "page";
  mesh.position.set(middle[0], middle[1], middle[2]);
  mesh.rotation.y = Math.PI;
  return mesh;
}

function drawn(title: string, text: string, aspect: number): THREE.Texture {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  if (context === null) return new THREE.Texture();
  canvas.width = Math.round(PIXELS * Math.min(1, aspect));
  canvas.height = Math.round(PIXELS / Math.max(1, aspect));
  const margin = PIXELS * MARGIN, wide = canvas.width - 2 * margin, tall = canvas.height - 2 * margin;
  const write = (letter: number, weight: number): void => { context.font = `${weight} ${Math.round(letter * PIXELS)}px ${FONT}`; };
  const fits = (row: string, letter: number): boolean => {
    write(letter, 500);
    return context.measureText(row).width <= wide;
  };
  const line = (letter: number): number => letter * PIXELS * LINE;
  const { letter, rows } = laidOut(text, (size) => Math.floor((tall - line(size * TITLE)) / line(size)), fits);
  context.fillStyle = GROUND;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.textBaseline = "middle";
  write(letter * TITLE, 700);
  context.fillStyle = TITLE_INK;
  const head = line(letter * TITLE);
  context.fillText(fitted(tamed(title), (part) => context.measureText(part).width <= wide), margin, margin + head / 2);
  write(letter, 500);
  context.fillStyle = INK;
  rows.forEach((row, n) => {
    context.textAlign = row.leftwards ? "right" : "left";
    context.direction = row.leftwards ? "rtl" : "ltr";
    context.fillText(row.text, row.leftwards ? canvas.width - margin : margin, margin + head + (n + 0.5) * line(letter));
  });
  const texture = new THREE.CanvasTexture(canvas);
  texture.colorSpace = THREE.SRGBColorSpace;
  texture.anisotropy = 4;
  return texture;
}
