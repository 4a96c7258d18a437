/** How one will look to others, at the entrance. */

import * as THREE from "three";
import { Crowd } from "../avatars";
import type { HandView, PersonView } from "../world/model";
import { wardrobeOf } from "./wardrobe";

const EYES = 1.6;

function stranger(look: string, role: string): PersonView {
  const hand = (): HandView => ({ presence: 0, position: new Float32Array(3), rotation: new Float32Array([0, 0, 0, 1]), fingersTracked: false, jointRotations: new Float32Array(104), jointPositions: new Float32Array(78) });
  const head = { presence: 1, position: new Float32Array([0, EYES, 0]), rotation: new Float32Array([0, 0, 0, 1]) };
  return { entity: 1, name: "", role, look, head, left: hand(), right: hand(), voice: 0, speaking: false, signing: false, seated: false, face: null };
}

export class Preview {
  private readonly renderer: THREE.WebGLRenderer;
  private readonly scene = new THREE.Scene();
  private readonly camera = new THREE.PerspectiveCamera(28, 1, 0.1, 10);
  private readonly crowd: Crowd;
  /** Of the slot when the picture was last fitted to it, CSS px. */
  private width = 0;
  private height = 0;

  constructor(private readonly slot: HTMLElement, looks: readonly string[]) {
    this.renderer = new THREE.WebGLRenderer({ alpha: true, antialias: true });
    this.crowd = new Crowd(this.scene, { tags: false, wardrobe: wardrobeOf(looks, () => undefined) });
    this.scene.add(new THREE.HemisphereLight(0xffffff, 0x8899aa, 3));
    this.camera.position.set(0, EYES - 0.05, -1.7);
    this.camera.lookAt(0, EYES - 0.17, 0);
    slot.replaceChildren(this.renderer.domElement);
    this.renderer.setPixelRatio(Math.min(window.devicePixelRatio, 2));
    this.renderer.setAnimationLoop((now) => { this.draw(now); });
  }

  show(look: string, role: string): void {
    this.crowd.add(stranger(look, role));
  }

  close(): void {
    this.renderer.setAnimationLoop(null);
    this.crowd.dispose();
    this.renderer.dispose();
  }

  private draw(now: number): void {
    const { clientWidth: width, clientHeight: height } = this.slot;
    if (width !== this.width || height !== this.height) {
      this.width = width;
      this.height = height;
      this.renderer.setSize(width, height, true);
      this.camera.aspect = width / Math.max(1, height);
      this.camera.updateProjectionMatrix();
    }
    this.crowd.update(now, this.camera);
    this.renderer.render(this.scene, this.camera);
  }
}
