/** The wearer's microphone in a room: opened when they wish, muted, and closed with the visit whenever its answer comes. */

import type { Microphone } from "../presence/microphone";

export class Voice {
  private opening = false;
  private over = false;

  /** `microphone` is null until it is open, or the one of the room before. */
  constructor(
    private readonly tell: (text: string) => void,
    private readonly ask: () => Promise<Microphone>,
    public microphone: Microphone | null = null,
  ) {}

  get muted(): boolean {
    return this.microphone?.muted ?? true;
  }

  /** True once it is open. The browser may ask its user first, for as long as they like: nothing waits for it. */
  async open(): Promise<boolean> {
    if (this.opening || this.over) return false;
    this.opening = true;
    try {
      const microphone = await this.ask();
      if (!this.isOver()) {
        this.microphone = microphone;
        return true;
      }
      await microphone.close();
    } catch {
      this.say("The microphone cannot be used: it is missing, in use, or this page may not have it.");
    } finally {
      this.opening = false;
    }
    return false;
  }

  /** Mute, or be heard again; opens the microphone where there is none. Call it from a click. */
  async toggle(): Promise<void> {
    const { microphone } = this;
    if (microphone !== null) microphone.muted = !microphone.muted;
    else if (!(await this.open())) return;
    this.say(this.muted ? "Muted." : "The microphone is on.");
  }

  /** 0 to 1 now; 0 while nobody is to hear it. */
  sample(seconds: number, sensitivity: number): number {
    return this.microphone?.sample(seconds, sensitivity) ?? 0;
  }

  /** Let the next room have the microphone as it is, muted or not. */
  give(): Microphone | null {
    const { microphone } = this;
    this.microphone = null;
    return microphone;
  }

  close(): void {
    this.over = true;
    void this.microphone?.close();
    this.microphone = null;
  }

  private say(text: string): void {
    if (!this.over) this.tell(text);
  }

  private isOver(): boolean {
    return this.over;
  }
}
