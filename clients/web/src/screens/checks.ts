/** The checks before one enters, in words: how the network and this device will do, and what helps. Pure but for `probe*`. */

export interface NetworkCheck {
  /** ms of each answer; null for one that did not come in time. */
  readonly answers: readonly (number | null)[];
}

export interface Verdict {
  readonly level: "good" | "fair" | "poor";
  readonly text: string;
  /** What one can do; empty where nothing need be done. */
  readonly advice: string;
}

/** Answers are late past this, ms. */
export const LATE = 1500;

export function networkVerdict({ answers }: NetworkCheck): Verdict {
  const came = answers.filter((answer) => answer !== null).sort((a, b) => a - b);
  const lost = answers.length === 0 ? 1 : 1 - came.length / answers.length;
  const middle = came[Math.floor(came.length / 2)];
  if (middle === undefined) {
    return { level: "poor", text: "The clinic does not answer.", advice: "Check whether this device is online, then check again." };
  }
  const numbers = `There and back in ${Math.round(middle)} ms, ${Math.round(lost * 100)}\u00a0% lost.`;
  if (lost > 0.1 || middle > 400) {
    return { level: "poor", text: `The network is slow or loses much. ${numbers}`, advice: "Go nearer to the Wi-Fi router, use a cable, or set a limit under Settings, Connection." };
  }
  if (lost > 0 || middle > 150) {
    return { level: "fair", text: `The network will do. ${numbers}`, advice: "Others may seem to follow you late. Downloads on the same network make it worse." };
  }
  return { level: "good", text: `The network is good. ${numbers}`, advice: "" };
}

/** Judge how evenly this device draws, from the times between pictures, ms. */
export function drawingVerdict(gaps: readonly number[]): Verdict {
  if (gaps.length === 0) return { level: "fair", text: "The rate of pictures could not be measured: this window is not in front.", advice: "" };
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const rate = Math.round(1000 / mean);
  if (rate < 25) return { level: "poor", text: `This device draws ${rate} pictures a second.`, advice: "Close other programs, or enter the text view: it needs no pictures." };
  if (rate < 50) return { level: "fair", text: `This device draws ${rate} pictures a second.`, advice: "It will draw fewer details when many people are near." };
  return { level: "good", text: `This device draws ${rate} pictures a second.`, advice: "" };
}

/** Ask the front desk some times how long an answer takes. */
export async function probeNetwork(ask: () => Promise<unknown>, now: () => number, times = 8): Promise<NetworkCheck> {
  const answers: (number | null)[] = [];
  // The first opens the connection; it is no measure of the others.
  await ask().catch(() => null);
  for (let turn = 0; turn < times; turn += 1) {
    const sent = now();
    const came = await ask().then(() => true, () => false);
    const taken = now() - sent;
    answers.push(came && taken < LATE ? taken : null);
  }
  return { answers };
}

/** Measure the times between pictures; none where no picture comes, as in a hidden window. */
export function probeDrawing(window: Window, pictures = 40): Promise<readonly number[]> {
  return new Promise((resolve) => {
    const gaps: number[] = [];
    let last = 0;
    const patience = window.setTimeout(() => { resolve(gaps); }, 4000);
    const drawn = (now: number): void => {
      if (last !== 0) gaps.push(now - last);
      last = now;
      if (gaps.length < pictures) window.requestAnimationFrame(drawn);
      else {
        window.clearTimeout(patience);
        resolve(gaps);
      }
    };
    window.requestAnimationFrame(drawn);
  });
}
