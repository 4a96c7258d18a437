from server.frontdesk.bodies import InvitationWish
from tests.support.front_desk import FrontDesk


async def test_a_guest_is_told_the_roles_that_guests_may_come_in(front_desk: FrontDesk) -> None:
    told = (await front_desk.get("/v1/me")).json
    assert told == {
        "kind": "guest",
        "roles": list(front_desk.directory.rights.roles),
        "name": None,
        "expires_in": None,
    }


async def test_who_was_invited_is_told_as_what(front_desk: FrontDesk) -> None:
    made = await front_desk.desk.inviting.issue(InvitationWish(room="ward", role="patient", name="Ann"))
    came = await front_desk.post("/v1/invitations/tickets", {"invitation": made["invitation"]})
    told = (await front_desk.get("/v1/me", {"authorization": f"Bearer {came.json['pass']}"})).json
    assert (told["kind"], told["roles"], told["name"]) == ("invited", ["patient"], "Ann")
    assert 86_000 < told["expires_in"] <= 86_400
