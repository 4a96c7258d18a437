/** The text view's walks and takings, done by a presence that is in a picture too. */

import type { Presence } from "../presence";
import type { TextWays } from "../screens/text-view";
import type { Outcome, RoomView, ThingView } from "../world/model";

/** Walking up to a thing and stretching an arm out takes a while, ms. */
const PATIENCE = 12_000;
/** As close as this is there, m. */
const THERE = 0.4;
const STEP = Math.PI / 6;
const WELL: Outcome = { ok: true, code: "", detail: "" };
const FAILED: Outcome = { ok: false, code: "failed", detail: "That did not work. What stands in the way was told." };

export function stageWays(room: RoomView, presence: Presence): Pick<TextWays, "walkTo" | "turn" | "grab" | "put"> {
  const run = (id: string): void => { presence.actions.find((action) => action.id === id)?.run(); };
  return {
    walkTo: (place, stop) =>
      new Promise((resolve) => {
        const walks = presence.walkTo(place, stop, resolve);
        if (!walks) resolve(Math.hypot(place[0] - presence.head[0], place[2] - presence.head[2]) <= stop + THERE);
      }),
    turn: (radians) => {
      const steps = Math.max(1, Math.round(Math.abs(radians) / STEP));
      for (let step = 0; step < steps; step += 1) run(radians > 0 ? "turn-left" : "turn-right");
    },
    grab: (thing) => heldBy(room, thing, room.self.entity, (failed) => { presence.take(thing.entity, failed); }),
    put: (thing) => heldBy(room, thing, 0, () => { run("grab"); }),
  };
}

/** Do something, and wait until a thing is held by whom it should be. */
function heldBy(room: RoomView, thing: ThingView, holder: number, act: (failed: () => void) => void): Promise<Outcome> {
  return new Promise((resolve) => {
    const end = (outcome: Outcome): void => {
      clearTimeout(timer);
      stop();
      resolve(outcome);
    };
    const timer = setTimeout(() => { end(FAILED); }, PATIENCE);
    const stop = room.on("held", (changed) => { if (changed.entity === thing.entity && changed.holder === holder) end(WELL); });
    act(() => { end(FAILED); });
  });
}
