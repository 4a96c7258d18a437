/** Parts of a room with a name; where one is private, its edge shows on the floor to who comes near. */
import * as THREE from "three";
import type { Vec3, ZoneView } from "../world/model";
import { zoneAt } from "../world/zone";

const SEEN_FROM = 2.6;
const FULL_AT = 0.7;
const WIDTH = 0.05;

/** Metres to the nearest wall of the box, from inside or outside, on the floor. */
export function edgeDistance(box: readonly [Vec3, Vec3], at: Vec3): number {
  const dx = Math.max(box[0][0] - at[0], at[0] - box[1][0]);
  const dz = Math.max(box[0][2] - at[2], at[2] - box[1][2]);
  if (dx <= 0 && dz <= 0) return Math.min(-dx, -dz);
  return Math.hypot(Math.max(dx, 0), Math.max(dz, 0));
}

export class Zones {
  readonly root = new THREE.Group();
  /** Where the wearer is; null at large. */
  current: ZoneView | null = null;
  private readonly marked: { zone: ZoneView; mesh: THREE.Mesh; material: THREE.ShaderMaterial }[] = [];

  constructor(
    private readonly zones: readonly ZoneView[],
    bounds: readonly [Vec3, Vec3],
  ) {
    this.root.name = "zones";
    for (const zone of zones) {
      if (!zone.private) continue;
      const material = edgeMaterial();
      const mesh = new THREE.Mesh(edgeGeometry(zone.box, bounds), material);
      mesh.renderOrder = 2;
      mesh.visible = false;
      this.marked.push({ zone, mesh, material });
      this.root.add(mesh);
    }
  }

  /** True when the wearer is in another zone than before. */
  update(at: Vec3): boolean {
    for (const { zone, mesh, material } of this.marked) {
      const shown = Math.min(1, Math.max(0, (SEEN_FROM - edgeDistance(zone.box, at)) / (SEEN_FROM - FULL_AT)));
      mesh.visible = shown > 0;
      material.uniforms["shown"]!.value = shown;
    }
    const before = this.current;
    this.current = zoneAt(this.zones, at);
    return this.current !== before;
  }
}

/** A band along those edges of the box that lie in the room: along a wall there is nothing to cross. */
function edgeGeometry(box: readonly [Vec3, Vec3], bounds: readonly [Vec3, Vec3]): THREE.BufferGeometry {
  const [minX, , minZ] = box[0];
  const [maxX, , maxZ] = box[1];
  const floor = bounds[0][1] + 0.02;
  const positions: number[] = [];
  const along: number[] = [];
  const band = (x0: number, z0: number, x1: number, z1: number, axis: 0 | 2): void => {
    const corners = [[x0, z0], [x0, z1], [x1, z1], [x0, z0], [x1, z1], [x1, z0]] as const;
    for (const [x, z] of corners) {
      positions.push(x, floor, z);
      along.push(axis === 0 ? x : z);
    }
  };
  const within = (value: number, axis: 0 | 2): boolean => value > bounds[0][axis] + 0.15 && value < bounds[1][axis] - 0.15;
  for (const z of [minZ, maxZ]) if (within(z, 2)) band(minX - WIDTH, z - WIDTH, maxX + WIDTH, z + WIDTH, 0);
  for (const x of [minX, maxX]) if (within(x, 0)) band(x - WIDTH, minZ + WIDTH, x + WIDTH, maxZ - WIDTH, 2);
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.Float32BufferAttribute(positions, 3));
  geometry.setAttribute("along", new THREE.Float32BufferAttribute(along, 1));
  return geometry;
}

function edgeMaterial(): THREE.ShaderMaterial {
  return new THREE.ShaderMaterial({
    transparent: true,
    depthWrite: false,
    side: THREE.DoubleSide,
    uniforms: { shown: { value: 0 } },
    vertexShader: `
      attribute float along;
      varying float metres;
      void main() {
        metres = along;
        gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
      }`,
    fragmentShader: `
      varying float metres;
      uniform float shown;
      void main() {
        float dash = smoothstep(0.30, 0.34, abs(fract(metres * 2.5) - 0.5) * 2.0);
        gl_FragColor = vec4(0.05, 0.42, 0.45, shown * dash * 0.85);
      }`,
  });
}
