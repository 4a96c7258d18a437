import * as THREE from "three";
import { describe, expect, it } from "vitest";

import { Crowd } from "../../src/avatars";
import { Arm, Bone } from "../../src/avatars/body/bones";
import { trianglesOf } from "../../src/avatars/batches";
import { person, reach, stand } from "./people";
import type { MadeUp } from "./people";

function crowdOf(count: number): { crowd: Crowd; people: MadeUp[]; camera: THREE.PerspectiveCamera; scene: THREE.Scene } {
  const scene = new THREE.Scene(), crowd = new Crowd(scene), camera = new THREE.PerspectiveCamera(100, 1, 0.05, 100);
  camera.position.set(0, 1.6, 0);
  const people: MadeUp[] = [];
  for (let i = 0; i < count; i++) {
    const who = person(i);
    stand(who, ((i % 6) - 2.5) * 0.8, 1.6, -1.6 - Math.floor(i / 6) * 1.2, Math.PI);
    if (i % 3 === 0) reach(who, "right", [0.2, -0.3, 0.35], new THREE.Euler(0.4, 0, 0));
    crowd.add(who);
    people.push(who);
  }
  return { crowd, people, camera, scene };
}

const drawn = (scene: THREE.Scene): THREE.Mesh[] => scene.children.filter((child): child is THREE.Mesh => child instanceof THREE.Mesh && child.visible);

describe("a crowd", () => {
  it("of thirty stays within what a headset draws", () => {
    const { crowd, camera } = crowdOf(30);
    crowd.update(0, camera);
    const { inView, drawCalls, triangles, near, mid, far } = crowd.counts();
    expect(inView).toBeGreaterThanOrEqual(28);
    expect(near).toBe(6);
    expect(near + mid + far).toBe(inView);
    expect(drawCalls).toBeLessThanOrEqual(80);
    expect(triangles).toBeLessThanOrEqual(210_000);
  });

  it("counts as many draw calls and triangles as its scene holds", () => {
    const { crowd, camera, scene } = crowdOf(9);
    crowd.update(0, camera);
    const meshes = drawn(scene);
    const triangles = meshes.reduce((sum, mesh) => {
      const geometry: THREE.BufferGeometry = mesh.geometry;
      const instances = mesh instanceof THREE.InstancedMesh ? mesh.count : geometry instanceof THREE.InstancedBufferGeometry ? geometry.instanceCount : 1;
      return sum + (geometry.index!.count / 3) * instances;
    }, 0);
    expect(crowd.counts().drawCalls).toBe(meshes.length);
    expect(crowd.counts().triangles).toBe(triangles);
  });

  it("shows less of who is farther away", () => {
    for (const shape of ["body:coat", "body:jumper", "hair:long"] as const) {
      expect(trianglesOf(shape, "mid")).toBeLessThan(trianglesOf(shape, "near") / 2.5);
      expect(trianglesOf(shape, "far")).toBeLessThan(trianglesOf(shape, "mid") / 2.5);
    }
  });

  it("draws nothing of who has left, is not tracked, or is behind the camera", () => {
    const { crowd, people, camera, scene } = crowdOf(3);
    crowd.remove(people[0]!.entity);
    people[1]!.head.presence = 0;
    stand(people[2]!, 0, 1.6, 5, 0);
    crowd.update(0, camera);
    expect(crowd.counts()).toMatchObject({ people: 2, inView: 0, drawCalls: 0, triangles: 0 });
    expect(drawn(scene)).toEqual([]);
  });

  it("leaves a scene as it found it", () => {
    const { crowd, camera, scene } = crowdOf(4);
    crowd.update(0, camera);
    crowd.dispose();
    expect(scene.children).toEqual([]);
  });

  it("gives a row anew to who comes after who left, and grows for more", () => {
    const { crowd, camera } = crowdOf(40);
    for (let entity = 1; entity <= 40; entity++) crowd.remove(entity);
    for (let i = 0; i < 50; i++) {
      const who = person(i);
      stand(who, 0, 1.6, -2 - i * 0.1, Math.PI);
      crowd.add(who);
    }
    crowd.update(0, camera);
    expect(crowd.counts().inView).toBe(50);
  });

  it("has names for all of its bones' rests", () => {
    expect(Bone.armRight + Arm.fingers + 15).toBe(Bone.count);
  });
});
