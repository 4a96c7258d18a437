"""Without an auditor nothing waits for one."""

from server.world.auditing import Action, AuditEvent, NullAuditor


async def test_nothing_is_written_and_nobody_waits() -> None:
    auditor = NullAuditor()
    number = auditor.record(AuditEvent(action=Action.JOINED))
    assert auditor.available
    assert auditor.written == number == 1
    await auditor.settle(number)
