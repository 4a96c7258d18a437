/** The front desk over HTTP: the facility, its rooms, tickets (SPEC 10). */
import type { Environment } from "./environment";
import { portalsOf } from "./portals";
import { Refused } from "./refused";

export interface Facility {
  readonly name: string;
  readonly room_types: readonly { readonly name: string; readonly on_demand: boolean }[];
  readonly roles: readonly string[];
  readonly avatars: readonly string[];
  readonly schema: string;
  /** Devices are passed on: nothing may be kept of who wore them. */
  readonly shared_devices?: boolean;
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

const WORDS: Readonly<Partial<Record<string, string>>> = {
  room_unknown: "There is no such room.",
  forbidden: "Your role may not do that.",
  removed: "You were asked to leave this room. You cannot come back yet.",
  room_full: "The room is full.",
  room_closed: "The room is closed.",
  role_unknown: "Nobody may come in that role.",
  avatar_unknown: "That look is not offered here any more. Choose another one.",
  stopping: "The server is restarting.",
  rate_limited: "Too much was asked for from where you are. Try again in a moment.",
  too_many_connections: "There are too many connections from where you are. Try again in a moment.",
};
const TEMPORARY: ReadonlySet<string> = new Set(["room_full", "stopping", "unreachable"]);
/** A front desk that takes longer does not answer: networks may lose a request without a word. */
const ANSWER_MS = 10_000;
const JSON_BODY = { "Content-Type": "application/json" };

export class FrontDesk {
  /** `base` is where the front desk stands, with a slash at the end; "" is where the page came from. */
  constructor(
    private readonly environment: Pick<Environment, "fetch" | "after">,
    private readonly base = "",
  ) {}

  async facility(): Promise<Facility> {
    return (await this.ask("v1/facility")) as Facility;
  }

  async avatars(): Promise<readonly AvatarListing[]> {
    return ((await this.ask("v1/avatars")) as { avatars: readonly AvatarListing[] }).avatars;
  }

  /** The rooms of the facility that somebody of a role may join. */
  async rooms(role: string): Promise<readonly RoomListing[]> {
    const { rooms } = (await this.ask(`v1/rooms?${asked(role)}`)) as { rooms: readonly RoomListing[] };
    return rooms.map(withPortals);
  }

  async room(id: string, role: string): Promise<RoomListing> {
    return withPortals((await this.ask(`v1/rooms/${encodeURIComponent(id)}?${asked(role)}`)) as RoomListing);
  }

  /** `returning`: to a place in a session that is locked, however full the room is. */
  async ticket({ room, name, role, avatar }: Wish, returning = false): Promise<Ticket> {
    return (await this.ask(`v1/rooms/${encodeURIComponent(room)}/tickets`, {
      method: "POST",
      headers: JSON_BODY,
      body: JSON.stringify({ name, role, avatar, ...(returning ? { returning } : {}) }),
    })) as Ticket;
  }

  /** Open a room for a visit; whoever has its id may come in. */
  async openRoom(type: string, name: string, role: string): Promise<RoomListing> {
    const body = JSON.stringify({ type, name, role });
    return withPortals((await this.ask("v1/rooms", { method: "POST", headers: JSON_BODY, body })) as RoomListing);
  }

  private async ask(path: string, options: RequestInit = {}): Promise<unknown> {
    const patience = new AbortController();
    const answered = this.environment.after(ANSWER_MS, () => { patience.abort(); });
    let answer: Response;
    let body: unknown;
    try {
      answer = await this.environment.fetch(`${this.base}${path}`, { cache: "no-store", signal: patience.signal, ...options });
      body = await bodyOf(answer);
    } catch {
      throw new Refused("unreachable", "The front desk does not answer.", true);
    } finally {
      answered();
    }
    if (!answer.ok) throw refusal(answer.status, body);
    if (body === null) throw new Refused("unexpected", "The front desk's answer makes no sense.", false);
    return body;
  }
}

function asked(role: string): string {
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

/** A server that has too much to do, or whose store is away, is another one in a moment. */
function passes(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** Read problem+json (RFC 9457); what stands before the front desk, a proxy, may answer otherwise. */
function refusal(status: number, body: unknown): Refused {
  const told = (typeof body === "object" && body !== null ? body : {}) as Partial<Record<"code" | "detail" | "title", string>>;
  const code = told.code ?? (status >= 502 ? "unreachable" : "unexpected");
  const words = WORDS[code] ?? told.detail ?? told.title ?? `The front desk answers with ${status}.`;
  return new Refused(code, words, TEMPORARY.has(code) || passes(status));
}
