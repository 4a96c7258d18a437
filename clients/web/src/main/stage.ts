/** Being in a room by picture: the place, the people in it, and the wearer, on a screen or in a headset. */

import * as THREE from "three";
import { Crowd } from "../avatars";
import { Place } from "../place";
import { FADE, headsetSupported, Presence } from "../presence";
import type { Settings } from "../screens/settings";
import type { PersonView, RoomView, ThingView } from "../world/model";
import { Between } from "./between";
import type { Body } from "./body";
import { comfortOf } from "./comfort";
import { farFirst, nearFirst } from "./draw-order";
import { OwnHands } from "./own-hands";
import { RenderPace } from "./pace";
import { stageWays } from "./stage-ways";
import type { Voice } from "./voice";
import { wardrobeOf } from "./wardrobe";

export interface StageParts {
  readonly room: RoomView;
  readonly canvas: HTMLCanvasElement;
  readonly settings: Settings;
  readonly looks: readonly string[];
  readonly voice: Voice;
  readonly tell: (text: string) => void;
  readonly goTo: (room: string) => void;
  /** The headset that is worn already, from the room before; null where it is not. */
  readonly worn: Between | null;
}

export interface Stage extends Body {
  /** Call it from a click where the browser asks for one. */
  enterHeadset(): Promise<void>;
  readonly headsetSupported: boolean;
  /** Go to another room once this picture is done; in a headset the view fades to black first. */
  goTo(room: string): void;
  /** The headset as it is worn, for the next room, with a text to read until then; null where there is none. Close the stage after it. */
  handOver(text: string): Between | null;
}

/** Finer than this nobody sees, and it costs. */
const PIXELS_MAX = 2;

/** Rejects where the scene cannot be had or this browser draws no WebGL. */
export async function openStage(parts: StageParts): Promise<Stage> {
  const { worn } = parts;
  const renderer = worn?.renderer ?? new THREE.WebGLRenderer({ canvas: parts.canvas, antialias: true, powerPreference: "high-performance" });
  renderer.setOpaqueSort(nearFirst);
  renderer.setTransparentSort(farFirst);
  try {
    let stage: RoomStage | null = null;
    const [place, supported] = await Promise.all([
      Place.load(parts.room.description, "", {
        portal: ({ to }) => { stage?.goTo(to); },
        zone: (zone) => {
          if (zone !== null) stage?.tell(zone.private ? `${zone.name}: what happens here is private.` : zone.name);
        },
      }),
      headsetSupported(),
    ]);
    stage = new RoomStage(parts, renderer, place, supported);
    return stage;
  } catch (error) {
    if (worn === null) renderer.dispose();
    else worn.close();
    throw error;
  }
}

class RoomStage implements Stage {
  readonly actions;
  readonly ways;
  private readonly scene = new THREE.Scene();
  private readonly camera = new THREE.PerspectiveCamera(70, 1, 0.05, 200);
  private readonly presence: Presence;
  private hands: OwnHands;
  private readonly pace = new RenderPace();
  private readonly stops: (() => void)[] = [];
  private crowd: Crowd;
  private tags: boolean;
  private hidden = false;
  private heeded = true;
  private listener: (now: number) => void = () => undefined;
  private frames = 0;
  private going: number | null = null;
  /** The renderer is another room's now. */
  private handed = false;

  constructor(
    private readonly parts: StageParts,
    private readonly renderer: THREE.WebGLRenderer,
    private readonly place: Place,
    readonly headsetSupported: boolean,
  ) {
    const { room, canvas, settings } = parts;
    this.scene.add(place.root);
    this.presence = new Presence({
      room,
      place,
      camera: this.camera,
      scene: this.scene,
      element: canvas,
      settings: comfortOf(settings),
      listeners: { notice: parts.tell, voice: () => void parts.voice.toggle(), headset: () => { this.resize(); } },
    });
    place.still = settings.reducedMotion;
    place.carried = this.presence.carried;
    this.actions = this.presence.actions;
    this.ways = stageWays(room, this.presence);
    this.hands = new OwnHands(this.scene, room.self);
    this.tags = settings.nameTags;
    this.crowd = this.gather();
    this.stops.push(
      // Who had to come in anew is somebody else to the room, and looks it.
      room.on("status", ({ state, resumed }) => { if (state === "live" && !resumed) this.remakeHands(); }),
      place.follow(room),
      room.on("entered", (view) => { if (isPerson(view)) this.crowd.add(view); }),
      room.on("left", (view) => { if (isPerson(view)) this.crowd.remove(view.entity); }),
    );
    const resized = (): void => { this.resize(); };
    window.addEventListener("resize", resized);
    this.stops.push(() => { window.removeEventListener("resize", resized); });
    const worn = parts.worn?.take() ?? null;
    if (worn !== null) this.presence.keepHeadset(worn);
    this.resize();
    renderer.setAnimationLoop((now, frame) => { this.draw(now, frame); });
  }

  get pose(): Body["pose"] {
    return this.presence.pose;
  }

  get device(): Body["device"] {
    if (this.presence.inHeadset) return "headset";
    return window.matchMedia("(pointer: coarse)").matches ? "touch" : "desktop";
  }

  standing(): { readonly position: readonly [number, number, number]; readonly yaw: number } {
    return { position: this.presence.head, yaw: this.presence.heading };
  }

  onStep(step: (now: number) => void): void {
    this.listener = step;
  }

  apply(settings: Settings): void {
    this.presence.settings = comfortOf(settings);
    this.place.still = this.crowd.still = settings.reducedMotion;
    if (settings.nameTags === this.tags) return;
    this.tags = settings.nameTags;
    this.crowd.dispose();
    this.crowd = this.gather();
  }

  hide(hidden: boolean): void {
    this.hidden = hidden;
    this.presence.listening = this.heeded && !hidden;
  }

  heed(heeded: boolean): void {
    this.heeded = heeded;
    this.presence.listening = heeded && !this.hidden;
  }

  counts(): Readonly<Record<string, number>> {
    const { render, memory } = this.renderer.info;
    const people = Object.fromEntries(Object.entries(this.crowd.counts()).map(([name, count]) => [`crowd.${name}`, Number(count)]));
    return { frames: this.frames, drawCalls: render.calls, triangles: render.triangles, geometries: memory.geometries, textures: memory.textures, pixelShare: this.pace.share, ...people };
  }

  async enterHeadset(): Promise<void> {
    try {
      await this.presence.enterHeadset(this.renderer);
    } finally {
      // A session that came to nothing has left its size behind.
      this.resize();
    }
  }

  /** On the page, and in the headset. */
  tell(text: string): void {
    this.parts.tell(text);
    this.presence.tell(text);
  }

  get reading(): readonly string[] {
    return this.presence.reading;
  }

  goTo(room: string): void {
    if (this.going !== null) return;
    this.presence.darken();
    // The picture that led through the door is drawn to its end before anything of it is taken down.
    this.going = window.setTimeout(() => { this.parts.goTo(room); }, this.presence.inHeadset ? FADE * 1000 : 0);
  }

  handOver(text: string): Between | null {
    const worn = this.presence.giveHeadset();
    if (worn === null) return null;
    const microphone = this.parts.voice.give();
    this.handed = true;
    const { letters, reducedMotion } = this.presence.settings;
    return new Between(worn, this.parts.canvas, microphone, { text, letters, reducedMotion });
  }

  close(): void {
    window.clearTimeout(this.going ?? 0);
    if (!this.handed) this.renderer.setAnimationLoop(null);
    for (const stop of this.stops) stop();
    this.presence.dispose();
    this.hands.dispose();
    this.crowd.dispose();
    this.place.dispose();
    if (!this.handed) this.renderer.dispose();
  }

  private draw(now: number, frame: XRFrame | undefined): void {
    const { room } = this.parts;
    const drawn = !this.hidden || this.presence.inHeadset;
    room.sample(now, drawn);
    this.presence.microphone = this.parts.voice.microphone;
    this.presence.update(now, frame);
    this.place.update(now, this.camera, this.presence.head);
    if (drawn) {
      this.crowd.update(now, this.camera);
      this.hands.update(this.presence.pose);
      // In a headset its own runtime keeps the pace. A new size empties the canvas: it has to be drawn after that.
      if (this.pace.step(now) && !this.presence.inHeadset) this.resize();
      this.renderer.render(this.scene, this.camera);
      this.frames += 1;
    }
    this.listener(now);
  }

  private remakeHands(): void {
    this.hands.dispose();
    this.hands = new OwnHands(this.scene, this.parts.room.self);
  }

  private gather(): Crowd {
    const crowd = new Crowd(this.scene, { floor: this.place.floor, tags: this.tags, wardrobe: wardrobeOf(this.parts.looks, this.parts.tell) });
    crowd.still = this.presence.settings.reducedMotion;
    for (const person of this.parts.room.people.values()) crowd.add(person);
    return crowd;
  }

  private resize(): void {
    if (this.renderer.xr.isPresenting) return;
    const { clientWidth, clientHeight } = this.parts.canvas;
    this.renderer.setPixelRatio(Math.min(window.devicePixelRatio, PIXELS_MAX) * this.pace.share);
    this.renderer.setSize(clientWidth, clientHeight, false);
    this.camera.aspect = clientWidth / Math.max(1, clientHeight);
    this.camera.updateProjectionMatrix();
  }
}

function isPerson(view: PersonView | ThingView): view is PersonView {
  return "head" in view;
}
