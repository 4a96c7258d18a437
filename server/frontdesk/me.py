"""Who one is to the front desk: what a client needs to offer what one may choose from."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.frontdesk.answers import json_answer
from server.frontdesk.desk import desk_of
from server.frontdesk.people import person_of


async def me(request: Request) -> Response:
    """Tell how somebody comes (`guest`, `account` or `invited`), the roles that may be theirs, and their name."""
    desk, person = desk_of(request), await person_of(request)
    kind = "account" if person.account else "invited" if person.invited else "guest"
    may = desk.admission.roles_of(person)
    return json_answer(
        {
            "kind": kind,
            "roles": [role for role in desk.directory.rights.roles if role in may],
            "name": person.name,
            "expires_in": None if person.expires is None else round(person.expires - desk.clock()),
        }
    )


ROUTES: Final = (Route("/me", me),)
