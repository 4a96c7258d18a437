/** Shows one screen over a room without a server: `?screen=entrance`. For looking at, and for axe. */

import { Recorder } from "../../../src/recorder/recorder";
import type { Action } from "../../../src/screens/actions";
import { openDialog } from "../../../src/screens/dialog";
import { make } from "../../../src/screens/dom";
import { Entrance } from "../../../src/screens/entrance";
import { helpDialog } from "../../../src/screens/help-dialog";
import { keepIn } from "../../../src/screens/keeping";
import { Overlay } from "../../../src/screens/overlay";
import { RecorderBar } from "../../../src/screens/recorder-bar";
import { settingsDialog } from "../../../src/screens/settings-dialog";
import { browserPreferences, SettingsShelf, showSettings, type Settings } from "../../../src/screens/settings";
import { fakeDesk, quietLobby, WELL } from "../fake-lobby";

const asked = new URLSearchParams(location.search);
const screen = asked.get("screen") ?? "entrance";
const app = document.querySelector<HTMLElement>("#app") ?? document.body;
const shelf = new SettingsShelf(keepIn(() => sessionStorage), browserPreferences(window));
shelf.watch((settings) => { showSettings(settings, document.documentElement); });
const theme = asked.get("theme");
if (theme !== null) shelf.change({ theme: theme as Settings["theme"] });
const scale = asked.get("scale");
if (scale !== null) shelf.change({ textScale: Number(scale) });

let muted = false;
const ACTIONS: readonly Action[] = [
  { id: "forward", label: "Walk forward", group: "move", keys: "W or ↑", run: () => undefined },
  { id: "sit", label: "Sit or stand", group: "move", keys: "C", active: () => false, run: () => undefined },
  { id: "grab", label: "Take or put down", group: "hands", keys: "F or click", run: () => undefined },
  { id: "offer", label: "Offer what you hold", group: "hands", keys: "O", active: () => false, run: () => undefined },
  { id: "wave", label: "Wave", group: "gestures", keys: "1", run: () => undefined },
  { id: "nod", label: "Nod", group: "gestures", keys: "3", run: () => undefined },
  { id: "mute", label: "Mute the microphone", activeLabel: "Unmute the microphone", group: "voice", keys: "M", active: () => muted, run: () => { muted = !muted; } },
];

function showEntrance(): void {
  const entrance = new Entrance(
    {
      desk: fakeDesk(),
      keeping: keepIn(() => sessionStorage),
      linked: null,
      who: { kind: "guest", roles: ["patient", "clinician", "student"], name: null },
      account: null,
      opened: new Set(),
      openMicrophone: () => Promise.reject(new Error("none here")),
      headset: () => Promise.resolve(true),
      preview: () => undefined,
      enter: () => undefined,
      openSettings: () => { openDialog(settingsDialog(shelf), app); },
    },
    { name: "Sample clinic", roles: ["patient", "clinician", "student"], looks: ["plain", "vrm-nurse"], visits: ["consult"], shared: false },
  );
  app.append(entrance.element);
  void entrance.refresh();
}

const STATUSES: Record<string, { state: "joining" | "reconnecting" | "ended"; code: string }> = {
  joining: { state: "joining", code: "" },
  reconnecting: { state: "reconnecting", code: "1006" },
  moved: { state: "reconnecting", code: "4000" },
  removed: { state: "ended", code: "4503" },
  full: { state: "ended", code: "room_full" },
  version: { state: "ended", code: "4505" },
  ended: { state: "ended", code: "4511" },
};

function showRoom(): void {
  const room = quietLobby();
  const recorder = new Recorder(() => "desktop");
  const overlay: Overlay = new Overlay({
    room,
    desk: fakeDesk(),
    shelf,
    actions: ACTIONS,
    recording: new RecorderBar(recorder, () => undefined),
    ways: { walkTo: () => Promise.resolve(true), turn: () => undefined, goThrough: () => undefined, grab: () => Promise.resolve(WELL), put: () => Promise.resolve(WELL), leave: () => undefined },
    standing: () => ({ position: [0, 1.6, 2], yaw: 0 }),
    goTo: () => undefined,
    remedy: () => undefined,
    headset: () => undefined,
    credits: () => [],
    pictured: true,
    shared: false,
    link: "https://clinic.example/#room=lobby",
    textShown: () => undefined,
    covered: () => undefined,
  });
  overlay.element.prepend(make("canvas", { class: "stage", attributes: { role: "img", "aria-label": "The room" } }));
  app.append(overlay.element);
  const step = (now: number): void => { overlay.step(now); requestAnimationFrame(step); };
  requestAnimationFrame(step);
  if (screen === "map" || screen === "people" || screen === "seen" || screen === "panels") overlay.show(screen);
  if (screen === "write") {
    overlay.show("panels");
    overlay.step(performance.now());
    document.querySelector<HTMLElement>(".side [aria-label='Write on Whiteboard']")?.click();
    const field = document.querySelector<HTMLTextAreaElement>("textarea[name=panel-text]");
    if (field !== null) field.value = "Tour of the ward\n11:00 from here";
    room.written(23, { text: "The tour is over.", version: 9 });
  }
  if (screen === "allowed" || screen === "recorded") {
    room.rights = new Set([...room.rights, "record"]);
    room.recorded("motion", "on");
    room.recorded("transcript", "paused");
  }
  if (screen === "allowed") [...document.querySelectorAll<HTMLElement>(".foot button")].find(({ textContent }) => textContent === "What you allow")?.click();
  if (screen === "glass") document.querySelector<HTMLElement>(".alarm")?.click();
  if (screen === "emergency") {
    room.alert(1, "Ada", performance.now() + 272_000);
    room.alert(4, "Dr. Elisabeth van der Meer-Hohenstein", performance.now() + 3_500_000);
    overlay.show("people");
  }
  if (screen === "text") overlay.showText(true);
  if (screen === "settings") openDialog(settingsDialog(shelf), app);
  if (screen === "actions") [...document.querySelectorAll<HTMLElement>(".often button")].at(-1)?.click();
  if (screen === "help") openDialog(helpDialog(ACTIONS), app);
  if (screen === "consent") document.querySelector<HTMLElement>(".recorder > button")?.click();
  if (screen === "recording") recorder.start(performance.now() - 65_000);
  if (screen === "poor") {
    room.happen("quality", { level: "poor", reason: "Your connection drops about 8 % of the updates.", roundTrip: 310, framesPerSecond: 14, loss: 0.08 });
    room.happen("said", { entity: 2, name: "Grace Okafor", text: "Can you hear me? I see you stutter a little.", at: Date.UTC(2026, 3, 1, 8, 14) });
  }
  const status = STATUSES[screen];
  if (status !== undefined) overlay.showStatus({ ...status, reason: "", resumed: false }, performance.now() + 27_000);
}

if (screen === "entrance") showEntrance();
else showRoom();
document.body.dataset["ready"] = "true";
