/** Close codes (SPEC 9): whether one comes back, and what to tell people. */
import { CloseCode } from "../protocol/generated/constants";

const BELOW_4000: ReadonlySet<number> = new Set([
  CloseCode.GoingAway, CloseCode.Abnormal, CloseCode.InternalError, CloseCode.ServiceRestart,
]);

/** Whether a client that was closed with this code comes back, known or not: clients decide by range. */
export function reconnects(code: number): boolean {
  return (code >= 4000 && code < 4500) || BELOW_4000.has(code);
}

const WORDS: Readonly<Partial<Record<number, string>>> = {
  [CloseCode.Normal]: "The session has ended.",
  [CloseCode.GoingAway]: "The server closed the connection.",
  [CloseCode.ProtocolError]: "This page and the server do not understand each other.",
  [CloseCode.UnsupportedData]: "This page and the server do not understand each other.",
  [CloseCode.NoStatus]: "The connection was closed without a reason.",
  [CloseCode.Abnormal]: "The connection was lost.",
  [CloseCode.InvalidPayload]: "This page and the server do not understand each other.",
  [CloseCode.TooBig]: "This page sent more at once than the server takes.",
  [CloseCode.InternalError]: "Something went wrong on the server.",
  [CloseCode.ServiceRestart]: "The server is restarting.",
  [CloseCode.Moved]: "The room has moved to another server.",
  [CloseCode.Slow]: "This page could not keep up with what it was sent.",
  [CloseCode.NoPong]: "The server heard nothing from this page for too long.",
  [CloseCode.TokenExpired]: "The session has expired.",
  [CloseCode.ResyncRequired]: "The room has to be read anew.",
  [CloseCode.ShardFenced]: "The server gave the room up to another one.",
  [CloseCode.Overloaded]: "The room is full, or the server has too much to do.",
  [CloseCode.RateLimited]: "This page sent too much at once.",
  [CloseCode.DurabilityUnavailable]: "The server cannot keep anything at the moment.",
  [CloseCode.AuthenticationInvalid]: "The ticket was not valid.",
  [CloseCode.Malformed]: "The server did not understand this page.",
  [CloseCode.AuthenticationTimeout]: "This page took too long to show its ticket.",
  [CloseCode.Removed]: "You were removed from the room.",
  [CloseCode.ConnectionLimit]: "You are connected too many times. Close another window or device.",
  [CloseCode.Version]: "This page and the server speak different versions: reload the page.",
  [CloseCode.Forbidden]: "You may not enter this room, or it is closed.",
  [CloseCode.Replayed]: "The ticket was used before.",
  [CloseCode.Superseded]: "This session goes on in another window.",
  [CloseCode.Revoked]: "Your right to be here was revoked.",
  [CloseCode.ConsentWithdrawn]: "Consent was withdrawn.",
  [CloseCode.MovementAbuse]: "Your movements were not possible ones.",
  [CloseCode.Locked]: "Nobody seemed to be there, so the view was locked.",
  [CloseCode.TooManyErrors]: "Too many of this page's requests were wrong.",
};

/** Both hashes of a reason for `CloseCode.Version`: who has to find out which side is old needs them. */
const HASHES = /^schema: server [0-9a-f]{1,64}, client [0-9a-f]{1,64}$/;

/** What a close says, in this page's words: the server's reason is anybody's text, and is told only as far as it is known. */
export function wordsFor(code: number, reason: string): string {
  const words = WORDS[code];
  if (words === undefined) return `The connection was closed (${code}).`;
  return code === CloseCode.Version && HASHES.test(reason) ? `${words} (${reason})` : words;
}
