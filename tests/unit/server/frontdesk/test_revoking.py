"""Taking access back: everybody is out at once, then it is kept and written down."""

import pytest

from server.errors import AuditUnavailable, StoreError
from server.world.auditing import Action, AuditEvent
from tests.support.front_desk import FrontDesk

ANN = "account-0123456789abcdef"


async def test_it_is_written_down_of_somebody_who_is_in_no_room_too(front_desk: FrontDesk) -> None:
    assert await front_desk.desk.revoking.take_back(ANN) == 1
    assert front_desk.auditor.events == [AuditEvent(action=Action.ACCESS_REVOKED, about=(ANN,), detail={"sessions": 1})]


async def test_it_holds_though_it_cannot_be_kept(front_desk: FrontDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(_subject: str) -> None:
        assert front_desk.ended == [ANN]
        raise StoreError("busy", passing=True)

    monkeypatch.setattr(front_desk.desk.admission, "keep_revoked", busy)
    with pytest.raises(StoreError):
        await front_desk.desk.revoking.take_back(ANN)
    (record,) = front_desk.auditor.events
    assert (record.action, record.outcome) == (Action.ACCESS_REVOKED, "store_unavailable")


async def test_it_holds_though_it_cannot_be_written_down(front_desk: FrontDesk) -> None:
    front_desk.auditor._slow = True
    with pytest.raises(AuditUnavailable):
        await front_desk.desk.revoking.take_back(ANN)
    assert front_desk.ended == [ANN]
