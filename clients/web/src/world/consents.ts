/** What the wearer allows, and what of the room is recorded, by the feature `consent` (SPEC 6.1). */
import type { Consents as ConsentsTold, Ending, Hidden, RecordingTold } from "../protocol/generated/messages";
import { GIVEN_BY_COMING } from "../protocol/generated/tables";
import { bodyOf, outcomeOf, type Operate } from "./asking";
import type { Outcome, Purpose, RecordingKind, RecordingState } from "./model";

export class Consents {
  given: ReadonlySet<Purpose> = new Set(GIVEN_BY_COMING);
  /** What is on or paused. */
  readonly recordings = new Map<RecordingKind, RecordingState>();
  /** Who is hidden because they do not allow what the wearer is there for, by entity. */
  hidden: ReadonlySet<number> = new Set();
  /** Whether the session ends soon because nobody allows that any more. */
  private ends = false;

  constructor(private readonly changed: () => void, private readonly recording: (told: RecordingTold) => void, private readonly hides: () => void, private readonly ending: (seconds: number) => void) {}

  takeHidden({ entities }: Hidden): void {
    this.hidden = new Set(entities);
    this.hides();
  }

  takeEnding({ seconds }: Ending): void {
    this.ends = seconds > 0;
    this.ending(seconds);
  }

  take({ given }: ConsentsTold): void {
    this.given = new Set(given as readonly Purpose[]);
    this.changed();
  }

  takeRecording(told: RecordingTold): void {
    const { kind, state } = told;
    if (state === "off") this.recordings.delete(kind);
    else this.recordings.set(kind, state);
    this.recording(told);
  }

  async set(operate: Operate, purpose: Purpose, given: boolean): Promise<Outcome> {
    const answer = await operate("consent", "set", { purpose, given });
    const told = answer.ok ? bodyOf("consent/set", answer) : null;
    if (told !== null) this.take(told);
    // What is withdrawn counts at once, also where that could not be kept.
    else if (!given && answer.code === "failed") this.take({ given: [...this.given].filter((each) => each !== purpose) });
    return outcomeOf(answer);
  }

  clear(): void {
    this.given = new Set(GIVEN_BY_COMING);
    this.recordings.clear();
    this.hidden = new Set();
    if (this.ends) this.takeEnding({ seconds: 0 });
  }
}
