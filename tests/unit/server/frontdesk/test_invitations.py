"""Invitations at the front desk of the sample facility; staff with real tokens invite in tests/integration/identity."""

import json
from collections.abc import Callable, Mapping

import msgspec
import pytest

from server.config import SAMPLE_FACILITY, load_facility
from server.errors import StoreError
from server.frontdesk.admin import create_admin
from server.frontdesk.bodies import InvitationWish
from server.identity.invitations import InvitationCount
from server.identity.person import Person
from server.room_types import ROOM_TYPES
from server.world.auditing import Action, AuditEvent
from server.world.member import Participant
from tests.support.front_desk import Answer, FrontDesk, call
from tests.support.rooms import Inbox

DOCTOR = Person(subject=f"account-{'0' * 32}", account=True, roles=frozenset({"clinician"}), mfa=True)
PAGE = {"origin": "http://127.0.0.1:8080"}


@pytest.fixture(autouse=True)
def known_origin(front_desk: FrontDesk) -> None:
    front_desk.desk.origins.allow(["http://127.0.0.1:8080", "https://other.example"])


async def as_operator(front_desk: FrontDesk, method: str, path: str, body: object = None) -> Answer:
    app = create_admin(front_desk.directory, front_desk.desk.metrics, front_desk.desk.revoking)
    headers = {"host": "127.0.0.1:8082", "content-type": "application/json"}
    return await call(app, method, f"/v1/admin/invitations{path}", headers, [json.dumps(body).encode()])


async def invite(front_desk: FrontDesk, **wish: object) -> str:
    answer = await as_operator(front_desk, "POST", "", {"room": "ward", "role": "patient"} | wish)
    assert answer.status == 201
    word: str = answer.json["invitation"]
    return word


async def come(front_desk: FrontDesk, word: str, page: Mapping[str, str] = PAGE, **wish: object) -> Answer:
    body = {"invitation": word, "name": "Ann"} | wish
    return await front_desk.post("/v1/invitations/tickets", body, page)


async def test_an_invitation_is_given_for_a_ticket_that_says_what_it_says(front_desk: FrontDesk) -> None:
    answer = await as_operator(front_desk, "POST", "", {"room": "ward", "role": "patient", "hours": 2})
    assert answer.json["link"] == f"http://127.0.0.1:8080/#invitation={answer.json['invitation']}"
    assert (answer.json["room"], answer.json["uses"], answer.json["expires_in"]) == ("ward", 1, 7200)
    shown = await front_desk.post("/v1/invitations/show", {"invitation": answer.json["invitation"]}, PAGE)
    assert (shown.json["room"]["id"], shown.json["role"], shown.json["name"]) == ("ward", "patient", None)
    front_desk.now = 5.0
    came = await come(front_desk, answer.json["invitation"])
    assert came.status == 201
    assert set(came.json) == {"ticket", "world", "expires_in", "pass"}
    claims = front_desk.tickets.redeem(came.json["ticket"], 6.0, PAGE["origin"])
    assert (claims.room, claims.role, claims.name) == ("ward", "patient", "Ann")
    assert claims.subject.startswith("invited-")
    # The session ends with the invitation.
    assert claims.expires == pytest.approx(5.0 + 7200.0, abs=10.0)
    again = await come(front_desk, answer.json["invitation"])
    assert (again.status, again.code) == (409, "invitation_used")


async def test_the_name_it_was_made_for_is_the_name_that_others_see(front_desk: FrontDesk) -> None:
    word = await invite(front_desk, name=" Ann A. ")
    came = await come(front_desk, word, name="Dr. Somebody")
    assert front_desk.tickets.redeem(came.json["ticket"], 1.0, PAGE["origin"]).name == "Ann A."
    nameless = await come(front_desk, await invite(front_desk), name=None)
    assert (nameless.status, nameless.code) == (422, "invalid_request")


@pytest.mark.parametrize("policy", ["join", "supersede"])
async def test_who_was_invited_supersedes_their_own_session_and_finds_its_place_in_a_full_room(policy: str) -> None:
    facility = load_facility(SAMPLE_FACILITY, ROOM_TYPES)
    identity = msgspec.structs.replace(facility.settings.identity, second_device=policy)
    settings = msgspec.structs.replace(facility.settings, identity=identity)
    front_desk = FrontDesk(msgspec.structs.replace(facility, settings=settings))
    front_desk.desk.origins.allow([PAGE["origin"]])
    came = (await come(front_desk, await invite(front_desk))).json
    subject = front_desk.tickets.redeem(came["ticket"], 1.0, PAGE["origin"]).subject
    ward = front_desk.directory.rooms["ward"]
    ward.join(Participant(ward.new_entity(), "Ann", "patient", "plain", subject), Inbox(), 1.0)
    ward.capacity = 1
    header = PAGE | {"authorization": f"Bearer {came['pass']}"}
    again = await front_desk.post("/v1/rooms/ward/tickets", {"name": "Ann", "role": "patient"}, header)
    assert again.status == 201
    assert (await come(front_desk, await invite(front_desk))).code == "room_full"


async def test_what_stands_against_a_ticket_uses_nothing_up(
    front_desk: FrontDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    word = await invite(front_desk)
    assert (await come(front_desk, word, name="")).code == "invalid_request"
    assert (await come(front_desk, word, avatar="vrm-none")).code == "avatar_unknown"
    with monkeypatch.context() as patch:
        patch.setattr(front_desk.directory.rooms["ward"], "capacity", 0)
        assert (await come(front_desk, word)).code == "room_full"
    assert (await come(front_desk, word)).status == 201


async def test_the_pass_brings_the_same_person_again_into_that_room_alone(front_desk: FrontDesk) -> None:
    came = await come(front_desk, await invite(front_desk))
    first = front_desk.tickets.redeem(came.json["ticket"], 1.0, PAGE["origin"])
    bearer = {"authorization": f"Bearer {came.json['pass']}"}
    wish = {"name": "Ann", "role": "patient"}
    again = await front_desk.post("/v1/rooms/ward/tickets", wish, PAGE | bearer)
    assert front_desk.tickets.redeem(again.json["ticket"], 1.0, PAGE["origin"]).subject == first.subject
    listed = await front_desk.get("/v1/rooms", bearer)
    assert [room["id"] for room in listed.json["rooms"]] == ["ward"]
    elsewhere = await front_desk.post("/v1/rooms/lobby/tickets", wish, PAGE | bearer)
    assert (elsewhere.status, elsewhere.code) == (404, "room_unknown")
    other_role = await front_desk.post("/v1/rooms/ward/tickets", wish | {"role": "clinician"}, PAGE | bearer)
    assert (other_role.status, other_role.code) == (403, "forbidden")
    opening = await front_desk.post("/v1/rooms", {"type": "consult", "name": "V"}, PAGE | bearer)
    assert (opening.status, opening.code) == (403, "forbidden")
    assert opening.json["detail"] == "who was invited opens no rooms"
    # It was given to a page of one origin, and is nobody else's.
    for other in ({"origin": "https://other.example"}, {}):
        stolen = await front_desk.post("/v1/rooms/ward/tickets", wish, other | bearer)
        assert (stolen.status, stolen.code) == (401, "unauthenticated")


async def test_a_ticket_got_by_it_is_bound_to_the_origin_too(front_desk: FrontDesk) -> None:
    word = await invite(front_desk)
    refused = await come(front_desk, word, {"origin": "https://evil.example"})
    assert (refused.status, refused.code) == (403, "origin_refused")
    came = await come(front_desk, word, {"origin": "https://other.example"})
    assert front_desk.tickets.redeem(came.json["ticket"], 1.0, "https://other.example").room == "ward"


async def test_one_that_is_taken_back_opens_nothing_and_shows_out_who_came_by_it(front_desk: FrontDesk) -> None:
    word = await invite(front_desk, uses=2)
    came = await come(front_desk, word)
    subject = front_desk.tickets.redeem(came.json["ticket"], 1.0, PAGE["origin"]).subject
    (kept,) = (await as_operator(front_desk, "GET", "")).json["invitations"]
    assert (kept["uses"], kept["used"]) == (2, 1)
    taken = await as_operator(front_desk, "DELETE", f"/{kept['id']}")
    assert taken.json == {"id": kept["id"], "sessions": 1}
    assert front_desk.ended == [subject]
    answer = await come(front_desk, word)
    assert (answer.status, answer.code) == (403, "invitation_revoked")
    bearer = PAGE | {"authorization": f"Bearer {came.json['pass']}"}
    answer = await front_desk.post("/v1/rooms/ward/tickets", {"name": "Ann", "role": "patient"}, bearer)
    assert (answer.status, answer.code) == (403, "invitation_revoked")
    unknown = await as_operator(front_desk, "DELETE", "/0123456789abcdef")
    assert (unknown.status, unknown.code) == (404, "invitation_unknown")


async def test_who_is_shown_out_of_a_room_does_not_come_back_by_another_use_of_their_link(
    front_desk: FrontDesk,
) -> None:
    word, ward = await invite(front_desk, uses=3), front_desk.directory.rooms["ward"]
    there = []
    for name in ("Ann", "Bo"):
        came = (await come(front_desk, word, name=name)).json
        claims = front_desk.tickets.redeem(came["ticket"], 1.0, PAGE["origin"])
        member = ward.join(Participant.of(claims, ward.new_entity()), Inbox(), 1.0)
        there.append((member, PAGE | {"authorization": f"Bearer {came['pass']}"}))
    (ann, anns), (_, bos) = there
    ward.remove(ann, "disturbing", 1.0)
    refused = await come(front_desk, word)
    assert (refused.status, refused.code) == (403, "invitation_paused")
    wish = {"name": "Ann", "role": "patient"}
    assert (await front_desk.post("/v1/rooms/ward/tickets", wish, anns)).code == "removed"
    assert (await front_desk.post("/v1/rooms/ward/tickets", wish, bos)).status == 201
    assert (await come(front_desk, await invite(front_desk))).status == 201
    # Nothing was used up by it.
    front_desk.now = 1.0 + ward.safety.removed_seconds
    assert (await come(front_desk, word)).status == 201


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"room": "nowhere"}, 404, "room_unknown"),
        ({"role": "admin"}, 422, "role_unknown"),
        ({"hours": 0}, 422, "invalid_request"),
        ({"hours": 721}, 422, "invalid_request"),
        ({"hours": "NaN"}, 422, "invalid_request"),
        ({"uses": 0}, 422, "invalid_request"),
        ({"uses": 1001}, 422, "invalid_request"),
        ({"name": "Ann\u202e"}, 422, "invalid_request"),
        ({"staff": True}, 422, "invalid_request"),
    ],
)
async def test_what_cannot_be_invited_is_refused(
    front_desk: FrontDesk, wish: dict[str, object], status: int, code: str
) -> None:
    answer = await as_operator(front_desk, "POST", "", {"room": "ward", "role": "patient"} | wish)
    assert (answer.status, answer.code) == (status, code)
    assert (await as_operator(front_desk, "GET", "")).json == {"invitations": []}


@pytest.mark.parametrize(("role", "code"), [("admin", "role_unknown"), ("reception", "not_invitable")])
async def test_an_operator_is_told_the_roles_that_a_room_has_for_it(
    front_desk: FrontDesk, role: str, code: str
) -> None:
    answer = await as_operator(front_desk, "POST", "", {"room": "ward", "role": role})
    assert answer.code == code
    _, _, told = answer.json["detail"].partition("; into this room people are invited as: ")
    assert "patient" in told.split(", ")
    for each in told.split(", "):
        assert (await as_operator(front_desk, "POST", "", {"room": "ward", "role": each})).status == 201
    others = sorted(front_desk.desk.admission.roles - set(told.split(", ")))
    assert "reception" in others
    for each in others:
        assert (await as_operator(front_desk, "POST", "", {"room": "ward", "role": each})).code == "not_invitable"
    nowhere = await as_operator(front_desk, "POST", "", {"room": "nowhere", "role": role})
    assert nowhere.code == "room_unknown"


async def test_guests_invite_nobody(front_desk: FrontDesk) -> None:
    for answer in (
        await front_desk.post("/v1/invitations", {"room": "ward", "role": "patient"}, PAGE),
        await front_desk.get("/v1/invitations"),
        await front_desk.get("/v1/invitations/0123", method="DELETE"),
    ):
        assert (answer.status, answer.code) == (403, "forbidden")
        assert answer.json["detail"].startswith("only somebody with an account may ask others in")


async def test_it_is_written_down_who_invited_and_who_came_and_no_word_of_the_invitation(
    front_desk: FrontDesk,
) -> None:
    word = await invite(front_desk, name="Ann Example")
    came = await come(front_desk, word)
    await come(front_desk, word)
    (kept,) = (await as_operator(front_desk, "GET", "")).json["invitations"]
    subject = front_desk.tickets.redeem(came.json["ticket"], 1.0, PAGE["origin"]).subject
    invitation = {"invitation": kept["id"]}
    issued, ticket = Action.INVITATION_ISSUED, Action.TICKET_ISSUED
    assert front_desk.auditor.events == [
        AuditEvent(action=issued, role="patient", room="ward", detail=invitation),
        AuditEvent(action=ticket, subject=subject, role="patient", room="ward", detail=invitation),
    ]
    front_desk.auditor.events.clear()
    front_desk.desk.refusals.write()
    assert [event.detail for event in front_desk.auditor.events] == [{"invitation_used": 1}]


async def test_nobody_is_invited_while_nothing_can_be_written_down(front_desk: FrontDesk) -> None:
    word = await invite(front_desk)
    front_desk.auditor.available = False
    assert (await come(front_desk, word)).code == "audit_unavailable"
    assert (await as_operator(front_desk, "POST", "", {"room": "ward", "role": "patient"})).code == "audit_unavailable"


async def revoke_doctor(front_desk: FrontDesk) -> Answer:
    app = create_admin(front_desk.directory, front_desk.desk.metrics, front_desk.desk.revoking)
    headers = {"host": "127.0.0.1:8082", "content-type": "application/json"}
    return await call(app, "POST", "/v1/admin/revocations", headers, [json.dumps({"subject": DOCTOR.subject}).encode()])


async def test_who_is_revoked_takes_along_who_came_by_their_invitations(front_desk: FrontDesk) -> None:
    wish = InvitationWish(room="ward", role="patient", uses=2)
    made = await front_desk.desk.inviting.issue(wish, PAGE["origin"], DOCTOR)
    operators = await invite(front_desk)
    came = await come(front_desk, made["invitation"])
    subject = front_desk.tickets.redeem(came.json["ticket"], 1.0, PAGE["origin"]).subject
    revoked = await revoke_doctor(front_desk)
    assert revoked.json == {"subject": DOCTOR.subject, "sessions": 2}
    assert front_desk.ended == [DOCTOR.subject, subject]
    assert front_desk.auditor.of(Action.INVITATION_REVOKED) == [
        AuditEvent(action=Action.INVITATION_REVOKED, about=(subject,), detail={"invitation": made["id"]})
    ]
    # The link that they made ahead lets nobody in, themselves least of all.
    answer = await come(front_desk, made["invitation"])
    assert (answer.status, answer.code) == (403, "invitation_revoked")
    assert (await come(front_desk, operators)).status == 201
    assert (await revoke_doctor(front_desk)).json == {"subject": DOCTOR.subject, "sessions": 1}


async def test_all_are_shown_out_though_the_store_fails(front_desk: FrontDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    wish = InvitationWish(room="ward", role="patient", uses=2)
    made = await front_desk.desk.inviting.issue(wish, PAGE["origin"], DOCTOR)
    for _ in range(2):
        assert (await come(front_desk, made["invitation"])).status == 201

    async def busy(_what: object) -> None:
        # By then everybody is out.
        assert len(set(front_desk.ended)) == 3
        assert (await come(front_desk, made["invitation"])).code == "invitation_revoked"
        raise StoreError("busy", passing=True)

    for of, name in (
        (front_desk.desk.admission, "keep_revoked"),
        (front_desk.desk.admission.invitations, "keep_revoked"),
    ):
        monkeypatch.setattr(of, name, busy)
    answer = await revoke_doctor(front_desk)
    assert (answer.status, answer.code) == (503, "store_unavailable")
    assert len(set(front_desk.ended)) == 3
    (revoked,) = front_desk.auditor.of(Action.ACCESS_REVOKED)
    assert (revoked.outcome, revoked.about) == ("store_unavailable", (DOCTOR.subject,))


class BusyStore:
    """A store of invitations that is busy until it is not."""

    def __init__(self, asked: Callable[[], None]) -> None:
        self.busy = True
        self.kept: list[InvitationCount] = []
        self._asked = asked

    async def keep(self, count: InvitationCount) -> None:
        self._asked()
        if self.busy:
            raise StoreError("busy", passing=True)
        self.kept.append(count)


async def test_who_came_by_one_is_out_before_the_store_is_asked(front_desk: FrontDesk) -> None:
    word = await invite(front_desk, uses=2)
    for _ in range(2):
        assert (await come(front_desk, word)).status == 201
    (kept,) = (await as_operator(front_desk, "GET", "")).json["invitations"]
    invitations = front_desk.desk.admission.invitations
    out: list[int] = []
    store = BusyStore(lambda: out.append(len(set(front_desk.ended))))
    invitations.attach([invitations._kept[kept["id"]]], store)
    answer = await as_operator(front_desk, "DELETE", f"/{kept['id']}")
    assert (answer.status, answer.code) == (503, "store_unavailable")
    assert out == [2]
    (record,) = front_desk.auditor.of(Action.INVITATION_REVOKED)
    assert set(record.about) == set(front_desk.ended)
    # Whoever is told so asks again.
    store.busy = False
    assert (await as_operator(front_desk, "DELETE", f"/{kept['id']}")).status == 200
    assert [count.revoked for count in store.kept] == [True]


async def test_who_holds_a_body_back_while_their_invitation_is_taken_back_gets_nothing(front_desk: FrontDesk) -> None:
    came = (await come(front_desk, await invite(front_desk))).json
    bearer = PAGE | {"authorization": f"Bearer {came['pass']}"}
    begun = (await front_desk.post("/v1/pairings", {}, PAGE)).json
    (kept,) = (await as_operator(front_desk, "GET", "")).json["invitations"]
    invitations = front_desk.desk.admission.invitations

    def take_back() -> None:
        invitations.revoke(kept["id"])

    for path, body in (
        ("/v1/rooms/ward/tickets", {"name": "Ann", "role": "patient"}),
        ("/v1/pairings/approval", {"user_code": begun["user_code"], "allow": True}),
    ):
        invitations._kept[kept["id"]].revoked = False
        refused = await front_desk.post(path, body, bearer, meanwhile=take_back)
        assert (refused.status, refused.code) == (403, "invitation_revoked")


async def test_a_headset_that_waits_is_not_let_in_by_who_is_shown_out(front_desk: FrontDesk) -> None:
    came = (await come(front_desk, await invite(front_desk))).json
    bearer = PAGE | {"authorization": f"Bearer {came['pass']}"}
    begun = (await front_desk.post("/v1/pairings", {}, PAGE)).json
    wish = {"user_code": begun["user_code"], "allow": True}
    assert (await front_desk.post("/v1/pairings/approval", wish, bearer)).status == 200
    (kept,) = (await as_operator(front_desk, "GET", "")).json["invitations"]
    assert (await as_operator(front_desk, "DELETE", f"/{kept['id']}")).status == 200
    asked = await front_desk.post("/v1/pairings/token", {"device_code": begun["device_code"]}, PAGE)
    assert asked.code == "access_denied"
