/** A headset in a browser: the lab page with iwer's emulated device. Needs Debian's chromium. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import { createServer, type ViteDevServer } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const CHROMIUM = "/usr/bin/chromium";
const FLAGS = [
  "--headless", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const web = fileURLToPath(new URL("../../", import.meta.url));
const repository = join(web, "../..");

describe("a headset in a browser", () => {
  let server: ViteDevServer;
  let context: BrowserContext;
  let page: Page;
  const folder = mkdtempSync(join(tmpdir(), "polyclinic-headset-"));

  beforeAll(async () => {
    if (!existsSync(CHROMIUM)) throw new Error(`there is no ${CHROMIUM}: \`make system-packages\` installs it, or says what to ask for`);
    server = await createServer({
      root: web, configFile: false, logLevel: "error", cacheDir: join(folder, "vite"),
      optimizeDeps: { entries: ["lab/place.html"] },
      server: { host: "127.0.0.1", port: 0, fs: { allow: [repository] } },
    });
    await server.listen();
    context = await chromium.launchPersistentContext(join(folder, "profile"), {
      executablePath: CHROMIUM, args: FLAGS, viewport: { width: 480, height: 320 },
    });
    page = await context.newPage();
  }, 300_000);

  afterAll(async () => {
    await context.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function wear(query: string): Promise<void> {
    await page.goto(`${server.resolvedUrls!.local[0]!}lab/place.html?root=${repository}&${query}`);
    await page.waitForFunction("window.lab?.frames > 2", null, { timeout: 120_000 });
    await page.click("#enter");
    await page.waitForFunction("lab.headset && lab.room.sent.length > 5 && lab.device.activeSession", null, { timeout: 120_000 });
    await frames(4);
  }

  async function frames(count: number): Promise<void> {
    const before = await page.evaluate<number>("lab.frames");
    await page.waitForFunction(`lab.frames > ${before + count}`, null, { timeout: 120_000 });
  }

  it("tells hands whose joints are within 5 degrees of the emulated ones, wherever the rig stands", async () => {
    await wear("room=consult&x=1&z=1&yaw=60&emulate=hand");
    for (const pose of ["default", "point", "pinch"]) {
      await page.evaluate(`for (const side of ["left", "right"]) {
        lab.device.hands[side].poseId = "${pose}";
        lab.device.hands[side].updateHandPose();
      }`);
      await frames(3);
      const worst = await page.evaluate<number>(MEASURE);
      expect(worst, pose).toBeLessThan(5);
    }
  }, 600_000);

  it("stands where the wearer stood, looks where they looked, and is sent as tracked", async () => {
    await wear("room=consult&x=1&z=1&yaw=60&emulate=controller");
    const [x, , z, yaw, left] = await page.evaluate<[number, number, number, number, boolean]>(
      "[...lab.presence.pose.head.position, lab.presence.heading, lab.presence.pose.left !== null && lab.presence.pose.leftJoints === null]",
    );
    expect(x).toBeCloseTo(1, 2);
    expect(z).toBeCloseTo(1, 2);
    expect(yaw).toBeCloseTo(Math.PI / 3, 2);
    expect(left).toBe(true);
  }, 600_000);

  it("turns by steps, teleports along the arc, and takes and puts down with a squeeze", async () => {
    await wear("room=consult&x=0.5&z=1.6&emulate=controller");
    const heading = await page.evaluate<number>("lab.presence.heading");
    await page.evaluate('lab.device.controllers.right.updateAxis("thumbstick", "x-axis", 1)');
    await frames(3);
    expect(await page.evaluate<number>("lab.presence.heading")).toBeCloseTo(heading - Math.PI / 6, 2);
    await page.evaluate('lab.device.controllers.right.updateAxis("thumbstick", "x-axis", 0)');
    const before = await page.evaluate<[number, number, number]>("[...lab.presence.head]");
    await page.evaluate(`lab.device.controllers.right.quaternion.set(-0.35, 0, 0, 0.937);
      lab.device.controllers.right.updateAxis("thumbstick", "y-axis", -1)`);
    await frames(3);
    await page.evaluate('lab.device.controllers.right.updateAxis("thumbstick", "y-axis", 0)');
    await frames(3);
    const after = await page.evaluate<[number, number, number]>("[...lab.presence.head]");
    expect(Math.hypot(after[0] - before[0], after[2] - before[2])).toBeGreaterThan(0.4);

    await page.evaluate("lab.room.things.get(4).position.set(lab.presence.pose.right.position)");
    await frames(2);
    await page.evaluate('lab.device.controllers.right.updateButtonValue("squeeze", 1)');
    await frames(4);
    expect(await page.evaluate<number>("lab.presence.holding")).toBe(4);
    await page.evaluate('lab.device.controllers.right.updateButtonValue("squeeze", 0)');
    await frames(4);
    expect(await page.evaluate<number>("lab.presence.holding")).toBe(0);
    expect(await page.evaluate<string[]>("lab.room.calls.map((call) => call.name)")).toEqual(["grab", "put"]);
  }, 600_000);

  it("lifts who sits to a standing person's height, and says that they sit", async () => {
    await wear("room=consult&seated=1&emulate=controller");
    await page.evaluate("lab.device.position.y = 1.1; lab.presence.actions.find((action) => action.id === 'recentre').run()");
    await frames(3);
    const [height, seated] = await page.evaluate<[number, boolean]>("[lab.presence.pose.head.position[1], lab.presence.pose.seated]");
    expect(height).toBeCloseTo(1.6, 2);
    expect(seated).toBe(true);
  }, 600_000);

  it("comes back to the screen in the same place when the headset is taken off", async () => {
    await wear("room=consult&x=1&z=1&emulate=controller");
    await page.evaluate("lab.presence.leaveHeadset()");
    await page.waitForFunction("!lab.headset");
    await frames(2);
    const [x, y, z] = await page.evaluate<[number, number, number]>("[...lab.presence.head]");
    expect(x).toBeCloseTo(1, 2);
    expect(y).toBeCloseTo(1.62, 2);
    expect(z).toBeCloseTo(1, 2);
  }, 600_000);
});

/** The widest angle between what is sent and what the browser's own joint poses say, turned as the rig is. */
const MEASURE = `new Promise((resolve) => {
  const { THREE } = lab;
  const session = lab.renderer.xr.getSession();
  session.requestAnimationFrame((now, frame) => {
    const space = lab.renderer.xr.getReferenceSpace();
    const rig = lab.scene.getObjectByName("rig").quaternion;
    let worst = 0;
    let measured = 0;
    for (const source of session.inputSources) {
      const sent = source.handedness === "left" ? lab.presence.pose.leftJoints : lab.presence.pose.rightJoints;
      let joint = 1;
      for (const jointSpace of source.hand.values()) {
        const { x, y, z, w } = frame.getJointPose(jointSpace, space).transform.orientation;
        const expected = new THREE.Quaternion(x, y, z, w).premultiply(rig);
        const told = new THREE.Quaternion().fromArray(sent, 4 * joint);
        worst = Math.max(worst, (expected.angleTo(told) * 180) / Math.PI);
        joint += 1;
        measured += 1;
      }
    }
    resolve(measured === 50 ? worst : NaN);
  });
})`;
