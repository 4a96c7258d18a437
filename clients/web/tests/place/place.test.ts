// @vitest-environment happy-dom
import * as THREE from "three";
import { describe, expect, it } from "vitest";
import { fitted } from "../../src/place/lettering";
import { Models } from "../../src/place/models";
import { Things } from "../../src/place/things";
import { Place } from "../../src/place/place";
import { nearness, Portals, walkedThrough } from "../../src/place/portals";
import { solidsOf } from "../../src/place/scene";
import { ContactShadows } from "../../src/place/shadows";
import { edgeDistance, Zones } from "../../src/place/zones";
import { zoneAt } from "../../src/world/zone";
import { makeThing } from "../presence/fake-consult";
import type { Portal, Vec3 } from "../../src/world/model";

const NORTH: Portal = { to: "lobby", name: "Lobby", position: [1, 0, -2], yaw: 0, width: 1.2 };

describe("portals", () => {
  it("are gone through forwards, within their width", () => {
    expect(walkedThrough(NORTH, [1, 1.6, -1.4], [1, 1.6, -1.8])).toBe(true);
    expect(walkedThrough(NORTH, [1, 1.6, -1.8], [1, 1.6, -1.4])).toBe(false);
    expect(walkedThrough(NORTH, [2, 1.6, -1.4], [2, 1.6, -1.8])).toBe(false);
  });

  it("are not gone through by who arrives in them and stands", () => {
    expect(walkedThrough(NORTH, [1, 1.6, -1.9], [1, 1.6, -1.95])).toBe(false);
  });

  it("follow their yaw", () => {
    const west: Portal = { ...NORTH, position: [-3, 0, 0], yaw: Math.PI / 2 };
    expect(walkedThrough(west, [-2.5, 1.6, 0.2], [-2.8, 1.6, 0.2])).toBe(true);
    expect(walkedThrough(west, [-2.8, 1.6, 0.2], [-2.5, 1.6, 0.2])).toBe(false);
  });

  it("glow when one comes near", () => {
    expect(nearness(NORTH, [1, 1.6, 5])).toBe(0);
    expect(nearness(NORTH, [1, 1.6, -1.5])).toBe(1);
  });
});

describe("zones", () => {
  const bed = { name: "Bed", box: [[0, 0, 0], [2, 4, 2]] as readonly [Vec3, Vec3], private: true };
  const ward = { name: "Ward", box: [[-4, 0, -4], [4, 4, 4]] as readonly [Vec3, Vec3], private: false };

  it("are found as the server finds them: the first that contains the head", () => {
    expect(zoneAt([bed, ward], [1, 1.6, 1])).toBe(bed);
    expect(zoneAt([bed, ward], [-1, 1.6, 1])).toBe(ward);
    expect(zoneAt([bed, ward], [9, 1.6, 1])).toBeNull();
  });

  it("measure the way to their edge from both sides", () => {
    expect(edgeDistance(bed.box, [1, 1.6, 1.7])).toBeCloseTo(0.3);
    expect(edgeDistance(bed.box, [1, 1.6, 2.3])).toBeCloseTo(0.3);
    expect(edgeDistance(bed.box, [5, 1.6, 6])).toBeCloseTo(5);
  });

  it("tell when one goes in, and mark only private edges that are near", () => {
    const zones = new Zones([bed, ward], [[-4, 0, -4], [4, 4, 4]]);
    expect(zones.root.children).toHaveLength(1);
    expect(zones.update([-3.9, 1.6, -3.9])).toBe(true);
    expect(zones.root.children[0]!.visible).toBe(false);
    expect(zones.update([-0.5, 1.6, 1])).toBe(false);
    expect(zones.root.children[0]!.visible).toBe(true);
    expect(zones.update([0.5, 1.6, 1])).toBe(true);
    expect(zones.current).toBe(bed);
  });
});

describe("scenes", () => {
  it("say what is solid by extras, in the room's metres", () => {
    const root = new THREE.Group();
    const desk = new THREE.Object3D();
    desk.name = "desk";
    desk.userData = { solid: true, box: [[-1, 0, -2], [1, 0.8, -1]] };
    const plant = new THREE.Mesh(new THREE.BoxGeometry(1, 1, 1));
    root.add(desk, plant);
    expect(solidsOf(root)).toEqual([{ minX: -1, minZ: -2, maxX: 1, maxZ: -1 }]);
  });

  it("fall back on a mesh's own extent where the box is malformed", () => {
    const root = new THREE.Group();
    const chair = new THREE.Mesh(new THREE.BoxGeometry(1, 1, 1));
    chair.userData = { solid: true, box: [[0, 0], ["a"]] };
    root.add(chair);
    expect(solidsOf(root)).toEqual([{ minX: -0.5, minZ: -0.5, maxX: 0.5, maxZ: 0.5 }]);
  });

  it("leave out what one steps over or walks under", () => {
    const root = new THREE.Group();
    const add = (name: string, y: number, height: number): void => {
      const mesh = new THREE.Mesh(new THREE.BoxGeometry(1, height, 1));
      mesh.name = name;
      mesh.position.y = y;
      root.add(mesh);
    };
    add("rug-1", 0.01, 0.02);
    add("threshold", 0.05, 0.1);
    add("sign", 2.4, 0.2);
    add("desk-1", 0.4, 0.8);
    expect(solidsOf(root)).toHaveLength(1);
  });
});

describe("looks", () => {
  it("ask for no model whose name could lead elsewhere", async () => {
    expect(await new Models("https://clinic.invalid/").get("../../secret")).toBeNull();
  });

  it("draw all shadows at once and none for what hangs high", () => {
    const shadows = new ContactShadows();
    shadows.begin();
    shadows.add(0, 0, 0, 0.3, 0);
    shadows.add(1, 0, 0, 0.3, 0.5);
    shadows.add(2, 0, 0, 0.3, 3);
    shadows.end();
    expect(shadows.mesh.count).toBe(2);
  });

  it("shorten a sign that is too long", () => {
    expect(fitted("Lobby", (part) => part.length <= 8)).toBe("Lobby");
    expect(fitted("Simulation laboratory", (part) => part.length <= 8)).toBe("Simulat…");
  });
});

describe("what the graphics card holds", () => {
  class Missing extends Models {
    model: THREE.Object3D | null = null;

    override get(): Promise<THREE.Object3D | null> {
      return Promise.resolve(this.model?.clone() ?? null);
    }
  }

  /** Counts what is disposed from now on. */
  function disposals(root: THREE.Object3D): () => number {
    let count = 0;
    root.traverse((node) => {
      const { geometry, material } = node as Partial<THREE.Mesh>;
      for (const part of [geometry, ...[material].flat()]) part?.addEventListener("dispose", () => { count += 1; });
    });
    return () => count;
  }

  it("of a stand-in is given back when it goes out of sight, its lines and labels too", async () => {
    const things = new Things(new Missing(""));
    const panel = { ...makeThing(5, "Monitor", [0, 1, 0]), kind: "panel" as const };
    things.add(panel);
    await Promise.resolve();
    await Promise.resolve();
    const shown = things.root.getObjectByName("thing-5")!;
    let parts = 0;
    shown.traverse((node) => { if ("geometry" in node) parts += 2; });
    const disposed = disposals(shown);
    expect(parts).toBe(8);
    things.remove(5);
    expect(disposed()).toBe(parts);
  });

  it("of a model stays for the others that look so", async () => {
    const models = new Missing("");
    models.model = new THREE.Mesh(new THREE.BoxGeometry(), new THREE.MeshBasicMaterial());
    const disposed = disposals(models.model);
    const things = new Things(models);
    things.add(makeThing(5, "Cup", [0, 1, 0]));
    await Promise.resolve();
    await Promise.resolve();
    expect(things.root.getObjectByName("thing-5")!.children).toHaveLength(1);
    things.remove(5);
    expect(disposed()).toBe(0);
  });
});

describe("less motion", () => {
  it("leaves doorways and marks still at a time that stands", () => {
    const portals = new Portals([NORTH]);
    const breath = (): unknown => {
      let seconds: unknown = null;
      portals.root.traverse((node) => {
        const { material } = node as Partial<THREE.Mesh>;
        if (material instanceof THREE.ShaderMaterial) seconds = material.uniforms["seconds"]!.value;
      });
      return seconds;
    };
    const place = Object.create(Place.prototype) as Place;
    const nothing = { update: () => false, begin: () => undefined, add: () => undefined, end: () => undefined, eachOnFloor: () => undefined };
    Object.assign(place, {
      portals, zones: nothing, things: nothing, shadows: nothing, before: [NaN, NaN, NaN], carried: () => null, walkable: { floor: 0 },
      listeners: { portal: () => undefined, zone: () => undefined },
    });
    place.still = true;
    place.update(5000, new THREE.PerspectiveCamera(), [0, 1.6, 0]);
    expect(breath()).toBe(0);
    place.still = false;
    place.update(5000, new THREE.PerspectiveCamera(), [0, 1.6, 0]);
    expect(breath()).toBe(5);
  });
});
