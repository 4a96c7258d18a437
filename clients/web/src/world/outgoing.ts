/** What the wearer does, as the wire has it. Written in place: nothing is made to send a pose. */
import {
  HAND_POSITION_MAX, HEAD_POSITION_MAX, POSITION_SCALE, StateFlag,
} from "../protocol/generated/constants";
import { measureHand } from "../protocol/hands";
import { clamp, packRotation, quantise, quantiseUnit } from "../protocol/quantities";
import { AvatarState, type TrackedPart } from "../protocol/state";
import type { LocalPose, Place, Side } from "./model";

export class OutgoingPose {
  readonly state = new AvatarState();

  /** Write a pose; what is not finite, or out of the wire's reach, is not tracked. */
  write(pose: LocalPose): AvatarState {
    const { state } = this;
    state.clear();
    state.voice = Number.isFinite(pose.voice) ? quantiseUnit(pose.voice) : 0;
    if (pose.seated) state.flags |= StateFlag.Seated;
    if (pose.signing) state.flags |= StateFlag.Signing;
    if (pose.face !== null) this.writeFace(pose.face);
    if (pose.head === null || !putHead(state.head, pose.head)) return state;
    state.flags |= StateFlag.Head;
    this.writeHand("left", pose.left, pose.leftJoints);
    this.writeHand("right", pose.right, pose.rightJoints);
    return state;
  }

  private writeFace(face: Float32Array): void {
    const { state } = this;
    state.flags |= StateFlag.Face;
    for (let n = 0; n < state.face.length; n += 1) {
      const weight = face[n] ?? 0;
      state.face[n] = Number.isFinite(weight) ? quantiseUnit(weight) : 0;
    }
  }

  private writeHand(side: Side, place: Place | null, joints: Float32Array | null): void {
    const { state } = this;
    if (place === null || !putHand(state[side], place, state.head)) return;
    state.flags |= side === "left" ? StateFlag.Left : StateFlag.Right;
    const fingers = side === "left" ? state.leftFingers : state.rightFingers;
    if (joints === null || !measureHand(joints, side, fingers)) return;
    state.flags |= side === "left" ? StateFlag.LeftFingers : StateFlag.RightFingers;
  }
}

function putHead(part: TrackedPart, place: Place): boolean {
  for (let axis = 0; axis < 3; axis += 1) {
    const value = place.position[axis]!;
    if (!Number.isFinite(value)) return false;
    part.position[axis] = clamp(quantise(value, POSITION_SCALE), -HEAD_POSITION_MAX, HEAD_POSITION_MAX);
  }
  return packRotation(place.rotation, part);
}

/** A hand is told from the quantised head. */
function putHand(part: TrackedPart, place: Place, head: TrackedPart): boolean {
  for (let axis = 0; axis < 3; axis += 1) {
    const value = place.position[axis]!;
    if (!Number.isFinite(value)) return false;
    const away = quantise(value, POSITION_SCALE) - head.position[axis]!;
    if (Math.abs(away) > HAND_POSITION_MAX) return false;
    part.position[axis] = away;
  }
  return packRotation(place.rotation, part);
}
