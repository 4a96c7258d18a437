/** What of a room is recorded, in words. Pure. */

import type { RecordingFailure, RecordingKind, RecordingState } from "../world/model";

const WHAT: Readonly<Record<RecordingKind, string>> = { audio: "Sound", motion: "How people move", transcript: "What is said" };

const WHY: Readonly<Record<RecordingFailure, string>> = {
  "": "",
  failed: ": the clinic's disk did not take it",
  behind: ": the clinic's disk is too slow",
  unavailable: ": the clinic's record cannot be written just now",
};

/** "How people move here is recorded." */
export function recordingWords(kind: RecordingKind, state: RecordingState, why: RecordingFailure = ""): string {
  switch (state) {
    case "on":
      return `${WHAT[kind]} is recorded here.`;
    case "paused":
      return `${WHAT[kind]} is not recorded at the moment: somebody here has not allowed it.`;
    case "off":
      return `${WHAT[kind]} is recorded here no longer${WHY[why]}.`;
  }
}
