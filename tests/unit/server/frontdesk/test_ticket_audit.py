"""Tickets and the audit log: nobody is given one before that is written down."""

from server.world.auditing import Action, AuditEvent
from tests.support.front_desk import FrontDesk


async def test_a_ticket_is_written_down(front_desk: FrontDesk) -> None:
    ticket = (await front_desk.ticket("ward", {"role": "clinician"})).json["ticket"]
    claims = front_desk.tickets.redeem(ticket, 1.0)
    assert front_desk.auditor.events == [
        AuditEvent(action=Action.TICKET_ISSUED, subject=claims.subject, role="clinician", room="ward")
    ]


async def test_a_refusal_is_written_down_with_its_code_and_nothing_that_was_typed(front_desk: FrontDesk) -> None:
    assert (await front_desk.ticket("ward", {"role": "Ann Example"})).status == 422
    assert (await front_desk.ticket("Ann Example")).status == 404
    refused = Action.TICKET_REFUSED
    assert front_desk.auditor.events == [
        AuditEvent(action=refused, outcome="role_unknown", room="ward"),
        AuditEvent(action=refused, outcome="room_unknown"),
    ]


async def test_nobody_gets_a_ticket_while_nothing_can_be_written_down(front_desk: FrontDesk) -> None:
    front_desk.auditor.available = False
    answer = await front_desk.ticket()
    assert (answer.status, answer.code) == (503, "audit_unavailable")
    answer = await front_desk.get("/readyz")
    assert (answer.status, answer.code) == (503, "audit_unavailable")
    assert front_desk.tickets.issued == 0
    assert (await front_desk.get("/healthz")).status == 200


async def test_nobody_gets_a_ticket_whose_record_did_not_reach_the_disk(front_desk: FrontDesk) -> None:
    front_desk.auditor._slow = True
    answer = await front_desk.ticket()
    assert (answer.status, answer.code) == (503, "audit_unavailable")
    assert front_desk.tickets.issued == 0
