// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { microphoneCheck, type LevelMeter, type MicrophoneCheck } from "../../src/screens/microphone-check";

interface Asked {
  readonly allow: () => LevelMeter & { closed: boolean };
  readonly refuse: () => void;
}

let asked: Asked[];
let check: MicrophoneCheck;
let pictures: (() => void)[];

const button = (): HTMLButtonElement => check.element.querySelector("button")!;
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** The browser's question, answered when the test says so. */
function question(): Promise<LevelMeter> {
  return new Promise((resolve, reject) => {
    asked.push({
      allow: () => {
        const meter = { closed: false, level: () => 0.5, close: () => { meter.closed = true; } };
        resolve(meter);
        return meter;
      },
      refuse: () => { reject(new Error("no")); },
    });
  });
}

beforeEach(() => {
  asked = [];
  pictures = [];
  vi.stubGlobal("requestAnimationFrame", (call: () => void) => pictures.push(call));
  check = microphoneCheck(question);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

it("asks once, however often one presses before the answer", async () => {
  button().click();
  button().click();
  expect(asked).toHaveLength(1);
  expect(button().getAttribute("aria-disabled")).toBe("true");
  asked[0]!.allow();
  await settle();
  expect(button().hasAttribute("aria-disabled")).toBe(false);
  expect(button().textContent).toBe("Stop test");
  expect(check.allowed()).toBe(true);
});

it("opens nothing for who has come in before the question was answered", async () => {
  button().click();
  check.close();
  const microphone = asked[0]!.allow();
  await settle();
  expect(microphone.closed).toBe(true);
  expect(check.allowed()).toBe(false);
  expect(pictures).toEqual([]);
});

it("closes what it opened, and draws no more", async () => {
  button().click();
  const microphone = asked[0]!.allow();
  await settle();
  check.close();
  expect(microphone.closed).toBe(true);
  for (const picture of pictures.splice(0)) picture();
  expect(pictures).toEqual([]);
});

it("can be tried again after a refusal", async () => {
  button().click();
  asked[0]!.refuse();
  await settle();
  expect(check.element.textContent).toContain("You can enter without it");
  button().click();
  expect(asked).toHaveLength(2);
});
