import { beforeEach, expect, it } from "vitest";
import { Voice } from "../../src/main/voice";
import { MicrophoneQuestion, settle } from "./fake-microphone";

let question: MicrophoneQuestion;
let told: string[];
let voice: Voice;

beforeEach(() => {
  question = new MicrophoneQuestion();
  told = [];
  voice = new Voice((text) => told.push(text), question.ask);
});

it("is opened by the first press of mute, and muted by the next", async () => {
  expect([voice.muted, voice.sample(0.05, 0.5)]).toEqual([true, 0]);
  void voice.toggle();
  void voice.toggle();
  expect(question.asked).toBe(1);
  const microphone = question.allow();
  await settle();
  expect([voice.muted, voice.sample(0.05, 0.5)]).toEqual([false, 0.5]);
  await voice.toggle();
  expect([microphone.muted, voice.muted]).toEqual([true, true]);
  expect(told).toEqual(["The microphone is on.", "Muted."]);
});

it("tells that it cannot be had, and asks again at the next press", async () => {
  void voice.toggle();
  question.refuse();
  await settle();
  expect(told[0]).toContain("cannot be used");
  void voice.toggle();
  expect(question.asked).toBe(2);
});

it("closes a microphone that comes after the visit, and says nothing", async () => {
  void voice.toggle();
  voice.close();
  const microphone = question.allow();
  await settle();
  expect([microphone.closed, voice.microphone, told]).toEqual([true, null, []]);
});
