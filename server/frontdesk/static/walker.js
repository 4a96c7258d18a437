// One's own avatar, walked with the keys: a head at the height where it appeared, no hands, since none are tracked.

import { headState } from "./protocol.js";
import { turn } from "./motion.js";

const WALK_M_S = 1.4;
const HURRY_M_S = 2.4;
const TURN_SECONDS = 0.12;
const WALL_M = 0.35;
const POSES_PER_SECOND = 30;
const REST_MS = 1000;
const STEPS = {
  ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0],
  KeyW: [0, -1], KeyS: [0, 1], KeyA: [-1, 0], KeyD: [1, 0],
};

export class Walker {
  constructor(welcome) {
    this.keys = new Set();
    this.hurry = false;
    this.seated = false;
    this.body = null;
    this.sent = { at: -Infinity, key: "" };
    this.enter(welcome, false);
  }

  /** Stands at the spawn point of a fresh session; a resumed one stays where it was. */
  enter({ room, spawn }, kept) {
    this.bounds = room.bounds;
    if (kept) return;
    this.position = [...spawn.position];
    this.yaw = spawn.yaw;
    this.body = spawn.yaw;
    this.seated = false;
  }

  /** Moves to where the server holds this head to be; position in mm. */
  correct(position) {
    this.position = position.map((value) => value / 1000);
  }

  /** Takes a key; true if it was one for walking. */
  press(event) {
    this.hurry = event.shiftKey;
    if (event.code === "KeyC" && !event.repeat) {
      this.sit(!this.seated);
      return true;
    }
    if (!(event.code in STEPS)) return false;
    this.keys.add(event.code);
    return true;
  }

  release(event) {
    this.hurry = event.shiftKey;
    this.keys.delete(event.code);
  }

  stop() {
    this.keys.clear();
  }

  sit(seated) {
    if (seated !== this.seated) this.position[1] += seated ? -0.4 : 0.4;
    this.seated = seated;
  }

  /** Walks on for some seconds. */
  step(seconds) {
    let [dx, dz] = [0, 0];
    for (const key of this.keys) [dx, dz] = [dx + STEPS[key][0], dz + STEPS[key][1]];
    const length = Math.hypot(dx, dz);
    if (length > 0) {
      if (this.seated) this.sit(false);
      const pace = ((this.hurry ? HURRY_M_S : WALK_M_S) * seconds) / length;
      this.position[0] += dx * pace;
      this.position[2] += dz * pace;
      const wanted = Math.atan2(-dx, -dz);
      this.yaw += turn(this.yaw, wanted) * (1 - Math.exp(-seconds / TURN_SECONDS));
    }
    this.body += turn(this.body, this.yaw) * (1 - Math.exp(-seconds / 0.2));
    const [least, most] = this.bounds;
    for (const n of [0, 2]) this.position[n] = Math.max(least[n] + WALL_M, Math.min(most[n] - WALL_M, this.position[n]));
  }

  /** The pose to send at `now` ms, or null when it is not time: 30 a second while something changes, else one. */
  pose(now) {
    const key = [...this.position, this.yaw, this.seated].join();
    const wait = key === this.sent.key ? REST_MS : 1000 / POSES_PER_SECOND - 1;
    if (now - this.sent.at < wait) return null;
    this.sent = { at: now, key };
    const half = this.yaw / 2;
    return headState(this.position, [0, Math.sin(half), 0, Math.cos(half)], this.seated);
  }

  /** How the plan shows it. */
  shown(entity, name, role) {
    return {
      entity, name, role, kind: "avatar", head: this.position, left: null, right: null,
      yaw: this.yaw, body: this.body, voice: 0, seated: this.seated,
    };
  }
}
