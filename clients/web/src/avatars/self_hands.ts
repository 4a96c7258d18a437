import * as THREE from "three";

import type { HandView } from "../world/model";
import { Batch } from "./batches";
import { SHOULDER, NECK } from "./body/bones";
import { lookOf } from "./look";
import { CLINIC_LIGHT, figureMaterial } from "./material";
import type { Light } from "./material";
import { ArmPose } from "./pose/arms";
import { yawOf } from "../world/yaw";
import { PoseRows } from "./rows";

/** Who wears the headset, as far as their own hands tell. */
export interface Self {
  readonly entity: number;
  readonly name: string;
  readonly role: string;
}

const UP = new THREE.Vector3(0, 1, 0);
const head = new THREE.Quaternion(), body = new THREE.Quaternion();
const shoulder = { at: new THREE.Vector3(), turn: body, restWrist: new THREE.Vector3(), restTurn: new THREE.Quaternion(), scale: 1 };

/** The wearer's own hands and forearms, in the figure that others see them in, and nothing else of themself. */
export class SelfHands {
  private readonly rows = new PoseRows(1);
  private readonly row: number;
  private readonly batch: Batch;
  private readonly left = new ArmPose(true);
  private readonly right = new ArmPose(false);
  private readonly material: THREE.ShaderMaterial;

  constructor(scene: THREE.Scene, self: Self, light: Light = CLINIC_LIGHT) {
    const look = lookOf(self.entity, self.name, self.role);
    this.row = this.rows.take(look.palette);
    this.material = figureMaterial(light);
    this.material.uniforms["rows"]!.value = this.rows.texture;
    this.batch = new Batch(`arms:${look.outfit}`, "near", this.material);
    this.batch.begin();
    this.batch.show(this.row);
    scene.add(this.batch.mesh);
  }

  /** @param headPosition - between the eyes, in the room; hands as in a `PersonView` */
  update(headPosition: ArrayLike<number>, headRotation: ArrayLike<number>, left: HandView, right: HandView): void {
    head.set(headRotation[0]!, headRotation[1]!, headRotation[2]!, headRotation[3]!);
    body.setFromAxisAngle(UP, yawOf(head));
    const seen = [0, 0] as [number, number];
    for (const side of [-1, 1] as const) {
      // Below and behind the eyes, where a body's shoulders are.
      shoulder.at.set(side * SHOULDER[0], SHOULDER[1] - NECK[1] - 0.14, 0.1).applyQuaternion(body);
      shoulder.at.x += headPosition[0]!;
      shoulder.at.y += headPosition[1]!;
      shoulder.at.z += headPosition[2]!;
      const arm = side < 0 ? this.left : this.right, view = side < 0 ? left : right;
      seen[side < 0 ? 0 : 1] = arm.poseHand(this.rows, this.row, view, shoulder) ? arm.seen : 0;
    }
    this.rows.setFades(this.row, seen[0], seen[1], 1);
    this.batch.end();
    this.batch.mesh.visible = seen[0] + seen[1] > 0;
    this.rows.texture.needsUpdate = true;
  }

  dispose(): void {
    this.batch.dispose();
    this.rows.dispose();
    this.material.dispose();
  }
}
