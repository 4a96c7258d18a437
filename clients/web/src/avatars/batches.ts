import * as THREE from "three";

import { Clay } from "./clay/clay";
import type { Outfit } from "./body/clothes";
import { modelArms, modelBody } from "./body/clothes";
import type { Detail } from "./body/detail";
import type { HairStyle } from "./body/hair";
import { modelHair } from "./body/hair";
import { modelHand } from "./body/hand";
import { modelHead } from "./body/head";

/** What is modelled once and shared by everybody who wears it. */
export type Shape = `body:${Outfit}` | `hair:${HairStyle}` | `arms:${Outfit}`;

const models = new Map<string, THREE.InstancedBufferGeometry>();

/** A shape's geometry, without instances; modelled when it is first needed, and kept. */
export function modelOf(shape: Shape, detail: Detail): THREE.InstancedBufferGeometry {
  const name = `${shape}:${detail}`;
  const known = models.get(name);
  if (known) return known;
  const clay = new Clay();
  const [kind, style] = shape.split(":");
  if (kind === "hair") modelHair(clay, detail, style as HairStyle);
  else {
    if (kind === "arms") modelArms(clay, detail, style as Outfit);
    else {
      modelHead(clay, detail);
      modelBody(clay, detail, style as Outfit);
    }
    for (const left of [true, false]) modelHand(clay, detail, left);
  }
  const geometry = clay.build();
  models.set(name, geometry);
  return geometry;
}

export function trianglesOf(shape: Shape, detail: Detail): number {
  return (modelOf(shape, detail).index?.count ?? 0) / 3;
}

/** Everybody who shows the same shape at the same detail: one draw call. */
export class Batch {
  readonly mesh: THREE.Mesh<THREE.InstancedBufferGeometry, THREE.ShaderMaterial>;
  readonly triangles: number;
  count = 0;
  private rows: THREE.InstancedBufferAttribute;

  constructor(shape: Shape, detail: Detail, material: THREE.ShaderMaterial) {
    const model = modelOf(shape, detail);
    const geometry = new THREE.InstancedBufferGeometry();
    for (const [name, attribute] of Object.entries(model.attributes)) geometry.setAttribute(name, attribute);
    geometry.setIndex(model.index);
    this.rows = new THREE.InstancedBufferAttribute(new Float32Array(16), 1);
    geometry.setAttribute("row", this.rows);
    this.triangles = trianglesOf(shape, detail);
    this.mesh = new THREE.Mesh(geometry, material);
    this.mesh.name = `${shape}:${detail}`;
    // Where people are is known to the pose texture alone; the crowd leaves out who is out of view.
    this.mesh.frustumCulled = false;
    this.mesh.visible = false;
  }

  begin(): void {
    this.count = 0;
  }

  show(row: number): void {
    if (this.count === this.rows.count) this.enlarge();
    this.rows.array[this.count++] = row;
  }

  end(): void {
    this.mesh.visible = this.count > 0;
    this.mesh.geometry.instanceCount = this.count;
    if (this.count > 0) this.rows.needsUpdate = true;
  }

  dispose(): void {
    this.mesh.removeFromParent();
    this.mesh.geometry.dispose();
  }

  private enlarge(): void {
    const larger = new Float32Array(this.rows.count * 2);
    larger.set(this.rows.array);
    this.rows = new THREE.InstancedBufferAttribute(larger, 1);
    this.mesh.geometry.dispose();
    this.mesh.geometry.setAttribute("row", this.rows);
  }
}
