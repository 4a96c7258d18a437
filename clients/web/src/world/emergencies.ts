/** Who breaks the glass, from the events of `emergency` (SPEC 6.1). */
import type { Alert, AlertEnded } from "../protocol/generated/messages";
import type { Emergency } from "./model";

export class Emergencies {
  /** By who began them. */
  readonly current = new Map<number, Emergency>();
  /** Everybody of whom there was an alert. */
  readonly broke = new Set<number>();

  /** `until` is the alert's own, of this machine's clock. */
  begin({ entity, name, role, reason }: Alert, until: number): Emergency {
    const who = { entity, name, role, reason, until };
    this.current.set(entity, who);
    this.broke.add(entity);
    return who;
  }

  /** Null for one that never began: it ends untold. */
  end({ entity }: AlertEnded): Emergency | null {
    const who = this.current.get(entity) ?? null;
    this.current.delete(entity);
    return who;
  }

  clear(): void {
    this.current.clear();
    this.broke.clear();
  }
}
