/** What a session tells whoever shows the room. */
import type { FrameChanges } from "../protocol/frame";
import type { Correction, FreeMap, Welcome } from "../protocol/generated/messages";
import type { QualityReport } from "./quality";

export interface SessionStatus {
  readonly state: "joining" | "live" | "reconnecting" | "ended";
  readonly reason: string;
  readonly code: string;
  readonly resumed: boolean;
}

/** What a session tells. */
export interface SessionListener {
  status(status: SessionStatus): void;
  /** Before the status is live. Not resumed: forget the room. Resumed: what is in sight is entered anew by the next frame. */
  welcome(welcome: Welcome): void;
  /** `time` is the frame's on the server's clock, unwrapped from frame to frame. The changes are good for this call alone. */
  frame(changes: FrameChanges, time: number, now: number): void;
  event(feature: string, type: string, body: FreeMap): void;
  correction(correction: Correction): void;
  quality(report: QualityReport): void;
}
