import * as THREE from "three";

import { dome, tube } from "../clay/clay";
import type { Clay, Ring, Skin } from "../clay/clay";
import type { Field, Point } from "../clay/field";
import { blend, clamp, cone, ellipsoid, smoothstep } from "../clay/field";
import { Arm, Bone, Slot, WRIST } from "./bones";
import type { Detail } from "./detail";
import { by } from "./detail";
import { FLAT } from "./fingers";

const point = (v: THREE.Vector3): Point => [v.x, v.y, v.z];
const RADII: readonly (readonly number[])[] = [
  [0.0135, 0.0108, 0.0098, 0.0078], [0.0098, 0.0088, 0.008, 0.0068], [0.0102, 0.009, 0.0082, 0.007],
  [0.0096, 0.0085, 0.0077, 0.0066], [0.0086, 0.0076, 0.0069, 0.006],
];
const joint = (finger: number, which: number): Point => point(FLAT.positions[finger * 4 + which]!);

const fingerField = (finger: number): Field =>
  blend(0.004, ...[0, 1, 2].map((bone) => cone(bone === 0 ? rooted(finger) : joint(finger, bone), tipwards(finger, bone), RADII[finger]![bone]!, RADII[finger]![bone + 1]!)));

/** The end of a finger's bone; the last ends short of the skin's tip. */
function tipwards(finger: number, bone: number): Point {
  const a = joint(finger, bone), b = joint(finger, bone + 1);
  if (bone < 2) return b;
  const back = 0.75;
  return [a[0] + (b[0] - a[0]) * back, a[1] + (b[1] - a[1]) * back, a[2] + (b[2] - a[2]) * back];
}

/** A finger's tube begins within the palm. */
function rooted(finger: number): Point {
  const a = joint(finger, 0), b = joint(finger, 1);
  const back = finger === 0 ? 0.25 : 0.3;
  return [a[0] - (b[0] - a[0]) * back, a[1] - (b[1] - a[1]) * back, a[2] - (b[2] - a[2]) * back];
}

const palm: Field = blend(
  0.011,
  ...[1, 2, 3, 4].map((finger) => {
    const knuckle = joint(finger, 0);
    return cone([knuckle[0] * 0.55, -0.009, -0.012], [knuckle[0], knuckle[1] - 0.003, knuckle[2] - 0.009], 0.0158, 0.0076);
  }),
  cone([-0.014, -0.012, -0.05], [-0.03, -0.016, -0.058], 0.012, 0.008),
  cone([-0.012, -0.014, -0.02], joint(0, 0), 0.0175, 0.0142),
  ellipsoid([0.022, -0.018, -0.04], [0.014, 0.012, 0.03]),
  cone([0, -0.006, 0.05], [0, -0.007, -0.01], 0.0258, 0.0225),
);
const whole: Field = blend(0.006, palm, ...[0, 1, 2, 3, 4].map(fingerField));

/** A hand in its wrist's frame, carried to where the wrist rests. */
export function modelHand(clay: Clay, detail: Detail, left: boolean): void {
  const arm = left ? Bone.armLeft : Bone.armRight;
  const place = (p: THREE.Vector3): void => {
    p.set(p.x + WRIST[0], p.y + WRIST[1], p.z + WRIST[2]);
    if (left) p.x = -p.x;
  };
  const group = left ? 1 : 2;
  clay.cast({
    rings: [
      ...tube([0, -0.008, 0.03], [0, -0.01, -0.09], by(detail, 13, 7, 4), 0.06, [0, 1, 0]),
      ...dome([0, -0.01, -0.09], [0, 0, -1], [0, 1, 0], 15, 90, by(detail, 5, 3, 2), 0.06),
    ],
    segments: by(detail, 20, 10, 6), field: palm, shade: detail === "near" ? whole : palm, place,
    skin: (_x, _y, z): Skin => {
      const fore = smoothstep(-0.005, 0.025, z);
      return [arm + Arm.twist, fore, arm + Arm.hand, 1 - fore];
    },
    paint: { slots: [Slot.skin], group },
  });
  for (let finger = 0; finger < 5; finger++) modelFinger(clay, detail, left, finger, place);
}

function modelFinger(clay: Clay, detail: Detail, left: boolean, finger: number, place: (p: THREE.Vector3) => void): void {
  const arm = (left ? Bone.armLeft : Bone.armRight) + Arm.fingers + finger * 3;
  const field = fingerField(finger);
  const end = tipwards(finger, 2);
  const rings: Ring[] = [];
  for (let bone = 0; bone < 3; bone++) {
    const up = point(new THREE.Vector3(0, 1, 0).applyQuaternion(FLAT.rotations[finger * 3 + bone]!));
    const from = bone === 0 ? rooted(finger) : joint(finger, bone);
    rings.push(...tube(from, tipwards(finger, bone), by(detail, 4, 3, 2), 0.02, up).slice(bone === 0 ? 0 : 1));
    if (bone === 2) {
      const axis = point(new THREE.Vector3(0, 0, -1).applyQuaternion(FLAT.rotations[finger * 3 + bone]!));
      rings.push(...dome(end, axis, up, 30, 90, by(detail, 4, 2, 2), 0.02));
    }
  }
  const along = new THREE.Vector3();
  clay.cast({
    rings, segments: by(detail, 9, 6, 3), field, shade: detail === "near" ? whole : field, place,
    skin: (x, y, z): Skin => fingerSkin((left ? Bone.armLeft : Bone.armRight) + Arm.hand, arm, finger, along.set(x, y, z)),
    paint: { slots: [Slot.skin], group: left ? 1 : 2 },
  });
}

/** Each bone's skin goes over into the next one's about the joint. */
function fingerSkin(hand: number, first: number, finger: number, p: THREE.Vector3): Skin {
  const soft = 0.006;
  const past = (which: number): number => {
    const at = FLAT.positions[finger * 4 + which]!;
    const ahead = new THREE.Vector3(0, 0, -1).applyQuaternion(FLAT.rotations[finger * 3 + which]!);
    return clamp(0.5 + p.clone().sub(at).dot(ahead) / (2 * soft), 0, 1);
  };
  const root = past(0), second = past(1), third = past(2);
  if (root < 1) return [first, root, hand, 1 - root];
  return third > 0 ? [first + 2, third, first + 1, 1 - third] : [first + 1, second, first, 1 - second];
}
