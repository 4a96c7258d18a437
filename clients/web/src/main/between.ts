/** A headset that is worn from one room to the next: black, and where one is going in words, until the next room draws. */

import * as THREE from "three";
import { endSession, WordsPanel, type Microphone, type Worn } from "../presence";

export interface BetweenWords {
  readonly text: string;
  readonly letters: number;
  readonly reducedMotion: boolean;
}

export class Between {
  private readonly scene = new THREE.Scene();
  private readonly camera = new THREE.PerspectiveCamera(70, 1, 0.05, 10);
  private readonly words = new WordsPanel();
  private readonly eyes: [number, number, number] = [0, 0, 0];
  private readonly angle = new THREE.Euler(0, 0, 0, "YXZ");
  private readonly stopped = new AbortController();
  private ended = false;
  private last = NaN;

  /** `microphone` is carried along as it is, muted or not. */
  constructor(
    private readonly worn: Worn,
    readonly canvas: HTMLCanvasElement,
    readonly microphone: Microphone | null,
    private readonly told: BetweenWords,
  ) {
    this.scene.background = new THREE.Color(0x000000);
    this.scene.add(this.camera, this.words.mesh);
    this.words.size(told.letters);
    this.words.show("", told.text, Infinity);
    worn.session.addEventListener("end", () => { this.ended = true; }, { signal: this.stopped.signal });
    worn.renderer.setAnimationLoop((now) => { this.draw(now); });
  }

  get renderer(): THREE.WebGLRenderer {
    return this.worn.renderer;
  }

  /** Let the next room draw; null where the headset was taken off meanwhile. */
  take(): Worn | null {
    this.stop();
    return this.ended ? null : this.worn;
  }

  /** There is no next room: the headset goes dark for good, and the page says why. */
  close(): void {
    this.stop();
    this.renderer.setAnimationLoop(null);
    void this.microphone?.close();
    void endSession(this.worn.session).then(() => { this.renderer.dispose(); });
  }

  private stop(): void {
    this.stopped.abort();
    this.words.dispose();
  }

  private draw(now: number): void {
    const seconds = Number.isNaN(this.last) ? 0 : Math.max(0, now - this.last) / 1000;
    this.last = now;
    // The camera is where the headset was with the picture before.
    this.camera.position.toArray(this.eyes);
    this.angle.setFromQuaternion(this.camera.quaternion);
    this.words.update(now, seconds, this.eyes, this.angle.y, this.told.reducedMotion);
    this.renderer.render(this.scene, this.camera);
  }
}
