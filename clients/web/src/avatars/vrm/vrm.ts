import { VRMLoaderPlugin, VRMUtils } from "@pixiv/three-vrm";
import type { VRM } from "@pixiv/three-vrm";
import * as THREE from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";

import { EYE_HEIGHT } from "../body/bones";
import type { Figure } from "../pose/figure";
import type { PoseRows } from "../rows";
import type { Usage } from "./licence";
import { readLicence, refusal } from "./licence";
import { Skeleton } from "./skeleton";
import type { Wardrobe, WornFigure } from "./wardrobe";

/** What a headset draws for one person. */
const MOST_TRIANGLES = 40_000, MOST_DRAW_CALLS = 8, MOST_BYTES = 24 * 1024 * 1024;
const degrees = 180 / Math.PI;

/** One VRM 1.0 file on one person. */
export class VrmFigure implements WornFigure {
  readonly root: THREE.Object3D;
  readonly triangles: number;
  readonly drawCalls: number;
  private readonly skeleton: Skeleton;
  private readonly eyeHeight: number;

  constructor(private readonly vrm: VRM) {
    this.root = vrm.scene;
    this.root.rotation.y = Math.PI;
    let triangles = 0, drawCalls = 0;
    this.root.traverse((object) => {
      if (!(object instanceof THREE.Mesh)) return;
      const geometry = object.geometry as THREE.BufferGeometry;
      triangles += (geometry.index?.count ?? geometry.getAttribute("position").count) / 3;
      drawCalls += Array.isArray(object.material) ? object.material.length : 1;
      // Bounds are those of the rest pose, from which people walk away.
      object.frustumCulled = false;
    });
    this.triangles = triangles;
    this.drawCalls = drawCalls;
    this.root.updateMatrixWorld(true);
    const head = vrm.humanoid.getNormalizedBoneNode("head")?.getWorldPosition(new THREE.Vector3()).y ?? EYE_HEIGHT - 0.07;
    this.eyeHeight = Math.max(0.2, head + (vrm.lookAt?.offsetFromHeadBone.y ?? 0.07));
    this.skeleton = new Skeleton(vrm);
  }

  update(figure: Figure, rows: PoseRows, row: number, passed: number): void {
    this.root.scale.setScalar((EYE_HEIGHT * figure.scale) / this.eyeHeight);
    this.skeleton.follow(rows, row);
    this.express(figure);
    this.vrm.update(passed);
  }

  dispose(): void {
    this.root.removeFromParent();
    VRMUtils.deepDispose(this.root);
  }

  private express({ face }: Figure): void {
    const { expressionManager: expressions, lookAt } = this.vrm;
    if (expressions) {
      const shut = (side: 0 | 1): number => Math.max(0, face.blink[side]);
      if (expressions.getExpression("blinkLeft") && expressions.getExpression("blinkRight")) {
        expressions.setValue("blinkLeft", shut(0));
        expressions.setValue("blinkRight", shut(1));
      } else expressions.setValue("blink", (shut(0) + shut(1)) / 2);
      expressions.setValue("aa", Math.min(1, face.jaw));
      expressions.setValue("ou", Math.min(1, face.pucker));
      // A whole smile shuts the eyes of many figures.
      expressions.setValue("happy", Math.max(0, (face.smile[0] + face.smile[1]) / 2 - 0.3) * 0.7);
    }
    if (lookAt) {
      lookAt.yaw = face.lookAcross * degrees;
      lookAt.pitch = -face.lookUp * degrees;
    }
  }
}

/** Read a VRM 1.0 file; whether it may be shown is `refusal`'s to say. */
export async function loadVrm(file: ArrayBuffer): Promise<VrmFigure> {
  const loader = new GLTFLoader();
  loader.register((parser) => new VRMLoaderPlugin(parser));
  const gltf = await loader.parseAsync(file, "");
  return new VrmFigure(gltf.userData["vrm"] as VRM);
}

export interface WardrobeOptions {
  /** What the facility's use counts as; an organisation's unless said. */
  readonly usage?: Usage;
  readonly fetch?: (url: string) => Promise<ArrayBuffer>;
  /** Told, in words, of each look that is shown as the default instead, and why. */
  readonly refused?: (look: string, why: string) => void;
}

async function fetchFile(url: string): Promise<ArrayBuffer> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.arrayBuffer();
}

/** The looks that a facility lists, each a VRM 1.0 file at an address. */
export class VrmWardrobe implements Wardrobe {
  private readonly files = new Map<string, Promise<ArrayBuffer>>();

  constructor(private readonly looks: ReadonlyMap<string, string>, private readonly options: WardrobeOptions = {}) {}

  async wear(look: string): Promise<WornFigure | null> {
    const url = this.looks.get(look);
    if (url === undefined) return null;
    try {
      return await this.dress(look, url);
    } catch (error) {
      this.files.delete(look);
      console.warn(`the look ${look} cannot be drawn`, error);
      this.options.refused?.(look, "its file cannot be read");
      return null;
    }
  }

  private async dress(look: string, url: string): Promise<WornFigure | null> {
    let file = this.files.get(look);
    if (!file) this.files.set(look, (file = (this.options.fetch ?? fetchFile)(url)));
    const bytes = await file;
    const why = bytes.byteLength > MOST_BYTES ? "it is too large" : refusal(readLicence(bytes), this.options.usage ?? "corporation");
    if (why !== null) return this.refuse(look, why);
    const figure = await loadVrm(bytes);
    if (figure.triangles > MOST_TRIANGLES || figure.drawCalls > MOST_DRAW_CALLS) {
      figure.dispose();
      return this.refuse(look, "it is too heavy for a headset");
    }
    return figure;
  }

  private refuse(look: string, why: string): null {
    this.options.refused?.(look, why);
    return null;
  }
}
