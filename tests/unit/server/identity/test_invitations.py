import asyncio

import msgspec
import pytest

from server.errors import StoreError
from server.identity import invitations as module
from server.identity.house_key import HouseKey
from server.identity.invitations import KIND, Invitation, InvitationCount, Invitations
from server.identity.refusals import (
    InvitationExpired,
    InvitationRevoked,
    InvitationUnknown,
    InvitationUsed,
    TooManyInvitations,
)
from server.identity.subjects import is_invited

KEY = HouseKey(b"k" * 32)


class House:
    """Invitations over a store that outlives them."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.store: dict[str, InvitationCount] = {}
        self.broken = False
        self.open()

    def open(self) -> None:
        self.invitations = Invitations(KEY, lambda: self.now)
        self.invitations.attach([msgspec.structs.replace(kept) for kept in self.store.values()], self)

    async def keep(self, count: InvitationCount) -> None:
        await asyncio.sleep(0)
        if self.broken:
            raise StoreError("busy", passing=True)
        self.store[count.id] = count

    async def word(self, issuer: str = "account-1", uses: int = 1) -> str:
        return (await self.invitations.issue("ward", "patient", issuer, seconds=60.0, uses=uses))[1]


@pytest.fixture
def house() -> House:
    return House()


async def test_one_person_comes_by_an_invitation_unless_it_says_more(house: House) -> None:
    word = await house.word()
    assert house.invitations.read(word).room == "ward"
    assert is_invited(await house.invitations.use(word))
    with pytest.raises(InvitationUsed):
        await house.invitations.use(word)
    three = await house.word(uses=3)
    assert len({await house.invitations.use(three) for _ in range(3)}) == 3
    with pytest.raises(InvitationUsed):
        house.invitations.read(three)


async def test_of_two_who_come_at_once_by_the_last_use_one_is_late(house: House) -> None:
    word = await house.word()
    came = await asyncio.gather(*(house.invitations.use(word) for _ in range(5)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in came) == ["InvitationUsed"] * 4 + ["str"]


async def test_a_restart_gives_no_use_back_and_takes_none(house: House) -> None:
    word, two = await house.word(), await house.word(uses=2)
    await house.invitations.use(word)
    await house.invitations.use(two)
    house.open()
    with pytest.raises(InvitationUsed):
        await house.invitations.use(word)
    await house.invitations.use(two)
    with pytest.raises(InvitationUsed):
        await house.invitations.use(two)


async def test_a_use_that_could_not_be_kept_is_not_used_up(house: House) -> None:
    word = await house.word()
    house.broken = True
    with pytest.raises(StoreError):
        await house.invitations.use(word)
    with pytest.raises(StoreError):
        await house.word()
    house.broken = False
    await house.invitations.use(word)
    assert len(house.store) == 1


async def test_it_ends_by_time(house: House) -> None:
    word = await house.word()
    house.now += 59.9
    house.invitations.read(word)
    house.now += 0.1
    with pytest.raises(InvitationExpired):
        await house.invitations.use(word)
    assert house.invitations.listed() == []


async def test_it_is_taken_back_by_who_issued_it_or_by_the_operator(house: House) -> None:
    word = await house.word(uses=2)
    subject = await house.invitations.use(word)
    (kept,) = house.invitations.listed("account-1")
    assert house.invitations.listed("account-2") == []
    with pytest.raises(InvitationUnknown):
        house.invitations.revoke(kept.id, "account-2")
    assert house.invitations.revoke(kept.id, "account-1") == (subject,)
    with pytest.raises(InvitationRevoked):
        await house.invitations.use(word)
    with pytest.raises(InvitationRevoked):
        house.invitations.demand_open(kept.id, house.now + 1.0)
    await house.invitations.keep_revoked([kept.id])
    house.open()
    with pytest.raises(InvitationRevoked):
        house.invitations.read(word)
    with pytest.raises(InvitationUnknown):
        house.invitations.revoke("0" * 16)


async def test_who_comes_while_it_is_taken_back_is_not_let_in(house: House) -> None:
    word = await house.word()
    using = asyncio.ensure_future(house.invitations.use(word))
    await asyncio.sleep(0)
    house.invitations.revoke(house.invitations.listed()[0].id)
    with pytest.raises(InvitationRevoked):
        await using


async def test_one_that_the_store_does_not_know_opens_nothing(house: House) -> None:
    word = KEY.sign(KIND, Invitation(jti="0" * 16, room="ward", role="patient", exp=house.now + 60.0))
    with pytest.raises(InvitationRevoked):
        house.invitations.read(word)


async def test_the_store_has_no_word_of_who_issued_it_or_whom_it_is_for(house: House) -> None:
    await house.invitations.issue("ward", "patient", "account-1", seconds=60.0, name="Ann Example")
    (kept,) = house.store.values()
    assert "account-1" not in repr(kept)
    assert "Ann" not in repr(kept)


async def test_all_of_an_issuer_are_taken_back_and_nobody_elses(house: House) -> None:
    first, second, other = await house.word(uses=2), await house.word(), await house.word("account-2")
    operators = await house.word("")
    subject = await house.invitations.use(first)
    taken = house.invitations.revoke_all_of("account-1")
    assert sorted(taken.values()) == [(), (subject,)]
    for again in range(2):
        for word in (first, second):
            with pytest.raises(InvitationRevoked):
                house.invitations.read(word)
        for word in (other, operators):
            house.invitations.read(word)
        if not again:
            await house.invitations.keep_revoked(taken)
            house.open()
    assert house.invitations.revoke_all_of("account-1") == {}


async def test_that_they_are_taken_back_holds_though_it_cannot_be_kept(house: House) -> None:
    word = await house.word()
    taken = house.invitations.revoke_all_of("account-1")
    house.broken = True
    with pytest.raises(StoreError):
        await house.invitations.keep_revoked(taken)
    with pytest.raises(InvitationRevoked):
        house.invitations.read(word)
    # Whoever is told so asks again.
    house.broken = False
    await house.invitations.keep_revoked(house.invitations.revoke_all_of("account-1"))
    assert house.invitations.revoke_all_of("account-1") == {}
    house.open()
    with pytest.raises(InvitationRevoked):
        house.invitations.read(word)


async def test_no_account_uses_up_all_that_may_be_open(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OPEN_OF_AN_ISSUER_MAX", 2)
    await house.word()
    await house.word()
    house.invitations.revoke_all_of("account-1")
    with pytest.raises(TooManyInvitations):
        await house.word()
    for issuer in ("account-2", "", "", ""):
        await house.word(issuer)
    house.now += 60.0
    await house.word()


async def test_no_more_are_open_than_the_facility_keeps(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OPEN_MAX", 2)
    await house.word()
    await house.word()
    with pytest.raises(TooManyInvitations):
        await house.word()
    house.now += 60.0
    await house.word()
