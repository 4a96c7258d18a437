import * as THREE from "three";

import { Crowd, SelfHands, VrmWardrobe } from "../../src/avatars";
import { clinicLight } from "../../src/place/light";
import { OPEN, person, POINT, reach, stand } from "./people";
import type { MadeUp } from "./people";

/** Twelve made-up people in a ring. `?view=` names where one looks from, `?at=` the seconds to stop at, for pictures, `?vrm=` a file they all wear. */
const query = new URLSearchParams(location.search);
const renderer = new THREE.WebGLRenderer({ antialias: true, preserveDrawingBuffer: true });
renderer.setSize(innerWidth, innerHeight);
document.body.append(renderer.domElement);
const scene = new THREE.Scene();
scene.background = new THREE.Color("#dfe6ea");
const floor = new THREE.Mesh(new THREE.CircleGeometry(9, 64).rotateX(-Math.PI / 2), new THREE.MeshBasicMaterial({ color: "#c3cdd2" }));
scene.add(floor);
const camera = new THREE.PerspectiveCamera(Number(query.get("fov") ?? 50), innerWidth / innerHeight, 0.05, 100);

const people: MadeUp[] = [];
const vrm = query.get("vrm");
const wardrobe = new VrmWardrobe(new Map(vrm === null ? [] : [["vrm-lab", vrm]]), { refused: (_look, why) => { console.error(why); } });
if (vrm !== null) scene.add(clinicLight());
const crowd = new Crowd(scene, { wardrobe, near: Number(query.get("near") ?? 8), mid: Number(query.get("mid") ?? 12), tags: query.get("tags") !== "no" });
const count = Number(query.get("count") ?? 12);
for (let i = 0; i < count; i++) {
  const who = { ...person(i), look: vrm === null ? "plain" : "vrm-lab" };
  const angle = (i / 12) * Math.PI * 2, ring = 2.6 + Math.floor(i / 12) * 1.6;
  stand(who, Math.sin(angle) * ring, 1.6 + ((i * 7) % 5) * 0.045 - 0.09, -Math.cos(angle) * ring, Math.PI - angle);
  act(who, i);
  people.push(who);
  crowd.add(who);
}

function act(who: MadeUp, i: number): void {
  const [x, , z] = who.head.position as unknown as [number, number, number];
  const yaw = Math.atan2(x, z);
  if (i % 12 === 1 || i % 12 === 5) {
    who.seated = true;
    stand(who, x, 1.2, z, yaw, 0.1);
    const chair = new THREE.Mesh(new THREE.BoxGeometry(0.46, 0.44, 0.44), new THREE.MeshBasicMaterial({ color: "#8fa3ad" }));
    chair.position.set(x + Math.sin(yaw) * 0.08, 0.22, z + Math.cos(yaw) * 0.08);
    chair.rotation.y = yaw;
    scene.add(chair);
  }
  if (i % 12 === 0) {
    reach(who, "right", [0.2, -0.25, 0.38], new THREE.Euler(1.3, 0.25, 0), OPEN);
    reach(who, "left", [-0.18, -0.4, 0.34], new THREE.Euler(0.35, -0.2, 1.3), POINT);
  }
  if (i % 12 === 2 || i % 12 === 9) {
    reach(who, "right", [0.2, -0.42, 0.34], new THREE.Euler(0.5, 0.2, -0.5));
    reach(who, "left", [-0.2, -0.44, 0.32], new THREE.Euler(0.5, -0.2, 0.5));
  }
  if (i % 12 === 3) {
    who.speaking = true;
    who.voice = 0.6;
  }
  if (i % 12 === 9) who.signing = true;
  if (i % 12 === 11) {
    who.face = new Float32Array(52);
    who.face[17] = 0.35;
    who.face[23] = who.face[24] = 0.9;
    who.face[43] = 0.6;
  }
}

/** Look at a person from ahead of them, at a distance, a height, and an angle to their side. */
function look(index: number, distance: number, height: number, aside: number, at: number): void {
  const [x, , z] = people[index]!.head.position as unknown as [number, number, number];
  const angle = Math.atan2(-x, -z) + aside;
  camera.position.set(x + Math.sin(angle) * distance, height, z + Math.cos(angle) * distance);
  camera.lookAt(x, at, z);
}

const [view = "ring", which = "0"] = (query.get("view") ?? "ring").split(":");
const views: Record<string, (index: number) => void> = {
  ring: () => {
    camera.position.set(0, 2.3, 5.9);
    camera.lookAt(0, 0.95, 0);
  },
  inside: (index) => { look(index, 2.3, 1.6, 0.1, 1.15); },
  face: (index) => { look(index, 0.62, people[index]!.head.position[1]! + 0.01, 0.35, people[index]!.head.position[1]! - 0.01); },
  profile: (index) => { look(index, 0.8, people[index]!.head.position[1]!, 1.35, people[index]!.head.position[1]! - 0.03); },
  bust: (index) => { look(index, 1.15, people[index]!.head.position[1]!, 0.4, people[index]!.head.position[1]! - 0.17); },
  body: (index) => { look(index, 2.35, 1.3, 0.5, 0.88); },
  back: (index) => { look(index, 2.2, 1.5, 2.6, 0.95); },
  self: () => {
    camera.position.set(0, 1.6, 0);
    camera.quaternion.fromArray(self.head.rotation);
  },
  hands: (index) => { look(index, 0.85, 1.4, 0.15, 1.2); },
};
// One's own hands: two more that nobody else's body belongs to.
const self = person(12);
if (view === "self") {
  stand(self, 0, 1.6, 0, 0, 0.35);
  reach(self, "left", [-0.16, -0.22, 0.36], new THREE.Euler(0.9, -0.3, -0.4), OPEN);
  reach(self, "right", [0.17, -0.24, 0.36], new THREE.Euler(0.7, 0.2, 0.3));
}
const own = view === "self" ? new SelfHands(scene, self) : null;
const stop = query.get("at");
function frame(now: number): void {
  views[view]!(Number(which));
  crowd.update(now, camera);
  own?.update(self.head.position, self.head.rotation, self.left, self.right);
  renderer.render(scene, camera);
  const counts = crowd.counts();
  document.querySelector("#counts")!.textContent =
    `${counts.inView} in view (${counts.near} near, ${counts.mid} mid, ${counts.far} far), ${counts.drawCalls} calls, ${Math.round(counts.triangles / 1000)} k triangles`;
}
if (stop === null) {
  renderer.setAnimationLoop(frame);
} else {
  await wardrobe.wear("vrm-lab");
  // A picture shows a moment, the same at each try: step up to it.
  for (let now = 0; now <= Number(stop) * 1000; now += 50) {
    views[view]!(Number(which));
    crowd.update(now, camera);
  }
  frame(Number(stop) * 1000 + 50);
  document.title = "done";
}
