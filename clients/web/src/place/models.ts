/** What things look like: models from the front desk, and a plain designed stand-in where there is none. */
import * as THREE from "three";
import { RoundedBoxGeometry } from "three/examples/jsm/geometries/RoundedBoxGeometry.js";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { disposeTree } from "./disposal";
import { NOTE, plate } from "./lettering";
import { drawnOnce } from "./scene";

/** A model's name as a file's name: what else a name may hold must not lead elsewhere. */
const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;

export class Models {
  private readonly loader = new GLTFLoader();
  private readonly loaded = new Map<string, Promise<THREE.Object3D | null>>();

  /** `baseUrl` is the front desk's, with a slash at its end. */
  constructor(private readonly baseUrl: string) {}

  /** The model, a copy for each who asks; null where there is none. Fetched once. */
  async get(name: string): Promise<THREE.Object3D | null> {
    if (!NAME.test(name)) return null;
    let model = this.loaded.get(name);
    if (model === undefined) {
      model = this.fetch(name);
      this.loaded.set(name, model);
    }
    // Geometries and materials stay shared between the copies.
    return (await model)?.clone() ?? null;
  }

  /** Give back the originals: their copies, in sight or not, share all that the graphics card holds. */
  dispose(): void {
    for (const model of this.loaded.values()) void model.then((root) => { if (root !== null) disposeTree(root); });
    this.loaded.clear();
  }

  private async fetch(name: string): Promise<THREE.Object3D | null> {
    try {
      return drawnOnce((await this.loader.loadAsync(`${this.baseUrl}v1/scenes/models/${name}.glb`)).scene);
    } catch {
      // A facility may name things that it has no model of; the stand-in shows that something is there.
      return null;
    }
  }
}

/** A rounded box with a teal lid and the thing's name, its lowest point at the origin. */
export function standInProp(name: string, size = 0.16): THREE.Object3D {
  const group = new THREE.Group();
  const body = new THREE.Mesh(new RoundedBoxGeometry(size, size * 0.7, size, 3, size * 0.12), porcelain());
  body.position.y = size * 0.35;
  const lid = new THREE.Mesh(new RoundedBoxGeometry(size * 1.03, size * 0.16, size * 1.03, 2, size * 0.06), teal());
  lid.position.y = size * 0.66;
  group.add(body, lid);
  for (const turn of [0, Math.PI]) {
    const label = plate(name, NOTE, size * 0.16);
    label.scale.setScalar(Math.min(1, (size * 0.86) / width(label)));
    label.rotation.y = turn;
    label.position.set(0, size * 0.32, (turn === 0 ? 1 : -1) * (size / 2 + 0.002));
    group.add(label);
  }
  return group;
}

/** A screen with its name, hanging in the air at its middle, seen from -Z as the models of panels are. */
export function standInPanel(name: string): THREE.Object3D {
  const group = new THREE.Group();
  const front = new THREE.Group();
  front.rotation.y = Math.PI;
  const frame = new THREE.Mesh(new RoundedBoxGeometry(0.9, 0.58, 0.04, 2, 0.018), slate());
  const screen = new THREE.Mesh(new THREE.PlaneGeometry(0.84, 0.52), new THREE.MeshBasicMaterial({ color: 0x103a40, toneMapped: false }));
  screen.position.z = 0.0205;
  const title = plate(name, { ink: "#dff6f3", ground: "", weight: 600 }, 0.085);
  title.scale.setScalar(Math.min(1, 0.78 / width(title)));
  title.position.set(0, 0.18, 0.022);
  front.add(frame, screen, title, trace());
  group.add(front);
  return group;
}

/** A line as a monitor draws it, so that a screen without content looks switched on rather than broken. */
function trace(): THREE.Line {
  const points: THREE.Vector3[] = [];
  for (let i = 0; i <= 160; i++) {
    const beat = ((i / 40) % 1) - 0.4;
    const wave = (at: number, width: number): number => Math.exp(-(((beat - at) / width) ** 2));
    const spike = wave(0, 0.02) - 0.3 * wave(0.05, 0.02) + 0.18 * wave(0.25, 0.05);
    points.push(new THREE.Vector3(-0.36 + (0.72 * i) / 160, -0.06 + 0.16 * spike, 0.022));
  }
  return new THREE.Line(
    new THREE.BufferGeometry().setFromPoints(points),
    new THREE.LineBasicMaterial({ color: 0x7fe3d4, toneMapped: false }),
  );
}

function width(mesh: THREE.Mesh): number {
  mesh.geometry.computeBoundingBox();
  return 2 * mesh.geometry.boundingBox!.max.x;
}

function porcelain(): THREE.Material {
  return new THREE.MeshStandardMaterial({ color: 0xf4f1ea, roughness: 0.6 });
}

function teal(): THREE.Material {
  return new THREE.MeshStandardMaterial({ color: 0x2f8f8a, roughness: 0.5 });
}

function slate(): THREE.Material {
  return new THREE.MeshStandardMaterial({ color: 0x2b3438, roughness: 0.5 });
}
