/** A panel in the headset with what one may read now: below the eye line, at arm's length and a half, gone when it was read. */
import * as THREE from "three";
import { brokenInto, clipped, followed, Reading, type Written } from "./reading";

/** Metres from the eyes: as far as most headsets' optics focus, and farther than hands work. */
const AWAY = 1.5;
/** Metres below the eyes: 17 degrees, so that faces stay free. */
const BELOW = 0.45;
const WIDTH = 1.1;
const HEIGHT = 0.55;
const PIXELS = 1024;
/** A letter of 100 %: an em of 1.7 degrees, which a headset's pixels can show. */
const LETTER = 44;
const PADDING = 30;
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

interface Row {
  readonly text: string;
  readonly by: boolean;
}

export class WordsPanel {
  readonly mesh: THREE.Mesh<THREE.PlaneGeometry, THREE.MeshBasicMaterial>;
  readonly reading = new Reading();
  /** Times the usual size of its letters. */
  private scale = 1;
  private lasting: readonly string[] = [];
  private yaw = NaN;
  private stale = false;
  private context: CanvasRenderingContext2D | null = null;

  constructor() {
    // It is never behind what stands in the room: whatever is nearer, it can be read.
    const material = new THREE.MeshBasicMaterial({ transparent: true, depthTest: false, depthWrite: false, toneMapped: false });
    this.mesh = new THREE.Mesh(new THREE.PlaneGeometry(WIDTH, HEIGHT), material);
    this.mesh.name = "words";
    this.mesh.renderOrder = 101;
    this.mesh.frustumCulled = false;
    this.mesh.visible = false;
  }

  get lines(): readonly Written[] {
    return this.lasting.length === 0 ? this.reading.lines : [...this.reading.lines, ...this.lasting.map((text) => ({ by: "", text }))];
  }

  /** What stays to be read, below all else, the most urgent last. */
  set signs(texts: readonly string[]) {
    if (texts.length === this.lasting.length && texts.every((text, n) => text === this.lasting[n])) return;
    this.lasting = texts;
    this.stale = true;
  }

  /** Show something until a moment of `update`'s clock. */
  show(by: string, text: string, until: number): void {
    this.reading.add(by, text, until);
    this.stale = true;
  }

  size(scale: number): void {
    if (scale === this.scale) return;
    this.scale = scale;
    this.stale = true;
  }

  /** Once a frame; `eyes` and `yaw` are the head's, in the space that the mesh hangs in. */
  update(now: number, seconds: number, eyes: readonly [number, number, number], yaw: number, sudden: boolean): void {
    if (this.reading.step(now)) this.stale = true;
    if (this.lines.length === 0) {
      this.hide();
      return;
    }
    if (this.stale) this.draw();
    // It comes up before the face, and lags behind it only from then on.
    this.yaw = this.mesh.visible ? followed(this.yaw, yaw, seconds, sudden) : yaw;
    this.mesh.visible = true;
    this.mesh.position.set(eyes[0] - Math.sin(this.yaw) * AWAY, eyes[1] - BELOW, eyes[2] - Math.cos(this.yaw) * AWAY);
    // Its face is turned up to the eyes.
    this.mesh.rotation.set(-Math.atan2(BELOW, AWAY), this.yaw, 0, "YXZ");
  }

  hide(): void {
    this.mesh.visible = false;
  }

  dispose(): void {
    this.mesh.removeFromParent();
    this.mesh.geometry.dispose();
    this.mesh.material.map?.dispose();
    this.mesh.material.dispose();
  }

  private draw(): void {
    this.stale = false;
    const context = (this.context ??= this.open());
    if (context === null) return;
    const { canvas } = context;
    const letter = LETTER * this.scale;
    const line = letter * 1.3;
    context.font = `500 ${letter}px ${FONT}`;
    const rows = this.rows((text) => context.measureText(text).width <= canvas.width - 2 * PADDING);
    const shown = rows.slice(-Math.floor((canvas.height - 2 * PADDING) / line));
    const height = shown.length * line + 2 * PADDING;
    const top = canvas.height - height;
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = "rgba(15, 32, 35, 0.88)";
    context.beginPath();
    context.roundRect(0, top, canvas.width, height, 28);
    context.fill();
    context.textBaseline = "middle";
    shown.forEach(({ text, by }, n) => {
      context.font = `${by ? 700 : 500} ${letter}px ${FONT}`;
      context.fillStyle = by ? "#8fe3d8" : "#ffffff";
      context.fillText(text, PADDING, top + PADDING + (n + 0.5) * line);
    });
    this.mesh.material.map!.needsUpdate = true;
  }

  private rows(fits: (text: string) => boolean): Row[] {
    return this.lines.flatMap(({ by, text }) => {
      const said = clipped(brokenInto(text, fits)).map((row) => ({ text: row, by: false }));
      return by === "" ? said : [...clipped(brokenInto(by, fits), 1).map((row) => ({ text: row, by: true })), ...said];
    });
  }

  private open(): CanvasRenderingContext2D | null {
    const canvas = document.createElement("canvas");
    canvas.width = PIXELS;
    canvas.height = (PIXELS * HEIGHT) / WIDTH;
    const texture = new THREE.CanvasTexture(canvas);
    texture.colorSpace = THREE.SRGBColorSpace;
    texture.anisotropy = 4;
    this.mesh.material.map = texture;
    this.mesh.material.needsUpdate = true;
    return canvas.getContext("2d");
  }
}
