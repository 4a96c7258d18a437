/** Props and panels in sight, and the mark on what is in reach. */
import * as THREE from "three";
import type { Place as Pose, ThingView } from "../world/model";
import { disposeTree } from "./disposal";
import { NOTE, plate } from "./lettering";
import { standInPanel, standInProp, type Models } from "./models";
import { page, type Face } from "./page";

/** Where the wearer's own client holds a thing now; null where it does not. */
export type Carried = (entity: number) => Pose | null;

interface Shown {
  readonly thing: ThingView;
  readonly node: THREE.Group;
  radius: number;
  middle: THREE.Vector3;
  lowest: number;
  /** Its look was made for it alone, not for others of its model too. */
  standIn: boolean;
  /** Where a text stands on it; null until it has its look. */
  face: Face | null;
  /** What stands on it, and that as it is shown. */
  text: string;
  page: THREE.Mesh | null;
}

/** Of a panel's front, what a text may cover; how far before it, m. */
const COVERED = 0.93;
const BEFORE = 0.004;

export class Things {
  readonly root = new THREE.Group();
  private readonly shown = new Map<number, Shown>();
  private readonly mark = new Mark();
  private readonly ball = new THREE.Sphere();
  private readonly hit = new THREE.Vector3();

  constructor(private readonly models: Models) {
    this.root.name = "things";
    this.root.add(this.mark.root);
  }

  /** `text`: what stands on it, "" for nothing. */
  add(thing: ThingView, text = ""): void {
    this.remove(thing.entity);
    const node = new THREE.Group();
    node.name = `thing-${thing.entity}`;
    const shown: Shown = { thing, node, radius: 0.15, middle: new THREE.Vector3(), lowest: 0, standIn: false, face: null, text, page: null };
    this.shown.set(thing.entity, shown);
    this.root.add(node);
    void this.dress(shown);
  }

  remove(entity: number): void {
    const shown = this.shown.get(entity);
    if (shown === undefined) return;
    this.root.remove(shown.node);
    this.wipe(shown);
    if (shown.standIn) disposeTree(shown.node);
    this.shown.delete(entity);
    this.mark.leave(entity);
  }

  /** Let a text stand on a panel; "" for none. */
  write(entity: number, text: string): void {
    const shown = this.shown.get(entity);
    if (shown === undefined) return;
    shown.text = text;
    this.letter(shown);
  }

  /** Mark a thing as what would be taken now, with a word on how; null for none. */
  highlight(entity: number | null, hint: string): void {
    const shown = entity === null ? undefined : this.shown.get(entity);
    if (shown === undefined) this.mark.hide();
    else this.mark.show(shown.thing.entity, hint === "" ? shown.thing.name : `${shown.thing.name} · ${hint}`);
  }

  update(seconds: number, camera: THREE.Camera, carried: Carried): void {
    for (const shown of this.shown.values()) {
      const { thing, node } = shown;
      const own = carried(thing.entity);
      node.visible = thing.shown || own !== null;
      if (own === null) {
        node.position.fromArray(thing.position);
        node.quaternion.fromArray(thing.rotation);
      } else {
        node.position.set(own.position[0], own.position[1], own.position[2]);
        node.quaternion.set(own.rotation[0], own.rotation[1], own.rotation[2], own.rotation[3]);
      }
      if (thing.entity === this.mark.entity) this.mark.place(seconds, camera, node, shown.middle, shown.radius);
    }
  }

  /** The first thing within a spread around a ray that may be taken; 0 for none. */
  along(ray: THREE.Ray, farthest: number, spread: number): number {
    let best = 0;
    let least = farthest;
    for (const { thing, node, middle, radius } of this.shown.values()) {
      if (!node.visible || !thing.grabbable) continue;
      this.ball.center.copy(middle).applyQuaternion(node.quaternion).add(node.position);
      const distance = this.ball.center.distanceTo(ray.origin);
      this.ball.radius = Math.max(radius, 0.05) + spread * distance;
      if (distance < least && (this.ball.containsPoint(ray.origin) || ray.intersectSphere(this.ball, this.hit) !== null)) {
        best = thing.entity;
        least = distance;
      }
    }
    return best;
  }

  /** The thing whose surface is nearest to a point, within a distance; 0 for none. */
  near(point: THREE.Vector3, farthest: number): number {
    let best = 0;
    let least = farthest;
    for (const { thing, node, middle, radius } of this.shown.values()) {
      if (!node.visible || !thing.grabbable) continue;
      this.hit.copy(middle).applyQuaternion(node.quaternion).add(node.position);
      const distance = Math.max(0, this.hit.distanceTo(point) - radius);
      if (distance < least) {
        best = thing.entity;
        least = distance;
      }
    }
    return best;
  }

  /** For shadows: where each thing's lowest point is, and how wide it is. */
  eachOnFloor(tell: (x: number, lowest: number, z: number, radius: number) => void): void {
    for (const { thing, node, radius, lowest } of this.shown.values()) {
      if (node.visible && thing.kind === "prop") tell(node.position.x, node.position.y + lowest, node.position.z, radius);
    }
  }

  /** Metres from a thing's origin down to its lowest point when it stands upright; 0 for what is not in sight. */
  standing(entity: number): number {
    return -(this.shown.get(entity)?.lowest ?? 0);
  }

  private async dress(shown: Shown): Promise<void> {
    const { thing } = shown;
    const model = await this.models.get(thing.model);
    // It may have left while its model was under way.
    if (this.shown.get(thing.entity) !== shown) return;
    shown.standIn = model === null;
    const look = model ?? (thing.kind === "panel" ? standInPanel(thing.name) : standInProp(thing.name));
    const box = new THREE.Box3().setFromObject(look);
    const size = box.getSize(new THREE.Vector3());
    box.getCenter(shown.middle);
    shown.radius = Math.max(size.x, size.y, size.z) / 2;
    shown.lowest = box.min.y;
    shown.face = { width: size.x * COVERED, height: size.y * COVERED, middle: [shown.middle.x, shown.middle.y, box.min.z - BEFORE] };
    shown.node.add(look);
    this.letter(shown);
  }

  private letter(shown: Shown): void {
    this.wipe(shown);
    const { thing, face, text } = shown;
    if (thing.kind !== "panel" || face === null || text.trim() === "") return;
    shown.page = page(thing.name, text, face);
    shown.node.add(shown.page);
  }

  private wipe(shown: Shown): void {
    if (shown.page === null) return;
    shown.page.removeFromParent();
    disposeTree(shown.page);
    shown.page = null;
  }
}

/** A ring around a thing that faces the eye, and its name above. */
class Mark {
  readonly root = new THREE.Group();
  entity = 0;
  private readonly ring: THREE.Mesh<THREE.RingGeometry, THREE.MeshBasicMaterial>;
  private label: THREE.Mesh | null = null;
  private text = "";

  constructor() {
    const material = new THREE.MeshBasicMaterial({ color: 0x1fb5a6, transparent: true, opacity: 0.9, depthTest: false, toneMapped: false });
    this.ring = new THREE.Mesh(new THREE.RingGeometry(1, 1.07, 48), material);
    this.ring.renderOrder = 10;
    this.root.visible = false;
    this.root.add(this.ring);
  }

  show(entity: number, text: string): void {
    this.entity = entity;
    if (text === this.text) return;
    this.text = text;
    this.drop();
    this.label = plate(text, NOTE, 1);
    this.label.renderOrder = 11;
    (this.label.material as THREE.MeshBasicMaterial).depthTest = false;
    this.root.add(this.label);
  }

  hide(): void {
    this.entity = 0;
    this.root.visible = false;
  }

  leave(entity: number): void {
    if (this.entity === entity) this.hide();
  }

  place(seconds: number, camera: THREE.Camera, node: THREE.Object3D, middle: THREE.Vector3, radius: number): void {
    this.root.visible = node.visible;
    this.root.position.copy(middle).applyQuaternion(node.quaternion).add(node.position);
    this.root.quaternion.setFromRotationMatrix(camera.matrixWorld);
    const around = Math.max(0.06, radius * 1.25);
    this.ring.scale.setScalar(around * (1 + 0.03 * Math.sin(seconds * 4)));
    if (this.label === null) return;
    // As large as it can be read, near and far.
    const height = 0.028 * Math.max(0.8, this.root.position.distanceTo(camera.getWorldPosition(EYE)));
    this.label.scale.setScalar(height);
    this.label.position.set(0, around * 1.07 + height, 0);
  }

  private drop(): void {
    if (this.label === null) return;
    this.root.remove(this.label);
    disposeTree(this.label);
  }
}

const EYE = new THREE.Vector3();
