import { expect, it } from "vitest";
import { recordedBy } from "../../src/main/tap";
import { Recorder } from "../../src/recorder/recorder";
import type { Environment, Socket } from "../../src/session/environment";

it("the recorder sees poses and nothing else, while it records, and the socket sees all", () => {
  const sent: number[] = [];
  let now = 0;
  const socket: Socket = { waiting: 7, send: (message) => sent.push(message[0] ?? 0), close: () => sent.push(-1) };
  const environment = { now: () => now, openSocket: () => socket } as unknown as Environment;
  const recorder = new Recorder(() => "desktop");
  const tapped = recordedBy(recorder, environment).openSocket("ws://clinic.example/world", "polyclinic.v1", { opened: () => undefined, received: () => undefined, closed: () => undefined });
  const pose = Uint8Array.of(0x10, 0, 0, 0, 0, 0, 0, 0, 0);
  tapped.send(pose);
  recorder.start(0);
  for (now of [10, 20]) tapped.send(pose);
  tapped.send(Uint8Array.of(0x04, 0x80));
  tapped.close(1000);
  expect(tapped.waiting).toBe(7);
  expect(sent).toEqual([0x10, 0x10, 0x10, 0x04, -1]);
  expect(recorder.stop()?.trimEnd().split("\n").slice(1)).toEqual(["[10,0,0]", "[20,0,0]"]);
});
