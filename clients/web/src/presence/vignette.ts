/** A dark frame around the view while the wearer is moved: what the eye sees move and the ear does not makes one sick. */
import * as THREE from "three";

/** Speeds at which it is full. */
const WALK = 1.5;
const TURN = 1.2;
const IN = 0.12;
const OUT = 0.35;
/** Seconds in which the view goes dark before another room, and light in it. */
export const FADE = 0.3;

/** 0 to 1 for how one moves now: metres and radians a second that are not the wearer's own. */
export function vignetteFor(speed: number, turning: number, setting: number): number {
  const motion = Math.min(1, Math.max(Math.abs(speed) / WALK, Math.abs(turning) / TURN));
  return motion * Math.min(1, Math.max(0, setting));
}

/** It closes faster than it opens. */
export function eased(from: number, to: number, seconds: number): number {
  return from + (to - from) * (1 - Math.exp(-seconds / (to > from ? IN : OUT)));
}

/** A dome around the eyes with an opening in front; also what darkens the view for the moment of a teleport. */
export class Vignette {
  readonly mesh: THREE.Mesh<THREE.SphereGeometry, THREE.ShaderMaterial>;
  private shown = 0;
  private blink = 0;
  private shade = 0;
  private shaded = false;

  constructor() {
    const material = new THREE.ShaderMaterial({
      side: THREE.BackSide,
      transparent: true,
      depthTest: false,
      depthWrite: false,
      uniforms: { narrow: { value: 0 }, dark: { value: 0 } },
      vertexShader: `
        varying vec3 towards;
        void main() {
          towards = position;
          gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
        }`,
      fragmentShader: `
        varying vec3 towards;
        uniform float narrow;
        uniform float dark;
        void main() {
          float aside = acos(clamp(-normalize(towards).z, -1.0, 1.0));
          float opening = mix(1.25, 0.38, narrow);
          float frame = smoothstep(opening, opening + 0.22, aside) * step(0.001, narrow);
          gl_FragColor = vec4(0.02, 0.03, 0.03, max(frame, dark));
        }`,
    });
    this.mesh = new THREE.Mesh(new THREE.SphereGeometry(0.4, 32, 16), material);
    this.mesh.name = "vignette";
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 100;
    this.mesh.visible = false;
  }

  /** Darken the view for a moment: a teleport is then no motion at all. */
  close(): void {
    this.blink = 1;
  }

  /** The view goes dark, and stays so. */
  darken(): void {
    this.shaded = true;
  }

  /** The view is dark now, and comes back. */
  lighten(): void {
    this.shaded = false;
    this.shade = 1;
  }

  dispose(): void {
    this.mesh.removeFromParent();
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }

  update(seconds: number, wished: number): void {
    this.shown = eased(this.shown, wished, seconds);
    if (this.shown < 0.01 && wished === 0) this.shown = 0;
    this.blink = Math.max(0, this.blink - seconds / 0.22);
    const step = seconds / FADE;
    this.shade = this.shaded ? Math.min(1, this.shade + step) : Math.max(0, this.shade - step);
    this.mesh.material.uniforms["narrow"]!.value = this.shown;
    this.mesh.material.uniforms["dark"]!.value = Math.max(this.shade, Math.min(1, this.blink * 1.6));
    this.mesh.visible = this.shown > 0 || this.blink > 0 || this.shade > 0;
  }
}
