import * as THREE from "three";

import { Bone, REST, Slot } from "./body/bones";

/** Texels of a figure's row: three a bone, one a slot of the palette, and one of what fades. */
const PALETTE = Bone.count * 3;
const FADES = PALETTE + Slot.count;
const WIDTH = FADES + 1;
const basis = new THREE.Matrix4(), scratch = new THREE.Vector3(), stretch = new THREE.Vector3();

/**
 * The pose of every figure, one row each, in one texture that the shader reads: people who share a geometry share a draw call,
 * however each of them moves.
 */
export class PoseRows {
  texture: THREE.DataTexture;
  private data: Float32Array;
  private readonly free: number[] = [];
  private used = 0;

  constructor(private capacity = 32) {
    this.data = new Float32Array(WIDTH * 4 * capacity);
    this.texture = this.makeTexture();
  }

  /** A row for a figure of this palette. */
  take(palette: Float32Array): number {
    const row = this.free.pop() ?? this.used++;
    if (row >= this.capacity) this.enlarge();
    this.data.set(palette, (row * WIDTH + PALETTE) * 4);
    this.setFades(row, 1, 1, 1);
    return row;
  }

  give(row: number): void {
    this.free.push(row);
  }

  /**
   * Where a bone is, how it is turned from its rest and stretched along its own axes: its skin goes with it.
   *
   * @param size - along its axes; a vector, for numbers that are handed on are boxed, sixty times a figure
   */
  setBone(row: number, bone: number, at: THREE.Vector3, turn: THREE.Quaternion, size: THREE.Vector3): void {
    const { x, y, z, w } = turn;
    const { x: sx, y: sy, z: sz } = size;
    const rest = REST[bone]!;
    const x2 = x + x, y2 = y + y, z2 = z + z;
    const xx = x * x2, xy = x * y2, xz = x * z2, yy = y * y2, yz = y * z2, zz = z * z2, wx = w * x2, wy = w * y2, wz = w * z2;
    const m = this.data;
    const o = (row * WIDTH + bone * 3) * 4;
    m[o] = (1 - yy - zz) * sx; m[o + 1] = (xy - wz) * sy; m[o + 2] = (xz + wy) * sz;
    m[o + 4] = (xy + wz) * sx; m[o + 5] = (1 - xx - zz) * sy; m[o + 6] = (yz - wx) * sz;
    m[o + 8] = (xz - wy) * sx; m[o + 9] = (yz + wx) * sy; m[o + 10] = (1 - xx - yy) * sz;
    m[o + 3] = at.x - m[o] * rest[0] - m[o + 1]! * rest[1] - m[o + 2]! * rest[2];
    m[o + 7] = at.y - m[o + 4]! * rest[0] - m[o + 5]! * rest[1] - m[o + 6]! * rest[2];
    m[o + 11] = at.z - m[o + 8]! * rest[0] - m[o + 9]! * rest[1] - m[o + 10]! * rest[2];
  }

  /** How a bone is turned from its rest. */
  turnOf(row: number, bone: number, into: THREE.Quaternion): THREE.Quaternion {
    const m = this.data;
    const o = (row * WIDTH + bone * 3) * 4;
    basis.set(m[o]!, m[o + 1]!, m[o + 2]!, 0, m[o + 4]!, m[o + 5]!, m[o + 6]!, 0, m[o + 8]!, m[o + 9]!, m[o + 10]!, 0, 0, 0, 0, 1);
    basis.decompose(scratch, into, stretch);
    return into;
  }

  /** Where a bone's joint is. */
  placeOf(row: number, bone: number, into: THREE.Vector3): THREE.Vector3 {
    const m = this.data;
    const o = (row * WIDTH + bone * 3) * 4;
    const [x, y, z] = REST[bone]!;
    return into.set(
      m[o]! * x + m[o + 1]! * y + m[o + 2]! * z + m[o + 3]!,
      m[o + 4]! * x + m[o + 5]! * y + m[o + 6]! * z + m[o + 7]!,
      m[o + 8]! * x + m[o + 9]! * y + m[o + 10]! * z + m[o + 11]!,
    );
  }

  /** How much is seen of the left arm, of the right, and of the whole figure. */
  setFades(row: number, left: number, right: number, whole: number): void {
    const o = (row * WIDTH + FADES) * 4;
    this.data[o] = left;
    this.data[o + 1] = right;
    this.data[o + 2] = whole;
  }

  dispose(): void {
    this.texture.dispose();
  }

  private makeTexture(): THREE.DataTexture {
    const texture = new THREE.DataTexture(this.data, WIDTH, this.capacity, THREE.RGBAFormat, THREE.FloatType);
    texture.needsUpdate = true;
    return texture;
  }

  private enlarge(): void {
    this.capacity *= 2;
    const data = new Float32Array(WIDTH * 4 * this.capacity);
    data.set(this.data);
    this.data = data;
    this.texture.dispose();
    this.texture = this.makeTexture();
  }
}

export const LAYOUT = { palette: PALETTE, fades: FADES } as const;
