import * as THREE from "three";

import { GRIP_POSITION, GRIP_ROTATION, shapeHand } from "../../src/avatars/body/fingers";
import type { HandView, PartView, PersonView } from "../../src/world/model";

/** A made-up person whose view may be written: for the lab and for tests, without a room. */
export interface MadeUp extends PersonView {
  voice: number;
  speaking: boolean;
  signing: boolean;
  seated: boolean;
  face: Float32Array | null;
  readonly head: Writable<PartView>;
  readonly left: Writable<HandView>;
  readonly right: Writable<HandView>;
}
type Writable<T> = { -readonly [K in keyof T]: T[K] };

const NAMES = ["Ann Weaver", "Bo Lind", "Chidi Okafor", "Dalia Haddad", "Emre Kaya", "Fen Li", "Grace Mensah", "Hugo Marin", "Ines Duarte", "Jonas Berg", "Kavya Rao", "Leila Amari"];
const ROLES = ["clinician", "patient", "student", "instructor"];

const hand = (): Writable<HandView> => ({
  presence: 0, position: new Float32Array(3), rotation: new Float32Array([0, 0, 0, 1]), fingersTracked: false,
  jointRotations: new Float32Array(104), jointPositions: new Float32Array(78),
});

export function person(index: number, role = ROLES[index % 4]!, name = NAMES[index % 12]!): MadeUp {
  return {
    entity: index + 1, name, role, look: "default",
    head: { presence: 1, position: new Float32Array([0, 1.6, 0]), rotation: new Float32Array([0, 0, 0, 1]) },
    left: hand(), right: hand(), voice: 0, speaking: false, signing: false, seated: false, face: null,
  };
}

/** Put somebody's head at a place, looking along a yaw and downwards by a pitch. */
export function stand(who: MadeUp, x: number, height: number, z: number, yaw: number, pitch = 0): void {
  who.head.position.set([x, height, z]);
  const turn = new THREE.Quaternion().setFromEuler(new THREE.Euler(-pitch, yaw, 0, "YXZ"));
  who.head.rotation.set(turn.toArray());
}

/**
 * Track a hand: `at` is the wrist, in metres to the right, up and ahead of the eyes; fingers by flexions, or none for a controller.
 */
export function reach(who: MadeUp, side: "left" | "right", at: readonly [number, number, number], turn: THREE.Euler, fingers?: readonly (readonly [number, number, number, number])[]): void {
  const view = who[side];
  const yaw = new THREE.Euler().setFromQuaternion(new THREE.Quaternion().fromArray(who.head.rotation), "YXZ").y;
  const body = new THREE.Quaternion().setFromAxisAngle(new THREE.Vector3(0, 1, 0), yaw);
  const wrist = new THREE.Vector3(at[0], at[1], -at[2]).applyQuaternion(body).add(new THREE.Vector3().fromArray(who.head.position));
  const rotation = body.clone().multiply(new THREE.Quaternion().setFromEuler(turn));
  const flip = side === "left";
  const mirror = (q: THREE.Quaternion): THREE.Quaternion => (flip ? new THREE.Quaternion(q.x, -q.y, -q.z, q.w) : q.clone());
  const grip = GRIP_POSITION.clone();
  if (flip) grip.x = -grip.x;
  view.presence = 1;
  view.position.set(grip.applyQuaternion(rotation).add(wrist).toArray());
  view.rotation.set(rotation.clone().multiply(mirror(GRIP_ROTATION)).toArray());
  view.fingersTracked = fingers !== undefined;
  if (!fingers) return;
  const shape = shapeHand(fingers);
  view.jointPositions.set(wrist.toArray(), 3);
  view.jointRotations.set(rotation.toArray(), 4);
  [2, 7, 12, 17, 22].forEach((first, finger) => {
    for (let joint = 0; joint < 4; joint++) {
      const p = shape.positions[finger * 4 + joint]!.clone();
      if (flip) p.x = -p.x;
      view.jointPositions.set(p.applyQuaternion(rotation).add(wrist).toArray(), (first + joint) * 3);
      view.jointRotations.set(rotation.clone().multiply(mirror(shape.rotations[finger * 3 + Math.min(joint, 2)]!)).toArray(), (first + joint) * 4);
    }
  });
}

export const OPEN = [[0.1, 0.1, 0.1, 0.2], [0.1, 0.1, 0.05, 0.12], [0.1, 0.1, 0.05, 0.02], [0.12, 0.12, 0.06, -0.08], [0.15, 0.12, 0.06, -0.2]] as const;
export const POINT = [[0.5, 0.5, 0.4, 0], [0.05, 0.05, 0.02, 0], [1.2, 1.4, 0.8, 0], [1.25, 1.4, 0.8, 0], [1.25, 1.4, 0.8, 0]] as const;
