import * as THREE from "three";

import { tamed } from "../screens/called";
import { clamp } from "./clay/field";
import { roleColour } from "./look";

const WIDTH = 640, HEIGHT = 128;
/** Tags are read from 1 to 10 m and gone beyond this. */
const FADE_FROM = 11, FADE_TO = 15;

const VERTEX = /* glsl */ `
uniform vec3 anchor;
uniform float height;
varying vec2 vAt;
void main() {
  vAt = uv;
  vec4 centre = viewMatrix * vec4(anchor, 1.0);
  centre.xy += vec2(position.x * ${(WIDTH / HEIGHT).toFixed(1)}, position.y + 0.5) * height;
  gl_Position = projectionMatrix * centre;
}`;

const FRAGMENT = /* glsl */ `
uniform sampler2D map;
uniform float level;
uniform float signing;
uniform float time;
uniform float opacity;
uniform float start;
varying vec2 vAt;
void main() {
  vec4 colour = texture2D(map, vAt);
  // Five bars beside the name that move with the voice; a hand's amber while somebody signs.
  vec2 p = vec2((vAt.x - start) * ${(WIDTH / HEIGHT).toFixed(1)}, vAt.y - 0.5);
  float bar = floor(p.x / 0.075);
  if (bar >= 0.0 && bar < 5.0 ) {
    float within = abs(fract(p.x / 0.075) - 0.5) * 0.075;
    float tall = 0.012 + 0.24 * level * (0.45 + 0.55 * sin(time * (7.0 + bar * 1.7) + bar * 2.1)) * (1.0 - abs(bar - 2.0) * 0.2) + 0.1 * signing;
    float inside = (1.0 - smoothstep(0.016, 0.024, within)) * (1.0 - smoothstep(tall - 0.015, tall + 0.015, abs(p.y)));
    colour.rgb = mix(colour.rgb, mix(mix(vec3(0.2, 0.27, 0.32), vec3(0.12, 0.82, 0.55), min(1.0, level * 8.0)), vec3(1.0, 0.72, 0.2), signing), inside);
    colour.a = max(colour.a, inside);
  }
  gl_FragColor = vec4(colour.rgb, colour.a * opacity);
  #include <colorspace_fragment>
}`;

const plane = new THREE.PlaneGeometry(1, 1);

/** Where the letters and the moving bars are on a tag, and what it is drawn on. */
interface Drawing {
  readonly texture: THREE.Texture;
  /** The bars' left edge, as a share of the width. */
  readonly start: number;
}

/** A name above a head: constant-ish on the screen, facing whoever looks, never before a face. */
export class Tag {
  readonly mesh: THREE.Mesh<THREE.PlaneGeometry, THREE.ShaderMaterial>;
  private level = 0;

  constructor(name: string, role: string) {
    const { texture, start } = draw(name, role);
    const uniforms = {
      map: { value: texture }, anchor: { value: new THREE.Vector3() }, height: { value: 0.1 }, level: { value: 0 }, signing: { value: 0 },
      time: { value: 0 }, opacity: { value: 1 }, start: { value: start },
    };
    this.mesh = new THREE.Mesh(plane, new THREE.ShaderMaterial({ vertexShader: VERTEX, fragmentShader: FRAGMENT, uniforms, transparent: true, depthWrite: false }));
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 10;
  }

  /** @returns whether it is drawn */
  update(crown: THREE.Vector3, distance: number, voice: number, signing: boolean, seconds: number, presence: number): boolean {
    const { uniforms } = this.mesh.material;
    this.level += (voice - this.level) * 0.3;
    const opacity = presence * (1 - clamp((distance - FADE_FROM) / (FADE_TO - FADE_FROM), 0, 1));
    this.mesh.visible = opacity > 0.01;
    (uniforms["anchor"]!.value as THREE.Vector3).copy(crown).y += 0.025 + distance * 0.006;
    uniforms["height"]!.value = 0.066 * Math.max(0.7, distance) ** 0.62;
    uniforms["level"]!.value = this.level;
    uniforms["signing"]!.value = signing ? 1 : 0;
    uniforms["time"]!.value = seconds;
    uniforms["opacity"]!.value = opacity;
    return this.mesh.visible;
  }

  dispose(): void {
    this.mesh.removeFromParent();
    (this.mesh.material.uniforms["map"]!.value as THREE.Texture).dispose();
    this.mesh.material.dispose();
  }
}

function draw(name: string, role: string): Drawing {
  // Without a document, as in tests, tags have no letters.
  if (typeof document === "undefined") return { texture: new THREE.Texture(), start: 0.1 };
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const context = canvas.getContext("2d")!;
  const family = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
  context.font = `600 48px ${family}`;
  const bars = 48 + 16, padding = 26;
  const most = WIDTH - bars - padding * 2 - 8;
  const text = fit(context, tamed(name), most);
  const nameWidth = context.measureText(text).width;
  context.font = `500 28px ${family}`;
  const inner = Math.max(nameWidth, context.measureText(role).width);
  const width = inner + bars + padding * 2, left = (WIDTH - width) / 2;
  context.fillStyle = "rgba(14, 24, 33, 0.86)";
  context.beginPath();
  context.roundRect(left, 6, width, HEIGHT - 12, 34);
  context.fill();
  context.fillStyle = roleColour(role);
  context.beginPath();
  context.roundRect(left + padding + bars - 14, 28, 5, HEIGHT - 56, 2.5);
  context.fill();
  context.textBaseline = "alphabetic";
  context.font = `600 48px ${family}`;
  context.fillStyle = "#ffffff";
  context.fillText(text, left + padding + bars, 66);
  context.font = `500 28px ${family}`;
  context.fillStyle = "#b9cbd6";
  context.fillText(role, left + padding + bars, 102);
  const texture = new THREE.CanvasTexture(canvas);
  texture.colorSpace = THREE.SRGBColorSpace;
  texture.anisotropy = 4;
  return { texture, start: (left + padding - 4) / WIDTH };
}

/** The name, or as much of it as there is room for. */
function fit(context: CanvasRenderingContext2D, name: string, most: number): string {
  let text = name;
  while (text.length > 1 && context.measureText(text).width > most) text = `${text.slice(0, text.endsWith("…") ? -2 : -1)}…`;
  return text;
}
