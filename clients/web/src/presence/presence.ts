/** The wearer: makes what is sent of them each frame, and moves the view. Screen, touch and headset are one experience. */
import * as THREE from "three";
import type { LocalPose, Place as Pose, RoomView, Vec3 } from "../world/model";
import { makeActions, type Action, type Doing } from "./actions";
import { FlatWearer } from "./flat-wearer";
import { Grasp } from "./grasp";
import { HeadsetWearer } from "./headset-wearer";
import { Keyboard } from "./keyboard";
import { PoseRhythm } from "./locomotion";
import type { Microphone } from "./microphone";
import { Pointers } from "./pointer";
import { Rig } from "./rig";
import type { ComfortSettings } from "./settings";
import type { Surroundings } from "./surroundings";
import { Travel } from "./travel";
import { Told } from "./told";
import type { Parts, Wearing } from "./wearer";
import { WordsPanel } from "./words-panel";
import { endSession, openHeadset, type Worn } from "./worn";

export interface PresenceListeners {
  /** A sentence for the wearer, about what they tried. */
  notice(text: string): void;
  /** The wearer wants to be heard, and no microphone is open. */
  voice(): void;
  /** The headset is on or off. */
  headset(on: boolean): void;
}

export interface PresenceOptions {
  readonly room: RoomView;
  readonly place: Surroundings;
  /** Becomes a part of the rig. */
  readonly camera: THREE.PerspectiveCamera;
  /** What the rig and the arcs are added to. */
  readonly scene: THREE.Object3D;
  /** The canvas: drags and taps on it look, walk and take. */
  readonly element: HTMLElement;
  readonly settings: ComfortSettings;
  readonly listeners: PresenceListeners;
}

/** A frame after a pause must not throw anybody across the room. */
const LONGEST_FRAME = 0.1;

export class Presence {
  readonly actions: readonly Action[];
  /** As it was made with the last picture, for what is sent and for the wearer's own hands. */
  readonly pose: LocalPose = {
    head: null,
    left: null,
    right: null,
    leftJoints: null,
    rightJoints: null,
    face: null,
    voice: 0,
    seated: false,
    signing: false,
  };
  /** Set where the wearer allowed it; whoever set it closes it. */
  microphone: Microphone | null = null;
  signing = false;
  private readonly wearing: Wearing;
  private readonly flat: FlatWearer;
  private readonly worn: HeadsetWearer;
  private readonly keys: Keyboard;
  private readonly pointers: Pointers;
  private readonly rhythm: PoseRhythm;
  private readonly stops: (() => void)[];
  private readonly words = new WordsPanel();
  private readonly told: Told;
  private readonly ray = new THREE.Vector3();
  private renderer: THREE.WebGLRenderer | null = null;
  private session: XRSession | null = null;
  private wornUntil = new AbortController();
  private entering = false;
  private disposed = false;
  private fov = 0;
  private last = NaN;

  constructor(private readonly options: PresenceOptions) {
    const { room, place, camera, scene, element, listeners } = options;
    const rig = new Rig();
    const notice = (text: string): void => {
      listeners.notice(text);
      this.tell(text);
    };
    this.told = new Told(room, this.words);
    const travel = new Travel(rig, place), grasp = new Grasp(room, place, notice);
    this.wearing = { rig, travel, grasp, place, settings: options.settings, notice };
    this.flat = new FlatWearer(this.wearing, room.things);
    this.worn = new HeadsetWearer(this.wearing, {
      mute: () => { this.toggleMuted(); },
      ask: () => void this.told.ask(),
      endAllowed: () => void this.told.endAllowed(),
    });
    this.actions = makeActions(this.doing());
    this.keys = new Keyboard(window, this.actions);
    this.read(options.settings);
    this.pointers = new Pointers(element, {
      look: (yaw, pitch) => { this.flat.look(yaw, pitch); },
      tap: (x, y) => { this.flat.tap(this.directionAt(x, y)); },
    });
    this.rhythm = new PoseRhythm(room.description.tickHz);
    this.stops = [room.on("correction", ({ position }) => { this.wearing.travel.correct(position, this.head); })];
    rig.object.add(camera, this.words.mesh);
    scene.add(rig.object, this.worn.arcView.root);
    camera.add(this.worn.vignette.mesh);
    this.wearing.travel.stand(this.flat.body.head, 0, room.spawn.position, room.spawn.yaw);
    this.updateFlat(0);
  }

  /** Where the wearer's eyes are in the room. Written anew each frame. */
  get head(): Vec3 {
    return this.parts.head.position;
  }

  /** Radians about +Y that the wearer looks along, 0 along -Z. */
  get heading(): number {
    return this.session === null ? this.wearing.rig.yaw : this.worn.heading;
  }

  get inHeadset(): boolean {
    return this.session !== null;
  }

  get settings(): ComfortSettings {
    return this.wearing.settings;
  }

  set settings(settings: ComfortSettings) {
    const reseated = settings.seated !== this.wearing.settings.seated;
    this.wearing.settings = settings;
    this.read(settings);
    if (reseated && this.session !== null) this.worn.standAt(this.head, this.heading);
  }

  /** Once a frame, after `room.sample` and before `place.update`; in a headset with the frame of its session. */
  update(now: number, frame?: XRFrame): void {
    const seconds = Number.isNaN(this.last) ? 0 : Math.min(LONGEST_FRAME, Math.max(0, (now - this.last) / 1000));
    this.last = now;
    const space = this.renderer?.xr.getReferenceSpace() ?? null;
    if (this.session !== null && frame !== undefined && space !== null) {
      this.worn.update(seconds, now, frame, space, this.session.inputSources);
      const { input, localHeading } = this.worn;
      this.told.byHand = input.left.fingersTracked || input.right.fingersTracked;
      this.told.step(performance.now());
      this.words.update(performance.now(), seconds, input.head.position, localHeading, this.settings.reducedMotion);
      this.wearing.rig.apply();
    } else if (this.session === null) {
      this.updateFlat(seconds);
    }
    this.wearing.travel.settle(this.head, now);
    this.compose(seconds);
    if (this.awake && this.rhythm.due(now)) this.options.room.sendPose(this.pose);
  }

  /** Where a thing is that the wearer holds, null for others: `place.carried`. */
  readonly carried = (entity: number): Pose | null => this.wearing.grasp.carried(entity);

  /** Walk to a point around the furniture; false where one is there already or no way leads there. */
  walkTo(point: Vec3, stopShort = 0, ended: ((there: boolean) => void) | null = null): boolean {
    return this.wearing.travel.chooseWay(this.head, { x: point[0], z: point[2] }, stopShort, ended);
  }

  /** Take a thing by name, walking up to it where it is too far away; `failed` is told where that comes to nothing. */
  take(entity: number, failed: () => void): void {
    this.flat.take(entity, failed);
  }

  /** The entity that the wearer holds, 0 for nothing. */
  get holding(): number {
    const side = this.wearing.grasp.full;
    return side === null ? 0 : this.wearing.grasp.holds(side);
  }

  /** Whether keys and fingers move the wearer: not while words cover the room. */
  set listening(listening: boolean) {
    this.keys.listening = listening;
    if (!listening) this.pointers.letGo();
  }

  /** Words for who wears the headset; on a screen others show them. */
  tell(text: string): void {
    this.told.notice(text);
  }

  /** What can be read in the headset now. */
  get reading(): readonly string[] {
    return this.words.lines.map(({ by, text }) => (by === "" ? text : `${by}: ${text}`));
  }

  /** Put the headset on. Call it from a click; rejects where the wearer or the browser refuses. */
  async enterHeadset(renderer: THREE.WebGLRenderer): Promise<void> {
    if (this.session !== null || this.entering) return;
    this.entering = true;
    try {
      const session = await openHeadset(renderer);
      // The room may have been left while the wearer was asked.
      if (this.disposed) await endSession(session);
      else this.wear({ renderer, session });
    } finally {
      this.entering = false;
    }
  }

  /** Go on with a headset that is worn already, out of the dark. */
  keepHeadset(worn: Worn): void {
    this.wear(worn);
    this.worn.vignette.lighten();
  }

  /** Give the headset away as it is worn; null where there is none. What draws from then on is not this. */
  giveHeadset(): Worn | null {
    const { renderer, session } = this;
    if (renderer === null || session === null) return null;
    this.wornUntil.abort();
    this.session = null;
    return { renderer, session };
  }

  /** The view fades to black, in a headset: it stays so until the next room is there. */
  darken(): void {
    this.worn.vignette.darken();
  }

  async leaveHeadset(): Promise<void> {
    if (this.session !== null) await endSession(this.session);
  }

  dispose(): void {
    this.disposed = true;
    void this.leaveHeadset();
    this.told.dispose();
    this.words.dispose();
    for (const stop of this.stops) stop();
    this.wearing.grasp.dispose();
    this.keys.dispose();
    this.pointers.dispose();
    this.wearing.rig.object.removeFromParent();
    this.worn.dispose();
  }

  private get parts(): Parts {
    return this.session === null ? this.flat.parts : this.worn.parts;
  }

  /** Who has the page or the headset out of sight sends nothing: silence is not absence. While the connection is lost who moves is there all the same, and comes in anew by that. */
  private get awake(): boolean {
    if (this.options.room.status.state === "ended") return false;
    return this.session === null ? document.visibilityState !== "hidden" : this.session.visibilityState !== "hidden";
  }

  private updateFlat(seconds: number): void {
    const { camera } = this.options;
    this.flat.update(seconds, this.keys, this.pointers.stick);
    // A nod is for others to see; it does not shake the own view.
    camera.position.set(0, this.flat.body.eyeHeight, 0);
    camera.rotation.set(this.flat.body.pitch, 0, 0, "YXZ");
    this.wearing.rig.apply();
  }

  private compose(seconds: number): void {
    const { pose, parts } = this;
    pose.head = parts.headTracked ? parts.head : null;
    pose.left = parts.tracked.left ? parts.hands.left : null;
    pose.right = parts.tracked.right ? parts.hands.right : null;
    pose.leftJoints = parts.tracked.left && parts.fingersTracked.left ? parts.joints.left : null;
    pose.rightJoints = parts.tracked.right && parts.fingersTracked.right ? parts.joints.right : null;
    pose.voice = this.microphone?.sample(seconds, this.settings.voiceSensitivity) ?? 0;
    pose.seated = this.session === null ? this.flat.body.seated : this.settings.seated;
    pose.signing = this.signing;
  }

  private wear({ renderer, session }: Worn): void {
    const { head, heading } = this;
    this.renderer = renderer;
    this.fov = this.options.camera.fov;
    this.worn.standAt(head, heading);
    // Else a way on the screen is gone on with as soon as the headset is off.
    this.wearing.travel.stopWay();
    this.session = session;
    this.wornUntil = new AbortController();
    const { signal } = this.wornUntil;
    session.addEventListener("end", () => { this.headsetEnded(); }, { signal });
    // The wearer recentred with the headset's own button: they stay where they are in the room.
    renderer.xr.getReferenceSpace()?.addEventListener("reset", () => { this.worn.standAt(this.head, this.heading); }, { signal });
    this.told.again();
    this.options.listeners.headset(true);
  }

  private read(settings: ComfortSettings): void {
    this.words.size(settings.letters);
    this.told.captions = settings.captions;
    this.keys.letters = settings.letterKeys;
  }

  private headsetEnded(): void {
    const { head, heading } = this;
    const { camera } = this.options;
    const at: Vec3 = [head[0], head[1], head[2]];
    this.wornUntil.abort();
    this.session = null;
    this.worn.end();
    this.words.hide();
    this.wearing.rig.lift = 0;
    // three.js leaves the headset's angle of view in the camera.
    camera.fov = this.fov;
    camera.zoom = 1;
    camera.updateProjectionMatrix();
    this.flat.body.seated = false;
    this.wearing.travel.stand(this.flat.body.head, 0, at, heading);
    this.updateFlat(0);
    this.options.listeners.headset(false);
  }

  private directionAt(x: number, y: number): Vec3 {
    const { camera } = this.options;
    this.ray.set(x, y, 0.5).unproject(camera);
    const [ex, ey, ez] = this.head;
    return [this.ray.x - ex, this.ray.y - ey, this.ray.z - ez];
  }

  private toggleMuted(): void {
    if (this.microphone === null) this.options.listeners.voice();
    else {
      this.microphone.muted = !this.microphone.muted;
      this.wearing.notice(this.microphone.muted ? "Muted." : "The microphone is on.");
    }
  }

  private recentre(): void {
    if (this.session === null) this.flat.body.pitch = 0;
    else this.worn.standAt(this.head, this.heading);
  }

  private withHeld(run: (side: "left" | "right") => void): void {
    const side = this.wearing.grasp.full;
    if (side === null) this.wearing.notice("You hold nothing.");
    else run(side);
  }

  private doing(): Doing {
    const { flat, wearing } = this;
    const { grasp } = wearing;
    const body = flat.body;
    return {
      nudge: (forward, right) => { flat.nudge(forward, right); },
      turnStep: (direction) => { flat.turnStep(direction); },
      lookStep: (direction) => { flat.lookStep(direction); },
      levelLook: () => { body.pitch = 0; },
      toggleSeated: () => { body.seated = !body.seated; },
      isSeated: () => body.seated,
      toggleCrouched: () => { body.crouched = !body.crouched; },
      isCrouched: () => body.crouched,
      recentre: () => { this.recentre(); },
      grabOrPut: () => { flat.grabOrPut(); },
      toggleOffer: () => { this.withHeld((side) => void grasp.offer(side, !grasp.isOffering(side))); },
      isOffering: () => grasp.isOffering("right") || grasp.isOffering("left"),
      chooseNext: () => { flat.chooseNext(); },
      turnThing: () => void grasp.nudge(flat.marked(), Math.PI / 12, 0, 0),
      pushThing: () => void grasp.nudge(flat.marked(), 0, 0.1, wearing.rig.yaw),
      gesture: (name) => { flat.gesture(name); },
      toggleSigning: () => { this.signing = !this.signing; },
      isSigning: () => this.signing,
      toggleMuted: () => { this.toggleMuted(); },
      isMuted: () => this.microphone?.muted ?? true,
    };
  }
}
