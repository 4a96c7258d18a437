/** What one may set, its defaults, and how it is kept. */

import type { Keeping } from "./keeping";

export interface Settings {
  /** Times the browser's own text size. */
  readonly textScale: number;
  readonly contrast: "normal" | "more";
  readonly theme: "system" | "light" | "dark";
  readonly reducedMotion: boolean;
  readonly sounds: boolean;
  readonly monoSound: boolean;
  readonly seated: boolean;
  /** Whether a thing is held by keeping the hand closed, or taken and put down with a press each. */
  readonly grip: "hold" | "toggle";
  readonly turn: "snap" | "smooth";
  readonly snapDegrees: 30 | 45;
  readonly move: "teleport" | "smooth";
  /** How far the view narrows while one moves, 0 to 1. */
  readonly vignette: number;
  /** Whether keys that write something are shortcuts: who speaks to the computer, or has a tremor, sets them off by chance. */
  readonly letterKeys: boolean;
  readonly captions: "off" | "normal" | "large" | "largest";
  readonly nameTags: boolean;
  /** 0 to 1: how quiet a voice may be to move the mouth. */
  readonly voiceSensitivity: number;
  /** kbit/s that the server may send; 0 for no limit. */
  readonly budget: number;
}

/** What the browser says its user prefers. */
export interface Preferences {
  readonly reducedMotion: boolean;
  readonly moreContrast: boolean;
}

export const BUDGETS: readonly number[] = [0, 1000, 256, 64, 8];
export const TEXT_SCALES: readonly number[] = [0.9, 1, 1.2, 1.5, 2];

export function defaultSettings(preferences: Preferences): Settings {
  return {
    textScale: 1,
    contrast: preferences.moreContrast ? "more" : "normal",
    theme: "system",
    reducedMotion: preferences.reducedMotion,
    sounds: true,
    monoSound: false,
    seated: false,
    grip: "hold",
    turn: "snap",
    snapDegrees: 30,
    // Gliding makes people ill who do not glide: who likes it can have it.
    move: "teleport",
    vignette: 0.7,
    letterKeys: true,
    captions: "normal",
    nameTags: true,
    voiceSensitivity: 0.5,
    budget: 0,
  };
}

const CHOICES: { readonly [Key in keyof Settings]?: readonly Settings[Key][] } = {
  textScale: TEXT_SCALES,
  contrast: ["normal", "more"],
  theme: ["system", "light", "dark"],
  turn: ["snap", "smooth"],
  snapDegrees: [30, 45],
  move: ["teleport", "smooth"],
  grip: ["hold", "toggle"],
  captions: ["off", "normal", "large", "largest"],
  budget: BUDGETS,
};

/** Take of what was kept whatever is still valid; an older or a foreign hand may have written it. */
export function readSettings(kept: unknown, defaults: Settings): Settings {
  if (typeof kept !== "object" || kept === null) return defaults;
  const values = kept as Record<string, unknown>;
  const read: Record<string, unknown> = { ...defaults };
  for (const [key, standard] of Object.entries(defaults)) {
    const value = values[key];
    if (typeof value !== typeof standard) continue;
    const choices = CHOICES[key as keyof Settings] as readonly unknown[] | undefined;
    if (choices !== undefined && !choices.includes(value)) continue;
    if (choices === undefined && typeof value === "number" && !(value >= 0 && value <= 1)) continue;
    read[key] = value;
  }
  return read as unknown as Settings;
}

/** The settings of this browser; listeners hear of every change. */
export class SettingsShelf {
  readonly defaults: Settings;
  value: Settings;
  private readonly listeners = new Set<(settings: Settings) => void>();

  constructor(private readonly keeping: Keeping, preferences: Preferences) {
    this.defaults = defaultSettings(preferences);
    this.value = readSettings(keeping.read("settings"), this.defaults);
  }

  /** Whether they are there the next time. */
  get lasts(): boolean {
    return this.keeping.lasts;
  }

  change(change: Partial<Settings>): void {
    this.value = { ...this.value, ...change };
    this.keeping.write("settings", this.changed());
    this.tell();
  }

  reset(): void {
    this.value = this.defaults;
    this.keeping.forget("settings");
    this.tell();
  }

  /** Hear of changes, and of the present state at once. */
  watch(listener: (settings: Settings) => void): () => void {
    this.listeners.add(listener);
    listener(this.value);
    return () => this.listeners.delete(listener);
  }

  /** Only what differs is kept: the rest goes on following the browser's preferences. */
  private changed(): Record<string, unknown> {
    const defaults = this.defaults as unknown as Record<string, unknown>;
    return Object.fromEntries(Object.entries(this.value).filter(([key, value]) => defaults[key] !== value));
  }

  private tell(): void {
    for (const listener of this.listeners) listener(this.value);
  }
}

/** Write to the page what its style sheet reads. */
export function showSettings(settings: Settings, root: HTMLElement): void {
  root.style.setProperty("--text-scale", String(settings.textScale));
  root.dataset["contrast"] = settings.contrast;
  root.dataset["theme"] = settings.theme;
  root.dataset["motion"] = settings.reducedMotion ? "reduced" : "full";
  root.dataset["captions"] = settings.captions;
}

/** Ask the browser what its user prefers. */
export function browserPreferences(window: Window): Preferences {
  return {
    reducedMotion: window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    moreContrast: window.matchMedia("(prefers-contrast: more)").matches,
  };
}
