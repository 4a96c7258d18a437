/** Tones for what happens in a room, from where it happens. */

import { Sounds, type Tone } from "../screens/sounds";
import type { Standing } from "../screens/describe";
import type { SettingsShelf } from "../screens/settings";
import type { RoomView } from "../world/model";

/** Who comes into a full room is not greeted by everybody's tone, ms. */
const QUIET_AT_FIRST = 2500;
const APART = 250;

export class Earcons {
  private readonly sounds = new Sounds();
  private readonly stops: readonly (() => void)[];
  private readonly since = performance.now();
  private last = 0;

  constructor(private readonly room: RoomView, private readonly standing: () => Standing, shelf: SettingsShelf) {
    this.stops = [
      shelf.watch((settings) => {
        this.sounds.on = settings.sounds;
        this.sounds.mono = settings.monoSound;
      }),
      room.on("entered", (view) => { if ("head" in view) this.play("entered", view.entity); }),
      room.on("left", (view) => { if ("head" in view) this.play("left", 0); }),
      room.on("said", (said) => { if (said.entity !== room.self.entity) this.play("said", said.entity); }),
      room.on("wanted", ({ entity }) => { this.play("wanted", entity); }),
    ];
  }

  close(): void {
    for (const stop of this.stops) stop();
    this.sounds.close();
  }

  private play(tone: Tone, entity: number): void {
    const now = performance.now();
    if (now - this.since < QUIET_AT_FIRST || now - this.last < APART) return;
    this.last = now;
    this.sounds.play(tone, this.bearing(entity));
  }

  private bearing(entity: number): number {
    const head = this.room.people.get(entity)?.head.position;
    if (head === undefined) return 0;
    const { position, yaw } = this.standing();
    return Math.atan2((head[0] ?? 0) - position[0], position[2] - (head[2] ?? 0)) + yaw;
  }
}
