// The page: an entrance, then a room seen from above. Whoever looks is an ordinary avatar in it: nobody watches unseen.

import { Chat } from "./chat.js";
import { Entrance } from "./entrance.js";
import { Plan } from "./plan.js";
import { Roster } from "./roster.js";
import { readScene } from "./scene.js";
import { Refused, Session, readFacility } from "./session.js";
import { Walker } from "./walker.js";
import { World } from "./world.js";

const BUBBLE_MS = 8000;
const ROSTER_MS = 500;
const STEP_SECONDS_MOST = 0.1;
const POSE_MS = 1000 / 60;
const byId = (id) => document.getElementById(id);

class Page {
  constructor(facility) {
    this.facility = facility;
    this.plan = new Plan(byId("plan"));
    this.roster = new Roster();
    this.chat = new Chat((text) => this.session.operate("chat", "say", { text }));
    this.entrance = new Entrance(facility, (wish) => this.join(wish));
    this.session = null;
    this.world = null;
    this.walker = null;
    this.shown = [];
    this.bubbles = new Map();
    this.why = "";
    this.listen();
  }

  listen() {
    byId("leave").addEventListener("click", () => this.leave());
    byId("zoom-in").addEventListener("click", () => this.plan.zoomBy(1.4));
    byId("zoom-out").addEventListener("click", () => this.plan.zoomBy(1 / 1.4));
    byId("plan").addEventListener("wheel", (event) => {
      event.preventDefault();
      this.plan.zoomBy(Math.exp(-event.deltaY / 400));
    }, { passive: false });
    addEventListener("keydown", (event) => this.press(event));
    addEventListener("keyup", (event) => this.walker?.release(event));
    addEventListener("blur", () => this.walker?.stop());
    addEventListener("pagehide", () => this.session?.leave());
  }

  /** Keys walk unless they are being typed somewhere. */
  press(event) {
    const typing = event.target.closest("input, select, textarea") !== null;
    if (event.code === "Escape" && event.target === byId("text")) byId("plan").focus();
    if (this.walker === null || typing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.code === "Enter" && event.target === byId("plan")) {
      byId("text").focus();
      event.preventDefault();
    } else if (event.target.closest("button, ul, ol") === null && this.walker.press(event)) event.preventDefault();
  }

  // A session's life.

  async join(wish) {
    const session = new Session(wish, this.facility.schema, {
      state: (state, why) => this.session === session && this.setState(state, why),
      welcome: (welcome, kept) => this.enter(welcome, kept),
      frame: (frame, now) => this.world.take(frame, now),
      event: (feature, type, body) => this.take(feature, type, body),
      correction: ({ position }) => this.walker.correct(position),
    });
    this.session = session;
    await session.join();
  }

  enter(welcome, kept) {
    if (this.world === null) this.begin(welcome);
    else {
      this.world.enter(welcome, kept);
      this.walker.enter(welcome, kept);
      if (!kept) this.roster.clear();
    }
  }

  /** The first welcome of a visit to a room: the view changes, and begins to live. */
  async begin(welcome) {
    this.world = new World(welcome);
    this.walker = new Walker(welcome);
    this.plan.enter(welcome.room, []);
    this.chat.clear();
    this.roster.clear();
    this.entrance.hide();
    document.body.dataset.view = "place";
    byId("title").textContent = `${this.facility.name} · ${welcome.room.name}`;
    byId("plan").focus();
    this.before = performance.now();
    this.rosterAt = 0;
    this.frame = requestAnimationFrame((now) => this.draw(now));
    this.poses = setInterval(() => this.sendPose(), POSE_MS);
    try {
      const footprints = await readScene(new URL(welcome.room.scene, `${location.origin}/`));
      if (this.world?.room.id === welcome.room.id) this.plan.enter(welcome.room, footprints);
    } catch (error) {
      console.warn("the room is shown without its furniture:", error.message);
    }
  }

  setState(state, why) {
    this.why = why;
    byId("connection").dataset.state = state;
    byId("connection").textContent = why;
    byId("veil").hidden = state !== "reconnecting";
    byId("veil").textContent = why;
    if (state === "ended" && this.world !== null) this.close(why);
  }

  leave() {
    this.session.leave();
  }

  close(why) {
    cancelAnimationFrame(this.frame);
    clearInterval(this.poses);
    this.world = null;
    this.walker = null;
    this.shown = [];
    this.bubbles.clear();
    this.entrance.show(why);
  }

  take(feature, type, body) {
    if (feature === "presence") this.chat.tell(this.world.takePresence(type, body));
    if (feature === "chat" && type === "said") {
      this.chat.add(body);
      this.bubbles.set(body.entity, { text: body.text, until: performance.now() + BUBBLE_MS });
    }
  }

  // Every frame.

  get self() {
    return this.walker.shown(this.world.self, this.session.wish.name, this.session.wish.role);
  }

  draw(now) {
    this.frame = requestAnimationFrame((next) => this.draw(next));
    const seconds = Math.min(STEP_SECONDS_MOST, Math.max(0, (now - this.before) / 1000));
    this.before = now;
    this.walker.step(seconds);
    this.shown = this.world.show(this.session.serverTime(), seconds);
    for (const [entity, { until }] of this.bubbles) if (until < now) this.bubbles.delete(entity);
    const bubbles = new Map([...this.bubbles].map(([entity, { text }]) => [entity, text]));
    this.plan.draw({ shown: this.shown, self: this.self, bubbles, seconds: now / 1000 });
    if (now - this.rosterAt > ROSTER_MS) {
      this.rosterAt = now;
      this.roster.show(this.world.people, this.shown, this.self);
    }
  }

  sendPose() {
    const pose = this.walker.pose(performance.now());
    if (pose !== null) this.session.sendPose(pose);
  }

  /** What is shown, in plain values: for tests, and for whoever wants to read the plan rather than see it. */
  describe() {
    const place = ([x, , z]) => [x, z];
    return {
      view: document.body.dataset.view, state: this.session?.state ?? "none", why: this.why,
      room: this.world?.room.id ?? null, furniture: this.plan.footprints.length, frames: this.world?.frames ?? 0,
      self: this.world && { entity: this.world.self, at: place(this.walker.position), seated: this.walker.seated },
      shown: this.shown.map(({ entity, kind, name, role, head, left, right, yaw, voice, seated }) => ({
        entity, kind, name, role: role ?? "", at: place(head), hands: [left && place(left), right && place(right)], yaw, voice, seated,
      })),
      people: [...(this.world?.people.values() ?? [])].map(({ name, role }) => ({ name, role })),
      said: this.chat.said.map(({ name, text }) => ({ name, text })),
    };
  }
}

try {
  const page = new Page(await readFacility());
  Object.defineProperty(window, "polyclinic", { value: Object.freeze({ describe: () => page.describe() }) });
  page.entrance.show();
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  byId("entrance-word").textContent = `${error.message} Reload this page in a moment.`;
}
