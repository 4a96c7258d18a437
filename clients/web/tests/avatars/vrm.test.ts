import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

import * as THREE from "three";
import { afterEach, describe, expect, it, vi } from "vitest";

import { Crowd, VrmWardrobe } from "../../src/avatars";
import { NotAVrm, readLicence, refusal } from "../../src/avatars/vrm/licence";
import { loadVrm } from "../../src/avatars/vrm/vrm";
import { OPEN, person, reach, stand } from "./people";
import { glb, META, tinyVrm } from "./tiny_vrm";

const ROBIN = resolve("../../server/facility/avatars/vrm-robin.vrm");
const DATA = resolve(process.env["POLYCLINIC_DATA"] ?? "../../../shared/data", "avatars");

function wardrobe(file: ArrayBuffer, usage: "corporation" | "personalNonProfit" = "corporation"): { looks: VrmWardrobe; refused: string[] } {
  const refused: string[] = [];
  const looks = new VrmWardrobe(new Map([["vrm-tiny", "looks/tiny.vrm"]]), { usage, fetch: () => Promise.resolve(file), refused: (_look, why) => refused.push(why) });
  return { looks, refused };
}

describe("a VRM's licence", () => {
  it("is read with the standard's strictest meaning for what it leaves out", () => {
    expect(readLicence(tinyVrm({ name: "Bare", authors: ["X"], licenseUrl: "l" }))).toEqual({ avatarPermission: "onlyAuthor", commercialUsage: "personalNonProfit" });
  });

  it("keeps from others what its author keeps, and from an organisation what is for persons", () => {
    const licence = readLicence(tinyVrm());
    expect(refusal(licence, "corporation")).toBeNull();
    expect(refusal({ ...licence, avatarPermission: "onlyAuthor" }, "personalNonProfit")).toMatch(/everyone/);
    expect(refusal({ ...licence, commercialUsage: "personalProfit" }, "corporation")).toMatch(/uses/);
    expect(refusal({ ...licence, commercialUsage: "personalProfit" }, "personalNonProfit")).toBeNull();
  });

  it("is not found in what is no VRM 1.0", () => {
    expect(() => readLicence(new ArrayBuffer(8))).toThrow(NotAVrm);
    expect(() => readLicence(glb({ asset: { version: "2.0" } }, new Uint8Array(4)))).toThrow(NotAVrm);
    expect(() => readLicence(tinyVrm().slice(0, 200))).toThrow(NotAVrm);
  });
});

describe("a wardrobe", () => {
  it("gives the looks that it lists, and no others", async () => {
    const { looks } = wardrobe(tinyVrm());
    expect(await looks.wear("default")).toBeNull();
    const worn = await looks.wear("vrm-tiny");
    expect(worn?.triangles).toBe(1);
  });

  it("shows nothing that is forbidden or broken, and says why", async () => {
    const forbidden = wardrobe(tinyVrm({ ...META, avatarPermission: "onlyAuthor" }));
    expect(await forbidden.looks.wear("vrm-tiny")).toBeNull();
    expect(forbidden.refused).toHaveLength(1);
    const broken = wardrobe(new ArrayBuffer(64));
    expect(await broken.looks.wear("vrm-tiny")).toBeNull();
    expect(broken.refused).toEqual(["its file cannot be read"]);
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("a VRM on a person", () => {
  it("has its head at the tracked one's place and its hand at the tracked one's", async () => {
    const scene = new THREE.Scene(), { looks } = wardrobe(tinyVrm());
    const crowd = new Crowd(scene, { wardrobe: looks }), camera = new THREE.PerspectiveCamera(60, 1, 0.05, 50);
    camera.position.set(0, 1.6, 2);
    const who = { ...person(0), look: "vrm-tiny" };
    stand(who, 0.3, 1.6, -1, 0.4);
    reach(who, "left", [-0.2, -0.3, 0.3], new THREE.Euler(0.4, 0, 0), OPEN);
    crowd.add(who);
    await new Promise((done) => setTimeout(done));
    await looks.wear("vrm-tiny");
    for (let now = 0; now < 500; now += 14) crowd.update(now, camera);
    expect(crowd.counts()).toMatchObject({ near: 0, mid: 0, far: 0, worn: 1, inView: 1 });
    const at = (name: string): THREE.Vector3 => scene.getObjectByName(name)!.getWorldPosition(new THREE.Vector3());
    expect(at("head").distanceTo(new THREE.Vector3(0.3, 1.6, -1))).toBeLessThan(0.13);
    expect(at("leftHand").distanceTo(new THREE.Vector3().fromArray(who.left.jointPositions, 3))).toBeLessThan(0.03);
    expect(at("leftFoot").y).toBeLessThan(0.25);
    // Its face looks where the person's does: the file's +Z along the head's -Z.
    const ahead = new THREE.Vector3(0, 0, 1).applyQuaternion(scene.getObjectByName("head")!.getWorldQuaternion(new THREE.Quaternion()));
    expect(ahead.dot(new THREE.Vector3(0, 0, -1).applyQuaternion(new THREE.Quaternion().fromArray(who.head.rotation)))).toBeGreaterThan(0.99);
    crowd.remove(who.entity);
    expect(scene.getObjectByName("head")).toBeUndefined();
  });

  it("does not twist its elbows while its arms hang", async () => {
    vi.stubGlobal("self", globalThis);
    const file = new Uint8Array(readFileSync(ROBIN)).buffer;
    const scene = new THREE.Scene(), { looks } = wardrobe(file), camera = new THREE.PerspectiveCamera(60, 1, 0.05, 50);
    const crowd = new Crowd(scene, { wardrobe: looks });
    camera.position.set(0, 1.6, 2);
    for (let i = 0; i < 4; i++) {
      const who = { ...person(i), look: "vrm-tiny" };
      stand(who, i - 1.5, 1.5 + 0.05 * i, -1, i);
      crowd.add(who);
    }
    await vi.waitFor(() => { expect(scene.getObjectByName("VRMHumanoidRig")).toBeDefined(); });
    for (let now = 0; now < 500; now += 14) crowd.update(now, camera);
    const twists: number[] = [];
    scene.traverse(({ name, quaternion: { x, w } }) => { if (/^Normalized_(?:left|right)LowerArm$/.test(name)) twists.push(2 * Math.atan2(Math.abs(x), Math.abs(w))); });
    expect(twists.length).toBeGreaterThanOrEqual(2);
    // Along the arm: a quarter turn there makes the sleeve as thin as paper.
    expect(Math.max(...twists)).toBeLessThan(0.6);
    crowd.dispose();
  });

  it.skipIf(process.env["POLYCLINIC_DATA"] === undefined && !existsSync(DATA))("reads the sample files that are VRM 1.0 and refuses the older (skipped where POLYCLINIC_DATA is not there)", async () => {
    const read = (name: string): ArrayBuffer => {
      const bytes = readFileSync(resolve(DATA, name));
      return new Uint8Array(bytes).buffer;
    };
    expect(() => readLicence(read("vrm0_cryptovoxels.vrm"))).toThrow(NotAVrm);
    const licence = readLicence(read("vrm1_uv_animation_test.vrm"));
    expect(refusal(licence, "corporation")).toBeNull();
    // three's loader takes a page's `self` for granted; its pictures stay out, without a page.
    vi.stubGlobal("self", globalThis);
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const worn = await loadVrm(read("vrm1_uv_animation_test.vrm"));
    expect(worn.triangles).toBe(6);
  });
});
