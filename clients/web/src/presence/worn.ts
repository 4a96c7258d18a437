/** The headset's session: asked for once, and carried on from room to room on the renderer that it was given to. */
import type * as THREE from "three";

/** What a room hands to the next, so that the wearer need not take the headset off at a door. */
export interface Worn {
  readonly renderer: THREE.WebGLRenderer;
  readonly session: XRSession;
}

/**
 * Ask for a headset and give it to the renderer. Call it from a click; rejects where the wearer or the browser refuses, and
 * leaves no session open then.
 */
export async function openHeadset(renderer: THREE.WebGLRenderer): Promise<XRSession> {
  if (navigator.xr === undefined) throw new Error("This browser does not know headsets.");
  const session = await navigator.xr.requestSession("immersive-vr", {
    requiredFeatures: ["local-floor"],
    optionalFeatures: ["bounded-floor", "hand-tracking"],
  });
  let ended = false;
  session.addEventListener("end", () => { ended = true; }, { once: true });
  try {
    renderer.xr.enabled = true;
    renderer.xr.setReferenceSpaceType("local-floor");
    await renderer.xr.setSession(session);
  } catch (error) {
    await endSession(session);
    throw error;
  }
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- the listener sets it
  if (ended) throw new Error("The headset was taken off at once.");
  return session;
}

/** End a session, whether or not it has ended by itself. */
export async function endSession(session: XRSession): Promise<void> {
  await session.end().catch(() => undefined);
}

export async function headsetSupported(): Promise<boolean> {
  try {
    return (await navigator.xr?.isSessionSupported("immersive-vr")) ?? false;
  } catch {
    // A page that may not use WebXR (a frame without permission) is told so by an exception.
    return false;
  }
}
