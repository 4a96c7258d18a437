import pytest

from server.identity.house_key import HouseKey
from server.identity.invitations import InvitationCount, Invitations
from server.identity.passes import Passes
from server.identity.person import Person
from server.identity.refusals import InvitationRevoked, Unauthenticated
from server.identity.revocations import Revocations

PERSON = Person(
    subject="account-1",
    account=True,
    roles=frozenset({"patient", "clinician"}),
    scopes=("join",),
    mfa=True,
    name="Ann",
    known_at=1_000.0,
    expires=160.0,
    origin="https://clinic.example",
)


class House:
    def __init__(self) -> None:
        self.wall = 1_000.0
        self.key = HouseKey()
        self.invitations = Invitations(self.key, lambda: self.wall)
        self.revocations = Revocations()
        self.passes = Passes(self.key, self.invitations, self.revocations, lambda: self.wall)


def test_a_pass_is_for_who_it_was_issued_for() -> None:
    house = House()
    token = house.passes.issue(PERSON, "https://clinic.example", 60.0)
    assert house.passes.is_one(token)
    assert house.passes.read(token, 100.0) == PERSON
    house.wall += 30.0
    assert house.passes.read(token, 100.0).expires == 130.0


def test_it_ends_by_time_and_is_taken_back_with_its_subject() -> None:
    house = House()
    token = house.passes.issue(PERSON, "", 60.0)
    house.wall += 60.0
    with pytest.raises(Unauthenticated):
        house.passes.read(token, 0.0)
    token = house.passes.issue(PERSON, "", 60.0)
    house.revocations.revoke("account-1", house.wall)
    with pytest.raises(Unauthenticated):
        house.passes.read(token, 0.0)


def test_what_was_waited_for_before_it_was_signed_makes_it_no_younger() -> None:
    house = House()
    house.wall += 2.0
    house.revocations.revoke("account-1", house.wall)
    house.wall += 2.0
    with pytest.raises(Unauthenticated):
        house.passes.read(house.passes.issue(PERSON, "", 60.0), 0.0)


def test_another_houses_pass_and_what_is_none_prove_nothing() -> None:
    house = House()
    for token in (House().passes.issue(PERSON, "", 60.0), "x", ""):
        with pytest.raises(Unauthenticated):
            house.passes.read(token, 0.0)
    assert not house.passes.is_one("a.b.c")


async def test_the_pass_of_an_invitation_ends_with_it() -> None:
    house = House()
    kept, word = await house.invitations.issue("ward", "patient", seconds=60.0)
    invited = Person(
        subject=await house.invitations.use(word), roles=frozenset({"patient"}), room="ward", invitation=kept.id
    )
    token = house.passes.issue(invited, "", 60.0)
    assert house.passes.read(token, 0.0).room == "ward"
    # Not a word of it is good for anything but a pass.
    assert not house.passes.is_one(word)
    assert house.invitations.revoke(kept.id) == (invited.subject,)
    with pytest.raises(InvitationRevoked):
        house.passes.read(token, 0.0)


class Unasked:
    """A store of invitations of which nothing is wanted."""

    async def keep(self, count: InvitationCount) -> None:
        raise AssertionError(count)


async def test_who_comes_by_a_pass_after_a_restart_is_shown_out_with_the_others() -> None:
    house = House()
    kept, word = await house.invitations.issue("ward", "patient", seconds=60.0, uses=2)
    before, after = [
        Person(subject=await house.invitations.use(word), roles=frozenset({"patient"}), room="ward", invitation=kept.id)
        for _ in range(2)
    ]
    tokens = [house.passes.issue(person, "", 60.0) for person in (before, after)]
    again = Invitations(house.key, lambda: house.wall)
    again.attach([kept], Unasked())
    passes = Passes(house.key, again, house.revocations, lambda: house.wall)
    for _ in range(2):
        passes.read(tokens[1], 0.0)
    assert again.revoke(kept.id) == (after.subject,)
    with pytest.raises(InvitationRevoked):
        passes.read(tokens[0], 0.0)
