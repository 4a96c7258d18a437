"""Tickets and the audit log: nobody is given one before that is written down."""

import time

from server.identity.person import Person
from server.world.auditing import Action, AuditEvent
from tests.support.front_desk import FrontDesk

STAFF = "account-0123456789abcdef"


async def test_a_ticket_is_written_down(front_desk: FrontDesk) -> None:
    ticket = (await front_desk.ticket("ward", {"role": "clinician"})).json["ticket"]
    claims = front_desk.tickets.redeem(ticket, 1.0)
    assert front_desk.auditor.events == [
        AuditEvent(action=Action.TICKET_ISSUED, subject=claims.subject, role="clinician", room="ward")
    ]


def as_staff(front_desk: FrontDesk) -> dict[str, str]:
    person = Person(subject=STAFF, account=True, roles=frozenset({"clinician"}), known_at=time.time())
    return {"authorization": f"Bearer {front_desk.desk.admission.passes.issue(person, '', 60.0)}"}


async def test_who_of_the_staff_tries_doors_is_written_down_and_nothing_that_was_typed(front_desk: FrontDesk) -> None:
    bearer = as_staff(front_desk)
    wish = {"name": "Ann Example", "role": "clinician"}
    for room, more, status in (
        ("ward", {"role": "Ann Example"}, 422),
        ("ward", {"role": "patient"}, 403),
        ("Ann Example", {}, 404),
        ("ward", {"unknown": "Ann Example"}, 422),
    ):
        answer = await front_desk.post(f"/v1/rooms/{room}/tickets", wish | more, bearer)
        assert answer.status == status
    told = [(event.action, event.outcome, event.subject, event.room) for event in front_desk.auditor.events]
    assert told == [
        (Action.TICKET_REFUSED, "role_unknown", STAFF, "ward"),
        (Action.TICKET_REFUSED, "forbidden", STAFF, "ward"),
        (Action.TICKET_REFUSED, "room_unknown", STAFF, ""),
        (Action.TICKET_REFUSED, "invalid_request", STAFF, "ward"),
    ]
    assert "Example" not in str(front_desk.auditor.events)


async def test_refused_invitations_codes_and_visits_are_written_down_too(front_desk: FrontDesk) -> None:
    bearer = as_staff(front_desk)
    for path, body, action, code, room in (
        ("/v1/invitations", {"room": "ward", "role": "nobody"}, Action.INVITATION_ISSUED, "role_unknown", "ward"),
        ("/v1/pairings/show", {"user_code": "BBBB"}, Action.DEVICE_PAIRED, "forbidden", ""),
        ("/v1/pairings/approval", {"user_code": "BBBB", "allow": True}, Action.DEVICE_PAIRED, "forbidden", ""),
        ("/v1/rooms", {"type": "ward", "name": "V", "role": "clinician"}, Action.VISIT_OPENED, "invalid_request", ""),
    ):
        front_desk.auditor.events.clear()
        assert (await front_desk.post(path, body, bearer)).code == code
        assert front_desk.auditor.events == [AuditEvent(action=action, outcome=code, subject=STAFF, room=room)]


async def test_strangers_are_one_record_whatever_they_ask_for(front_desk: FrontDesk) -> None:
    for _ in range(3):
        assert (await front_desk.ticket("nowhere")).status == 404
    forged = {"authorization": as_staff(front_desk)["authorization"][:-8] + "A" * 8}
    wrong = await front_desk.post("/v1/rooms/ward/tickets", {}, forged)
    assert wrong.code == "unauthenticated"
    assert (await front_desk.post("/v1/pairings/approval", {"user_code": "BB", "allow": True})).code == "forbidden"
    assert (await front_desk.post("/v1/invitations/tickets", {"invitation": "a.b.c"})).code == "invitation_invalid"
    assert front_desk.auditor.events == []
    front_desk.desk.refusals.write()
    (record,) = front_desk.auditor.events
    assert record.action is Action.STRANGERS_REFUSED
    assert record.detail == {"room_unknown": 3, "unauthenticated": 1, "forbidden": 1, "invitation_invalid": 1}


async def test_a_visit_is_written_down_before_anybody_learns_its_id(front_desk: FrontDesk) -> None:
    wish = {"type": "consult", "name": "Ann Example", "role": "clinician"}
    room = (await front_desk.post("/v1/rooms", wish, as_staff(front_desk))).json["id"]
    assert front_desk.auditor.events == [
        AuditEvent(action=Action.VISIT_OPENED, subject=STAFF, role="clinician", room=room)
    ]
    front_desk.auditor._slow = True
    assert (await front_desk.post("/v1/rooms", wish, as_staff(front_desk))).code == "audit_unavailable"
    front_desk.auditor.available = False
    rooms = len(front_desk.directory.rooms)
    assert (await front_desk.post("/v1/rooms", wish, as_staff(front_desk))).code == "audit_unavailable"
    assert len(front_desk.directory.rooms) == rooms


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
