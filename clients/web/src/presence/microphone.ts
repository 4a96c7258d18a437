/** How loud the wearer speaks. The level alone leaves this file: nothing is recorded or sent. */

/** Between silence and full voice lie about 40 dB; how quiet silence is depends on the room and the wish. */
const RANGE = 38;
const ATTACK = 0.04;
const RELEASE = 0.18;

/** 0 to 1 from samples of -1 to 1. `sensitivity` 0 takes only a loud voice, 1 a whisper too. */
export function levelOf(samples: Float32Array, sensitivity: number): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibels = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-12);
  const silence = -38 - 22 * sensitivity;
  return Math.min(1, Math.max(0, (decibels - silence) / RANGE));
}

/** A mouth opens faster than it closes. */
export function smoothedLevel(from: number, to: number, seconds: number): number {
  const level = from + (to - from) * (1 - Math.exp(-seconds / (to > from ? ATTACK : RELEASE)));
  return level < 0.01 && to === 0 ? 0 : level;
}

export class Microphone {
  muted = false;
  private level = 0;
  private readonly samples: Float32Array<ArrayBuffer>;

  private constructor(
    private readonly context: AudioContext,
    private readonly stream: MediaStream,
    private readonly analyser: AnalyserNode,
  ) {
    this.samples = new Float32Array(analyser.fftSize);
  }

  /** Ask for the microphone; rejects where the wearer or the browser refuses. Call it from a click. */
  static async open(): Promise<Microphone> {
    const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: false };
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    let context: AudioContext | null = null;
    try {
      context = new AudioContext();
      const analyser = context.createAnalyser();
      analyser.fftSize = 1024;
      // Not on to the loudspeakers: one does not want to hear oneself.
      context.createMediaStreamSource(stream).connect(analyser);
      await context.resume();
      return new Microphone(context, stream, analyser);
    } catch (error) {
      // A track that nobody reads keeps the browser's red dot on.
      for (const track of stream.getTracks()) track.stop();
      await context?.close();
      throw error;
    }
  }

  /** 0 to 1 now; 0 while muted. */
  sample(seconds: number, sensitivity: number): number {
    let heard = 0;
    if (!this.muted) {
      this.analyser.getFloatTimeDomainData(this.samples);
      heard = levelOf(this.samples, sensitivity);
    }
    this.level = this.muted ? 0 : smoothedLevel(this.level, heard, seconds);
    return this.level;
  }

  async close(): Promise<void> {
    for (const track of this.stream.getTracks()) track.stop();
    await this.context.close();
  }
}
