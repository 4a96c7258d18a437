// @vitest-environment happy-dom
import * as THREE from "three";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Pointers } from "../../src/presence/pointer";
import { Presence } from "../../src/presence/presence";
import { DEFAULT_COMFORT } from "./comfort";
import { openHeadset } from "../../src/presence/worn";
import { FakeConsult } from "./fake-consult";
import { openFloor } from "./open-floor";

class FakeSession extends EventTarget {
  ended = 0;

  end(): Promise<void> {
    this.ended += 1;
    this.dispatchEvent(new Event("end"));
    return Promise.resolve();
  }
}

function rendererThat(setSession: (session: XRSession) => Promise<void>): THREE.WebGLRenderer {
  return { xr: { enabled: false, setReferenceSpaceType: () => undefined, setSession } } as unknown as THREE.WebGLRenderer;
}

function browserWith(session: FakeSession): void {
  vi.stubGlobal("navigator", { xr: { requestSession: () => Promise.resolve(session) } });
}

afterEach(() => { vi.unstubAllGlobals(); });

describe("putting a headset on", () => {
  it("gives the session once it is drawn to", async () => {
    const session = new FakeSession();
    browserWith(session);
    expect(await openHeadset(rendererThat(() => Promise.resolve()))).toBe(session);
    expect(session.ended).toBe(0);
  });

  it("ends a session that cannot be drawn to", async () => {
    const session = new FakeSession();
    browserWith(session);
    await expect(openHeadset(rendererThat(() => Promise.reject(new Error("no layer"))))).rejects.toThrow("no layer");
    expect(session.ended).toBe(1);
  });

  it("rejects where it was taken off before it was there", async () => {
    const session = new FakeSession();
    browserWith(session);
    await expect(openHeadset(rendererThat(() => session.end()))).rejects.toThrow("taken off");
  });
});

describe("a room with a headset", () => {
  function presence(room = new FakeConsult()): Presence {
    return new Presence({
      room, place: openFloor(), camera: new THREE.PerspectiveCamera(), scene: new THREE.Scene(), element: document.createElement("canvas"),
      settings: DEFAULT_COMFORT, listeners: { notice: () => undefined, voice: () => undefined, headset: () => undefined },
    });
  }

  it("that is left while the wearer is asked leaves no session open", async () => {
    const session = new FakeSession();
    browserWith(session);
    const here = presence();
    let answer: (() => void) | null = null;
    const entering = here.enterHeadset(rendererThat(() => new Promise((resolve) => { answer = resolve; })));
    await vi.waitUntil(() => answer !== null);
    here.dispose();
    answer!();
    await entering;
    expect(session.ended).toBe(1);
    expect(here.inHeadset).toBe(false);
  });

  it("hands it to the next as it is: leaving the one ends nothing, leaving the other does", async () => {
    const session = new FakeSession();
    browserWith(session);
    const before = presence(), after = presence();
    const renderer = rendererThat(() => Promise.resolve());
    Object.assign(renderer.xr, { getReferenceSpace: () => null });
    await before.enterHeadset(renderer);
    const worn = before.giveHeadset();
    expect(worn).toEqual({ renderer, session });
    before.dispose();
    after.keepHeadset(worn!);
    expect(session.ended).toBe(0);
    expect(after.inHeadset).toBe(true);
    after.dispose();
    expect(session.ended).toBe(1);
    expect(after.giveHeadset()).toBeNull();
  });

  it("lets go of the stick under a thumb as soon as something covers the view", () => {
    const view = document.createElement("canvas");
    view.setPointerCapture = () => undefined;
    document.body.replaceChildren(view);
    const pointers = new Pointers(view, { look: () => undefined, tap: () => undefined });
    const touch = { pointerType: "touch", pointerId: 3, clientX: -60, clientY: 0 };
    view.dispatchEvent(new PointerEvent("pointerdown", touch));
    view.dispatchEvent(new PointerEvent("pointermove", { ...touch, clientY: -60 }));
    expect(pointers.stick.y).toBeLessThan(-0.9);
    pointers.letGo();
    view.dispatchEvent(new PointerEvent("pointermove", { ...touch, clientY: -60 }));
    expect([pointers.stick.active, Math.abs(pointers.stick.y)]).toEqual([false, 0]);
    pointers.dispose();
    const letGo = vi.spyOn(Pointers.prototype, "letGo");
    const here = presence();
    here.listening = true;
    expect(letGo).not.toHaveBeenCalled();
    here.listening = false;
    expect(letGo).toHaveBeenCalledOnce();
    here.dispose();
  });

  it("goes on with no way that was begun on the screen", async () => {
    browserWith(new FakeSession());
    const here = presence();
    const there: boolean[] = [];
    expect(here.walkTo([2, 0, 0], 0, (is) => there.push(is))).toBe(true);
    const renderer = rendererThat(() => Promise.resolve());
    Object.assign(renderer.xr, { getReferenceSpace: () => null });
    await here.enterHeadset(renderer);
    expect(there).toEqual([false]);
    here.dispose();
  });

  it("tells how its wearer moves while the connection is lost too: by that they are there, and come in anew", () => {
    const room = new FakeConsult();
    const here = presence(room);
    room.status = { state: "reconnecting", reason: "", code: "1006", resumed: false };
    here.update(100);
    expect(room.sent).toHaveLength(1);
    room.status = { state: "ended", reason: "", code: "1000", resumed: false };
    here.update(200);
    expect(room.sent).toHaveLength(1);
    here.dispose();
  });
});
