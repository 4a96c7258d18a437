/** The link that opens a room: `/#room=<id>`. */

const ROOM_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Read the room's id of a fragment; null where there is none or it is none. */
export function readInvitation(fragment: string): string | null {
  const id = new URLSearchParams(fragment.replace(/^#/, "")).get("room");
  return id !== null && ROOM_ID.test(id) ? id : null;
}

/** Take the invitation out of the address bar at once: a room's id is as good as a key, and screens are shared. */
export function takeInvitation(location: Location, history: History): string | null {
  const room = readInvitation(location.hash);
  if (location.hash !== "") history.replaceState(null, "", location.pathname + location.search);
  return room;
}

export function invitationTo(room: string, location: Location): string {
  return `${location.origin}${location.pathname}#room=${encodeURIComponent(room)}`;
}
