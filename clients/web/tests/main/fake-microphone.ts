/** A microphone whose question the test answers. */

import type { Microphone } from "../../src/presence/microphone";

export interface FakeMicrophone {
  muted: boolean;
  closed: boolean;
}

export class MicrophoneQuestion {
  asked = 0;
  private answer: ((microphone: Microphone | Error) => void) | null = null;

  readonly ask = (): Promise<Microphone> => {
    this.asked += 1;
    return new Promise((resolve, reject) => {
      this.answer = (given) => { if (given instanceof Error) reject(given); else resolve(given); };
    });
  };

  allow(): FakeMicrophone {
    const fake = {
      muted: false,
      closed: false,
      sample: () => (fake.muted ? 0 : 0.5),
      close: () => {
        fake.closed = true;
        return Promise.resolve();
      },
    };
    this.answer?.(fake as unknown as Microphone);
    return fake;
  }

  refuse(): void {
    this.answer?.(new Error("no"));
  }
}

export const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
