/** Walk through a room without a server; `window.lab` is for scripts that take pictures and tests. */
import * as THREE from "three";
import { Place } from "../src/place";
import { headsetSupported, Presence } from "../src/presence";
import { DEFAULT_COMFORT } from "../tests/presence/comfort";
import { describeRoom, FakeConsult, makePerson, makeThing } from "../tests/presence/fake-consult";

const ROOMS = {
  consult: { bounds: [[-3, 0, -2.5], [3, 4, 2.5]] },
  lobby: { bounds: [[-12, 0, -9], [12, 4, 9]] },
  ward: { bounds: [[-8, 0, -5], [8, 4, 5]] },
  waiting: { bounds: [[-6, 0, -5], [6, 4, 5]] },
  simulation: { bounds: [[-5, 0, -4], [5, 4, 4]] },
  auditorium: { bounds: [[-30, 0, -30], [30, 12, 30]] },
};

const query = new URLSearchParams(location.search);
const id = query.get("room") ?? "consult";
const number = (name, otherwise) => Number(query.get(name) ?? otherwise);

async function emulate() {
  const { XRDevice, metaQuest3 } = await import("iwer");
  const device = new XRDevice(metaQuest3);
  device.installRuntime({ forceInstall: true });
  device.primaryInputMode = query.get("emulate");
  return device;
}

/** Scenes are binary where they have been baked. */
async function sceneOf(name) {
  const path = `server/facility/scenes/${name}`;
  const answer = await fetch(`/@fs${query.get("root")}/${path}.glb`, { method: "HEAD" });
  const found = answer.ok && !answer.headers.get("content-type")?.includes("html");
  return `${path}.${found ? "glb" : "gltf"}`;
}

const device = query.has("emulate") ? await emulate() : null;
const description = describeRoom({
  id,
  scene: query.get("scene") ?? await sceneOf(id),
  bounds: ROOMS[id].bounds,
  zones: id === "consult" ? [{ name: "Couch", box: [[1.2, 0, -2.5], [3, 4, -0.1]], private: true }] : [],
  portals: [{
    to: "next",
    name: "Waiting area",
    position: [number("px", -1.6), 0, number("pz", ROOMS[id].bounds[1][2])],
    yaw: (number("pyaw", 180) * Math.PI) / 180,
    width: number("pw", 1.1),
  }],
});
const room = new FakeConsult(description);
room.spawn.position = [number("x", 0), 1.6, number("z", 1.8)];
room.spawn.yaw = (number("yaw", 0) * Math.PI) / 180;
room.people.set(2, makePerson(2, "Bo", -1.9, -0.6));
room.things.set(3, makeThing(3, "Stethoscope", [-1.35, 0.74, -0.85], "stethoscope"));
room.things.set(4, makeThing(4, "Teddy", [-0.9, 0, -1.2], "teddy"));
const panel = makeThing(5, "Patient monitor", [0.3, 1.5, -2.4], "monitor-vitals");
panel.kind = "panel";
panel.grabbable = false;
room.things.set(5, panel);

const renderer = new THREE.WebGLRenderer({ antialias: true });
renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
renderer.setSize(innerWidth, innerHeight);
const view = document.getElementById("view");
view.append(renderer.domElement);
const scene = new THREE.Scene();
const camera = new THREE.PerspectiveCamera(70, innerWidth / innerHeight, 0.05, 200);
const notice = document.getElementById("notice");
const tell = (text) => { notice.textContent = text; };

// Models and scenes come from the repository's own folder, by the address that vite has for it.
const place = await Place.load(description, "/@fs" + query.get("root"), {
  portal: (portal) => { tell(`Through the door to ${portal.name}`); lab.portals.push(portal.to); },
  zone: (zone) => { tell(zone === null ? "" : `${zone.name}${zone.private ? ": private" : ""}`); },
});
place.follow(room);
scene.add(place.root);
for (const person of room.people.values()) scene.add(dummy(person));

const settings = { ...DEFAULT_COMFORT, move: query.get("move") ?? "teleport", seated: query.has("seated") };
const presence = new Presence({
  room, place, camera, scene, element: renderer.domElement, settings,
  listeners: { notice: tell, headset: (on) => { lab.headset = on; } },
});
place.carried = presence.carried;

// The wearer's own simulated hands, as beads on their joints' wrist: others see real ones.
const beads = ["left", "right"].map(() => {
  const bead = new THREE.Mesh(new THREE.SphereGeometry(0.045, 16, 12), new THREE.MeshStandardMaterial({ color: 0xe0b090 }));
  scene.add(bead);
  return bead;
});

renderer.setAnimationLoop((now, frame) => {
  room.sample(now);
  presence.update(now, frame);
  [presence.pose.left, presence.pose.right].forEach((hand, i) => {
    beads[i].visible = hand !== null;
    if (hand !== null) beads[i].position.fromArray(hand.position);
  });
  place.update(now, camera, presence.head);
  renderer.render(scene, camera);
  lab.frames += 1;
  lab.calls = renderer.info.render.calls;
});

addEventListener("resize", () => {
  renderer.setSize(innerWidth, innerHeight);
  camera.aspect = innerWidth / innerHeight;
  camera.updateProjectionMatrix();
});

const lab = { room, place, presence, device, renderer, scene, THREE, portals: [], headset: false, frames: 0, calls: 0, ready: true };
window.lab = lab;
const enter = document.getElementById("enter");
enter.hidden = !(await headsetSupported());
enter.addEventListener("click", () => { presence.enterHeadset(renderer).catch((error) => { tell(String(error)); }); });

function dummy(person) {
  const figure = new THREE.Group();
  const skin = new THREE.MeshStandardMaterial({ color: 0x6f8fa8 });
  const body = new THREE.Mesh(new THREE.CapsuleGeometry(0.2, 1, 6, 16), skin);
  body.position.y = 0.72;
  const head = new THREE.Mesh(new THREE.SphereGeometry(0.12, 20, 14), skin);
  head.position.y = 1.6;
  figure.add(body, head);
  figure.position.set(person.head.position[0], 0, person.head.position[2]);
  return figure;
}
