/** The ways to other rooms: a frame around each, the name of what is behind it, and a glow for who comes near. */
import * as THREE from "three";
import type { Portal, Vec3 } from "../world/model";
import { plate, SIGN } from "./lettering";

/** Who comes this close to a threshold, walking at it, goes through: the wall behind it may be where bounds end. */
const NEAR_ENOUGH = 0.35;
/** Farther away in one frame is a teleport beside the door or a correction, nobody's walk through it. */
const LONGEST_WALK = 6;
const HEIGHT = 2.08;
/** Slim, and inside the opening: scenes have door frames of their own around it. */
const JAMB = 0.04;
const DEPTH = 0.1;
const SEEN_FROM = 4.5;

/** Whether who went from one place to another in a frame walked through the portal. */
export function walkedThrough(portal: Portal, from: Vec3, to: Vec3): boolean {
  const forwardX = -Math.sin(portal.yaw);
  const forwardZ = -Math.cos(portal.yaw);
  const before = (from[0] - portal.position[0]) * forwardX + (from[2] - portal.position[2]) * forwardZ + NEAR_ENOUGH;
  const after = (to[0] - portal.position[0]) * forwardX + (to[2] - portal.position[2]) * forwardZ + NEAR_ENOUGH;
  if (before >= 0 || after < 0 || after - before > LONGEST_WALK) return false;
  const share = before / (before - after);
  const x = from[0] + (to[0] - from[0]) * share - portal.position[0];
  const z = from[2] + (to[2] - from[2]) * share - portal.position[2];
  return Math.abs(x * forwardZ - z * forwardX) <= portal.width / 2;
}

/** 0 from afar, 1 at the threshold. */
export function nearness(portal: Portal, at: Vec3): number {
  const distance = Math.hypot(at[0] - portal.position[0], at[2] - portal.position[2]);
  return Math.min(1, Math.max(0, (SEEN_FROM - distance) / (SEEN_FROM - 1)));
}

export class Portals {
  readonly root = new THREE.Group();
  private readonly veils: THREE.ShaderMaterial[] = [];

  constructor(private readonly portals: readonly Portal[]) {
    this.root.name = "portals";
    const frame = new THREE.MeshStandardMaterial({ color: 0x2f8f8a, roughness: 0.55 });
    for (const portal of portals) this.root.add(this.doorway(portal, frame));
  }

  /** The portal that somebody went through, null for none. */
  crossed(from: Vec3, to: Vec3): Portal | null {
    for (const portal of this.portals) if (walkedThrough(portal, from, to)) return portal;
    return null;
  }

  update(seconds: number, at: Vec3): void {
    for (let i = 0; i < this.portals.length; i++) {
      const uniforms = this.veils[i]!.uniforms;
      uniforms["near"]!.value = nearness(this.portals[i]!, at);
      uniforms["seconds"]!.value = seconds % 3600;
    }
  }

  private doorway(portal: Portal, frame: THREE.Material): THREE.Group {
    const group = new THREE.Group();
    group.name = `portal-${portal.to}`;
    group.position.set(portal.position[0], portal.position[1], portal.position[2]);
    // Who walks through looks along the doorway's -Z: its front is +Z, towards the room.
    group.rotation.y = portal.yaw;
    for (const side of [-1, 1]) group.add(bar(frame, JAMB, HEIGHT, (side * (portal.width - JAMB)) / 2, HEIGHT / 2));
    group.add(bar(frame, portal.width, JAMB, 0, HEIGHT - JAMB / 2));
    const veil = veilMaterial();
    this.veils.push(veil);
    const pane = new THREE.Mesh(new THREE.PlaneGeometry(portal.width, HEIGHT), veil);
    pane.position.y = HEIGHT / 2;
    const sign = plate(portal.name, SIGN, 0.24);
    sign.position.set(0, HEIGHT + 0.3, DEPTH / 2 + 0.03);
    group.add(pane, sign, carpet(portal.width, veil));
    return group;
  }
}

function bar(material: THREE.Material, width: number, height: number, x: number, y: number): THREE.Mesh {
  const mesh = new THREE.Mesh(new THREE.BoxGeometry(width, height, DEPTH), material);
  mesh.position.set(x, y, 0);
  return mesh;
}

/** A light on the floor before the threshold, which shows where one would step through. */
function carpet(width: number, veil: THREE.ShaderMaterial): THREE.Mesh {
  const mesh = new THREE.Mesh(new THREE.PlaneGeometry(width, 0.9), veil);
  mesh.rotation.x = -Math.PI / 2;
  mesh.position.set(0, 0.018, 0.45);
  return mesh;
}

function veilMaterial(): THREE.ShaderMaterial {
  return new THREE.ShaderMaterial({
    transparent: true,
    depthWrite: false,
    side: THREE.DoubleSide,
    uniforms: { near: { value: 0 }, seconds: { value: 0 } },
    vertexShader: `
      varying vec2 at;
      void main() {
        at = uv;
        gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
      }`,
    fragmentShader: `
      varying vec2 at;
      uniform float near;
      uniform float seconds;
      void main() {
        float edge = min(at.x, 1.0 - at.x);
        float rim = exp(-edge * 14.0);
        float rise = 1.0 - at.y;
        // Slow enough (a breath in five seconds) not to draw the eye of who is talking.
        float breath = 0.92 + 0.08 * sin(seconds * 1.25);
        float light = (0.10 + 0.16 * rim + 0.30 * rise * rise) * mix(0.7, 1.5, near) * breath;
        gl_FragColor = vec4(mix(vec3(0.45, 0.85, 0.82), vec3(0.80, 1.0, 0.97), near * 0.6), light);
      }`,
  });
}
