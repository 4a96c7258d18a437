/** What stands after the `#` of a link: `#room=<id>` names a room, `#invitation=<word>` lets somebody into one. */

/** What a link had for this page. */
export interface Arrival {
  /** The id of a room. */
  readonly room: string | null;
  /** A signed word of the facility's. */
  readonly invitation: string | null;
}

const ROOM_ID = /^[A-Za-z0-9_-]{1,64}$/;
/** The compact form of a signed token. */
const WORD = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const WORD_CHARS = 4096;

/** Read a fragment; null for what is not there or is none. */
export function readArrival(fragment: string): Arrival {
  const said = new URLSearchParams(fragment.replace(/^#/, ""));
  const room = said.get("room");
  const invitation = said.get("invitation");
  return {
    room: room !== null && ROOM_ID.test(room) ? room : null,
    invitation: invitation !== null && invitation.length <= WORD_CHARS && WORD.test(invitation) ? invitation : null,
  };
}

/** Take it out of the address bar at once: both are as good as a key, and screens are shared. */
export function takeArrival(location: Location, history: History): Arrival {
  const arrival = readArrival(location.hash);
  if (location.hash !== "") history.replaceState(null, "", location.pathname + location.search);
  return arrival;
}

export function linkTo(room: string, location: Location): string {
  return `${location.origin}${location.pathname}#room=${encodeURIComponent(room)}`;
}
