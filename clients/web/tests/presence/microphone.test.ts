import { afterEach, expect, it, vi } from "vitest";
import { Microphone } from "../../src/presence/microphone";

afterEach(() => {
  vi.unstubAllGlobals();
});

it("stops what it was given where the sound cannot be read", async () => {
  let stopped = 0;
  let closed = 0;
  const track = { stop: () => { stopped += 1; } };
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: () => Promise.resolve({ getTracks: () => [track] }) } });
  vi.stubGlobal("AudioContext", class {
    createAnalyser(): object { return {}; }
    createMediaStreamSource(): object { return { connect: () => undefined }; }
    resume(): Promise<void> { return Promise.reject(new Error("no sound here")); }
    close(): Promise<void> {
      closed += 1;
      return Promise.resolve();
    }
  });
  await expect(Microphone.open()).rejects.toThrow("no sound here");
  expect([stopped, closed]).toEqual([1, 1]);
});
