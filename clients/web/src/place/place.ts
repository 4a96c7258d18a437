/** The room one is in: its scene, its light, its ways out, its zones and the things in it. */
import * as THREE from "three";
import type { FloorPoint } from "../presence/surroundings";
import type { PersonView, Portal, RoomDescription, RoomView, ThingView, Vec3, ZoneView } from "../world/model";
import { disposeTree } from "./disposal";
import { clinicLight, sky } from "./light";
import { Models } from "./models";
import { findPath } from "./path";
import { Portals } from "./portals";
import { loadScene, type SceneParts } from "./scene";
import { ContactShadows } from "./shadows";
import { Things, type Carried } from "./things";
import { Walkable } from "./walkable";
import { Zones } from "./zones";

export interface PlaceListeners {
  /** The wearer walked through a doorway to another room. */
  portal(portal: Portal): void;
  /** The wearer is in another zone than before, null for none. */
  zone(zone: ZoneView | null): void;
}

const SHOULDERS = 0.34;
/** A ray spreads by this much a metre when it looks for things, so that small ones are not hard to hit. */
const SPREAD = 0.03;

export class Place {
  /** To be added to the scene that is rendered. */
  readonly root = new THREE.Group();
  readonly walkable: Walkable;
  /** Asked each frame for what the wearer holds: it follows the own hand without the way there and back. */
  carried: Carried = () => null;
  /** Nothing moves by itself. */
  still = false;
  private readonly portals: Portals;
  private readonly zones: Zones;
  private readonly things: Things;
  private readonly shadows = new ContactShadows();
  private readonly raycaster = new THREE.Raycaster();
  private readonly ray = new THREE.Ray();
  private readonly point = new THREE.Vector3();
  private readonly before: [number, number, number] = [NaN, NaN, NaN];

  private constructor(
    readonly description: RoomDescription,
    private readonly scene: SceneParts,
    private readonly models: Models,
    private readonly listeners: PlaceListeners,
  ) {
    this.root.name = `place-${description.id}`;
    this.walkable = new Walkable(description.bounds, scene.solids);
    this.portals = new Portals(description.portals);
    this.zones = new Zones(description.zones, description.bounds);
    this.things = new Things(models);
    this.root.add(sky(), clinicLight(), scene.root, this.portals.root, this.zones.root, this.things.root, this.shadows.mesh);
  }

  /** Fetch a room's scene. `baseUrl` is the front desk's; rejects where the scene cannot be had. */
  static async load(description: RoomDescription, baseUrl: string, listeners: PlaceListeners): Promise<Place> {
    const base = baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`;
    const scene = await loadScene(base + description.scene.replace(/^\//, ""));
    return new Place(description, scene, new Models(base), listeners);
  }

  /** Show the things of a room as they come and go. Gives what ends it. */
  follow(room: RoomView): () => void {
    const add = (thing: ThingView): void => { this.things.add(thing, room.panels.get(thing.entity)?.text); };
    for (const thing of room.things.values()) add(thing);
    const stops = [
      room.on("entered", (view) => {
        if (isThing(view)) add(view);
      }),
      room.on("written", ({ panel, stands }) => { this.things.write(panel, stands.text); }),
      room.on("left", (view) => {
        if (isThing(view)) this.things.remove(view.entity);
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Once a frame, after `room.sample` and after the wearer has moved to `head`. Other people's shadows are the crowd's. */
  update(now: number, camera: THREE.Camera, head: Vec3): void {
    const seconds = this.still ? 0 : now / 1000;
    this.portals.update(seconds, head);
    this.things.update(seconds, camera, this.carried);
    this.castShadows(head);
    if (this.zones.update(head)) this.listeners.zone(this.zones.current);
    const portal = Number.isNaN(this.before[0]) ? null : this.portals.crossed(this.before, head);
    this.before[0] = head[0];
    this.before[1] = head[1];
    this.before[2] = head[2];
    if (portal !== null) this.listeners.portal(portal);
  }

  highlight(entity: number | null, hint = ""): void {
    this.things.highlight(entity, hint);
  }

  // What the wearer asks of the room around them ------------------------------------------------------------------------

  get floor(): number {
    return this.walkable.floor;
  }

  free(x: number, z: number): boolean {
    return this.walkable.free(x, z);
  }

  slide(fromX: number, fromZ: number, toX: number, toZ: number, out: FloorPoint): void {
    this.walkable.slide(fromX, fromZ, toX, toZ, out);
  }

  way(from: FloorPoint, to: FloorPoint): FloorPoint[] {
    return findPath(this.walkable, from, to);
  }

  /** The first grabbable thing along a ray, 0 for none. */
  thingAlong(origin: Vec3, direction: Vec3, farthest: number): number {
    this.ray.origin.set(origin[0], origin[1], origin[2]);
    this.ray.direction.set(direction[0], direction[1], direction[2]).normalize();
    return this.things.along(this.ray, farthest, SPREAD);
  }

  /** The nearest grabbable thing to a point, 0 for none. */
  thingNear(point: Vec3, farthest: number): number {
    return this.things.near(this.point.set(point[0], point[1], point[2]), farthest);
  }

  /** Where a ray first meets what stands in the room, and whether one could put something there. */
  surfaceAlong(origin: Vec3, direction: Vec3, farthest: number): { point: Vec3; upright: boolean } | null {
    this.raycaster.ray.origin.set(origin[0], origin[1], origin[2]);
    this.raycaster.ray.direction.set(direction[0], direction[1], direction[2]).normalize();
    this.raycaster.far = farthest;
    const hit = this.raycaster.intersectObject(this.scene.root, true)[0];
    if (hit === undefined) return this.floorAlong(farthest);
    const up = hit.face ? this.point.copy(hit.face.normal).transformDirection(hit.object.matrixWorld).y : 1;
    return { point: [hit.point.x, hit.point.y, hit.point.z], upright: up > 0.7 };
  }

  /** How high what lies under a point is: a table, a bed, the floor. */
  surfaceBelow(point: Vec3): number {
    const hit = this.surfaceAlong([point[0], point[1] + 0.05, point[2]], DOWN, 20);
    return hit === null ? this.floor : Math.max(this.floor, hit.point[1]);
  }

  /** Metres from a thing's origin down to what it stands on. */
  standing(entity: number): number {
    return this.things.standing(entity);
  }

  dispose(): void {
    this.shadows.dispose();
    disposeTree(this.root);
    this.models.dispose();
    this.root.removeFromParent();
  }

  /** A floor for scenes whose own has a hole. */
  private floorAlong(farthest: number): { point: Vec3; upright: boolean } | null {
    const { origin, direction } = this.raycaster.ray;
    const distance = (this.floor - origin.y) / direction.y;
    if (!(distance >= 0 && distance <= farthest)) return null;
    return { point: [origin.x + direction.x * distance, this.floor, origin.z + direction.z * distance], upright: true };
  }

  private castShadows(head: Vec3): void {
    const { shadows, floor } = this;
    shadows.begin();
    shadows.add(head[0], floor, head[2], SHOULDERS, 0);
    this.things.eachOnFloor(this.shadeThing);
    shadows.end();
  }

  private readonly shadeThing = (x: number, lowest: number, z: number, radius: number): void => {
    this.shadows.add(x, this.floor, z, radius * 1.2, lowest - this.floor);
  };
}

const DOWN: Vec3 = [0, -1, 0];

function isThing(view: PersonView | ThingView): view is ThingView {
  return "kind" in view;
}
