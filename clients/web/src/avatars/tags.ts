import * as THREE from "three";

import type { PersonView } from "../world/model";
import { keepApart, project, type Plate } from "./apart";
import { clamp } from "./clay/field";
import { HEIGHT, MARGIN, Plates, WIDTH, type NamePlate } from "./plates";

/** Tags are read from 1 to 10 m and gone beyond this. */
const FADE_FROM = 11, FADE_TO = 15;
/** How soon a tag goes where it should be, per second. */
const PACE = 9;
/** Numbers of an instance: where it is and how high; its voice, signing, opacity and lift; its layer and where its bars begin. */
const STRIDE = 10;
const SHOWN_FROM = 0.01;
/** How much of its layer's height a plate has. */
const PLATE = 1 - (2 * MARGIN) / HEIGHT;

const VERTEX = /* glsl */ `
attribute vec4 anchor;
attribute vec4 state;
attribute vec2 drawn;
varying vec2 vAt;
varying vec4 vState;
varying vec2 vDrawn;
void main() {
  vAt = uv;
  vState = state;
  vDrawn = drawn;
  vec4 centre = viewMatrix * vec4(anchor.xyz, 1.0);
  centre.xy += vec2(position.x * ${(WIDTH / HEIGHT).toFixed(1)}, position.y + 0.5 + state.w) * anchor.w;
  gl_Position = projectionMatrix * centre;
}`;

const FRAGMENT = /* glsl */ `
uniform sampler2DArray map;
uniform float time;
varying vec2 vAt;
varying vec4 vState;
varying vec2 vDrawn;
void main() {
  float level = vState.x, signing = vState.y;
  vec4 colour = texture(map, vec3(vAt.x, 1.0 - vAt.y, floor(vDrawn.x + 0.5)));
  // Five bars beside the name that move with the voice; a hand's amber while somebody signs.
  vec2 p = vec2((vAt.x - vDrawn.y) * ${(WIDTH / HEIGHT).toFixed(1)}, vAt.y - 0.5);
  float bar = floor(p.x / 0.075);
  if (bar >= 0.0 && bar < 5.0 ) {
    float within = abs(fract(p.x / 0.075) - 0.5) * 0.075;
    float tall = 0.012 + 0.24 * level * (0.45 + 0.55 * sin(time * (7.0 + bar * 1.7) + bar * 2.1)) * (1.0 - abs(bar - 2.0) * 0.2) + 0.1 * signing;
    float inside = (1.0 - smoothstep(0.016, 0.024, within)) * (1.0 - smoothstep(tall - 0.015, tall + 0.015, abs(p.y)));
    colour.rgb = mix(colour.rgb, mix(mix(vec3(0.2, 0.27, 0.32), vec3(0.12, 0.82, 0.55), min(1.0, level * 8.0)), vec3(1.0, 0.72, 0.2), signing), inside);
    colour.a = max(colour.a, inside);
  }
  gl_FragColor = vec4(colour.rgb, colour.a * vState.z);
  #include <colorspace_fragment>
}`;

/** A name over a head. */
export class Tag implements Plate {
  distance = NaN;
  across = NaN;
  halfWidth = NaN;
  bottom = NaN;
  tall = NaN;
  placed = NaN;
  lift = 0;
  wish = 0;
  fits = true;
  readonly anchor = new THREE.Vector3();
  height = NaN;
  level = 0;
  signing = false;
  /** By presence and distance, and by whether there is room. */
  opacity = NaN;
  room = 1;
  plate: NamePlate | null = null;
  /** The last picture that it was in. */
  seenIn = -1;

  constructor(readonly name: string, readonly role: string) {}
}

/** Names over heads: constant-ish on the screen, facing whoever looks, never before a face nor over each other. One draw call for all. */
export class Tags {
  readonly mesh: THREE.Mesh<THREE.InstancedBufferGeometry, THREE.ShaderMaterial>;
  count = 0;
  private readonly plates = new Plates();
  private readonly shown: Tag[] = [];
  private instances: THREE.InstancedInterleavedBuffer;
  private readonly eye = new THREE.Vector3();
  private readonly size = { width: NaN, height: NaN };
  private readonly view = new THREE.Matrix4();
  private picture = 0;
  /** Of the way that tags go in this picture. */
  private share = 1;

  constructor(capacity = 32) {
    const plane = new THREE.PlaneGeometry(1, 1);
    const geometry = new THREE.InstancedBufferGeometry();
    geometry.setIndex(plane.index);
    for (const name of ["position", "uv"] as const) geometry.setAttribute(name, plane.getAttribute(name));
    const uniforms = { map: { value: this.plates.texture }, time: { value: 0 } };
    this.mesh = new THREE.Mesh(geometry, new THREE.ShaderMaterial({ vertexShader: VERTEX, fragmentShader: FRAGMENT, uniforms, transparent: true, depthWrite: false }));
    this.mesh.frustumCulled = false;
    this.mesh.renderOrder = 10;
    this.mesh.visible = false;
    this.instances = this.makeInstances(capacity);
  }

  begin(camera: THREE.Camera): void {
    this.count = 0;
    this.picture++;
    this.view.copy(camera.matrixWorldInverse);
    this.eye.setFromMatrixPosition(camera.matrixWorld);
  }

  /** @param crown - above the head */
  show(tag: Tag, crown: THREE.Vector3, person: PersonView): void {
    const distance = crown.distanceTo(this.eye), voice = person.speaking ? Math.max(0.25, person.voice) : 0;
    tag.level += (voice - tag.level) * 0.3;
    tag.opacity = person.head.presence * (1 - clamp((distance - FADE_FROM) / (FADE_TO - FADE_FROM), 0, 1));
    if (tag.opacity <= SHOWN_FROM) return;
    // Drawn when it is first read: of a crowd many never are.
    tag.plate ??= this.plates.take(tag.name, tag.role);
    if (tag.plate === null) return;
    tag.distance = distance;
    tag.signing = person.signing;
    tag.height = 0.066 * Math.max(0.7, distance) ** 0.62;
    tag.anchor.copy(crown).y += 0.025 + distance * 0.006;
    this.shown[this.count++] = tag;
  }

  /** @param moment - of this picture; `passed` since the one before */
  end(moment: { readonly seconds: number; readonly passed: number }): void {
    for (let i = 0; i < this.count; i++) this.measure(this.shown[i]!);
    keepApart(this.shown, this.count);
    if (this.count > this.instances.count) this.enlarge(this.count * 2);
    this.share = 1 - Math.exp(-moment.passed * PACE);
    // The farthest first, so that the nearer ones are drawn over them.
    for (let i = 0; i < this.count; i++) this.write(i, this.shown[this.count - 1 - i]!);
    this.shown.length = this.count;
    this.mesh.visible = this.count > 0;
    this.mesh.geometry.instanceCount = this.count;
    if (this.count > 0) this.instances.needsUpdate = true;
    this.mesh.material.uniforms["map"]!.value = this.plates.texture;
    this.mesh.material.uniforms["time"]!.value = moment.seconds;
  }

  /** Somebody has left. */
  drop(tag: Tag): void {
    if (tag.plate !== null) this.plates.give(tag.plate);
    tag.plate = null;
  }

  dispose(): void {
    this.mesh.removeFromParent();
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
    this.plates.dispose();
  }

  private measure(tag: Tag): void {
    const { size } = this;
    size.width = tag.height * tag.plate!.width * (WIDTH / HEIGHT);
    size.height = tag.height * PLATE;
    project(tag, this.view, tag.anchor, size);
    tag.bottom += (tag.tall / PLATE) * (MARGIN / HEIGHT);
  }

  private write(index: number, tag: Tag): void {
    // Who was not in the picture before has nowhere to come from.
    const go = tag.seenIn === this.picture - 1 ? this.share : 1;
    tag.seenIn = this.picture;
    tag.lift += (tag.wish - tag.lift) * go;
    tag.room += ((tag.fits ? 1 : 0) - tag.room) * go;
    const { array } = this.instances, plate = tag.plate!;
    const o = index * STRIDE;
    array[o] = tag.anchor.x;
    array[o + 1] = tag.anchor.y;
    array[o + 2] = tag.anchor.z;
    array[o + 3] = tag.height;
    array[o + 4] = tag.level;
    array[o + 5] = tag.signing ? 1 : 0;
    array[o + 6] = tag.opacity * tag.room;
    array[o + 7] = tag.lift * PLATE;
    array[o + 8] = plate.layer;
    array[o + 9] = plate.bars;
  }

  private makeInstances(capacity: number): THREE.InstancedInterleavedBuffer {
    const instances = new THREE.InstancedInterleavedBuffer(new Float32Array(STRIDE * capacity), STRIDE, 1);
    instances.setUsage(THREE.DynamicDrawUsage);
    const { geometry } = this.mesh;
    geometry.setAttribute("anchor", new THREE.InterleavedBufferAttribute(instances, 4, 0));
    geometry.setAttribute("state", new THREE.InterleavedBufferAttribute(instances, 4, 4));
    geometry.setAttribute("drawn", new THREE.InterleavedBufferAttribute(instances, 2, 8));
    return instances;
  }

  private enlarge(capacity: number): void {
    this.mesh.geometry.dispose();
    this.instances = this.makeInstances(capacity);
  }
}
