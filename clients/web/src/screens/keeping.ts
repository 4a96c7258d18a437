/** What this browser remembers: preferences, and who came last until they are forgotten. A browser may forbid it, then nothing is remembered and all works. */

export interface Keeping {
  read(key: string): unknown;
  write(key: string, value: unknown): void;
  forget(key: string): void;
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
  return {
    read: (key) =>
      tried((): unknown => {
        const text = storage().getItem(PREFIX + key);
        return text === null ? undefined : JSON.parse(text);
      }),
    write: (key, value) => {
      tried(() => { storage().setItem(PREFIX + key, JSON.stringify(value)); });
    },
    forget: (key) => {
      tried(() => { storage().removeItem(PREFIX + key); });
    },
  };
}
