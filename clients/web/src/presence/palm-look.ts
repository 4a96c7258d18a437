/** A look into one's own open palm, as at a watch: what asks something where a bare hand has no button. */
import * as THREE from "three";
import type { HandInput } from "./headset";
import { quaternionOf, vectorOf, type MutablePose } from "./pose";

/** Metres from the eyes; farther hands do something else. */
const FARTHEST = 0.55;
/** Cosines: how straight the palm faces the eyes, and how straight the eyes look at it. */
const FACES = Math.cos((35 * Math.PI) / 180);
const LOOKS = Math.cos((25 * Math.PI) / 180);
/** Seconds: hands pass the eyes while people talk. */
const LASTS = 1.2;

const palm = new THREE.Vector3();
const eyes = new THREE.Vector3();
const way = new THREE.Vector3();
const axis = new THREE.Vector3();
const turn = new THREE.Quaternion();

export class PalmLook {
  private lasted = 0;

  /** The look has lasted, and goes on. */
  get lasts(): boolean {
    return this.lasted >= LASTS;
  }

  /** Once a frame, in the wearer's tracked space; true in the one frame where the look has lasted. */
  step(seconds: number, hand: HandInput, head: MutablePose, free: boolean): boolean {
    if (!free || !hand.fingersTracked || hand.pinching || !meets(hand, head)) {
      this.lasted = 0;
      return false;
    }
    const before = this.lasted;
    this.lasted += seconds;
    return before < LASTS && this.lasted >= LASTS;
  }
}

/** Whether a palm and the eyes look at each other. The palm has the wrist's rotation, with +Y out of the back of the hand. */
function meets({ joints, jointPlaces }: HandInput, head: MutablePose): boolean {
  vectorOf(head.position, eyes);
  way.subVectors(eyes, palm.fromArray(jointPlaces));
  if (way.length() > FARTHEST) return false;
  way.normalize();
  const faces = axis.set(0, -1, 0).applyQuaternion(turn.fromArray(joints)).dot(way);
  const looks = -axis.set(0, 0, -1).applyQuaternion(quaternionOf(head.rotation, turn)).dot(way);
  return faces > FACES && looks > LOOKS;
}
