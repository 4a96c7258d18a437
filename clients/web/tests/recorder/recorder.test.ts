import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { headerLine, poseLine } from "../../src/recorder/format";
import { Recorder, SECONDS_MAX } from "../../src/recorder/recorder";

interface State {
  readonly flags: number;
  readonly voice: number;
  readonly head: readonly number[] | null;
  readonly left: readonly number[] | null;
  readonly right: readonly number[] | null;
  readonly left_fingers: string | null;
  readonly right_fingers: string | null;
}

const VECTORS = JSON.parse(readFileSync(join(import.meta.dirname, "../../../../protocol/vectors/pose.json"), "utf8")) as {
  readonly valid: readonly { readonly name: string; readonly hex: string; readonly pose: { readonly state: State } }[];
};

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

const STILL = bytes("100000000000000000");

describe("a line of a recording", () => {
  it.each(VECTORS.valid.map((vector) => [vector.name, vector] as const))("has the integers that were sent: %s", (_name, { hex, pose: { state } }) => {
    const told = [state.head, state.left, state.right].flatMap((part) => part ?? []);
    const fingers = [state.left_fingers, state.right_fingers].filter((values) => values !== null);
    expect(JSON.parse(poseLine(12.4, bytes(hex)))).toEqual([12, state.flags & ~32, state.voice, ...told, ...fingers]);
  });
});

describe("a recorder", () => {
  it("takes nothing before it is asked to and nothing after", () => {
    const recorder = new Recorder(() => "desktop");
    recorder.add(0, STILL);
    expect(recorder.stop()).toBeNull();
    recorder.start(1000);
    expect(recorder.recording).toBe(true);
    recorder.add(1000, STILL);
    recorder.add(1016.6, STILL);
    expect(recorder.seconds(3000)).toBe(2);
    const file = recorder.stop();
    recorder.add(1033, STILL);
    expect(file?.trimEnd().split("\n")).toEqual([headerLine("desktop"), "[0,0,0]", "[17,0,0]"]);
    expect(recorder.stop()).toBeNull();
  });

  it("ends by itself when it was forgotten, and keeps what it has", () => {
    const recorder = new Recorder(() => "headset");
    recorder.start(0);
    recorder.add(0, STILL);
    recorder.add(20, STILL);
    recorder.add((SECONDS_MAX + 1) * 1000, STILL);
    expect(recorder.recording).toBe(false);
    expect(recorder.stop()?.trimEnd().split("\n")).toHaveLength(3);
  });

  it("says nothing of who it was", () => {
    expect(Object.keys(JSON.parse(headerLine("touch")) as object)).toEqual(["format", "version", "device"]);
  });
});
