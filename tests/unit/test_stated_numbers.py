"""The numbers that SPEC states are those that the code keeps: prose drifts, and every client counts on it."""

import re
from pathlib import Path

import pytest

from protocol import codec, ids
from server.config.limits import LimitSettings
from server.features.access import sights as access
from server.features.consent import rates, underway
from server.features.moderation import telling
from server.features.panels import feature as panels
from server.frontdesk.listener import CONNECTIONS_MAX
from server.gateway import outbox, waiting
from server.identity import invitations, pairing
from server.store import writer as store_writer
from server.world import keeping

ROOT = Path(__file__).parents[2]
SPEC = (ROOT / "protocol" / "SPEC.md").read_text()
NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
KIB = 1024
LIMITS = LimitSettings()


def section(title: str) -> str:
    """A section of SPEC, or one below it, up to the next title of whatever level."""
    _, found, after = SPEC.partition(f"\n{title}\n")
    assert found, title
    return after.partition("\n## ")[0].partition("\n### ")[0]


def per(rate: float) -> float:
    """Seconds for one, of so many a second."""
    return 1 / rate


STATED: dict[str, dict[str, tuple[float, ...]]] = {
    "### 1.1 What a server checks in a frame, in this order": {
        r"at most # bytes, client frames are masked": (ids.CONTROL_BYTES_MAX,),
        r"Before the `welcome` all frames together have at most # bytes": (ids.HELLO_BYTES_MAX,),
        r"A message has at most # bytes": (ids.MESSAGE_BYTES_MAX,),
        r"and at most # fragments": (ids.FRAGMENTS_MAX,),
        r"whole within # s of its first byte": (ids.ASSEMBLY_SECONDS,),
        r"pings every # s and closes with 4002 when nothing was received for # s": (
            ids.PING_SECONDS,
            ids.SILENCE_SECONDS,
        ),
    },
    "## 2. Session": {r"Nothing whole within # s: 4502": (ids.HELLO_SECONDS,)},
    "## 6. Events": {
        r"every # events or # s": (ids.ACK_EVENTS, ids.ACK_SECONDS),
        r"at most # events and # KiB of their messages": (
            ids.UNACKNOWLEDGED_EVENTS_MAX,
            ids.UNACKNOWLEDGED_BYTES_MAX / KIB,
        ),
        r"has an id, # random bytes": (ids.OPERATION_ID_BYTES,),
        r"the last # are kept, fewer where they all differ and take more than # KiB": (
            ids.OPERATIONS_KEPT,
            outbox.ANSWERS_BYTES_MAX / KIB,
        ),
        r"the last # of a room are known": (keeping.RESULTS_KNOWN,),
    },
    "### 6.1 Features": {
        r"in pages of at most #;": (ids.ROSTER_PAGE_MAX,),
        r"gathered for up to # ms": (ids.PRESENCE_GATHER_SECONDS * 1000,),
        r"`say`: `text: str`, 1 to # characters": (ids.CHAT_CHARACTERS_MAX,),
        r"At most # at once, one more a second": (ids.CHAT_BURST,),
        r"past # of a person at once, one more in # s": (rates.BURST, rates.EACH_SECONDS),
        r"While # changes of one purpose": (underway.UNDERWAY_MAX,),
        r"told once in # s": (ids.WISH_SECONDS,),
        r"farther than # m from the head or, if the hand is tracked, # m from the hand": (
            ids.PROP_HEAD_REACH_MM / 1000,
            ids.PROP_HAND_REACH_MM / 1000,
        ),
        r"`too_long` \(more than # characters; none": (ids.PANEL_CHARACTERS_MAX,),
        r"\(# at once, # more a second\)": (ids.PANEL_WRITES_BURST, ids.PANEL_WRITES_PER_SECOND),
        r"to who comes to where it may \(within # ms\)": (panels.TELL_SECONDS * 1000,),
        r"told # KiB of texts within # ms is told the rest later": (
            panels.TELL_BYTES / KIB,
            panels.TELL_SECONDS * 1000,
        ),
        r"then the others, by when it ended, the newest first; at most #,": (ids.ACCESS_PEOPLE_MAX,),
        r"takes two sights less than # s apart": (access.GAP_SECONDS,),
        r"later to who comes to where they may \(within # ms\), if what": (telling.TELL_SECONDS * 1000,),
        r"More than # within # ms nobody is told": (telling.TELL_MOST, telling.TELL_SECONDS * 1000),
        r"`text: str` \(1 to # characters, which": (ids.EMERGENCY_TEXT_MAX,),
        r"`minutes: int` \(1 to #\)": (ids.EMERGENCY_MINUTES_MAX,),
    },
    "## 8. Limits": {
        r"\| message \| # bytes, # fragments, # s \|": (ids.MESSAGE_BYTES_MAX, ids.FRAGMENTS_MAX, ids.ASSEMBLY_SECONDS),
        r"\| msgpack \| depth #, # entries a container, # containers and entries \|": (
            ids.MSGPACK_DEPTH_MAX,
            ids.CONTAINER_ENTRIES_MAX,
            codec.WEIGHT_MAX,
        ),
        r"\| TLS \| agreed on within # s \|": (ids.HELLO_SECONDS,),
        r"\| HTTP request for the upgrade \| 16,384 bytes, within # s \|": (ids.HELLO_SECONDS,),
        r"\| first message \| within # s of the upgrade \|": (ids.HELLO_SECONDS,),
        r"\| before the `welcome` \| # bytes in all": (ids.HELLO_BYTES_MAX,),
        r"\| poses \| # at once \([^)]*\), # a second \|": (ids.POSES_BURST, ids.POSES_PER_SECOND_MAX),
        r"\| other messages \| # at once, # a second \|": (ids.MESSAGES_BURST, ids.MESSAGES_PER_SECOND),
        r"\| pings and pongs \| # at once, # a second \|": (ids.MESSAGES_BURST, ids.MESSAGES_PER_SECOND),
        r"\| malformed or refused operations \([^)]*\) \| # in # s \|": (ids.ERRORS_MAX, ids.ERRORS_SECONDS),
        r"\| operations not answered yet \| #, but": (waiting.OPERATIONS_UNANSWERED_MAX,),
        r"\| changes of one consent of a person that are not kept yet \(6.1\) \| # \|": (underway.UNDERWAY_MAX,),
        r"\| corrections \| # in # s \|": (ids.CORRECTIONS_MAX, ids.CORRECTIONS_SECONDS),
        r"\| unacknowledged events \| at most #, # KiB": (
            ids.UNACKNOWLEDGED_EVENTS_MAX,
            ids.UNACKNOWLEDGED_BYTES_MAX / KIB,
        ),
        r"\| all that the server holds for one client[^|]*\| at most # KiB": (outbox.HELD_BYTES_MAX / KIB,),
        r"\| invitations open at a time \| #, # of an account, # hours, # people each \|": (
            invitations.OPEN_MAX,
            invitations.OPEN_OF_AN_ISSUER_MAX,
            invitations.HOURS_MAX,
            invitations.USES_MAX,
        ),
        r"\| devices that wait to be let in \| #, of them # from one address, # s \|": (
            pairing.OPEN_MAX,
            pairing.OPEN_OF_AN_ADDRESS_MAX,
            pairing.LIFETIME_SECONDS,
        ),
        r"\| short codes that are none \| # in # s by one person, # by all \|": (
            pairing.GUESSES_MAX,
            pairing.GUESSES_SECONDS,
            pairing.GUESSES_ALL_MAX,
        ),
        r"\| facts of an entity \| # bytes \|": (ids.FACTS_BYTES_MAX,),
        r"\| WebSockets that are open, from one address \| # \|": (LIMITS.sockets_per_address,),
        r"\| of those, not welcomed yet, from the moment TCP connects \| # \|": (LIMITS.strangers_per_address,),
        r"\| WebSockets that are asked for, from one address \| # at once, # a second \|": (
            LIMITS.upgrades.burst,
            LIMITS.upgrades.per_second,
        ),
        r"\| sessions of one person with an account[^|]*\| # \|": (LIMITS.sessions_per_person,),
        r"\| connections to the front desk that are open, from one address \(from all: #, then 503[^|]*\| # \|": (
            CONNECTIONS_MAX,
            LIMITS.http_per_address,
        ),
        r"\| tickets and whatever else is posted, from one address \| # at once, # a second \|": (
            LIMITS.tickets.burst,
            LIMITS.tickets.per_second,
        ),
        r"\| rooms opened on demand, from one address \| # at once, one in # s \|": (
            LIMITS.openings.burst,
            per(LIMITS.openings.per_second),
        ),
        r"\| other requests of the front desk, from one address \| # at once, # a second \|": (
            LIMITS.requests.burst,
            LIMITS.requests.per_second,
        ),
    },
}
"""By section: words around numbers, each number a `#`, and what the code has for them."""

EACH = [pytest.param(title, words, id=f"{title.split()[1]} {words}") for title in STATED for words in STATED[title]]


def stated(title: str, words: str) -> list[tuple[float, ...]]:
    """The numbers at each place of a section where these words stand."""
    pattern = words.replace(" ", r"\s+").replace("#", f"({NUMBER})")
    return [
        tuple(float(number.replace(",", "")) for number in found.groups())
        for found in re.finditer(pattern, section(title))
    ]


@pytest.mark.parametrize(("title", "words"), EACH)
def test_a_number_of_the_spec_is_that_of_the_code(title: str, words: str) -> None:
    assert stated(title, words) == [STATED[title][words]]


def test_every_row_of_the_limits_is_held_to_the_code() -> None:
    rows = [line for line in section("## 8. Limits").splitlines() if re.match(r"\|(?! what|-)", line)]
    assert len(rows) > 20
    patterns = [words.replace("#", NUMBER) for words in STATED["## 8. Limits"]]
    assert [row for row in rows if not any(re.match(pattern, row) for pattern in patterns)] == []


def test_what_is_kept_waits_for_others_so_long_at_most() -> None:
    """An edit shares its sync with what comes within 5 ms."""
    assert 0 < store_writer.GATHER_SECONDS <= 0.005
