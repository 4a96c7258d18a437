/** Thirty people in the lobby, in view of one browser: what a picture of them costs. */

import type { CDPSession, Page } from "playwright-core";
import { launch, Person } from "../e2e/support/browser";
import { EMULATED, EMULATOR, putOn } from "../e2e/support/headset";
import { type CrowdRole, facilityWith, PythonCrowd, remember } from "../e2e/support/crowd";
import { PATIENCE } from "../e2e/support/patience";
import { Server } from "../e2e/support/server";
import { allocations, type Allocation } from "./allocations";

const ROOM = "lobby";
const AVATARS = 30;
const VIEWPOINT = { room: ROOM, position: [0, 1.65, 7.5], yaw: 0 } as const;
/** Small, for what is counted does not depend on it and software draws it more often. */
const VIEWPORT = { width: 640, height: 400 };
const WARM_PICTURES = 600;
/** A busy machine draws slowly; that it goes on drawing is what is waited for. */
const PORTION = 50;

export interface Drawn {
  readonly drawCalls: number;
  /** By three.js's count of a picture of a headset, which is of both eyes. */
  readonly stereoDrawCalls: number;
  readonly triangles: number;
  readonly textures: number;
  readonly geometries: number;
  readonly inView: number;
}

export interface SceneFigures {
  readonly drawn: Drawn;
  readonly allocation: Allocation;
  /** From the navigation, with nothing cached, to the first picture of the empty room and of the full one, ms. */
  readonly firstView: { readonly empty: number; readonly full: number };
  readonly picturesPerSecond: number;
}

/** Ranks of five, a step apart: from an arm's length to the far wall, one in six speaking, some on their way. */
export function ranks(): CrowdRole[] {
  const roles = ["patient", "clinician", "learner", "facilitator"];
  return Array.from({ length: AVATARS }, (_, n) => {
    const rank = Math.floor(n / 5);
    const at = [((n % 5) - 2) * 1.15 + (rank % 2) * 0.4, 4 - rank * 1.5] as const;
    const walks = n % 7 === 3;
    return {
      name: `Person ${n + 1}`,
      role: roles[n % roles.length] ?? "patient",
      path: walks ? [at, [at[0] + 0.5, at[1] - 0.4] as const] : [at],
      talks: n % 6 === 0,
      looks_at: [0, 7],
    };
  });
}

export async function measureScene(pictures: number, dist?: string): Promise<SceneFigures> {
  const facility = facilityWith([VIEWPOINT]);
  const server = await Server.start(`--facility=${facility.path}`);
  const browser = await launch();
  let crowd: PythonCrowd | null = null;
  try {
    const visit = async <Value>(measure: (page: Page, session: CDPSession) => Promise<Value>): Promise<Value> => {
      const person = await Person.come(browser, { viewport: VIEWPORT });
      await person.context.addInitScript({ path: EMULATOR });
      await person.context.addInitScript(EMULATED);
      await person.page.addInitScript(remember("Observer", "clinician") + NOTE_FIRST_VIEW);
      // A page of another build comes from no address, as Chromium sees it.
      await person.context.grantPermissions(["local-network-access"]);
      if (dist !== undefined) await serveFrom(person.page, dist);
      await person.page.goto(`${server.http}/#room=${ROOM}`);
      const value = await measure(person.page, await person.context.newCDPSession(person.page)).catch((error: unknown) => {
        throw new Error(`${String(error)}; the page said: ${person.complaints.join("; ")}`);
      });
      await person.go();
      return value;
    };
    const empty = await visit(firstView);
    crowd = await PythonCrowd.come(server, ROOM, ranks());
    return await visit(async (page, session) => {
      const full = await firstView(page);
      await page.waitForFunction(`polyclinic.counts["crowd.inView"] >= ${AVATARS}`, null, { timeout: PATIENCE });
      const frames = (): Promise<number> => page.evaluate<number>("polyclinic.counts.frames");
      const started = Date.now(), before = await frames();
      await pass(page, 10);
      const rate = ((await frames()) - before) / ((Date.now() - started) / 1000);
      const drawn = await page.evaluate<Omit<Drawn, "stereoDrawCalls">>(READ_DRAWN);
      const stereoDrawCalls = await inStereo(page);
      await page.evaluate(DRAW_NOTHING);
      await pass(page, WARM_PICTURES);
      const allocation = await allocations(session, () => pass(page, pictures), frames);
      return { drawn: { ...drawn, stereoDrawCalls }, allocation, firstView: { empty, full }, picturesPerSecond: rate };
    });
  } finally {
    await crowd?.go();
    await browser.close();
    await server.stop();
    facility.forget();
  }
}

const NOTE_FIRST_VIEW = `
(function look() {
  if (window.polyclinic?.counts.frames > 0) window.firstView = performance.now();
  else {
    // As soon as it is asked who comes in.
    if (window.polyclinic?.screen === "entrance") document.querySelector(".returning button.main")?.click();
    requestAnimationFrame(look);
  }
})();`;

/**
 * Software takes so long to draw that the script would not be compiled in minutes, and what is not compiled boxes numbers.
 * So it draws no more once all was counted; all that the script does for a picture stays.
 */
const DRAW_NOTHING = `for (const name of ["drawElements", "drawElementsInstanced", "drawArrays", "drawArraysInstanced"])
  WebGL2RenderingContext.prototype[name] = () => undefined;`;

const READ_DRAWN = `(() => {
  const { drawCalls, triangles, textures, geometries, "crowd.inView": inView } = polyclinic.counts;
  return { drawCalls, triangles, textures, geometries, inView };
})()`;

/** The same view through an emulated headset with two eyes, for as long as it is counted. */
async function inStereo(page: Page): Promise<number> {
  await page.evaluate("worn.stereoEnabled = true");
  await putOn(page);
  await pass(page, 5);
  const { views, calls } = await page.evaluate<{ views: number; calls: number }>(READ_STEREO);
  if (views !== 2) throw new Error(`a headset's picture has ${views} views`);
  await page.evaluate("worn.activeSession.end()");
  await page.waitForFunction("polyclinic.self.device === 'desktop'", null, { timeout: PATIENCE });
  return calls;
}

const READ_STEREO = `new Promise((resolve) => worn.activeSession.requestReferenceSpace("local-floor").then((space) => {
  worn.activeSession.requestAnimationFrame((_, frame) => {
    resolve({ views: frame.getViewerPose(space).views.length, calls: polyclinic.counts.drawCalls });
  });
}))`;

async function firstView(page: Page): Promise<number> {
  await page.waitForFunction("window.firstView > 0", null, { timeout: PATIENCE });
  return page.evaluate<number>("window.firstView");
}

/** Wait until so many more pictures were drawn. */
async function pass(page: Page, pictures: number): Promise<void> {
  const before = await page.evaluate<number>("polyclinic.counts.frames");
  for (let passed = 0; passed < pictures; passed += PORTION) {
    const until = before + Math.min(pictures, passed + PORTION);
    await page.waitForFunction(`polyclinic.counts.frames >= ${until}`, null, { timeout: PATIENCE, polling: 500 });
  }
}

/** Another build of the client than the front desk's: one whose functions have their names. */
async function serveFrom(page: Page, dist: string): Promise<void> {
  await page.route(/\/(?:$|#|index\.html|assets\/)/, (route) => {
    const { pathname } = new URL(route.request().url());
    return route.fulfill({ path: `${dist}${pathname === "/" ? "/index.html" : pathname}` });
  });
}
