/** What a wearer chose so that being here is comfortable. Kept by whoever shows the settings. */
export interface ComfortSettings {
  readonly turn: "snap" | "smooth";
  readonly snapDegrees: number;
  /** How one walks with a headset on; without one, walking is always smooth. */
  readonly move: "teleport" | "smooth";
  /** How far the view narrows while one is moved with a headset on: 0 not at all, 1 to a small window. */
  readonly vignette: number;
  /** Sits, and sees from a standing person's height. */
  readonly seated: boolean;
  /** Whether one holds a thing by keeping the hand closed, or closes once to take and once more to put down. */
  readonly grip: "hold" | "toggle";
  readonly reducedMotion: boolean;
  /** Metres a second, at most 2.4: the server's limit is 3. */
  readonly walkSpeed: number;
  /** 0 takes only a loud voice for speech, 1 a whisper too. */
  readonly voiceSensitivity: number;
  /** Keys that write something walk and act; without them arrows, Page Up and Page Down are left. */
  readonly letterKeys: boolean;
  /** What is said can be read in the headset. */
  readonly captions: boolean;
  /** Times the usual size of letters in the headset. */
  readonly letters: number;
}
