"""Who may ask others into which room: the facility's table of rights decides."""

import pytest

from server.errors import NotAllowed, PolyclinicError, RoomClosed, RoomUnknown
from server.frontdesk.bodies import InvitationWish
from server.identity.person import Person
from server.identity.refusals import InvitingForbidden, MfaRequired, NotInvitable
from tests.support.front_desk import FrontDesk


def account(*roles: str, mfa: bool = True, scopes: tuple[str, ...] | None = None) -> Person:
    return Person(subject="account-1", account=True, roles=frozenset(roles), mfa=mfa, scopes=scopes)


async def invite(front_desk: FrontDesk, issuer: Person, room: str = "ward", role: str = "patient") -> str:
    told = await front_desk.desk.inviting.issue(InvitationWish(room=room, role=role), "", issuer)
    return str(told["id"])


async def test_who_has_the_right_in_a_room_asks_others_in_and_need_not_come_in(front_desk: FrontDesk) -> None:
    issued = [
        await invite(front_desk, account("clinician")),
        await invite(front_desk, account("patient", "clinician")),
        # Reception has consultations for others and stays outside.
        await invite(front_desk, account("reception"), "consult-1"),
    ]
    listed = front_desk.desk.inviting.listed()["invitations"]
    rooms = ("ward", "ward", "consult-1")
    assert [(each["id"], each["room"]) for each in listed] == list(zip(issued, rooms, strict=True))


@pytest.mark.parametrize(
    ("issuer", "room", "refusal"),
    [
        (account("patient"), "ward", NotAllowed),
        (account("clinician", scopes=("join",)), "ward", NotAllowed),
        (account("reception"), "ward", RoomUnknown),
        (account("reception"), "nowhere", RoomUnknown),
        (account("clinician"), "nowhere", RoomUnknown),
        (account(), "ward", RoomUnknown),
        (Person(subject="guest-1", roles=frozenset({"clinician"})), "ward", InvitingForbidden),
        (Person(subject="invited-1", roles=frozenset({"clinician"}), room="ward"), "ward", InvitingForbidden),
    ],
)
async def test_who_has_not_is_refused(
    front_desk: FrontDesk, issuer: Person, room: str, refusal: type[PolyclinicError]
) -> None:
    with pytest.raises(refusal):
        await invite(front_desk, issuer, room)
    assert front_desk.desk.inviting.listed() == {"invitations": []}


async def test_into_a_visit_that_is_closed_nobody_is_asked_and_who_could_have_is_told_so(front_desk: FrontDesk) -> None:
    visit = front_desk.directory.open_visit("consult", "Visit", 0.0)
    assert front_desk.directory.close_empty(1e6) == [visit]
    with pytest.raises(RoomClosed):
        await invite(front_desk, account("reception"), visit.id)
    # Who may join and not ask others.
    with pytest.raises(RoomClosed):
        await invite(front_desk, account("observer"), visit.id)
    with pytest.raises(RoomUnknown):
        await invite(front_desk, account("technician"), visit.id)


async def test_an_invitation_gives_no_right_that_the_role_has_not(front_desk: FrontDesk) -> None:
    with pytest.raises(NotInvitable) as refusal:
        await invite(front_desk, account("clinician"), "ward", "reception")
    # Who may invite there need not guess.
    words, _, roles = refusal.value.detail.partition("; into this room people are invited as: ")
    assert words == NotInvitable.words
    assert "patient" in roles.split(", ")
    assert "reception" not in roles.split(", ")


async def test_the_right_of_staff_needs_their_second_factor(
    front_desk: FrontDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front_desk.desk.admission, "is_unproved", lambda person, _role: not person.mfa)
    with pytest.raises(MfaRequired):
        await invite(front_desk, account("clinician", mfa=False))
    await invite(front_desk, account("clinician"))


async def test_each_sees_and_takes_back_their_own(front_desk: FrontDesk) -> None:
    mine = await invite(front_desk, account("clinician"))
    other = Person(subject="account-2", account=True, roles=frozenset({"clinician"}), mfa=True)
    inviting = front_desk.desk.inviting
    assert [each["id"] for each in inviting.listed(account("clinician"))["invitations"]] == [mine]
    assert inviting.listed(other) == {"invitations": []}
    with pytest.raises(PolyclinicError, match="no such invitation"):
        await inviting.take_back(mine, other)
    assert await inviting.take_back(mine, account("clinician")) == {"id": mine, "sessions": 0}
    assert inviting.listed() == {"invitations": []}
