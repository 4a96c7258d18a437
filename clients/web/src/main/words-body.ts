/** Being in a room by words alone: no canvas, no three.js. */

import type { Body } from "./body";
import type { Action } from "../screens/actions";
import { Walker } from "../screens/walker";
import type { Voice } from "./voice";
import type { LocalPose, Outcome, RoomView, ThingView } from "../world/model";

const IDENTITY = { position: [0, 0, 0], rotation: [0, 0, 0, 1] } as const;
/** Often enough for who watches one walk, ms. */
const POSE_MS = 45;
/** A window that was hidden does not make the voice jump, s. */
const STEP_MAX = 0.25;

export function wordsBody(room: RoomView, voice: Voice, sensitivity: () => number): Body {
  const walker = new Walker(room.spawn, room.description.bounds);
  const stopCorrections = room.on("correction", ({ position }) => { walker.correct(position); });
  let sent = 0;
  let seated = false;
  let step: (now: number) => void = () => undefined;
  const turn = (now: number): void => {
    request = requestAnimationFrame(turn);
    room.sample(now, false);
    walker.step(now);
    const pose: LocalPose = walker.pose;
    if (room.status.state === "live" && now - sent >= POSE_MS) {
      pose.voice = voice.sample(Math.min(STEP_MAX, (now - sent) / 1000), sensitivity());
      sent = now;
      room.sendPose(pose);
    }
    step(now);
  };
  let request = requestAnimationFrame(turn);

  const actions: readonly Action[] = [
    { id: "sit", label: "Sit or stand", group: "move", keys: "", active: () => walker.seated, run: () => { walker.seated = !walker.seated; } },
    { id: "stop", label: "Stop walking", group: "move", keys: "", run: () => { walker.stop(); } },
    { id: "sign", label: "Talking in sign language", group: "voice", keys: "", active: () => walker.pose.signing, run: () => { walker.pose.signing = !walker.pose.signing; } },
    { id: "mute", label: "Mute the microphone", activeLabel: "Unmute the microphone", group: "voice", keys: "", active: () => voice.muted, run: () => { void voice.toggle(); } },
  ];
  return {
    actions,
    device: "text",
    pose: walker.pose,
    ways: {
      walkTo: (place, stop) => walker.walkTo(place, stop),
      turn: (radians) => { walker.turn(radians); },
      grab: (thing) => room.grab(thing.entity, "right", IDENTITY),
      put: (thing) => putBefore(room, walker, thing),
    },
    standing: () => walker.standing,
    onStep: (listener) => { step = listener; },
    apply: (settings) => {
      // Another setting that changes makes nobody stand up.
      if (settings.seated !== seated) walker.seated = settings.seated;
      ({ seated } = settings);
    },
    hide: () => undefined,
    heed: () => undefined,
    counts: () => ({}),
    close: () => {
      cancelAnimationFrame(request);
      stopCorrections();
      walker.stop();
    },
  };
}

/** On the floor under the hand. */
function putBefore(room: RoomView, walker: Walker, thing: ThingView): Promise<Outcome> {
  const hand = walker.pose.right?.position ?? walker.standing.position;
  const floor = Math.max(0, room.description.bounds[0][1]);
  return room.put(thing.entity, { position: [hand[0], floor, hand[2]], rotation: [0, 0, 0, 1] });
}
