/** One visit to one room, from the welcome to the end: the room, how one is in it, and what lies over it. */

import type { FrontDesk } from "../session/frontdesk";
import type { Environment } from "../session/environment";
import type { Microphone } from "../presence/microphone";
import type { Recorder } from "../recorder/recorder";
import { make } from "../screens/dom";
import type { Visit as Wanted } from "../screens/entrance";
import { owed } from "../screens/credits";
import type { FrontDeskWords, LookFile } from "../screens/facility";
import { linkTo } from "../screens/invitation";
import { Overlay } from "../screens/overlay";
import { RecorderBar, saveFile } from "../screens/recorder-bar";
import type { SettingsShelf } from "../screens/settings";
import type { Remedy } from "../screens/states";
import type { RoomView, Status } from "../world/model";
import { enterRoom } from "../world/room";
import { attend } from "./attention";
import type { Between } from "./between";
import type { Body } from "./body";
import type { Stage } from "./stage";
import { Voice } from "./voice";
import { wordsBody } from "./words-body";

export interface VisitParts {
  readonly desk: FrontDesk;
  readonly words: FrontDeskWords;
  readonly environment: Environment;
  readonly shelf: SettingsShelf;
  readonly recorder: Recorder;
  readonly looks: readonly string[];
  /** Of the looks, those that are files. */
  readonly files: readonly LookFile[];
  readonly home: HTMLElement;
  readonly goTo: (room: string) => void;
  readonly remedy: (remedy: Remedy) => void;
  readonly ended: (status: Status) => void;
  /** The device is passed on, and forgets all when one leaves. */
  readonly shared: boolean;
  /** The roles that people can be invited in, where one may invite: with an account; null otherwise. */
  readonly inviteAs: readonly string[] | null;
}

/** Join a room; rejects with `Refused`. What is shown comes with `open`. */
export async function join(wanted: Wanted, parts: VisitParts): Promise<Visit> {
  const { name, role, look, room, way, locked = "" } = wanted;
  // What draws is on its way while the front desk is asked; that it does not come is told when it is needed.
  if (way !== "text") import("./stage").catch(() => undefined);
  const view = await enterRoom({ name, role, avatar: look, room }, parts.desk, parts.environment, locked);
  return new Visit(view, wanted, parts);
}

export class Visit {
  body: Body | null = null;
  private overlay: Overlay | null = null;
  private readonly voice: Voice;
  private recording: RecorderBar | null = null;
  private readonly stops: (() => void)[] = [];
  private drawn: Stage | null = null;
  private limited = 0;
  private closed = false;

  constructor(
    readonly room: RoomView,
    private readonly wanted: Wanted,
    private readonly parts: VisitParts,
    openMicrophone = async (): Promise<Microphone> => (await import("../presence/microphone")).Microphone.open(),
  ) {
    this.voice = new Voice((text) => { this.overlay?.tell(text); }, openMicrophone);
    this.stops.push(room.on("status", (status) => { this.heard(status); }));
    const left = (event: PageTransitionEvent): void => { if (!event.persisted || parts.shared) room.leave(); };
    window.addEventListener("pagehide", left);
    this.stops.push(() => { window.removeEventListener("pagehide", left); }, attend(room));
  }

  /** Make the room visible, or readable. */
  async open(worn: Between | null = null): Promise<void> {
    const { canvas, stage, problem } = await this.stage(worn);
    if (this.closed) {
      stage?.close();
      void worn?.microphone?.close();
      return;
    }
    // The microphone of the room before comes along with the headset.
    if (stage !== null && worn !== null) this.voice.microphone = worn.microphone;
    const body = stage ?? wordsBody(this.room, this.voice, () => this.parts.shelf.value.voiceSensitivity);
    this.body = body;
    this.drawn = stage;
    const overlay = this.layOver(body, stage);
    this.overlay = overlay;
    if (canvas !== null) overlay.element.prepend(canvas);
    this.parts.home.replaceChildren(overlay.element);
    if (stage === null) overlay.showText(true);
    if (problem !== "") overlay.explain(problem);
    body.onStep((now) => { overlay.step(now); });
    this.stops.push(this.parts.shelf.watch((settings) => {
      body.apply(settings);
      this.limit(settings.budget);
    }));
    // Without its sounds a room is one nevertheless.
    void this.listen(body).catch(() => undefined);
    if (stage !== null && worn === null && this.wanted.way === "headset") this.wear(stage, overlay);
    if (this.wanted.microphone && this.voice.microphone === null) void this.voice.open();
  }

  private async listen(body: Body): Promise<void> {
    const { Earcons } = await import("./earcons");
    if (this.closed) return;
    const earcons = new Earcons(this.room, () => body.standing(), this.parts.shelf);
    this.stops.push(() => { earcons.close(); });
  }

  /** Others hear the wearer now. */
  get isHeard(): boolean {
    return !this.voice.muted;
  }

  /** The headset as it is worn, for the next room; close the visit after it. */
  handOver(to: string): Between | null {
    const name = this.room.description.portals.find((portal) => portal.to === to)?.name;
    return this.drawn?.handOver(name === undefined ? "On the way …" : `To ${name} …`) ?? null;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    // What was recorded until now is saved, whatever ended the visit.
    this.recording?.finish();
    for (const stop of this.stops) stop();
    this.body?.close();
    this.voice.close();
    this.overlay?.close();
    if (this.room.status.state !== "ended") this.room.leave();
  }

  private heard(status: Status): void {
    if (this.closed) return;
    if (status.state === "ended") this.parts.ended(status);
    else this.overlay?.showStatus(status, this.room.keptUntil);
  }

  private limit(kbits: number): void {
    if (kbits === this.limited) return;
    this.limited = kbits;
    this.room.limit(kbits);
  }

  private async stage(worn: Between | null): Promise<{ canvas: HTMLCanvasElement | null; stage: Stage | null; problem: string }> {
    const { wanted, parts, room } = this;
    if (wanted.way === "text") return { canvas: null, stage: null, problem: "" };
    const canvas = worn?.canvas ?? make("canvas", { class: "stage", tabIndex: 0, attributes: { role: "application" } });
    canvas.setAttribute("aria-label", `${room.description.name}, a picture. Press T for the room in words.`);
    // three.js measures the canvas, so it has to be on the page.
    parts.home.prepend(canvas);
    try {
      const { openStage } = await import("./stage");
      const tell = (text: string): void => { this.overlay?.tell(text); };
      const stage = await openStage({ room, canvas, settings: parts.shelf.value, looks: parts.looks, voice: this.voice, tell, goTo: parts.goTo, worn });
      return { canvas, stage, problem: "" };
    } catch (error) {
      console.warn("the room cannot be drawn", error);
      canvas.remove();
      return { canvas: null, stage: null, problem: "The room cannot be drawn here, so it is told in words." };
    }
  }

  private layOver(body: Body, stage: Stage | null): Overlay {
    const { parts, room } = this;
    const goTo = stage === null ? parts.goTo : (to: string): void => { stage.goTo(to); };
    this.recording = new RecorderBar(parts.recorder, saveFile);
    const overlay: Overlay = new Overlay({
      room,
      desk: parts.words,
      shelf: parts.shelf,
      actions: body.actions,
      recording: this.recording,
      ways: { ...body.ways, goThrough: goTo, leave: () => { parts.remedy("leave"); } },
      standing: () => body.standing(),
      goTo,
      remedy: parts.remedy,
      headset: stage?.headsetSupported === true ? () => { this.wear(stage, overlay); } : null,
      credits: () => owed(parts.files, [this.wanted.look, ...[...room.people.values()].map(({ look }) => look)]),
      pictured: stage !== null,
      shared: parts.shared,
      link: linkTo(room.description.id, location),
      inviting: parts.inviteAs === null ? null : { roles: parts.inviteAs, invite: (wish) => parts.desk.invite({ ...wish, room: room.description.id }) },
      textShown: (shown) => { body.hide(shown); },
      covered: (covered) => { body.heed(!covered); },
    });
    return overlay;
  }

  private wear(stage: Stage, overlay: Overlay): void {
    stage.enterHeadset().catch(() => {
      // Loading took longer than a click is good for, or the wearer said no.
      overlay.tell("Press Enter VR to put the headset on.");
    });
  }
}
