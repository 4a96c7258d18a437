/** The wire's test vectors (SPEC 12), and states as they tell them. */
import { readFileSync } from "node:fs";
import { StateFlag } from "../../src/protocol/generated/constants";
import type { AvatarState, TrackedPart } from "../../src/protocol/state";

export interface ToldState {
  flags: number;
  voice: number;
  head: number[] | null;
  left: number[] | null;
  right: number[] | null;
  left_fingers: string | null;
  right_fingers: string | null;
  face: string | null;
}

/** A file of vectors, whose shape is the caller's to know. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function vectors<Shape>(name: string): Shape {
  return JSON.parse(readFileSync(new URL(`../../../../protocol/vectors/${name}.json`, import.meta.url), "utf8")) as Shape;
}

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function tell(state: AvatarState): ToldState {
  const part = (flag: number, told: TrackedPart) =>
    (state.flags & flag) === 0 ? null : [...told.position, told.largest, ...told.rotation];
  const values = (flag: number, told: Uint8Array) => ((state.flags & flag) === 0 ? null : hexOf(told));
  return {
    flags: state.flags,
    voice: state.voice,
    head: part(StateFlag.Head, state.head),
    left: part(StateFlag.Left, state.left),
    right: part(StateFlag.Right, state.right),
    left_fingers: values(StateFlag.LeftFingers, state.leftFingers),
    right_fingers: values(StateFlag.RightFingers, state.rightFingers),
    face: values(StateFlag.Face, state.face),
  };
}

/** Write what a vector tells into a state. */
export function fill(state: AvatarState, told: ToldState): AvatarState {
  state.clear();
  state.flags = told.flags;
  state.voice = told.voice;
  const part = (into: TrackedPart, numbers: number[] | null) => {
    if (numbers === null) return;
    into.position.set(numbers.slice(0, 3));
    into.largest = numbers[3]!;
    into.rotation.set(numbers.slice(4));
  };
  part(state.head, told.head);
  part(state.left, told.left);
  part(state.right, told.right);
  if (told.left_fingers !== null) state.leftFingers.set(bytesOf(told.left_fingers));
  if (told.right_fingers !== null) state.rightFingers.set(bytesOf(told.right_fingers));
  if (told.face !== null) state.face.set(bytesOf(told.face));
  return state;
}

/** A value as a vector tells it: binary as `{hex}`. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { hex: hexOf(value) };
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
}
