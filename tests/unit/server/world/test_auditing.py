"""What members do is recorded as theirs; without an auditor nothing waits for one."""

import pytest

from server.errors import OperationRefused
from server.world.auditing import Action, AuditEvent, NullAuditor, RoomAudit
from tests.support.audit import Notebook
from tests.support.rooms import World


async def test_nothing_is_written_and_nobody_waits() -> None:
    auditor = NullAuditor()
    number = auditor.record(AuditEvent(action=Action.JOINED))
    assert auditor.available
    assert auditor.written == number == 1
    await auditor.settle(number)


def test_what_a_member_does_is_recorded_as_theirs_in_their_room() -> None:
    world, notebook = World(), Notebook()
    ann, bo = world.join("Ann"), world.join("Bo", "clinician")
    audit = RoomAudit("hall", notebook)
    number = audit.record(Action.CLEARED, bo.member, about=(ann.member,), purpose="care", detail={"minutes": 3})
    assert number == audit.written == 1
    assert notebook.events == [
        AuditEvent(
            action=Action.CLEARED,
            subject="subject-Bo",
            role="clinician",
            room="hall",
            about=("subject-Ann",),
            purpose="care",
            detail={"minutes": 3},
        )
    ]


def test_what_needs_a_record_is_refused_without_blame_while_there_can_be_none() -> None:
    notebook = Notebook()
    audit = RoomAudit("hall", notebook)
    audit.demand_available()
    notebook.available = False
    with pytest.raises(OperationRefused) as refused:
        audit.demand_available()
    assert (refused.value.result_code, refused.value.blameless) == ("audit_unavailable", True)
