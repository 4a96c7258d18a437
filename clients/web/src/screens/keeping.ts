/** What this browser remembers: preferences, and who came last until they are forgotten. A browser may forbid it, then nothing is remembered and all works. */

export interface Keeping {
  /** Whether what is written is there when the page is opened again, as far as the browser keeps anything. */
  readonly lasts: boolean;
  read(key: string): unknown;
  write(key: string, value: unknown): void;
  forget(key: string): void;
  /** Forget all of it, and from now on keep nothing beyond this page: the device is passed on. */
  passOn(): void;
}

const PREFIX = "polyclinic.";

/** Keep values in a storage that may be missing, full, or forbidden by the browser's settings. */
export function keepIn(storage: () => Storage): Keeping {
  const tried = <Value>(act: () => Value): Value | undefined => {
    try {
      return act();
    } catch {
      return undefined;
    }
  };
  let memory: Map<string, unknown> | null = null;
  return {
    get lasts() { return memory === null; },
    passOn: () => {
      memory = new Map();
      tried(() => {
        for (const key of Object.keys(storage()).filter((name) => name.startsWith(PREFIX))) storage().removeItem(key);
      });
    },
    read: (key) => memory === null
      ? tried((): unknown => {
        const text = storage().getItem(PREFIX + key);
        return text === null ? undefined : JSON.parse(text);
      })
      : memory.get(key),
    write: (key, value) => {
      if (memory !== null) memory.set(key, value);
      else tried(() => { storage().setItem(PREFIX + key, JSON.stringify(value)); });
    },
    forget: (key) => {
      memory?.delete(key);
      tried(() => { storage().removeItem(PREFIX + key); });
    },
  };
}
