// Smooth motion from samples that come at the room's tick: each entity is shown a little in the past, between two of them.

import { FLAG, unpackRotation } from "./protocol.js";

const DELAY_LEAST_MS = 60;
const DELAY_MOST_MS = 500;
const KEPT_MS = 3000;
const JUMP_M = 2;
/** Of the last gaps between samples the least is taken for the rate. */
const GAPS_KEPT = 4;
/** Ticks between two samples of what comes most rarely (SPEC 5.4). */
const INTERVAL_MOST = 16;

/** Metres and turns of a state: null for what is not tracked. Only what a plan from above shows. */
export function sampleOf(state, time) {
  const head = state.flags & FLAG.head ? state.head.position.map((v) => v / 1000) : null;
  const hand = (side) => (head && state.flags & FLAG[side] ? state[side].position.map((v, n) => head[n] + v / 1000) : null);
  return {
    time, head, left: hand("left"), right: hand("right"), yaw: head ? yawOf(unpackRotation(state.head.rotation)) : 0,
    voice: state.voice / 255, seated: Boolean(state.flags & FLAG.seated),
  };
}

/** The turn about +Y of where a rotation looks: 0 along -Z, counter-clockwise from above. */
export function yawOf([x, y, z, w]) {
  return Math.atan2(2 * (x * z + w * y), 1 - 2 * (x * x + y * y));
}

/** The difference between two angles, in [-pi, pi). */
export const turn = (from, to) => ((((to - from + Math.PI) % (2 * Math.PI)) + 2 * Math.PI) % (2 * Math.PI)) - Math.PI;

/** The track of one entity. Times are the server's, ms. */
export class Track {
  constructor(sample) {
    this.samples = [sample];
    this.gaps = [];
    this.lag = 0;
  }

  /**
   * Takes a sample in. What is far comes every few ticks, and is shown that much later, so that there are always two
   * samples to move between. An entity that rests sends nothing: it is held where it was until just before it moves on.
   */
  push(sample, period) {
    const last = this.samples.at(-1);
    const ticks = Math.max(1, Math.round((sample.time - last.time) / period));
    this.gaps.push(ticks);
    if (this.gaps.length > GAPS_KEPT) this.gaps.shift();
    const interval = Math.min(...this.gaps, INTERVAL_MOST);
    if (ticks > 1.5 * interval) this.samples.push({ ...last, time: sample.time - interval * period });
    this.samples.push(sample);
    // Slowly, for the same reason as the delay: a tenth of the way a tick.
    this.lag += ((interval - 1) * period - this.lag) * (1 - 0.9 ** interval);
    while (this.samples.length > 2 && this.samples[1].time < sample.time - KEPT_MS) this.samples.shift();
  }

  /** How the entity was at a time, less what it lags; its newest place once that is past. */
  at(now) {
    const time = now - this.lag;
    const after = this.samples.findIndex((sample) => sample.time > time);
    if (after === -1) return this.samples.at(-1);
    if (after === 0) return this.samples[0];
    const [a, b] = [this.samples[after - 1], this.samples[after]];
    return blend(a, b, (time - a.time) / (b.time - a.time));
  }
}

function blend(a, b, share) {
  const mix = (p, q) => p + (q - p) * share;
  const point = (p, q) => (p && q ? p.map((value, n) => mix(value, q[n])) : p);
  const jumped = a.head && b.head && Math.hypot(a.head[0] - b.head[0], a.head[2] - b.head[2]) > JUMP_M;
  if (jumped) return a;
  return {
    ...a, head: point(a.head, b.head), left: point(a.left, b.left), right: point(a.right, b.right),
    yaw: a.yaw + turn(a.yaw, b.yaw) * share, voice: mix(a.voice, b.voice),
  };
}

/** How far in the past to show things: as little as the lateness of the last frames lets be smooth. */
export class Delay {
  constructor(period) {
    this.period = period;
    this.latest = [];
    this.value = Math.max(DELAY_LEAST_MS, 2 * period);
  }

  /** Notes a frame of the server's `time` that came at `now`, both ms. */
  note(time, now) {
    this.latest.push(Math.max(0, now - time));
    if (this.latest.length > 60) this.latest.shift();
    const wanted = Math.max(...this.latest) + 1.25 * this.period;
    const bounded = Math.max(DELAY_LEAST_MS, Math.min(DELAY_MOST_MS, wanted));
    // Slowly: a change of the delay speeds up or slows down everything that moves.
    this.value += (bounded - this.value) * 0.05;
  }
}
