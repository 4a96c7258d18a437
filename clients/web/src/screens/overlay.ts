/** All that lies over the view of a room: who, what is said, how the connection is, where one can go, what one can do. */

import type { RoomView, Status } from "../world/model";
import { ActionBar, type Action } from "./actions";
import { Announcer } from "./announcer";
import { quoted, spoken } from "./called";
import { Captions } from "./captions";
import { ChatPanel } from "./chat-panel";
import { emergencyWords, type Standing } from "./describe";
import { ConsentBar } from "./consent-bar";
import { openDialog } from "./dialog";
import { button, make, setText } from "./dom";
import { EmergencyBar } from "./emergency-bar";
import type { FrontDeskWords, LookFile } from "./facility";
import { facilityTree } from "./facility-map";
import { icon, type IconName } from "./icons";
import { wordsOf } from "../session/refused";
import type { InviteActs } from "./invite-dialog";
import { PanelWriter } from "./panel-writer";
import { panelWords, PanelsList } from "./panels-list";
import { QualityBadge } from "./quality-badge";
import type { RecorderBar } from "./recorder-bar";
import { recordingWords } from "./recording-words";
import { RosterPanel } from "./roster-panel";
import { SeenList, SeenPanel } from "./seen-list";
import { settingsDialog } from "./settings-dialog";
import type { SettingsShelf } from "./settings";
import { listenForShortcuts } from "./shortcuts";
import { StillThere } from "./still-there";
import { StateScreen } from "./state-screen";
import { backWords, stateWords, type Remedy, type StateWords } from "./states";
import { TextView, type TextWays } from "./text-view";

/** Words beside people are written this often, ms: more would flicker. */
const UPDATE_MS = 250;

export type PanelName = "people" | "seen" | "chat" | "panels" | "map";

export interface OverlayParts {
  readonly room: RoomView;
  readonly desk: FrontDeskWords;
  readonly shelf: SettingsShelf;
  readonly actions: readonly Action[];
  readonly recording: RecorderBar;
  readonly ways: TextWays;
  readonly standing: () => Standing;
  readonly goTo: (room: string) => void;
  readonly remedy: (remedy: Remedy) => void;
  /** Puts the headset on; null where there is none. */
  readonly headset: (() => void) | null;
  /** The looks that are worn now and whose authors are to be named. */
  readonly credits: () => readonly LookFile[];
  /** Whether there is a picture beside the text view. */
  readonly pictured: boolean;
  /** The device is passed on, and forgets all when one leaves. */
  readonly shared: boolean;
  /** The link that opens this room. */
  readonly link: string;
  /** Invites people without an account; null where one has none oneself. */
  readonly inviting?: InviteActs | null;
  /** The text view covers the canvas, or no longer does: nothing need be drawn behind it. */
  readonly textShown: (shown: boolean) => void;
  /** A state lies over the room, or no longer does: nothing behind it is to be moved. */
  readonly covered: (covered: boolean) => void;
}

export class Overlay {
  readonly element = make("main", { class: "overlay", id: "content" });
  private readonly roster: RosterPanel;
  private readonly seen: SeenPanel;
  private readonly emergency: EmergencyBar;
  private readonly consent: ConsentBar;
  private readonly writer: PanelWriter;
  private readonly boards: PanelsList;
  private readonly boardsPanel: HTMLElement;
  private readonly chat: ChatPanel;
  private readonly captions = new Captions();
  private readonly quality = new QualityBadge();
  private readonly announcer = new Announcer();
  private readonly state: StateScreen;
  private readonly text: TextView;
  private readonly map = make("section", { class: "panel map-panel", tabIndex: 0, attributes: { "aria-label": "Map" } });
  private readonly toast = make("p", { class: "toast", hidden: true, attributes: { role: "status" } });
  private readonly side = make("aside", { class: "side", hidden: true, attributes: { "aria-label": "Beside the room" } });
  private readonly tabs = new Map<PanelName, HTMLButtonElement>();
  private readonly stops: (() => void)[] = [];
  private readonly actions: ActionBar;
  private readonly settings: HTMLDialogElement;
  private readonly stillThere: StillThere;
  private open: PanelName | null = null;
  private before: Status | null = null;
  private updated = 0;
  private covered = false;
  private muted = false;
  private keptUntil = 0;
  private toastUntil = 0;

  constructor(private readonly parts: OverlayParts) {
    const { room } = parts;
    const roleOf = (entity: number): string => room.roster.get(entity)?.role ?? "";
    this.roster = new RosterPanel(room, parts.credits, (entity) => { this.openLoaded(import("./moderation-dialog").then(({ moderationDialog }) => moderationDialog(room, entity))); });
    this.stillThere = new StillThere(() => { room.here(); }, () => { parts.remedy("leave"); }, leavingWords(parts));
    this.seen = new SeenPanel(room);
    this.chat = new ChatPanel(() => room.self.entity, roleOf, (text) => room.say(text), room.chat);
    this.state = new StateScreen(parts.remedy);
    this.consent = new ConsentBar(room, this.element, (text) => { this.tell(text); });
    this.emergency = new EmergencyBar(room, () => this.has("emergency") && room.rights.has("break_glass"), (text) => { this.tell(text); });
    this.writer = new PanelWriter(room, this.element, (text) => { this.tell(text); });
    const boards = (): PanelsList => new PanelsList(room, parts.standing, (panel) => { this.writer.open(panel); });
    this.boards = boards();
    this.boardsPanel = make("section", { class: "panel", tabIndex: 0, attributes: { "aria-label": "Panels" } }, make("h2", {}, "Panels"), this.boards.element);
    const told = [
      ...(this.has("panels") ? [{ title: "Panels", list: boards() }] : []),
      ...(this.has("access") ? [{ title: "Who sees you", list: new SeenList(room) }] : []),
    ];
    this.text = new TextView(room, parts.ways, parts.standing, this.announcer, told);
    this.actions = new ActionBar(parts.actions);
    this.settings = settingsDialog(parts.shelf);
    this.element.append(this.head(), this.side, this.captions.element, this.toast, this.foot(), this.text.element, this.state.element, this.announcer.element);
    this.listen();
    this.quality.show(room.quality);
    this.showStatus(room.status, 0);
    // All panels are closed at first: the room is what one has come for.
    if (room.chat.some(({ entity }) => entity !== room.self.entity)) this.tabs.get("chat")?.setAttribute("data-news", "true");
  }

  /** Called once a frame. */
  step(now: number): void {
    this.captions.step(now);
    this.announcer.step(now);
    this.state.step(now);
    this.stillThere.step(now);
    if (this.keptUntil !== 0 && now > this.keptUntil && this.before !== null) this.showStatus(this.before, 0);
    if (!this.toast.hidden && now > this.toastUntil) this.toast.hidden = true;
    if (now - this.updated < UPDATE_MS) return;
    this.updated = now;
    if (this.open === "people") this.roster.update(this.parts.standing());
    if (this.open === "seen") this.seen.update(now);
    if (this.open === "panels") this.boards.update();
    this.text.update(now);
    this.actions.update();
    this.parts.recording.update(now);
    this.emergency.update(now);
  }

  /** Open a panel, or close it where it is open. */
  show(name: PanelName | null): void {
    this.open = name === this.open ? null : name;
    if (this.open !== null) this.tabs.get(this.open)?.removeAttribute("data-news");
    for (const [tab, element] of this.tabs) element.setAttribute("aria-expanded", String(tab === this.open));
    if (this.open !== null) this.tabs.get(this.open)?.removeAttribute("data-news");
    const panels = { people: this.roster.element, seen: this.seen.element, panels: this.boardsPanel, chat: this.chat.element, map: this.map };
    this.side.replaceChildren(...(this.open === null ? [] : [panels[this.open]]));
    this.side.hidden = this.open === null;
    if (this.open === "map") void this.drawMap();
  }

  /** Show the text view instead of the picture, or go back. */
  showText(shown: boolean): void {
    if (shown && this.open !== null) this.show(null);
    // None of these may lie over the words.
    if (shown) {
      this.actions.unfold(false);
      this.quality.unfold(false);
    }
    this.text.show(shown);
    this.element.dataset["text"] = String(shown);
    this.parts.textShown(shown);
  }

  /** Say why the room is told in words, for as long as it is. */
  explain(text: string): void {
    this.text.explain(text);
    this.tell(text);
  }

  /** Tell something for a moment. */
  tell(text: string, now = performance.now()): void {
    setText(this.toast, text);
    this.toast.hidden = false;
    this.toastUntil = now + 5000;
  }

  /** `until`: when the place is no longer kept, `performance.now()`; 0 where it is not known. */
  showStatus(status: Status, until: number): void {
    const words = stateWords(status, until > performance.now());
    this.keptUntil = until;
    this.cover(words, until);
    this.element.dataset["state"] = status.state;
    const back = backWords(this.before, status);
    if (back !== "") this.tell(back);
    this.before = status;
  }

  /** Lay a state over the room, or take it away. What lies behind is there to be seen, not to be used. */
  private cover(words: StateWords | null, until: number): void {
    this.covered = words !== null;
    this.parts.covered(this.covered);
    const parts = [...this.element.children].filter((part) => part instanceof HTMLElement && part !== this.state.element) as HTMLElement[];
    // A modal dialog would keep the state out of reach. The focus goes back to where it was while that can take it.
    if (words !== null) {
      // Nobody has answered the question: a connection that was lost is no sign of a person.
      this.stillThere.show(0, this.element);
      for (const dialog of this.element.querySelectorAll("dialog[open]")) (dialog as HTMLDialogElement).close();
    }
    if (words === null) for (const part of parts) part.inert = false;
    this.state.show(words, until);
    if (words !== null) for (const part of parts) part.inert = true;
  }

  close(): void {
    for (const stop of this.stops) stop();
    this.text.close();
    this.stillThere.close();
    this.writer.close();
    this.emergency.close();
    this.consent.close();
    this.settings.remove();
    this.element.remove();
  }

  private listen(): void {
    const { parts } = this;
    const { room } = parts;
    this.stops.push(
      room.on("roster", () => { this.roster.rebuild(); }),
      room.on("emergency", (event) => {
        const { who } = event, text = emergencyWords(event, room.self.entity), now = performance.now();
        this.roster.rebuild();
        this.captions.show({ entity: who.entity, name: "", role: "", text, own: false }, now);
        this.announcer.say(text, now);
      }),
      room.on("muted", (muted) => {
        this.roster.rebuild();
        if (muted.has(room.self.entity) !== this.muted) this.tell(muted.has(room.self.entity) ? "You were muted: nobody hears you or reads what you write." : "You can be heard again.");
        this.muted = muted.has(room.self.entity);
      }),
      room.on("warned", (seconds) => { this.stillThere.show(seconds, this.element); }),
      room.on("recording", ({ kind, state, why }) => {
        const text = recordingWords(kind, state, why);
        this.tell(text);
        this.announcer.say(text, performance.now());
      }),
      room.on("written", ({ panel, stands, own }) => {
        const thing = room.things.get(panel);
        if (own || thing === undefined) return;
        if (this.open !== "panels") this.tabs.get("panels")?.setAttribute("data-news", "true");
        this.announcer.say(panelWords(thing.name, stands.text), performance.now());
      }),
      room.on("quality", (quality) => { this.quality.show(quality); }),
      room.on("earlier", (chat) => {
        this.chat.fill(chat);
        if (this.open !== "chat") this.tabs.get("chat")?.setAttribute("data-news", "true");
      }),
      room.on("said", (said) => {
        this.chat.add(said);
        this.captions.show({ ...said, role: room.roster.get(said.entity)?.role ?? "", own: said.entity === room.self.entity }, performance.now());
        // The log tells a screen reader while it is on the page, and the text view tells it itself.
        if (this.open !== "chat" && !this.text.shown && said.entity !== room.self.entity) this.announcer.say(`${spoken(said.name)} says: ${quoted(said.text)}`, performance.now());
        if (this.open !== "chat" && said.entity !== room.self.entity) this.tabs.get("chat")?.setAttribute("data-news", "true");
      }),
      listenForShortcuts({
        help: this.uncovered(() => { this.openHelp(); }),
        settings: this.uncovered(() => { openDialog(this.settings, this.element); }),
        write: this.uncovered(() => { this.write(); }),
        people: this.uncovered(() => { this.show("people"); }),
        seen: this.uncovered(() => { if (this.tabs.has("seen")) this.show("seen"); }),
        panels: this.uncovered(() => { if (this.tabs.has("panels")) this.show("panels"); }),
        map: this.uncovered(() => { this.show("map"); }),
        text: this.uncovered(() => { if (parts.pictured) this.showText(!this.text.shown); }),
        back: this.uncovered(() => { this.back(); }),
      }, () => parts.shelf.value.letterKeys),
    );
  }

  /** No key reaches what lies behind a state. */
  private uncovered(run: () => void): () => void {
    return () => { if (!this.covered) run(); };
  }

  private write(): void {
    if (this.text.shown) {
      this.text.input.focus();
      return;
    }
    if (this.open !== "chat") this.show("chat");
    this.chat.input.focus();
  }

  private back(): void {
    if (this.quality.unfolded) {
      this.quality.unfold(false);
      return;
    }
    if (this.open !== null && this.side.contains(document.activeElement)) this.tabs.get(this.open)?.focus();
    else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }

  private has(feature: string): boolean {
    return this.parts.room.description.features.includes(feature);
  }

  private head(): HTMLElement {
    const { room } = this.parts;
    const tab = (name: PanelName, label: string, picture: IconName): HTMLButtonElement => {
      const element = button(icon(picture), () => { this.show(name); }, { class: "quiet square" });
      element.append(make("span", {}, label));
      element.setAttribute("aria-expanded", "false");
      this.tabs.set(name, element);
      return element;
    };
    return make(
      "header",
      { class: "head" },
      make("h1", {}, room.description.name),
      this.quality.element,
      make(
        "nav",
        { class: "row", attributes: { "aria-label": "Room" } },
        tab("people", "People", "people"),
        ...(this.has("access") ? [tab("seen", "Who sees you", "eye")] : []),
        tab("chat", "Chat", "chat"),
        ...(this.has("panels") ? [tab("panels", "Panels", "board")] : []),
        tab("map", "Map", "map"),
        ...(this.parts.pictured ? [iconButton("text", "Text view", "T", () => { this.showText(!this.text.shown); })] : []),
        iconButton("settings", "Settings", ",", () => { openDialog(this.settings, this.element); }),
        iconButton("help", "Help", "?", () => { this.openHelp(); }),
      ),
      button(leavingWords(this.parts), () => { this.parts.remedy("leave"); }, { class: "leave" }),
    );
  }

  private foot(): HTMLElement {
    const { headset, recording } = this.parts;
    const wear = headset === null ? null : button("Enter VR", headset, { class: "main" });
    wear?.prepend(icon("headset"));
    return make("footer", { class: "foot" }, this.actions.element, make("div", { class: "row" }, this.has("consent") && this.consent.opener, this.emergency.element, wear, !this.parts.shared && recording.element), make("div", { class: "goings" }, this.consent.going, this.emergency.going));
  }

  private async copyLink(): Promise<void> {
    const { link } = this.parts;
    try {
      // A page that came without TLS has no clipboard at all, whatever the types say.
      await navigator.clipboard.writeText(link);
      this.tell("The link is copied. Whoever has it can come in.");
    } catch {
      this.tell(`The link is ${link}`);
    }
  }

  private inviteButton(): HTMLElement | null {
    const { inviting, room } = this.parts;
    if (inviting === undefined || inviting === null || !room.rights.has("invite")) return null;
    return button("Invite somebody", () => { this.openLoaded(import("./invite-dialog").then(({ inviteDialog }) => inviteDialog(inviting, room.description.name))); }, { class: "quiet" });
  }

  private openHelp(): void {
    this.openLoaded(import("./help-dialog").then(({ helpDialog }) => helpDialog(this.parts.actions)));
  }

  /** Loaded when they are asked for: few ever do. */
  private openLoaded(loading: Promise<HTMLDialogElement>): void {
    loading.then((asked) => {
      if (this.covered || !this.element.isConnected || this.element.querySelector("dialog[open]") !== null) return;
      // The link that invites is on the page no longer than it is looked at.
      asked.addEventListener("close", () => { asked.remove(); });
      openDialog(asked, this.element);
    }).catch((error: unknown) => { this.tell(wordsOf(error)); });
  }

  private async drawMap(): Promise<void> {
    const { desk, room, goTo } = this.parts;
    this.map.replaceChildren(make("h2", {}, "Map"), make("p", { class: "faint" }, "Asking who is where ..."));
    try {
      const rooms = await desk.rooms(room.self.role);
      this.map.replaceChildren(make("h2", {}, "Map"), facilityTree(rooms, room.description.id, goTo), button("Copy the link to this room", () => { void this.copyLink(); }, { class: "quiet" }), this.inviteButton() ?? "");
    } catch {
      this.map.replaceChildren(make("h2", {}, "Map"), make("p", { class: "problem" }, "The map did not come. Try again in a moment."));
    }
  }
}

/** A device that is passed on keeps nothing of who leaves. */
function leavingWords({ shared }: Pick<OverlayParts, "shared">): string {
  return shared ? "Leave and forget" : "Leave";
}

/** A picture with its name; a narrow window shows the picture alone. */
function iconButton(picture: IconName, label: string, keys: string, run: () => void): HTMLButtonElement {
  const element = button(icon(picture), run, { class: "quiet square", keys });
  element.append(make("span", {}, label));
  return element;
}
