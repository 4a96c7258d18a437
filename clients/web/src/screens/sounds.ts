/** Soft tones for what happens in a room, made here: no file is fetched. */

export type Tone = "entered" | "left" | "said" | "wanted";

const PITCHES: Readonly<Record<Tone, readonly [number, number]>> = { entered: [523, 659], left: [659, 523], said: [784, 784], wanted: [659, 880] };

/** Where between the ears a bearing is heard: -1 left to 1 right, 0 for all where sound is mono. */
export function panOf(bearing: number, mono: boolean): number {
  return mono ? 0 : Math.sin(bearing);
}

export class Sounds {
  private context: AudioContext | null = null;
  on = true;
  mono = false;

  play(tone: Tone, bearing = 0): void {
    if (!this.on) return;
    // Browsers allow sound only after somebody did something on the page: by now they have come in.
    this.context ??= new AudioContext();
    const { context } = this;
    const panner = new StereoPannerNode(context, { pan: panOf(bearing, this.mono) });
    panner.connect(context.destination);
    PITCHES[tone].forEach((pitch, index) => { ring(context, panner, pitch, context.currentTime + index * 0.09); });
  }

  close(): void {
    void this.context?.close();
    this.context = null;
  }
}

function ring(context: AudioContext, target: AudioNode, pitch: number, start: number): void {
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(0.06, start + 0.015);
  gain.gain.exponentialRampToValueAtTime(0.0005, start + 0.35);
  const oscillator = new OscillatorNode(context, { type: "sine", frequency: pitch });
  oscillator.connect(gain).connect(target);
  oscillator.start(start);
  oscillator.stop(start + 0.4);
}
