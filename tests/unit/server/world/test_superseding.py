"""Who comes in again ends their own sessions, or joins them."""

import pytest

from server.config.identity import SecondDevice
from server.world.member import Participant
from server.world.superseding import leaving, supersedes
from tests.support.rooms import Inbox, World

RULE: list[tuple[str, SecondDevice, bool]] = [
    ("account-1", "join", False),
    ("account-1", "supersede", True),
    ("invited-1", "join", True),
    ("invited-1", "supersede", True),
    ("guest-1", "join", False),
    ("guest-1", "supersede", False),
]


@pytest.mark.parametrize(("subject", "policy", "ends"), RULE)
def test_with_an_account_it_is_the_facilitys_to_say_and_who_was_invited_has_one_session(
    subject: str, policy: SecondDevice, ends: bool
) -> None:
    assert supersedes(subject, policy) is ends
    room = World().room
    assert leaving(subject, room, policy) == 0
    for who in (subject, subject, "account-2"):
        room.join(Participant(room.new_entity(), "Ann", "patient", "plain", who), Inbox(), 1.0)
    assert leaving(subject, room, policy) == (2 if ends else 0)
