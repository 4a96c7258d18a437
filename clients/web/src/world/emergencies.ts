/** Who breaks the glass, by the feature `emergency` (SPEC 6.1). */
import type { Alert, AlertEnded } from "../protocol/generated/messages";
import { outcomeOf, type Operate } from "./asking";
import type { Emergency, EmergencyReason, Outcome, RoomEvents, RosterEntry } from "./model";

export class Emergencies {
  /** By who began them. */
  readonly current = new Map<number, Emergency>();
  /** Everybody of whom there was an alert. */
  readonly broke = new Set<number>();

  constructor(private readonly tell: (event: RoomEvents["emergency"]) => void) {}

  /** `until` is the alert's own, of this machine's clock. */
  begin({ entity, name, role, reason }: Alert, until: number): void {
    const who = { entity, name, role, reason, until };
    this.current.set(entity, who);
    this.broke.add(entity);
    this.tell({ who, over: false, why: "" });
  }

  /** One that never began ends untold, but to who asked for it. */
  end({ entity, why }: AlertEnded, self: RosterEntry): void {
    const who = this.current.get(entity) ?? (entity === self.entity ? { ...self, reason: "other", until: 0 } : null);
    this.current.delete(entity);
    if (who !== null) this.tell({ who, over: true, why });
  }

  clear(): void {
    this.current.clear();
    this.broke.clear();
  }
}

/** Ask for every curtain to be opened; it is as soon as that is written down. */
export async function breakGlass(operate: Operate, reason: EmergencyReason, text: string, minutes: number): Promise<Outcome> {
  return outcomeOf(await operate("emergency", "break_glass", { reason, text, minutes }));
}

export async function endEmergency(operate: Operate): Promise<Outcome> {
  return outcomeOf(await operate("emergency", "end", {}));
}
