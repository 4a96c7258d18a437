/** What stands on the panels of a room, from the feature `panels` (SPEC 6.1). */
import type { Written } from "../protocol/generated/messages";
import { bodyOf, outcomeOf, type Operate } from "./asking";
import type { PanelText, WriteOutcome } from "./model";

export class Panels {
  /** By the panel's entity; also of those that are out of sight now. */
  readonly texts = new Map<number, PanelText>();
  /** What the wearer is writing, until that is answered. */
  private readonly writing = new Map<number, string>();

  /** `changed`: another text stands there; `own` if the wearer wrote it. */
  constructor(private readonly changed: (panel: number, text: PanelText, own: boolean) => void) {}

  /** Take in what stands somewhere; what is known already, or older, is no news. */
  take({ panel, text, version }: Written): void {
    const known = this.texts.get(panel);
    if (known !== undefined && known.version >= version) return;
    const stands = { text, version };
    this.texts.set(panel, stands);
    this.changed(panel, stands, this.writing.get(panel) === text);
  }

  /** Let a text stand in place of the one with a version. */
  async write(operate: Operate, panel: number, text: string, version: number): Promise<WriteOutcome> {
    this.writing.set(panel, text);
    const answer = await operate("panels", "write", { panel, text, version });
    const told = bodyOf("panels/write", answer);
    const stands = told?.panel === panel ? told : null;
    if (stands !== null) this.take(stands);
    this.writing.delete(panel);
    return { ...outcomeOf(answer), stands };
  }

  clear(): void {
    this.texts.clear();
  }
}
