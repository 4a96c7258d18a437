/** Pictures for the documentation: people of the Python client in rooms of the sample clinic, seen by the web client. */

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launch, Person } from "./support/browser";
import { type CrowdRole, facilityWith, PythonCrowd, remember, type Viewpoint } from "./support/crowd";
import { ROOT, Server } from "./support/server";
import { confirm } from "./support/visits";

const FOLDER = join(ROOT, "docs/pictures");
const SIZE = { width: 1600, height: 900 };
const PATIENCE_MS = 120_000;

interface Picture {
  readonly name: string;
  readonly viewpoint: Viewpoint;
  readonly people: readonly CrowdRole[];
  /** What one opens before the picture is taken; without it, the picture has nothing over it. */
  readonly panels?: readonly string[];
}

const LOBBY: readonly CrowdRole[] = [
  { name: "Dr. Amara Okafor", role: "clinician", path: [[-1.15, 1.55]], looks_at: [0.1, 2.0], talks: true, height: 1.62 },
  { name: "Henrik Lindqvist", role: "patient", path: [[0.5, 1.45]], looks_at: [-1.0, 1.6], hands: false, height: 1.74 },
  { name: "Mei Tanaka", role: "learner", path: [[-0.3, 1.2]], looks_at: [-1.1, 1.75], hands: false, height: 1.55 },
  { name: "Prof. Lucía Herrera", role: "facilitator", path: [[2.85, 0.7]], looks_at: [1.9, 1.1], hands: false, height: 1.64, says: "The tour of the ward starts here at ten." },
  { name: "Jonas Weber", role: "learner", path: [[1.9, 0.4]], looks_at: [2.85, 0.75], hands: false, height: 1.71 },
  { name: "Grace Mbeki", role: "patient", path: [[-2.75, 0.6]], looks_at: [-1.2, 1.9], hands: false, height: 1.6 },
  { name: "Ravi Sharma", role: "clinician", path: [[-1.5, -7.0]], looks_at: [-1.2, 0], hands: false, seated: true },
];

const CONSULT: readonly CrowdRole[] = [
  { name: "Dr. Amara Okafor", role: "clinician", path: [[-1.6, -1.72]], looks_at: [-2.2, 0.6], talks: true, seated: true },
  { name: "Henrik Lindqvist", role: "patient", path: [[-2.35, 0.55]], looks_at: [-1.65, -1.7], hands: false, seated: true },
  { name: "Sofia Lindqvist", role: "patient", path: [[-1.35, 0.65]], looks_at: [-1.6, -1.7], hands: false, seated: true },
  { name: "Mei Tanaka", role: "interpreter", path: [[-0.6, -2.0]], looks_at: [-1.9, -0.2], hands: false, height: 1.55 },
];

const PICTURES: readonly Picture[] = [
  { name: "lobby", viewpoint: { room: "lobby", position: [0.35, 1.62, 4.0], yaw: 0 }, people: LOBBY },
  { name: "consultation", viewpoint: { room: "consult-1", position: [1.3, 1.55, -0.9], yaw: 95 }, people: CONSULT },
  { name: "roster", viewpoint: { room: "waiting", position: [0.6, 1.6, 4.2], yaw: 12 }, people: waitingPeople(), panels: ["People"] },
];

function waitingPeople(): CrowdRole[] {
  return [
    { name: "Dr. Amara Okafor", role: "clinician", path: [[-0.9, 1.0]], looks_at: [0.1, 0.6], talks: true, height: 1.62, says: "Good morning! I am with you in five minutes." },
    { name: "Henrik Lindqvist", role: "patient", path: [[0.25, 0.5]], looks_at: [-0.9, 1.0], hands: false, height: 1.74, says: "Thank you, doctor. My daughter has come along." },
    { name: "Sofia Lindqvist", role: "patient", path: [[-0.24, -1.75]], looks_at: [-0.5, 1.0], hands: false, seated: true },
    { name: "Mei Tanaka", role: "learner", path: [[-2.4, -1.75]], looks_at: [-0.9, 1.0], hands: false, seated: true, says: "May I sit in on the consultation?" },
  ];
}

export async function takePictures(names: readonly string[]): Promise<void> {
  const wanted = (name: string): boolean => names.length === 0 || names.includes(name);
  const facility = facilityWith(PICTURES.map(({ viewpoint }) => viewpoint));
  const server = await Server.start(`--facility=${facility.path}`);
  const browser = await launch();
  try {
    if (wanted("entrance")) await takeEntrance(server, browser);
    for (const picture of PICTURES) if (wanted(picture.name)) await take(server, browser, picture);
  } finally {
    await browser.close();
    await server.stop();
    facility.forget();
  }
}

/** At more pixels than the picture has: a machine that draws slowly is given fewer of them. */
function come(browser: Browser): Promise<Person> {
  return Person.come(browser, { viewport: SIZE, deviceScaleFactor: 1.25, colorScheme: "light", bypassCSP: true });
}

async function take(server: Server, browser: Browser, picture: Picture): Promise<void> {
  const crowd = await PythonCrowd.come(server, picture.viewpoint.room, picture.people);
  try {
    await see(server, browser, picture);
  } finally {
    await crowd.go();
  }
}

async function see(server: Server, browser: Browser, { name, viewpoint, people, panels }: Picture): Promise<void> {
  const { page, context } = await come(browser);
  await page.addInitScript(remember("Nora Berg", "clinician", { sounds: false }));
  await page.goto(`${server.http}/#room=${viewpoint.room}`);
  await confirm(page, "Nora Berg");
  await page.waitForFunction(`polyclinic.counts["crowd.people"] === ${people.length} && polyclinic.counts.frames > 3`, null, { timeout: PATIENCE_MS });
  if (panels === undefined) await page.addStyleTag({ content: ".overlay > :not(canvas.stage) { display: none !important }" });
  for (const panel of panels ?? []) await page.getByRole("button", { name: panel }).first().click();
  // Models of things come after the room, and hints go.
  await page.waitForTimeout(5000);
  await page.waitForFunction("polyclinic.people.some(({ voice }) => voice > 0.45)", null, { timeout: PATIENCE_MS });
  await shoot(page, name);
  await context.close();
}

async function takeEntrance(server: Server, browser: Browser): Promise<void> {
  const { page, context } = await come(browser);
  await page.goto(server.http);
  await page.getByLabel("Your name").fill("Nora Berg");
  await page.waitForSelector(".preview canvas", { timeout: PATIENCE_MS });
  await page.waitForTimeout(5000);
  await shoot(page, "entrance");
  await context.close();
}

/** All colours where they fit, else half the shades of each channel, which nobody sees. */
const SQUEEZE = `
import io, os, sys
from PIL import Image
picture = Image.open(io.BytesIO(sys.stdin.buffer.read())).convert("RGB")
picture.save(sys.argv[1], optimize=True)
if os.path.getsize(sys.argv[1]) > 600_000:
    picture.point(lambda shade: shade & 0xFE).save(sys.argv[1], optimize=True)
`;

async function shoot(page: Page, name: string): Promise<void> {
  const file = join(FOLDER, `${name}.png`);
  const picture = await page.screenshot({ scale: "css", timeout: PATIENCE_MS });
  execFileSync(join(ROOT, ".venv/bin/python"), ["-c", SQUEEZE, file], { input: picture });
  console.log(file);
}
