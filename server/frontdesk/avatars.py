"""The facility's looks that are files: which there are, whom they are owed to, and the files themselves."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.avatars import SUFFIX, Avatar
from server.frontdesk.answers import json_answer
from server.frontdesk.desk import desk_of


async def avatars(request: Request) -> Response:
    """Tell the looks that are files, by name."""
    return json_answer({"avatars": [_describe(avatar) for avatar in desk_of(request).avatars.offered.values()]})


def _describe(avatar: Avatar) -> dict[str, Any]:
    return {
        "name": avatar.name,
        "title": avatar.title,
        "authors": avatar.authors,
        "licence": avatar.licence,
        "other_licence": avatar.other_licence,
        "credit_required": avatar.credit_required,
        "file": f"/v1/avatars/{avatar.name}{SUFFIX}",
    }


ROUTES: Final = (Route("/avatars", avatars),)
