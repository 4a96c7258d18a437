/** What features were asked and have not answered yet: asked again after a resume, under the same id (SPEC 6). */
import { Kind, OPERATION_ID_BYTES } from "../protocol/generated/constants";
import type { FreeMap, Result } from "../protocol/generated/messages";
import { encodeMessage } from "../protocol/messages";

/** An answer; `lost` if the session ended without one. */
export type Answer = Pick<Result, "ok" | "code" | "detail" | "body">;

interface Asked {
  readonly message: Uint8Array<ArrayBuffer>;
  readonly answer: (answer: Answer) => void;
}

export class Operations {
  private readonly unanswered = new Map<string, Asked>();

  constructor(private readonly randomBytes: (count: number) => Uint8Array) {}

  /** Lay an operation out. `answer` is called once. */
  ask(feature: string, type: string, body: FreeMap, answer: (answer: Answer) => void): Uint8Array<ArrayBuffer> {
    const op = this.randomBytes(OPERATION_ID_BYTES);
    const message = encodeMessage(Kind.Operation, { op, feature, type, body });
    this.unanswered.set(op.join(), { message, answer });
    return message;
  }

  take(result: Result): void {
    const key = result.op.join();
    const asked = this.unanswered.get(key);
    // An answer that came before the connection was lost, and again when it was asked for again.
    if (asked === undefined) return;
    this.unanswered.delete(key);
    asked.answer(result);
  }

  /** What is to be asked again. */
  get messages(): Uint8Array<ArrayBuffer>[] {
    return [...this.unanswered.values()].map(({ message }) => message);
  }

  /** The session is over. */
  lose(): void {
    const lost = [...this.unanswered.values()];
    this.unanswered.clear();
    for (const { answer } of lost) {
      answer({ ok: false, code: "lost", detail: "The connection ended before the answer.", body: {} });
    }
  }
}
