// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { keepIn, type Keeping } from "../../src/screens/keeping";
import { settingsDialog } from "../../src/screens/settings-dialog";
import { SettingsShelf, defaultSettings, readSettings } from "../../src/screens/settings";

const PLAIN = { reducedMotion: false, moreContrast: false };

function storage(): Storage {
  const values = new Map<string, string>();
  return {
    get length() { return values.size; },
    clear: () => { values.clear(); },
    getItem: (key) => values.get(key) ?? null,
    key: () => null,
    removeItem: (key) => { values.delete(key); },
    setItem: (key, value) => { values.set(key, value); },
  };
}

describe("settings", () => {
  it("begin as the browser's user prefers", () => {
    expect(defaultSettings({ reducedMotion: true, moreContrast: true })).toMatchObject({ reducedMotion: true, contrast: "more" });
    expect(defaultSettings(PLAIN)).toMatchObject({ reducedMotion: false, contrast: "normal" });
  });

  it("are there again in the next visit, and gone after a reset", () => {
    const kept = storage();
    new SettingsShelf(keepIn(() => kept), PLAIN).change({ turn: "smooth", vignette: 0.3 });
    const again = new SettingsShelf(keepIn(() => kept), PLAIN);
    expect(again.value).toMatchObject({ turn: "smooth", vignette: 0.3 });
    again.reset();
    expect(new SettingsShelf(keepIn(() => kept), PLAIN).value).toEqual(defaultSettings(PLAIN));
  });

  it("that were never changed follow the browser when its preferences change", () => {
    const kept = storage();
    new SettingsShelf(keepIn(() => kept), PLAIN).change({ seated: true });
    expect(new SettingsShelf(keepIn(() => kept), { ...PLAIN, reducedMotion: true }).value).toMatchObject({ seated: true, reducedMotion: true });
  });

  it("leave out what is not valid, from whoever it is", () => {
    const defaults = defaultSettings(PLAIN);
    const read = readSettings({ turn: "spin", vignette: 7, seated: "yes", budget: 64, textScale: NaN, stranger: 1 }, defaults);
    expect(read).toEqual({ ...defaults, budget: 64 });
    for (const nonsense of [null, 3, "x", []]) expect(readSettings(nonsense, defaults)).toEqual(defaults);
  });

  it("tell their watchers at once and with each change, until they stop", () => {
    const shelf = new SettingsShelf(keepIn(storage), PLAIN);
    const seen: boolean[] = [];
    const stop = shelf.watch((settings) => seen.push(settings.seated));
    shelf.change({ seated: true });
    stop();
    shelf.change({ seated: false });
    expect(seen).toEqual([false, true]);
  });

  it("work where the browser forbids to keep anything", () => {
    const forbidden: Keeping = keepIn(() => { throw new Error("SecurityError"); });
    const shelf = new SettingsShelf(forbidden, PLAIN);
    shelf.change({ captions: "large" });
    expect(shelf.value.captions).toBe("large");
    shelf.reset();
    expect(shelf.value).toEqual(shelf.defaults);
  });

  it("say how long they are kept: on a device that is passed on no longer than the page is there", () => {
    const keeping = keepIn(storage);
    const shelf = new SettingsShelf(keeping, PLAIN);
    const said = (): string | undefined => settingsDialog(shelf).querySelector("p")?.textContent;
    expect(said()).toBe("Settings are kept in this browser alone.");
    keeping.passOn();
    expect(said()).toBe("Settings are kept until this page is left: this device is passed on.");
  });
});
