/** Somebody in sight, as they are to be shown. */
import { FACE_VALUES, FINGER_VALUES, StateFlag, UNIT_MAX } from "../protocol/generated/constants";
import type { AvatarFacts } from "../protocol/generated/messages";
import { JOINT_COUNT, poseHand } from "../protocol/hands";
import type { RecordState } from "../protocol/record";
import type { AvatarState } from "../protocol/state";
import type { HandView, PartView, PersonView, Side, ToldView } from "./model";
import { HEAD, LEFT, RIGHT, Track, VALUES_AT } from "./track";

const FADE_MS = 150;
/** A guess that was wrong is taken back within a few pictures. */
const BLEND_MS = 60;
/** A hand that comes back farther away than this appears there instead of moving there. */
const APART_M = 0.1;
const VOICE_UP_MS = 40;
const VOICE_DOWN_MS = 120;
const SPEAKS_FROM = 0.08;
const SPEAKS_UNTIL = 0.04;

// Room to work in.
const place = new Float64Array(3);

class PartModel implements PartView {
  presence = 0;
  readonly position = new Float32Array(3);
  readonly rotation = Float32Array.of(0, 0, 0, 1);
  private readonly error = new Float64Array(3);
  private tracked = false;
  private guessed = false;

  /** Show the part as the track has it where it sought; `passed` is milliseconds since the last time. */
  write(track: Track, part: number, flag: number, passed: number): void {
    if (!track.has(flag)) {
      // It fades where it was, whatever the head does.
      this.presence = Math.max(0, this.presence - passed / FADE_MS);
      this.tracked = false;
      return;
    }
    track.place(part, place, this.rotation);
    if (!this.tracked) this.appear();
    else if (this.guessed && !track.guessed) this.blend();
    this.guessed = track.guessed;
    const rest = Math.exp(-passed / BLEND_MS);
    for (let axis = 0; axis < 3; axis += 1) {
      this.error[axis]! *= rest;
      this.position[axis] = place[axis]! + this.error[axis]!;
    }
    this.presence = Math.min(1, this.presence + passed / FADE_MS);
    this.tracked = true;
  }

  private appear(): void {
    this.error.fill(0);
    const apart = Math.hypot(place[0]! - this.position[0]!, place[1]! - this.position[1]!, place[2]! - this.position[2]!);
    if (apart > APART_M) this.presence = 0;
  }

  private blend(): void {
    for (let axis = 0; axis < 3; axis += 1) this.error[axis] = this.position[axis]! - place[axis]!;
  }
}

class HandModel extends PartModel implements HandView {
  fingersTracked = false;
  readonly jointRotations = new Float32Array(4 * JOINT_COUNT);
  readonly jointPositions = new Float32Array(3 * JOINT_COUNT);
  private readonly values = new Float32Array(FINGER_VALUES);

  writeFingers(track: Track, side: Side, flag: number): void {
    this.fingersTracked = track.has(flag);
    if (!this.fingersTracked) return;
    track.valuesAt(VALUES_AT[side], flag, 1, this.values);
    poseHand(this.values, side, this.position, this.rotation, this.jointPositions, this.jointRotations);
  }
}

class Told implements ToldView {
  tick = 0;
  tier = 0;
  readonly head = new Int32Array(3);
}

export class PersonModel implements PersonView {
  name = "";
  role = "";
  look = "";
  readonly head = new PartModel();
  readonly left = new HandModel();
  readonly right = new HandModel();
  voice = 0;
  speaking = false;
  signing = false;
  seated = false;
  face: Float32Array | null = null;
  private readonly faceValues = new Float32Array(FACE_VALUES);
  readonly told = new Told();
  private readonly track = new Track(3);

  constructor(
    readonly entity: number,
    facts: AvatarFacts,
  ) {
    this.renew(facts);
  }

  /** Take facts in that may have changed. */
  renew(facts: AvatarFacts): void {
    this.name = facts.name;
    this.role = facts.role;
    this.look = facts.avatar;
  }

  /** Note what a record of a tick has left. */
  note({ state, tier }: RecordState, tick: number): void {
    this.told.tick = tick;
    this.told.tier = tier;
    for (let axis = 0; axis < 3; axis += 1) this.told.head[axis] = state.head.position[axis]!;
  }

  push(state: AvatarState, time: number, period: number): void {
    this.track.push(state, time, period);
  }

  /** What follows is of another clock: keep what is shown, and nothing to move from. */
  restart(): void {
    this.track.clear();
  }

  sample(time: number, newest: number, period: number, passed: number): void {
    const { track } = this;
    if (track.empty) return;
    track.seek(time, newest, period);
    this.head.write(track, HEAD, StateFlag.Head, passed);
    this.left.write(track, LEFT, StateFlag.Left, passed);
    this.right.write(track, RIGHT, StateFlag.Right, passed);
    this.left.writeFingers(track, "left", StateFlag.LeftFingers);
    this.right.writeFingers(track, "right", StateFlag.RightFingers);
    this.signing = track.has(StateFlag.Signing);
    this.seated = track.has(StateFlag.Seated);
    this.face = track.has(StateFlag.Face) ? this.faceValues : null;
    if (this.face !== null) track.valuesAt(VALUES_AT.face, StateFlag.Face, 1 / UNIT_MAX, this.face);
    this.hear(track.voice, passed);
  }

  private hear(level: number, passed: number): void {
    const slow = level > this.voice ? VOICE_UP_MS : VOICE_DOWN_MS;
    this.voice += (level - this.voice) * (1 - Math.exp(-passed / slow));
    this.speaking = this.voice > (this.speaking ? SPEAKS_UNTIL : SPEAKS_FROM);
  }
}
