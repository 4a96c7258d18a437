import * as THREE from "three";

import type { Field, Point } from "./field";
import { clamp } from "./field";

/** Up to four bones and their weights, as `[bone, weight, bone, weight, ...]`. */
export type Skin = readonly number[];

/** For the third slot: nothing is there. */
export const NOTHING = 99;

/** How a part is coloured: three slots of the palette, the second where the first edge is positive, the third where the second is. */
export interface Paint {
  readonly slots: readonly [number, number?, number?];
  /** Signed distances, in metres, to the lines between the colours: drawn crisply however coarse the mesh is. */
  readonly edges?: (x: number, y: number, z: number, u: number, v: number) => readonly [number, number];
  /** What fades together: 0 nothing, 1 the left arm, 2 the right. */
  readonly group?: number;
}

/** A ring from whose centre rays are cast onto the field. */
export interface Ring {
  readonly centre: Point;
  /** Unit vectors: along the part, and where the ring starts. */
  readonly axis: Point;
  readonly start: Point;
  /** Radians by which the rays lean towards the axis: 0 for a tube, up to a quarter turn for the end of a balloon. */
  readonly tilt: number;
  /** How far out the surface may be. */
  readonly reach: number;
}

export interface Part {
  readonly rings: readonly Ring[];
  readonly segments: number;
  readonly field: Field;
  readonly skin: (x: number, y: number, z: number) => Skin;
  readonly paint: Paint;
  /** -1 to 1: how much closer the columns are where the rings start, or, below 0, opposite to that. */
  readonly focus?: number;
  /** What shades the part where it is near: the part's own field unless given. */
  readonly shade?: Field;
  /** A turn of the finished points, for what is modelled in another frame. */
  readonly place?: (point: THREE.Vector3) => void;
}

const probe = new THREE.Vector3();
const turned = new THREE.Vector3();

/** A mesh in the making: parts are cast onto fields and collected into one geometry. */
export class Clay {
  private readonly positions: number[] = [];
  private readonly normals: number[] = [];
  private readonly bones: number[] = [];
  private readonly weights: number[] = [];
  private readonly paints: number[] = [];
  private readonly edges: number[] = [];
  private readonly shades: number[] = [];
  private readonly index: number[] = [];

  get triangles(): number {
    return this.index.length / 3;
  }

  /** Cast a part's rings onto its field. */
  cast(part: Part): this {
    const { rings, segments } = part;
    const first = this.positions.length / 3;
    rings.forEach((ring, row) => {
      for (let column = 0; column <= segments; column++) this.castRay(part, ring, column / segments, row / (rings.length - 1));
    });
    for (let row = 0; row + 1 < rings.length; row++) {
      for (let column = 0; column < segments; column++) {
        const a = first + row * (segments + 1) + column;
        this.quad(a, a + 1, a + segments + 1, a + segments + 2);
      }
    }
    return this;
  }

  /** A sheet of `columns` by `rows` points that the caller places; its normals point as `normal` says. */
  sheet(
    columns: number, rows: number, at: (u: number, v: number) => Point, normal: (u: number, v: number) => Point,
    skin: (u: number, v: number) => Skin, paint: Paint,
  ): this {
    const first = this.positions.length / 3;
    for (let row = 0; row <= rows; row++) {
      for (let column = 0; column <= columns; column++) {
        const u = column / columns, v = row / rows;
        const p = at(u, v);
        this.push(p, normal(u, v), skin(u, v), paint, paint.edges?.(p[0], p[1], p[2], u, v) ?? [-1, -1], 1);
      }
    }
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const a = first + row * (columns + 1) + column;
        this.quad(a, a + 1, a + columns + 1, a + columns + 2);
      }
    }
    return this;
  }

  build(): THREE.InstancedBufferGeometry {
    const geometry = new THREE.InstancedBufferGeometry();
    geometry.setAttribute("position", new THREE.Float32BufferAttribute(this.positions, 3));
    geometry.setAttribute("normal", new THREE.BufferAttribute(new Int8Array(this.normals), 3, true));
    geometry.setAttribute("bones", new THREE.BufferAttribute(new Uint8Array(this.bones), 4));
    geometry.setAttribute("weights", new THREE.BufferAttribute(new Uint8Array(this.weights), 4, true));
    geometry.setAttribute("paint", new THREE.BufferAttribute(new Uint8Array(this.paints), 4));
    geometry.setAttribute("edges", new THREE.Float32BufferAttribute(this.edges, 2));
    geometry.setAttribute("shade", new THREE.BufferAttribute(new Uint8Array(this.shades), 1, true));
    geometry.setIndex(this.index);
    return geometry;
  }

  private castRay(part: Part, ring: Ring, u: number, v: number): void {
    const angle = u * 2 * Math.PI - (part.focus ?? 0) * Math.sin(u * 2 * Math.PI);
    const { axis, start, centre } = ring;
    const cos = Math.cos(angle) * Math.cos(ring.tilt), sin = Math.sin(angle) * Math.cos(ring.tilt), lean = Math.sin(ring.tilt);
    const ox = axis[1] * start[2] - axis[2] * start[1];
    const oy = axis[2] * start[0] - axis[0] * start[2];
    const oz = axis[0] * start[1] - axis[1] * start[0];
    const dx = start[0] * cos + ox * sin + axis[0] * lean;
    const dy = start[1] * cos + oy * sin + axis[1] * lean;
    const dz = start[2] * cos + oz * sin + axis[2] * lean;
    const t = surface(part.field, centre, dx, dy, dz, ring.reach);
    const p: Point = [centre[0] + dx * t, centre[1] + dy * t, centre[2] + dz * t];
    const n = gradient(part.field, p);
    const shade = occlusion(part.shade ?? part.field, p, n);
    const skin = part.skin(p[0], p[1], p[2]);
    const edges = part.paint.edges?.(p[0], p[1], p[2], u, v) ?? ([-1, -1] as const);
    if (!part.place) {
      this.push(p, n, skin, part.paint, edges, shade);
      return;
    }
    part.place(turned.set(p[0], p[1], p[2]));
    part.place(probe.set(p[0] + n[0], p[1] + n[1], p[2] + n[2]));
    probe.sub(turned);
    this.push([turned.x, turned.y, turned.z], [probe.x, probe.y, probe.z], skin, part.paint, edges, shade);
  }

  private push(p: Point, n: Point, skin: Skin, paint: Paint, edges: readonly [number, number], shade: number): void {
    const [a, b = a, c = b] = paint.slots;
    this.positions.push(...p);
    this.normals.push(...n.map((value) => Math.round(clamp(value, -1, 1) * 127)));
    let rest = 255;
    for (let slot = 0; slot < 4; slot++) {
      // The last bone takes what rounding left, so that weights always add up to one.
      const last = slot * 2 + 2 >= skin.length;
      const weight = last ? rest : Math.min(rest, Math.round((skin[slot * 2 + 1] ?? 0) * 255));
      this.bones.push(skin[slot * 2] ?? 0);
      this.weights.push(weight);
      rest -= weight;
    }
    this.paints.push(a, b, c, paint.group ?? 0);
    this.edges.push(...edges);
    this.shades.push(Math.round(clamp(shade, 0, 1) * 255));
  }

  private quad(a: number, b: number, c: number, d: number): void {
    this.index.push(a, b, c, b, d, c);
  }
}

/** The outermost place of the field along a ray, as a distance from its start. */
function surface(field: Field, from: Point, dx: number, dy: number, dz: number, reach: number): number {
  let t = reach;
  for (let step = 0; step < 40 && t > 0.001; step++) {
    const distance = field(from[0] + dx * t, from[1] + dy * t, from[2] + dz * t);
    if (distance < 0.0002) break;
    t -= distance * 0.9;
  }
  return Math.max(t, 0.001);
}

function gradient(field: Field, p: Point): Point {
  const e = 0.0015;
  const x = field(p[0] + e, p[1], p[2]) - field(p[0] - e, p[1], p[2]);
  const y = field(p[0], p[1] + e, p[2]) - field(p[0], p[1] - e, p[2]);
  const z = field(p[0], p[1], p[2] + e) - field(p[0], p[1], p[2] - e);
  const length = Math.hypot(x, y, z) || 1;
  return [x / length, y / length, z / length];
}

/** How open the surroundings are, 0 to 1: less in folds and under chins. */
function occlusion(field: Field, p: Point, n: Point): number {
  let open = 1;
  for (let step = 1; step <= 5; step++) {
    const h = 0.011 * step;
    const free = field(p[0] + n[0] * h, p[1] + n[1] * h, p[2] + n[2] * h);
    open -= (Math.max(0, h - free) / h) * 0.42 * 0.72 ** step;
  }
  return open;
}

/** Rings along a straight line; `reach` and shape come from the field. */
export function tube(from: Point, to: Point, count: number, reach: number, start: Point): Ring[] {
  const axis = direction(from, to);
  return Array.from({ length: count }, (_, i) => {
    const t = i / (count - 1);
    const centre: Point = [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t, from[2] + (to[2] - from[2]) * t];
    return { centre, axis, start, tilt: 0, reach };
  });
}

/** Rings that close a tube at its end, or, from -90 degrees on, a whole balloon. */
export function dome(centre: Point, axis: Point, start: Point, fromDegrees: number, toDegrees: number, count: number, reach: number): Ring[] {
  return Array.from({ length: count }, (_, i) => {
    const degrees = fromDegrees + ((toDegrees - fromDegrees) * i) / Math.max(1, count - 1);
    return { centre, axis, start, tilt: (degrees * Math.PI) / 180, reach };
  });
}

export function direction(from: Point, to: Point): Point {
  const x = to[0] - from[0], y = to[1] - from[1], z = to[2] - from[2];
  const length = Math.hypot(x, y, z) || 1;
  return [x / length, y / length, z / length];
}
