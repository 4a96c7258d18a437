/** A body that stands or walks, looks and reaches: tracks of it, and the devices on it at each moment. */

import { sway, type Track } from "./tracks";

/** Degrees; hands stand in the body's frame: x to the right, y from the floor, z behind, in metres. */
export interface Performance {
  readonly name: string;
  readonly seconds: number;
  /** x, z, yaw of the body, m and degrees. */
  readonly body: Track;
  /** Height, then yaw, pitch, roll on the body. */
  readonly head: Track;
  /** x, y, z, then yaw, pitch, roll; then 0 open to 1 closed. */
  readonly left: Track;
  readonly right: Track;
}

/** What the headset tells at a moment: x y z and x y z w of head, left and right hand, then how far each hand is closed. */
export type Sample = readonly number[];

/** As often as the client sends in a room of 30 ticks a second. */
export const SAMPLES_A_SECOND = 45;
const STEP_METRES = 0.68;
const BOB_METRES = 0.018;
const SWING_METRES = 0.09;
const WALKS = 0.7;
/** A hand that is closed more would aim or take. */
const CLOSED_MOST = 0.72;

export function samplesOf(performance: Performance): Sample[] {
  const samples: Sample[] = [];
  let walked = 0;
  let before = performance.body.at(0);
  for (let n = 0; n <= performance.seconds * SAMPLES_A_SECOND; n += 1) {
    const body = performance.body.at(n / SAMPLES_A_SECOND);
    const passed = Math.hypot(body[0]! - before[0]!, body[1]! - before[1]!);
    walked += passed;
    const pace = Math.min(1, (passed * SAMPLES_A_SECOND) / WALKS);
    samples.push(sampleAt(performance, n / SAMPLES_A_SECOND, body, (walked / STEP_METRES) * Math.PI, pace));
    before = body;
  }
  return samples;
}

/** `stride` is an angle that goes on by half a turn a step; `pace` 0 standing to 1 walking. */
function sampleAt(performance: Performance, time: number, body: readonly number[], stride: number, pace: number): number[] {
  const [x, z, yaw] = body as [number, number, number];
  const swayed = [x + sway(time, 0.007, 1) + pace * 0.012 * Math.sin(stride), z + sway(time, 0.006, 2), yaw + sway(time, 1.2, 3)] as const;
  const [height, turn, pitch, roll] = performance.head.at(time) as [number, number, number, number];
  const bob = pace * BOB_METRES * Math.cos(2 * stride);
  const head = [swayed[0], height + bob + sway(time, 0.002, 4), swayed[1]];
  const look = turned(swayed[2] + turn + sway(time, 1.5, 5), pitch + sway(time, 1, 6), roll + sway(time, 0.6, 7));
  const left = handAt(performance.left.at(time), time, swayed, -pace * SWING_METRES * Math.sin(stride), 11);
  const right = handAt(performance.right.at(time), time, swayed, pace * SWING_METRES * Math.sin(stride), 17);
  return [...head, ...look, ...left.place, ...right.place, left.closed, right.closed];
}

function handAt(values: readonly number[], time: number, body: readonly [number, number, number], swing: number, phase: number) {
  const [x, y, z, yaw, pitch, roll, closed] = values as [number, number, number, number, number, number, number];
  // A hand that hangs swings with the steps, one that is held up hardly does.
  const hangs = Math.max(0, Math.min(1, (1.15 - y) / 0.25));
  const there = [x + sway(time, 0.005, phase), y + sway(time, 0.006, phase + 1), z + swing * hangs + sway(time, 0.005, phase + 2)] as const;
  const angle = (body[2] * Math.PI) / 180;
  const place = [
    body[0] + there[0] * Math.cos(angle) + there[2] * Math.sin(angle), there[1],
    body[1] + there[2] * Math.cos(angle) - there[0] * Math.sin(angle),
  ];
  const rotation = turned(body[2] + yaw + sway(time, 2, phase + 3), pitch + sway(time, 2, phase + 4), roll + sway(time, 2.5, phase + 5));
  const grasp = Math.max(0, Math.min(CLOSED_MOST, closed + sway(time, 0.04, phase + 6)));
  return { place: [...place, ...rotation], closed: grasp };
}

/** A quaternion x y z w of degrees about Y, then X, then Z. */
function turned(yaw: number, pitch: number, roll: number): number[] {
  const [a, b, c] = [yaw, pitch, roll].map((degrees) => (degrees * Math.PI) / 360) as [number, number, number];
  const [sa, ca, sb, cb, sc, cc] = [Math.sin(a), Math.cos(a), Math.sin(b), Math.cos(b), Math.sin(c), Math.cos(c)];
  return [
    ca * sb * cc + sa * cb * sc, sa * cb * cc - ca * sb * sc, ca * cb * sc - sa * sb * cc, ca * cb * cc + sa * sb * sc,
  ];
}
