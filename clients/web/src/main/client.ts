/** The client: the entrance, then one visit after another. */

import type { Between } from "./between";
import { Account } from "./account";
import { screenDesk } from "./desk";
import { installHook, type Looked } from "./hook";
import { hasNoWayBack, Lock } from "./lock";
import type { Preview } from "./preview";
import { CloseCode } from "../protocol/generated/constants";
import { Readmission } from "./readmission";
import { recordedBy } from "./tap";
import { join, type Visit, type VisitParts } from "./visit";
import { headsetSupported } from "../presence/worn";
import { Recorder } from "../recorder/recorder";
import { openDialog } from "../screens/dialog";
import { make } from "../screens/dom";
import { Entrance, type Visit as Wanted } from "../screens/entrance";
import type { FacilityWords, RoomWords, WhoWords } from "../screens/facility";
import type { AccountActs } from "../screens/account-step";
import type { Arrival } from "../screens/invitation";
import { keepIn } from "../screens/keeping";
import { settingsDialog } from "../screens/settings-dialog";
import { browserPreferences, SettingsShelf, showSettings } from "../screens/settings";
import { StateScreen } from "../screens/state-screen";
import { JOINING, refusedWords, stateWords, waitingWords, type Remedy, type StateWords } from "../screens/states";
import { browserEnvironment } from "../session/environment";
import { FrontDesk } from "../session/frontdesk";
import type { PairingWait } from "../session/pairing";
import { mustSignInAgain, Refused, wordsOf } from "../session/refused";
import type { Again, SignIn } from "../session/sign-in";

/** Until a full room is asked again, ms. */
const ASK_AGAIN = 5000;

const NOBODY: WhoWords = { kind: "guest", roles: [], name: null };

/** Codes of the front desk, and the close, after which one is nobody here. */
const NOT_KNOWN: ReadonlySet<string> = new Set([String(CloseCode.Revoked), "unauthenticated", "invitation_invalid", "invitation_foreign", "invitation_expired", "invitation_used", "invitation_revoked"]);

const LOCKED = String(CloseCode.Locked);
/** The connection was lost, and nobody there when it came back. */
const UNATTENDED = "unattended";

export class Client {
  private readonly keeping = keepIn(() => localStorage);
  private readonly shelf = new SettingsShelf(this.keeping, browserPreferences(window));
  private readonly recorder = new Recorder(() => this.visit?.body?.device ?? "desktop");
  private readonly environment = recordedBy(this.recorder, browserEnvironment());
  private readonly desk = new FrontDesk(this.environment);
  private readonly words = screenDesk(this.desk);
  private readonly state = new StateScreen((remedy) => { this.act(remedy); });
  private readonly alone = make("main", { class: "alone" }, this.state.element);
  private facility: FacilityWords | null = null;
  private wanted: Wanted | null = null;
  private visit: Visit | null = null;
  private entrance: Entrance | null = null;
  private preview: Preview | null = null;
  private previewed = { look: "", role: "" };
  private loading: Promise<void> | null = null;
  private waiting = 0;
  private waitsSince = 0;
  private readonly opened = new Set<string>();
  /** Why one is in no room, as the front desk or the close said. */
  private told = "";
  /** The headset while one is between two rooms. */
  private worn: Between | null = null;
  private readonly lock = new Lock(this.keeping);
  private attempt = 0;
  private screen: Looked["screen"] = "entrance";

  /** The room of a link. */
  private linked: string | null;
  private who: WhoWords = NOBODY;
  private readonly account = new Account(this.desk.identity);
  private readonly readmission = new Readmission({
    account: this.account,
    desk: this.desk,
    environment: this.environment,
    show: (words, more) => { this.showState(words, 0, more); },
    enter: () => { if (this.wanted !== null) void this.enter(this.wanted); },
  });
  /** Of whoever signs in here next: the provider may know the one before still. */
  private again: Again | null = null;
  /** Waits to be let in by a phone. */
  private phone: PairingWait | null = null;
  /** This device was let in by another. */
  private paired = false;
  /** What the provider said as the page was opened. */
  private answer: string | null;

  constructor(private readonly home: HTMLElement, { room, invitation, answer }: Arrival) {
    this.linked = room;
    this.answer = answer;
    this.desk.invitation = invitation;
    this.shelf.watch((settings) => { showSettings(settings, document.documentElement); });
    installHook(() => ({ screen: this.screen, room: this.visit?.room ?? null, body: this.visit?.body ?? null }));
    // A browser may show a page once more that was left, with all that it knew.
    window.addEventListener("pageshow", ({ persisted }) => { if (persisted && this.facility?.shared === true) this.passOn(); });
    setInterval(() => { this.state.step(performance.now()); }, 250);
  }

  async start(): Promise<void> {
    try {
      this.facility = await this.words.facility();
      const { answer } = this;
      this.answer = null;
      this.linked = (await this.account.comeBack(this.facility.signIn ?? null, answer)) ?? this.linked;
      this.who = await this.words.who();
    } catch (error) {
      this.refuse(error);
      return;
    }
    document.title = this.facility.name;
    if (this.facility.shared) this.keeping.passOn();
    this.showEntrance();
  }

  private showEntrance(problem = this.account.problem): void {
    const { facility } = this;
    this.leave();
    if (facility === null) {
      void this.start();
      return;
    }
    this.screen = "entrance";
    this.entrance = new Entrance(
      {
        desk: this.words,
        keeping: this.keeping,
        linked: this.linked,
        who: this.who,
        account: this.accountActs(this.facility?.signIn ?? null, problem),
        opened: this.opened,
        openMicrophone: async () => {
          const { Microphone } = await import("../presence/microphone");
          const microphone = await Microphone.open();
          return { level: () => microphone.sample(1 / 60, this.shelf.value.voiceSensitivity), close: () => void microphone.close() };
        },
        headset: headsetSupported,
        preview: (look, role, slot) => { void this.show(look, role, slot); },
        enter: (wanted) => { void this.enter(wanted); },
        openSettings: () => { this.openSettings(); },
      },
      facility,
    );
    this.home.replaceChildren(this.entrance.element);
    void this.entrance.refresh();
  }

  /** What one can do about who one is; null where nobody has an account. */
  private accountActs(signIn: SignIn | null, problem: string): AccountActs | null {
    if (signIn === null) return null;
    return {
      problem,
      signIn: async () => {
        await this.account.leave(signIn, this.linked, this.again);
        return this.account.problem;
      },
      signOut: () => {
        this.linked = null;
        this.account.signOut();
        this.beginAnew();
      },
      pair: async (failed) => {
        const { attempt } = this;
        const { PairingWait } = await import("../session/pairing");
        const waiting = await PairingWait.begin(this.desk, this.environment, (problem) => {
          this.paired = problem === null;
          if (problem === null) void this.start();
          else failed(problem);
        });
        if (attempt === this.attempt) this.phone = waiting;
        else waiting.stop();
        const { verification_uri, user_code, expires_in } = waiting.code;
        return { shown: { address: verification_uri, code: user_code, minutes: Math.round(expires_in / 60) }, stop: () => { waiting.stop(); } };
      },
      letIn: this.paired || this.desk.invitation !== null ? null : () => { this.openLetIn(signIn).catch((error: unknown) => { this.showEntrance(wordsOf(error)); }); },
    };
  }

  /** Loaded when it is asked for: few ever do, and whoever comes in waits for less. */
  private async openLetIn(signIn: SignIn | null): Promise<void> {
    const { letInDialog } = await import("../screens/let-in-dialog");
    const asked = letInDialog({ find: (code) => this.desk.findDevice(code), settle: (code, allow) => this.desk.settleDevice(code, allow), signInAgain: signIn === null ? null : (maxAge) => this.account.again(signIn, maxAge, this.linked) });
    asked.addEventListener("close", () => { asked.remove(); });
    openDialog(asked, this.home);
  }

  /** Made anew each time: a room has changed them since. */
  private openSettings(): void {
    const settings = settingsDialog(this.shelf);
    settings.addEventListener("close", () => { settings.remove(); });
    openDialog(settings, this.home);
  }

  /** The entrance is there first; what draws comes after it. */
  private async show(look: string, role: string, slot: HTMLElement): Promise<void> {
    this.previewed = { look, role };
    this.loading ??= this.loadPreview(slot);
    await this.loading;
    // Another look may have been chosen while it was on its way.
    this.preview?.show(this.previewed.look, this.previewed.role);
  }

  private async loadPreview(slot: HTMLElement): Promise<void> {
    try {
      const { Preview } = await import("./preview");
      if (slot.isConnected) this.preview = new Preview(slot, this.facility?.looks ?? []);
    } catch (error) {
      // Without WebGL there is nothing to see, and nothing is missing.
      console.warn("no preview", error);
    }
  }

  /** `worn`: the headset from the room before, where one is worn. */
  private async enter(wanted: Wanted, worn: Between | null = null): Promise<void> {
    this.leave();
    this.worn = worn;
    this.wanted = wanted;
    this.attempt += 1;
    const { attempt } = this;
    this.showState(JOINING);
    this.screen = "joining";
    try {
      const visit = await join({ ...wanted, locked: this.lock.token }, this.visitParts());
      if (attempt !== this.attempt) {
        visit.close();
        return;
      }
      this.visit = visit;
      this.worn = null;
      this.lock.open();
      await visit.open(worn);
      if (attempt === this.attempt) this.screen = "room";
    } catch (error) {
      if (attempt === this.attempt) this.refuse(this.lock.refused(error));
    }
  }

  private visitParts(): VisitParts {
    return {
      desk: this.desk,
      words: this.words,
      environment: this.environment,
      shelf: this.shelf,
      recorder: this.recorder,
      looks: this.facility?.looks ?? [],
      files: this.facility?.files ?? [],
      home: this.home,
      goTo: (room) => { if (this.wanted !== null) void this.enter({ ...this.wanted, room, microphone: this.visit?.isHeard ?? false }, this.visit?.handOver(room) ?? null); },
      remedy: (remedy) => { this.act(remedy); },
      shared: this.facility?.shared ?? false,
      inviteAs: this.who.kind === "account" ? (this.facility?.roles ?? []) : null,
      ended: (status) => {
        this.told = status.code;
        if (status.code === LOCKED || status.code === UNATTENDED) this.lock.close(this.visit?.room.token ?? "");
        // Who came back from a lost connection may have to sign in again as well as who comes in.
        const refused = new Refused(status.code, status.reason, false);
        this.end(mustSignInAgain(refused) ? this.readmission.begin(refused, this.paired) : stateWords(status));
      },
    };
  }

  private act(remedy: Remedy): void {
    switch (remedy) {
      case "reload":
        location.reload();
        break;
      case "wait":
        this.waitsSince = this.environment.date();
        this.wait();
        break;
      case "unlock":
        // The microphone was closed with the view; whoever comes back opens it again.
        if (this.wanted !== null) void this.enter({ ...this.wanted, microphone: false, way: this.wanted.way === "headset" ? "screen" : this.wanted.way });
        break;
      case "signIn":
        if (this.facility?.signIn != null) void this.readmission.byProvider(this.facility.signIn, this.wanted?.room ?? this.linked);
        break;
      case "phone":
        void this.readmission.byPhone();
        break;
      case "retry":
        if (this.wanted === null) void this.start();
        else void this.enter(this.wanted);
        break;
      default:
        if (this.facility?.shared === true) {
          this.passOn();
          break;
        }
        this.linked = null;
        if (hasNoWayBack(this.told)) this.beginAnew(this.paired);
        else if (this.lock.token !== "" || NOT_KNOWN.has(this.told)) {
          // What this page has shown is good for nothing any more.
          this.desk.identity.forget();
          this.desk.invitation = null;
          this.again = { maxAge: 0, beside: false };
          this.beginAnew();
        } else this.showEntrance();
    }
  }

  /** Whoever is here now is nobody whom this page knows: rooms that are in no list, whose ids are as good as keys, are not theirs. */
  private beginAnew(paired = false): void {
    this.attempt += 1;
    this.readmission.stop();
    this.opened.clear();
    this.paired = paired;
    this.wanted = null;
    this.told = "";
    this.lock.forget();
    void this.start();
  }

  /** The next person finds nothing of this one: what was kept is forgotten, at the provider too, and the page with all it knows begins anew. */
  private passOn(): void {
    this.leave();
    this.keeping.passOn();
    if (!this.account.signOut()) location.reload();
  }

  /** Ask again and again until there is a place. */
  private wait(): void {
    this.showState(waitingWords(this.told), performance.now() + ASK_AGAIN);
    window.clearTimeout(this.waiting);
    this.waiting = window.setTimeout(() => { void this.askAgain(); }, ASK_AGAIN);
  }

  private async askAgain(): Promise<void> {
    const { wanted, attempt } = this;
    if (wanted === null) return;
    // Nobody is brought into a room who may have gone while they waited.
    if (this.environment.date() - this.waitsSince >= this.desk.logoff.idle * 1000) {
      this.end(refusedWords(this.told, ""));
      return;
    }
    let room: RoomWords;
    try {
      room = await this.words.room(wanted.room, wanted.role);
    } catch (error) {
      if (attempt !== this.attempt) return;
      // A room that is gone never has a place; a clinic that does not answer comes back.
      if (!(error instanceof Refused) || !error.temporary) {
        this.refuse(error);
        return;
      }
      this.told = error.code;
      this.wait();
      return;
    }
    if (attempt !== this.attempt) return;
    if (room.occupancy < room.capacity) {
      void this.enter(wanted);
      return;
    }
    this.told = "room_full";
    this.wait();
  }

  private refuse(error: unknown): void {
    if (!(error instanceof Refused)) console.error(error);
    const { code, message, token } = error instanceof Refused ? error : { code: "unexpected", message: "Something went wrong on this page.", token: "" };
    this.told = code;
    if (code === LOCKED && token !== "") this.lock.close(token);
    this.end(mustSignInAgain(error) ? this.readmission.begin(error, this.paired) : refusedWords(code, message));
  }

  private end(words: StateWords | null): void {
    this.leave();
    this.screen = "ended";
    this.showState(words);
  }

  private showState(words: StateWords | null, until = 0, more: HTMLElement | null = null): void {
    // What is on the page already stays the same elements: the focus in it is kept.
    if (this.alone.parentElement !== this.home || this.home.children.length > 1) this.home.replaceChildren(this.alone);
    this.state.show(words, until, more);
  }

  /** Whatever goes on ends. */
  private leave(): void {
    window.clearTimeout(this.waiting);
    this.attempt += 1;
    const { visit } = this;
    this.visit = null;
    visit?.close();
    this.worn?.close();
    this.worn = null;
    this.preview?.close();
    this.preview = null;
    this.loading = null;
    this.phone?.stop();
    this.phone = null;
    this.readmission.stop();
    this.entrance?.close();
    this.entrance = null;
    this.state.show(null);
  }
}
