/** What a pose or a record says of an entity, as the integers of the wire. Written in place: nothing is made to change it. */
import { FACE_VALUES, FINGER_VALUES, StateFlag } from "./generated/constants";
import { Malformed } from "./malformed";

/** A head or a hand: millimetres (a hand's from the head), and three components of the rotation over the largest. */
export class TrackedPart {
  readonly position = new Int32Array(3);
  largest = 0;
  readonly rotation = new Int16Array(3);

  clear(): void {
    this.position.fill(0);
    this.largest = 0;
    this.rotation.fill(0);
  }
}

export class AvatarState {
  flags = 0;
  voice = 0;
  readonly head = new TrackedPart();
  readonly left = new TrackedPart();
  readonly right = new TrackedPart();
  readonly leftFingers = new Uint8Array(FINGER_VALUES);
  readonly rightFingers = new Uint8Array(FINGER_VALUES);
  readonly face = new Uint8Array(FACE_VALUES);

  clear(): void {
    this.flags = 0;
    this.voice = 0;
    this.head.clear();
    this.left.clear();
    this.right.clear();
    this.leftFingers.fill(0);
    this.rightFingers.fill(0);
    this.face.fill(0);
  }
}

/** Throw Malformed if fingers are said to be present without their hand. */
export function checkFlags(flags: number): void {
  if ((flags & StateFlag.LeftFingers) !== 0 && (flags & StateFlag.Left) === 0) {
    throw new Malformed("left fingers without the hand");
  }
  if ((flags & StateFlag.RightFingers) !== 0 && (flags & StateFlag.Right) === 0) {
    throw new Malformed("right fingers without the hand");
  }
}
