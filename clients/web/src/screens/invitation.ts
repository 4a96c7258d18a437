/** What an address has for this page: `#room=<id>` names a room, `#invitation=<word>` lets somebody into one, and a provider's answer. */

/** What a link had for this page. */
export interface Arrival {
  /** The id of a room. */
  readonly room: string | null;
  /** A signed word of the facility's, or what came in its place: the front desk says what is wrong with it. */
  readonly invitation: string | null;
  /** What the provider where one signs in says, as it stood in the query or the fragment. */
  readonly answer: string | null;
}

const ROOM_ID = /^[A-Za-z0-9_-]{1,64}$/;
/** No word ends so: a mail's full stop, or the bracket around a link. */
const AFTER_WORD = /[^A-Za-z0-9_-]+$/;
/** The front desk reads no longer one. */
const WORD_CHARS = 4096;

/** Read a fragment and a query; null for what is not there or is none. */
export function readArrival(fragment: string, query = ""): Arrival {
  const said = new URLSearchParams(fragment.replace(/^#/, ""));
  const room = said.get("room");
  const invitation = said.get("invitation")?.replace(AFTER_WORD, "").slice(0, WORD_CHARS);
  return {
    room: room !== null && ROOM_ID.test(room) ? room : null,
    invitation: invitation ?? null,
    answer: [query.replace(/^\?/, ""), fragment.replace(/^#/, "")].find(isAnswer) ?? null,
  };
}

/** RFC 6749 section 4.1.2. */
function isAnswer(text: string): boolean {
  const said = new URLSearchParams(text);
  return said.has("state") && (said.has("code") || said.has("error"));
}

/** Take it out of the address bar at once: all of it is as good as a key, and screens are shared. */
export function takeArrival(location: Location, history: History): Arrival {
  const arrival = readArrival(location.hash, location.search);
  const query = isAnswer(location.search) ? "" : location.search;
  if (location.hash !== "" || query !== location.search) history.replaceState(null, "", location.pathname + query);
  return arrival;
}

/** Begin anew by a link that is opened in a page that is open: browsers change its address alone, and the key would stand there. */
export function heedLinks(page: Pick<Window, "addEventListener" | "location">): void {
  page.addEventListener("hashchange", () => {
    if (Object.values(readArrival(page.location.hash)).some((each) => each !== null)) page.location.reload();
  });
}

export function linkTo(room: string, location: Location): string {
  return `${location.origin}${location.pathname}#room=${encodeURIComponent(room)}`;
}
