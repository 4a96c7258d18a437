/** The front desk over HTTP: the facility, its rooms, tickets (SPEC 10). */
import type { Logoff } from "./attendance";
import type { Environment } from "./environment";
import { Identity } from "./identity";
import { portalsOf } from "./portals";
import { Refused } from "./refused";
import type { SignIn } from "./sign-in";
import { unlessHeard } from "./timers";

export interface Facility {
  readonly name: string;
  readonly room_types: readonly { readonly name: string; readonly on_demand: boolean }[];
  readonly roles: readonly string[];
  readonly avatars: readonly string[];
  readonly schema: string;
  /** Null where nobody has an account. */
  readonly sign_in?: SignIn | null;
  /** Devices are passed on: nothing may be kept of who wore them. */
  readonly shared_devices?: boolean;
  /** Without a sign of anybody, and while nobody looks, until it is asked whether somebody is there, s. */
  readonly idle_seconds?: number;
  readonly away_seconds?: number;
}

/** How somebody comes, and what they may come as. */
export interface Who {
  readonly kind: "guest" | "account" | "invited";
  readonly roles: readonly string[];
  /** The name that others see, where it is not one's own to choose. */
  readonly name: string | null;
}

/** What an invitation is for. */
export interface Invited {
  readonly room: RoomListing;
  readonly role: string;
  readonly name: string | null;
}

/** What a device shows that is to be let in by a phone (SPEC 10). */
export interface PairingCode {
  readonly device_code: string;
  readonly user_code: string;
  /** Where the phone goes. */
  readonly verification_uri: string;
  /** s. */
  readonly expires_in: number;
  readonly interval: number;
}

/** A look that is a file of the facility's, and whom it is owed to. */
export interface AvatarListing {
  readonly name: string;
  readonly title: string;
  readonly authors: readonly string[];
  readonly licence: string;
  readonly credit_required: boolean;
}

/** The way to another room, as the front desk tells it. */
export interface PortalListing {
  readonly to: string;
  readonly name: string;
  readonly position: readonly [number, number, number];
  /** Degrees about +Y, as all angles of the front desk. */
  readonly yaw: number;
  readonly width: number;
}

export interface RoomListing {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly occupancy: number;
  readonly capacity: number;
  readonly scene: string;
  readonly portals: readonly PortalListing[];
}

/** Who wants to be in which room. */
export interface Wish {
  readonly room: string;
  readonly name: string;
  readonly role: string;
  readonly avatar: string;
}

export interface Ticket {
  readonly ticket: string;
  /** Address of the WebSocket. */
  readonly world: string;
}

/** Of a request, what is not the same each time. */
interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const WORDS: Readonly<Partial<Record<string, string>>> = {
  room_unknown: "There is no such room.",
  forbidden: "Your role may not do that.",
  removed: "You were asked to leave this room. You cannot come back yet.",
  room_full: "The room is full.",
  room_closed: "The room is closed.",
  role_unknown: "Nobody may come in that role.",
  unauthenticated: "Sign in first.",
  reauthentication_required: "A view of yours was locked since you signed in. Sign in again.",
  auth_time_missing: "The clinic's sign-in service did not say when you signed in. Sign in again.",
  mfa_required: "This role needs a second factor. Sign in with one.",
  identity_unavailable: "Accounts cannot be checked at the moment.",
  code_unknown: "No device shows this code, or not any more.",
  too_many_guesses: "Too many codes were wrong. Wait five minutes, then begin anew on the device.",
  too_many_pairings: "Too many devices wait to be let in. Try again in a few minutes.",
  access_denied: "Somebody said no on the phone.",
  expired_token: "The code is good no more.",
  invitation_invalid: "This invitation is not one of this clinic's.",
  invitation_foreign: "This invitation is for another clinic.",
  invitation_expired: "This invitation has expired.",
  invitation_used: "This invitation was used already.",
  invitation_revoked: "This invitation was taken back.",
  invitation_paused: "Nobody new comes in by this invitation for the moment.",
  avatar_unknown: "That look is not offered here any more. Choose another one.",
  stopping: "The server is restarting.",
  rate_limited: "Too much was asked for from where you are. Try again in a moment.",
  too_many_connections: "There are too many connections from where you are. Try again in a moment.",
};
const TEMPORARY: ReadonlySet<string> = new Set(["room_full", "unreachable"]);
/** A front desk that takes longer does not answer: networks may lose a request without a word. */
const ANSWER_MS = 10_000;
/** Of a challenge (RFC 9470 section 3). */
const MAX_AGE = /\bmax_age="?(\d{1,9})/;
const JSON_BODY = { "Content-Type": "application/json" };

export class FrontDesk {
  /** The word of an invitation that is not used yet: it lets in once, and by what comes for it one is known after that. */
  invitation: string | null = null;

  /** `base` is where the front desk stands, with a slash at the end; "" is where the page came from. */
  constructor(
    private readonly environment: Pick<Environment, "fetch" | "after">,
    private readonly base = "",
    readonly identity = new Identity(),
  ) {}

  /** As a facility has it that says nothing, until it was asked. */
  logoff: Logoff = { idle: 900, away: 120 };

  async facility(): Promise<Facility> {
    const told = (await this.ask("v1/facility")) as Facility;
    this.logoff = { idle: told.idle_seconds ?? this.logoff.idle, away: told.away_seconds ?? this.logoff.away };
    return told;
  }

  /** Who one is here. A front desk of an earlier version knows guests alone. */
  async who(): Promise<Who> {
    if (this.invitation !== null) {
      const { role, name } = await this.invited(this.invitation);
      return { kind: "invited", roles: [role], name };
    }
    try {
      return (await this.ask("v1/me")) as Who;
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== "not_found") throw error;
      return { kind: "guest", roles: (await this.facility()).roles, name: null };
    }
  }

  async avatars(): Promise<readonly AvatarListing[]> {
    return ((await this.ask("v1/avatars")) as { avatars: readonly AvatarListing[] }).avatars;
  }

  /** The rooms of the facility that somebody of a role may join. */
  async rooms(role: string): Promise<readonly RoomListing[]> {
    if (this.invitation !== null) return [(await this.invited(this.invitation)).room];
    const { rooms } = (await this.ask(`v1/rooms?${inRole(role)}`)) as { rooms: readonly RoomListing[] };
    return rooms.map(withPortals);
  }

  async room(id: string, role: string): Promise<RoomListing> {
    if (this.invitation !== null) {
      const { room } = await this.invited(this.invitation);
      if (room.id === id) return room;
    }
    return withPortals((await this.ask(`v1/rooms/${encodeURIComponent(id)}?${inRole(role)}`)) as RoomListing);
  }

  /** `returning`: to a place in a session that is locked, however full the room is. `refreshing`: for one that is live, and its `refresh` alone. */
  async ticket({ room, name, role, avatar }: Wish, purpose: "entering" | "returning" | "refreshing" = "entering"): Promise<Ticket> {
    if (this.invitation !== null) return this.useInvitation(this.invitation, name, avatar);
    return (await this.post(`v1/rooms/${encodeURIComponent(room)}/tickets`, { name, role, avatar, ...(purpose === "entering" ? {} : { [purpose]: true }) })) as Ticket;
  }

  /** Open a room for a visit; whoever has its id may come in. */
  async openRoom(type: string, name: string, role: string): Promise<RoomListing> {
    return withPortals((await this.post("v1/rooms", { type, name, role })) as RoomListing);
  }

  /** Make a link that lets in somebody without an account. */
  async invite(wish: { readonly room: string; readonly role: string; readonly hours: number; readonly uses: number; readonly name: string | null }): Promise<string> {
    return ((await this.post("v1/invitations", wish)) as { readonly link: string }).link;
  }

  /** Begin to be let in by a phone. */
  async beginPairing(): Promise<PairingCode> {
    return (await this.post("v1/pairings", {})) as PairingCode;
  }

  /** Whether one was let in: from then on one is known as who did it, if that is `wanted` still. Rejects with `authorization_pending` and `slow_down` until then. */
  async askPairing(deviceCode: string, wanted: () => boolean): Promise<void> {
    const given = (await this.post("v1/pairings/token", { device_code: deviceCode })) as { readonly pass: string };
    if (wanted()) this.identity.use(() => Promise.resolve(given.pass));
  }

  /** For how long a device has shown a code, s. */
  async findDevice(userCode: string): Promise<number> {
    return ((await this.post("v1/pairings/show", { user_code: userCode })) as { readonly shown_for: number }).shown_for;
  }

  async settleDevice(userCode: string, allow: boolean): Promise<void> {
    await this.post("v1/pairings/approval", { user_code: userCode, allow });
  }

  private async invited(invitation: string): Promise<Invited> {
    const told = (await this.post("v1/invitations/show", { invitation })) as Invited;
    return { ...told, room: withPortals(told.room) };
  }

  private async useInvitation(invitation: string, name: string, avatar: string): Promise<Ticket> {
    const given = (await this.post("v1/invitations/tickets", { invitation, name, avatar })) as Ticket & { readonly pass: string };
    this.invitation = null;
    this.identity.use(() => Promise.resolve(given.pass));
    return given;
  }

  private post(path: string, body: object): Promise<unknown> {
    return this.ask(path, { method: "POST", headers: JSON_BODY, body: JSON.stringify(body) });
  }

  private async ask(path: string, { headers = {}, ...options }: Asking = {}): Promise<unknown> {
    // Without one to show nothing is waited for. A fresh one is the provider's to give, and has a wait of its own.
    const shown = this.identity.known ? await this.identity.headers().catch(() => { throw refusal(503, { code: "identity_unavailable" }, ""); }) : {};
    const patience = new AbortController();
    const answered = unlessHeard(this.environment, ANSWER_MS, () => { patience.abort(); });
    let answer: Response;
    let body: unknown;
    try {
      answer = await this.environment.fetch(`${this.base}${path}`, { cache: "no-store", signal: patience.signal, ...options, headers: { ...shown, ...headers } });
      body = await bodyOf(answer);
    } catch {
      throw new Refused("unreachable", "The front desk does not answer.", true);
    } finally {
      answered();
    }
    if (!answer.ok) throw refusal(answer.status, body, answer.headers.get("WWW-Authenticate") ?? "");
    if (body === null) throw new Refused("unexpected", "The front desk's answer makes no sense.", false);
    return body;
  }
}

function inRole(role: string): string {
  return String(new URLSearchParams({ role }));
}

/** A facility of an earlier version has no portals; a door that cannot be keeps nobody out. */
function withPortals(room: RoomListing): RoomListing {
  return { ...room, portals: portalsOf((room as Partial<RoomListing>).portals) };
}

/** Null for what is no JSON; rejects where the answer breaks off. */
async function bodyOf(answer: Response): Promise<unknown> {
  const text = await answer.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** A server that has too much to do, or whose store is away, is another one in a moment (SPEC 10). */
function passes(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** What a server says of a refusal is no sentence yet. */
function sentence(said = ""): string | null {
  return said === "" ? null : `${said.charAt(0).toUpperCase()}${said.slice(1)}${/[.!?]$/.test(said) ? "" : "."}`;
}

/** Read problem+json (RFC 9457); what stands before the front desk, a proxy, may answer otherwise. */
function refusal(status: number, body: unknown, challenge: string): Refused {
  const told = (typeof body === "object" && body !== null ? body : {}) as Partial<Record<"code" | "detail" | "title", string>>;
  const code = told.code ?? (status >= 502 ? "unreachable" : "unexpected");
  const words = WORDS[code] ?? sentence(told.detail ?? told.title) ?? `The front desk answers with ${status}.`;
  return new Refused(code, words, TEMPORARY.has(code) || passes(status), Number(MAX_AGE.exec(challenge)?.[1] ?? 0));
}
