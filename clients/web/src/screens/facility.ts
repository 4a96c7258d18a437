/** What the entrance asks of the front desk. */

import type { SignIn } from "../session/sign-in";
import type { Portal } from "../world/model";

/** A look that is a file, and whom it is owed to. */
export interface LookFile {
  readonly look: string;
  readonly title: string;
  readonly authors: readonly string[];
  /** Where its licence stands. */
  readonly licence: string;
  /** Whether its authors are to be named where it is worn. */
  readonly credit: boolean;
}

export interface FacilityWords {
  readonly name: string;
  readonly roles: readonly string[];
  readonly looks: readonly string[];
  /** Of the looks, those that are files. */
  readonly files?: readonly LookFile[];
  /** Types of rooms that may be opened for a visit. */
  readonly visits: readonly string[];
  /** Devices are passed on: nothing is kept of who wore them. */
  readonly shared: boolean;
  /** What it takes to sign in; null where nobody has an account. */
  readonly signIn?: SignIn | null;
}

/** How somebody comes, and what they may come as. */
export interface WhoWords {
  readonly kind: "guest" | "account" | "invited";
  readonly roles: readonly string[];
  /** The name that others see, where it is not one's own to choose. */
  readonly name: string | null;
}

export interface RoomWords {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly occupancy: number;
  readonly capacity: number;
  readonly portals: readonly Pick<Portal, "to" | "name">[];
}

export interface FrontDeskWords {
  facility(): Promise<FacilityWords>;
  who(): Promise<WhoWords>;
  /** What somebody of a role may join. */
  rooms(role: string): Promise<readonly RoomWords[]>;
  room(id: string, role: string): Promise<RoomWords>;
  openRoom(type: string, name: string, role: string): Promise<RoomWords>;
}

export function occupancyWords(room: RoomWords): string {
  if (room.occupancy >= room.capacity) return "Full";
  if (room.occupancy === 0) return "Empty";
  return `${room.occupancy} of ${room.capacity} ${room.occupancy === 1 ? "is" : "are"} here`;
}
