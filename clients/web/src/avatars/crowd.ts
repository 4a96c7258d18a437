import * as THREE from "three";

import type { PersonView } from "../world/model";
import { Batch } from "./batches";
import type { Shape } from "./batches";
import type { Detail } from "./body/detail";
import { lookOf } from "./look";
import type { Look } from "./look";
import { CLINIC_LIGHT, figureMaterial } from "./material";
import type { Light } from "./material";
import { Figure } from "./pose/figure";
import type { Moment } from "./pose/moment";
import { PoseRows } from "./rows";
import { Shadows } from "./shadows";
import { Tag, Tags } from "./tags";
import type { Wardrobe, WornFigure } from "./vrm/wardrobe";

export interface CrowdOptions {
  /** The height of the floor that people stand on; 0 unless given. */
  readonly floor?: number;
  readonly light?: Light;
  /** How many are shown with fingers and a face, and how many more simplified; others as silhouettes. */
  readonly near?: number;
  readonly mid?: number;
  readonly tags?: boolean;
  /** Where looks other than the default come from. */
  readonly wardrobe?: Wardrobe;
}

/** What the last update shows. */
export interface Counts {
  readonly people: number;
  readonly inView: number;
  readonly near: number;
  readonly mid: number;
  readonly far: number;
  /** How many wear a look that is a file. */
  readonly worn: number;
  readonly drawCalls: number;
  readonly triangles: number;
}

interface Worn {
  readonly body: Batch;
  readonly hair: Batch;
}

interface Member {
  readonly person: PersonView;
  readonly look: Look;
  readonly figure: Figure;
  readonly row: number;
  readonly tag: Tag | null;
  readonly batches: Partial<Record<Detail, Worn>>;
  worn: WornFigure | null;
  distance: number;
  detail: Detail;
  posed: boolean;
  /** Seconds since it was posed. */
  waited: number;
}

const NEAR_WITHIN = 4.5, MID_WITHIN = 10;
const HYSTERESIS = 1.12;
const ATTENTION = 4;
const FAR_EVERY = 3;

/** Everybody in sight, drawn: give it who enters and leaves, and call `update` once a frame after the room's `sample`. */
export class Crowd {
  private readonly members: Member[] = [];
  private readonly batches = new Map<string, Batch>();
  /** The same, to be walked through by index: with each picture, iterators would be garbage. */
  private readonly drawn: Batch[] = [];
  private readonly rows = new PoseRows();
  private readonly material: THREE.ShaderMaterial;
  private readonly shadows = new Shadows();
  private readonly tags: Tags | null;
  private readonly moment: Moment;
  private readonly frustum = new THREE.Frustum();
  private readonly matrix = new THREE.Matrix4();
  private readonly eye = new THREE.Vector3();
  private readonly sphere = new THREE.Sphere(new THREE.Vector3(), 1.15);
  private last = NaN;
  private passed = NaN;
  private frame = 0;
  private readonly tally = { people: 0, inView: 0, near: 0, mid: 0, far: 0, worn: 0, drawCalls: 0, triangles: 0 };

  constructor(private readonly scene: THREE.Scene, private readonly options: CrowdOptions = {}) {
    this.material = figureMaterial(options.light ?? CLINIC_LIGHT);
    this.moment = { seconds: NaN, passed: NaN, floor: options.floor ?? 0 };
    this.tags = options.tags === false ? null : new Tags();
    scene.add(this.shadows.mesh);
    if (this.tags) scene.add(this.tags.mesh);
  }

  add(person: PersonView): void {
    this.remove(person.entity);
    const look = lookOf(person.entity, person.name, person.role);
    const tag = this.tags && new Tag(person.name, person.role);
    const member: Member = { person, look, figure: new Figure(person), row: this.rows.take(look.palette), tag, batches: {}, worn: null, distance: 0, detail: "far", posed: false, waited: 0 };
    this.members.push(member);
    void this.options.wardrobe?.wear(person.look).then((worn) => {
      if (!worn) return;
      // Who left while the file was on its way is not brought back by it.
      if (!this.members.includes(member)) worn.dispose();
      else {
        member.worn = worn;
        this.scene.add(worn.root);
      }
    });
  }

  remove(entity: number): void {
    const index = this.members.findIndex(({ person }) => person.entity === entity);
    if (index < 0) return;
    const [member] = this.members.splice(index, 1);
    if (member!.tag) this.tags?.drop(member!.tag);
    member!.worn?.dispose();
    this.rows.give(member!.row);
  }

  /** Nobody sways or breathes while they stand. */
  still = false;

  /** @param now - milliseconds, of any steady clock */
  update(now: number, camera: THREE.Camera): void {
    const seconds = now / 1000;
    const passed = Number.isNaN(this.last) ? 0 : Math.min(0.1, Math.max(0, seconds - this.last));
    this.last = seconds;
    this.frame++;
    this.begin(camera);
    this.sort();
    const speaker = this.loudest();
    this.moment.seconds = seconds;
    this.passed = passed;
    for (let i = 0; i < this.members.length; i++) this.show(this.members[i]!, speaker);
    this.end();
  }

  counts(): Counts {
    return this.tally;
  }

  dispose(): void {
    while (this.members.length > 0) this.remove(this.members[0]!.person.entity);
    for (const batch of this.batches.values()) batch.dispose();
    this.batches.clear();
    this.drawn.length = 0;
    this.shadows.dispose();
    this.tags?.dispose();
    this.rows.dispose();
    this.material.dispose();
  }

  private begin(camera: THREE.Camera): void {
    camera.updateMatrixWorld();
    this.eye.setFromMatrixPosition(camera.matrixWorld);
    this.frustum.setFromProjectionMatrix(this.matrix.multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse));
    for (let i = 0; i < this.drawn.length; i++) this.drawn[i]!.begin();
    this.shadows.begin();
    this.tags?.begin(camera);
    const { tally } = this;
    tally.people = this.members.length;
    tally.inView = tally.near = tally.mid = tally.far = tally.worn = tally.drawCalls = tally.triangles = 0;
  }

  /** Nearest first; from one frame to the next hardly anything changes places, so insertion is cheap. */
  private sort(): void {
    const { members, eye } = this;
    for (let i = 0; i < members.length; i++) {
      const member = members[i]!;
      member.figure.eyes.fromArray(member.person.head.position);
      member.distance = member.figure.eyes.distanceTo(eye);
      let place = i;
      while (place > 0 && members[place - 1]!.distance > member.distance) {
        members[place] = members[place - 1]!;
        place--;
      }
      members[place] = member;
    }
  }

  private loudest(): Member | null {
    let found: Member | null = null;
    let most = 0;
    for (let i = 0; i < this.members.length; i++) {
      const { speaking, voice } = this.members[i]!.person;
      if (!speaking || voice <= most) continue;
      found = this.members[i]!;
      most = voice;
    }
    return found;
  }

  private show(member: Member, speaker: Member | null): void {
    const { person, figure, tag, worn } = member;
    this.sphere.center.fromArray(person.head.position).y -= 0.6;
    if (person.head.presence <= 0 || !this.frustum.intersectsSphere(this.sphere)) {
      if (worn) worn.root.visible = false;
      return;
    }
    this.tally.inView++;
    const attention = speaker && speaker !== member ? speaker.figure.eyes : member.distance < ATTENTION ? this.eye : null;
    member.waited += this.passed;
    if (this.isDue(member)) {
      figure.still = this.still;
      this.moment.passed = member.waited;
      figure.pose(this.rows, member.row, person, this.moment, attention);
      member.waited = 0;
      member.posed = true;
    }
    if (worn) this.wear(worn, member);
    else this.draw(member);
    this.shadows.add(figure);
    if (tag) this.tags?.show(tag, figure.crown, person);
  }

  /** Silhouettes move at a third of the frames, each in its turn. */
  private isDue({ detail, posed, row }: Member): boolean {
    return !posed || detail !== "far" || (this.frame + row) % FAR_EVERY === 0;
  }

  private wear(worn: WornFigure, { figure, row }: Member): void {
    worn.root.visible = true;
    worn.update(figure, this.rows, row, this.passed);
    this.tally.worn++;
    this.tally.drawCalls += worn.drawCalls;
    this.tally.triangles += worn.triangles;
  }

  private draw(member: Member): void {
    member.detail = this.detailOf(member);
    this.tally[member.detail]++;
    const worn = (member.batches[member.detail] ??= this.batchesOf(member.look, member.detail));
    worn.body.show(member.row);
    worn.hair.show(member.row);
  }

  /** By distance, and by rank where many are near: called from the nearest on. */
  private detailOf({ distance, detail }: Member): Detail {
    const { near = 6, mid = 12 } = this.options;
    if (this.tally.near < near && distance < NEAR_WITHIN * (detail === "near" ? HYSTERESIS : 1)) return "near";
    return this.tally.mid < mid && distance < MID_WITHIN * (detail === "far" ? 1 : HYSTERESIS) ? "mid" : "far";
  }

  /** Looked up by name once for each detail: a name put together anew with each picture would be garbage. */
  private batchesOf({ outfit, hair }: Look, detail: Detail): Worn {
    return { body: this.batch(`body:${outfit}`, detail), hair: this.batch(`hair:${hair}`, detail) };
  }

  private batch(shape: Shape, detail: Detail): Batch {
    const name = `${shape}:${detail}`;
    let batch = this.batches.get(name);
    if (!batch) {
      batch = new Batch(shape, detail, this.material);
      this.batches.set(name, batch);
      this.drawn.push(batch);
      this.scene.add(batch.mesh);
      batch.begin();
    }
    return batch;
  }

  private end(): void {
    for (let i = 0; i < this.drawn.length; i++) {
      const batch = this.drawn[i]!;
      batch.end();
      if (batch.count === 0) continue;
      this.tally.drawCalls++;
      this.tally.triangles += batch.triangles * batch.count;
    }
    this.shadows.end();
    if (this.shadows.mesh.visible) {
      this.tally.drawCalls++;
      this.tally.triangles += 2 * this.shadows.mesh.count;
    }
    this.moment.passed = this.passed;
    this.tags?.end(this.moment);
    if (this.tags?.mesh.visible === true) {
      this.tally.drawCalls++;
      this.tally.triangles += 2 * this.tags.count;
    }
    this.material.uniforms["rows"]!.value = this.rows.texture;
    this.rows.texture.needsUpdate = true;
  }
}
