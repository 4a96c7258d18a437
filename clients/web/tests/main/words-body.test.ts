import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Body } from "../../src/main/body";
import { Voice } from "../../src/main/voice";
import { wordsBody } from "../../src/main/words-body";
import { defaultSettings } from "../../src/screens/settings";
import type { LocalPose } from "../../src/world/model";
import { FakeLobby, thing } from "../screens/fake-lobby";
import { MicrophoneQuestion, settle } from "./fake-microphone";

const SETTINGS = defaultSettings({ reducedMotion: false, moreContrast: false });

class RoomOfPoses extends FakeLobby {
  readonly poses: LocalPose[] = [];

  override sendPose(pose?: LocalPose): void {
    this.poses.push({ ...pose! });
  }
}

let room: RoomOfPoses;
let question: MicrophoneQuestion;
let body: Body;
let pictures: ((now: number) => void)[];

function draw(now: number): void {
  for (const picture of pictures.splice(0)) picture(now);
}

function run(id: string): void {
  body.actions.find((action) => action.id === id)!.run();
}

beforeEach(() => {
  pictures = [];
  vi.stubGlobal("requestAnimationFrame", (call: (now: number) => void) => pictures.push(call));
  vi.stubGlobal("cancelAnimationFrame", () => { pictures = []; });
  room = new RoomOfPoses();
  question = new MicrophoneQuestion();
  body = wordsBody(room, new Voice(() => undefined, question.ask), () => 0.5);
});

afterEach(() => {
  body.close();
  vi.unstubAllGlobals();
});

it("sends a pose at its own pace, and none while the connection is lost", () => {
  for (let now = 1000; now <= 1100; now += 10) draw(now);
  expect(room.poses).toHaveLength(3);
  room.status = { state: "reconnecting", reason: "", code: "1006", resumed: false };
  draw(1200);
  expect(room.poses).toHaveLength(3);
});

it("turns the microphone on and off in words too", async () => {
  draw(1000);
  expect(room.poses.at(-1)!.voice).toBe(0);
  run("mute");
  question.allow();
  await settle();
  draw(1100);
  expect(room.poses.at(-1)!.voice).toBe(0.5);
  run("mute");
  draw(1200);
  expect(room.poses.at(-1)!.voice).toBe(0);
  expect(body.actions.find((action) => action.id === "mute")!.active!()).toBe(true);
});

it("keeps who sat down by the button seated when another setting changes", () => {
  body.apply(SETTINGS);
  run("sit");
  body.apply({ ...SETTINGS, textScale: 2 });
  draw(1000);
  expect(room.poses.at(-1)!.seated).toBe(true);
  body.apply({ ...SETTINGS, seated: true });
  body.apply(SETTINGS);
  draw(1100);
  expect(room.poses.at(-1)!.seated).toBe(false);
});

it("puts down on the floor before its wearer", async () => {
  const clipboard = thing(20, "clipboard", [0, 1, 0]);
  await body.ways.put(clipboard);
  const [name, entity, place] = room.asked.at(-1)!;
  expect([name, entity]).toEqual(["put", 20]);
  expect((place as { position: number[] }).position[1]).toBe(0);
});

it("ends a walk where the server corrects it, and stops with the room", async () => {
  draw(1000);
  const walk = body.ways.walkTo([0, 0, -3], 0.5);
  draw(1100);
  room.happen("correction", { position: [1, 1.6, 1], reason: "too_fast" });
  expect(await walk).toBe(false);
  expect([...body.standing().position]).toEqual([1, 1.6, 1]);
  body.close();
  expect([pictures.length, room.heard()]).toEqual([0, 0]);
});
