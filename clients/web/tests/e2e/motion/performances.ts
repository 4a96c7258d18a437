/** What the recordings show: somebody explaining, somebody handling an instrument, somebody on a ward round. */

import type { Performance } from "./body";
import { chanceOf, Track, type Chance } from "./tracks";

const LEFT_HANGS = [-0.24, 0.82, -0.1, 8, -50, 35, 0.25] as const;
const RIGHT_HANGS = [0.24, 0.82, -0.1, -8, -50, -35, 0.25] as const;
/** Hands in front of the belly, while the other one speaks. */
const LEFT_FOLDED = [-0.07, 1.02, -0.24, -35, -10, 50, 0.35] as const;
const RIGHT_FOLDED = [0.07, 1.04, -0.25, 35, -10, -50, 0.35] as const;

/** A consultation: explains with both hands, listens with folded ones, nods. */
export function consultation(): Performance {
  const chance = chanceOf(1701);
  const seconds = 26;
  const body = new Track(0, 0, 0);
  while (body.end < seconds) body.rest(chance(2, 4)).to(chance(1, 1.8), chance(-0.04, 0.04), chance(-0.04, 0.04), chance(-9, 9));
  const left = new Track(...LEFT_FOLDED);
  const right = new Track(...RIGHT_FOLDED);
  const head = new Track(1.6, 0, -6, 0);
  while (right.end < seconds) {
    const from = right.end;
    for (let strokes = Math.round(chance(3, 7)); strokes > 0; strokes -= 1) {
      stroke(right, 1, chance);
      if (chance(0, 1) < 0.6) stroke(left.until(right.end - 0.7), -1, chance);
    }
    right.to(0.7, ...RIGHT_FOLDED);
    left.until(right.end - 0.8).to(0.75, ...LEFT_FOLDED);
    glances(head, from, right.end, chance);
    right.rest(chance(1.2, 2.4));
    nod(head.until(right.end - 1.2), chance);
  }
  return { name: "consultation", seconds, body, head, left, right };
}

/** One stroke of a gesture, before the chest; `side` is 1 to the right. */
function stroke(hand: Track, side: 1 | -1, chance: Chance): void {
  const across = side * chance(0.08, 0.34);
  hand.to(chance(0.38, 0.75), across, chance(1.06, 1.36), chance(-0.46, -0.26), side * chance(-12, 30), chance(-15, 35), -side * chance(10, 95), chance(0, 0.45));
  if (chance(0, 1) < 0.5) hand.rest(chance(0.1, 0.4));
}

function glances(head: Track, from: number, until: number, chance: Chance): void {
  head.until(from);
  while (head.end < until - 0.6) {
    head.to(chance(0.35, 0.7), chance(1.585, 1.605), chance(-16, 16), chance(-14, 3), chance(-5, 5)).rest(chance(0.3, 1.3));
  }
}

function nod(head: Track, chance: Chance): void {
  const yaw = chance(-6, 6);
  for (let times = Math.round(chance(1, 3)); times > 0; times -= 1) {
    head.to(0.24, 1.592, yaw, -17, 0).to(0.28, 1.6, yaw, -4, 0);
  }
}

/** Takes an instrument from a tray, looks it over, passes it on, gets it back and lays it down; twice. */
export function instrument(): Performance {
  const chance = chanceOf(1867);
  const head = new Track(1.58, 0, -8, 0).rest(0.6);
  const right = new Track(...RIGHT_HANGS).rest(0.9);
  const left = new Track(...LEFT_HANGS).rest(1);
  const body = new Track(0, 0, 0);
  for (let time = 0; time < 2; time += 1) {
    const from = right.end;
    pick(right, chance);
    lookOver(right, left.until(right.end - 0.4), chance);
    pass(right, chance);
    lay(right, chance);
    left.until(right.end - 3).to(0.9, ...LEFT_HANGS);
    head.until(from - 0.3).to(0.5, 1.56, -28, -36, 3).rest(1.6).to(0.6, 1.57, -4, -27, -2).rest(2.6).to(0.5, 1.58, 2, -6, 0).rest(1.9);
    head.to(0.6, 1.57, -6, -24, 0).rest(0.7).to(0.6, 1.56, -27, -35, 2).rest(0.5).to(0.7, 1.58, 3, -7, 0);
    body.until(from).to(0.9, 0.03, -0.01, -12).rest(0.8).to(0.9, 0, 0, 0).rest(3.4).to(0.8, 0, -0.07, 2).rest(1.2).to(0.8, 0, 0, 0);
    right.until(Math.max(head.end, left.end, body.end)).rest(0.5);
  }
  return { name: "instrument", seconds: Math.min(30, Math.ceil(right.end)), body, head, left, right };
}

function pick(right: Track, chance: Chance): void {
  right.to(0.9, 0.36, 1.02, -0.4, -10, -20, -8, 0.05).to(0.45, 0.38 + chance(-0.02, 0.02), 0.93, -0.43, -12, -32, -6, 0.1);
  right.to(0.3, 0.38, 0.93, -0.43, -12, -32, -6, 0.68).rest(0.15).to(0.7, 0.14, 1.2, -0.34, 12, 4, -25, 0.66);
}

function lookOver(right: Track, left: Track, chance: Chance): void {
  left.to(0.8, -0.02, 1.14, -0.35, -38, 18, 70, 0.3);
  for (let turn = 0; turn < 3; turn += 1) {
    const roll = -25 + (turn % 2 === 0 ? -1 : 1) * chance(25, 55);
    right.to(chance(0.55, 0.8), 0.12 + chance(-0.02, 0.03), 1.2 + chance(-0.03, 0.03), -0.34, 12 + chance(-15, 15), chance(-8, 16), roll, 0.64).rest(chance(0.1, 0.3));
    left.to(chance(0.6, 0.9), -0.02 + chance(-0.02, 0.02), 1.14 + chance(-0.02, 0.03), -0.35, -38, chance(10, 25), chance(55, 80), chance(0.2, 0.5));
  }
}

function pass(right: Track, chance: Chance): void {
  right.to(0.85, 0.06, 1.2, -0.63, 4, 6, -70, 0.66).rest(0.35).to(0.3, 0.06, 1.2, -0.63, 4, 8, -72, 0.05);
  right.to(0.4, 0.08, 1.18, -0.52, 4, 8, -68, 0.05).rest(chance(0.4, 0.8)).to(0.45, 0.05, 1.21, -0.62, 2, 6, -74, 0.08).to(0.3, 0.05, 1.21, -0.62, 2, 6, -74, 0.66);
}

function lay(right: Track, chance: Chance): void {
  right.to(0.7, 0.18, 1.15, -0.4, 4, 0, -30, 0.66).to(0.7, 0.37, 0.95 + chance(0, 0.02), -0.43, -12, -30, -8, 0.66);
  right.to(0.3, 0.37, 0.95, -0.43, -12, -30, -8, 0.06).to(0.9, ...RIGHT_HANGS);
}

/** Walks from bed to bed, a chart in the left hand, stops, reads, looks, points, goes on. */
export function wardRound(): Performance {
  const chance = chanceOf(1907);
  const chart = [-0.14, 1.12, -0.3, -25, 20, 62, 0.6] as const;
  const body = new Track(0, 0, 0).rest(0.8);
  const head = new Track(1.62, 0, -5, 0);
  const right = new Track(...RIGHT_HANGS);
  const left = new Track(...chart);
  const stops = [[0.3, -1.7, 55], [-0.4, -3.3, -60], [-1.7, -2.2, 150]] as const;
  let [x, z] = [0, 0];
  for (const [nextX, nextZ, bed] of stops) {
    const way = (Math.atan2(-(nextX - x), -(nextZ - z)) * 180) / Math.PI;
    const length = Math.hypot(nextX - x, nextZ - z);
    [x, z] = [nextX, nextZ];
    body.to(0.9, ...(body.at(body.end) as [number, number]), way);
    glances(head, body.end - 0.6, body.end + length / 0.75, chance);
    body.to(length / 0.75, x, z, way).to(1, x, z, bed);
    right.until(body.end - 0.4);
    visit(head.until(body.end - 0.3), left.until(body.end), right, chance);
    body.until(right.end);
  }
  return { name: "ward-round", seconds: Math.min(30, Math.ceil(body.end)), body, head, left, right };
}

function visit(head: Track, left: Track, right: Track, chance: Chance): void {
  const side = chance(-14, 14);
  left.to(0.6, -0.08, 1.22, -0.32, -30, 34, 55, 0.6).rest(1.2).to(0.7, -0.14, 1.12, -0.3, -25, 20, 62, 0.6);
  head.to(0.5, 1.61, 4, -32, -2).rest(chance(0.8, 1.3)).to(0.5, 1.61, side, -20, 2).rest(chance(0.7, 1.2)).to(0.5, 1.62, -side / 2, -6, 0);
  right.rest(chance(0.9, 1.4)).to(0.6, 0.2, 1.2, -0.5, chance(-6, 12), 10, -20, 0.1).rest(chance(0.4, 0.9));
  right.to(0.5, 0.04, 1.2, -0.33, 30, 15, -50, 0.55).rest(0.3).to(0.8, ...RIGHT_HANGS);
}
