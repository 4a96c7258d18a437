/** The scene of a room, from its glTF file. */
import * as THREE from "three";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import type { Footprint } from "./walkable";

export interface SceneParts {
  readonly root: THREE.Group;
  readonly solids: readonly Footprint[];
}

/** What scenes without `extras.solid` have that one walks through, over or along: bounds keep people off the walls. */
const PASSABLE = /^(floor|wall|rug|curtain|ceiling|light|window|door|display|board|poster|lamp|stage|step)/;
/** Lower things one steps over, and what hangs higher one walks under. */
const STEP = 0.15;
const HEAD_ROOM = 1.9;

export async function loadScene(url: string): Promise<SceneParts> {
  const gltf = await new GLTFLoader().loadAsync(url);
  const root = drawnOnce(gltf.scene);
  root.updateMatrixWorld(true);
  const solids = solidsOf(root);
  // Nothing of a room moves: its matrices are right for good.
  root.traverse((node) => {
    node.matrixAutoUpdate = false;
    node.matrixWorldAutoUpdate = false;
  });
  return { root, solids };
}

/** Glass that is seen from both sides is drawn in one pass: for two, its material would be made anew twice a picture. */
export function drawnOnce<Root extends THREE.Object3D>(root: Root): Root {
  root.traverse((node) => {
    if (!(node instanceof THREE.Mesh)) return;
    const { material } = node as THREE.Mesh;
    for (const each of Array.isArray(material) ? material : [material]) each.forceSinglePass = true;
  });
  return root;
}

/** Footprints of what one cannot walk through: what the scene says is solid, else its furniture by name. */
export function solidsOf(root: THREE.Object3D): Footprint[] {
  const told: Footprint[] = [];
  root.traverse((node) => {
    if (node.userData["solid"] === true) told.push(footprintOf(node));
  });
  if (told.length > 0) return told;
  const furniture: Footprint[] = [];
  for (const node of root.children) {
    if (PASSABLE.test(node.name)) continue;
    const box = new THREE.Box3().setFromObject(node);
    if (!box.isEmpty() && box.max.y > STEP && box.min.y < HEAD_ROOM) furniture.push(flat(box));
  }
  return furniture;
}

/** `extras.box` is in the room's metres, whatever the node's own place. */
function footprintOf(node: THREE.Object3D): Footprint {
  const box: unknown = node.userData["box"];
  if (isBox(box)) return { minX: box[0][0], minZ: box[0][2], maxX: box[1][0], maxZ: box[1][2] };
  return flat(new THREE.Box3().setFromObject(node));
}

function flat(box: THREE.Box3): Footprint {
  return { minX: box.min.x, minZ: box.min.z, maxX: box.max.x, maxZ: box.max.z };
}

type Corner = readonly [number, number, number];

function isBox(value: unknown): value is readonly [Corner, Corner] {
  const isCorner = (corner: unknown): boolean =>
    Array.isArray(corner) && corner.length === 3 && corner.every((x) => typeof x === "number" && Number.isFinite(x));
  return Array.isArray(value) && value.length === 2 && value.every(isCorner);
}
