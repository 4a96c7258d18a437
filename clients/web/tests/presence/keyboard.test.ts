// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeActions, type Doing } from "../../src/presence/actions";
import { Keyboard } from "../../src/presence/keyboard";
import { helpDialog } from "../../src/screens/help-dialog";
import { listenForShortcuts, shortcutOf, type ShortcutRuns } from "../../src/screens/shortcuts";

let ran: string[];
let letters: boolean;
let keys: Keyboard;
let stop: () => void;
const doing = new Proxy({}, { get: (_, name) => () => { ran.push(String(name)); } }) as Doing;
const runs = new Proxy({}, { get: (_, name) => () => { ran.push(`page ${String(name)}`); } }) as ShortcutRuns;

beforeEach(() => {
  ran = [];
  letters = true;
  keys = new Keyboard(window, makeActions(doing));
  stop = listenForShortcuts(runs, () => letters);
});

afterEach(() => {
  keys.dispose();
  stop();
  document.body.replaceChildren();
});

/** Press and let go; true where the browser would still do its own. */
function press(code: string, key: string, target: EventTarget = document.body): boolean {
  const left = target.dispatchEvent(new KeyboardEvent("keydown", { code, key, bubbles: true, cancelable: true }));
  target.dispatchEvent(new KeyboardEvent("keyup", { code, key, bubbles: true }));
  return left;
}

describe("a key", () => {
  it("does one thing, whatever the keyboard writes where it lies", () => {
    // French: the comma lies where the English m does, and m beside the l.
    press("KeyM", ",");
    expect(ran).toEqual(["page settings"]);
    press("Semicolon", "m");
    expect(ran).toEqual(["page settings", "toggleMuted"]);
  });

  it("that walks by where it lies writes nothing else there", () => {
    // Dvorak: o lies where one walks back.
    window.dispatchEvent(new KeyboardEvent("keydown", { code: "KeyS", key: "o", cancelable: true }));
    expect(keys.held("KeyS")).toBe(true);
    expect(ran).toEqual([]);
  });

  it("of an action is no shortcut of the page", () => {
    const actions = makeActions(doing);
    const used = actions.flatMap(({ letter, codes }) => [letter, ...codes.map((code) => code.replace(/^(?:Key|Digit)/, "").toLowerCase())]);
    for (const key of used) if (key.length === 1) expect(shortcutOf({ key, ctrlKey: false, metaKey: false, altKey: false }, null), key).toBeNull();
    const lettered = actions.map(({ letter }) => letter).filter((letter) => letter !== "");
    expect(new Set(lettered).size).toBe(lettered.length);
  });

  it("scrolls the panel that has the focus, and walks after a click on a button", () => {
    const panel = document.createElement("div");
    panel.tabIndex = 0;
    const button = document.createElement("button");
    document.body.append(panel, button);
    expect(press("ArrowDown", "ArrowDown", panel)).toBe(true);
    expect(press("ArrowDown", "ArrowDown", button)).toBe(false);
    const canvas = document.createElement("canvas");
    canvas.tabIndex = 0;
    document.body.append(canvas);
    expect(press("PageUp", "PageUp", canvas)).toBe(false);
  });

  it("that is let go before the next picture counts for that one", () => {
    press("KeyW", "w");
    expect(keys.held("KeyW")).toBe(true);
    keys.pass();
    expect(keys.held("KeyW")).toBe(false);
    window.dispatchEvent(new KeyboardEvent("keydown", { code: "KeyW", key: "w", cancelable: true }));
    keys.pass();
    expect(keys.held("KeyW")).toBe(true);
    press("KeyA", "a");
    window.dispatchEvent(new Event("blur"));
    expect(keys.held("KeyW", "KeyA")).toBe(false);
  });

  it("is let go where a Mac will not say that it went up", () => {
    window.dispatchEvent(new KeyboardEvent("keydown", { code: "KeyW", key: "w", cancelable: true }));
    window.dispatchEvent(new KeyboardEvent("keydown", { code: "MetaLeft", key: "Meta", metaKey: true }));
    expect(keys.held("KeyW")).toBe(false);
  });

  it("is left to the words while they cover the room", () => {
    window.dispatchEvent(new KeyboardEvent("keydown", { code: "KeyW", key: "w", cancelable: true }));
    expect(keys.held("KeyW")).toBe(true);
    keys.listening = false;
    // Who walked into it stands.
    expect(keys.held("KeyW")).toBe(false);
    expect(press("PageDown", "PageDown")).toBe(true);
    expect(press("KeyM", "m")).toBe(true);
    expect(ran).toEqual([]);
  });

  it("that writes something does nothing for who has switched that off; arrows and Escape go on", () => {
    letters = keys.letters = false;
    for (const key of ["m", "w", "t", ",", "1"]) press(`Key${key.toUpperCase()}`, key);
    expect(ran).toEqual([]);
    expect(press("ArrowUp", "ArrowUp")).toBe(false);
    press("Escape", "Escape");
    expect(ran).toEqual(["page back"]);
  });
});

describe("the help", () => {
  it("names keys by what they write on this keyboard", async () => {
    const layout = new Map([["KeyW", "z"], ["KeyQ", "a"]]);
    Object.defineProperty(navigator, "keyboard", { value: { getLayoutMap: () => Promise.resolve(layout) }, configurable: true });
    const help = helpDialog(makeActions(doing));
    await Promise.resolve();
    await Promise.resolve();
    const walk = [...help.querySelectorAll("dl.keys > div")].find((row) => row.textContent.endsWith("Walk forward"));
    expect([...walk!.querySelectorAll("kbd")].map(({ textContent }) => textContent)).toEqual(["Z", "↑"]);
    Reflect.deleteProperty(navigator, "keyboard");
  });
});
