"""`/metrics`, for Prometheus."""

from http import HTTPStatus
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.frontdesk.desk import desk_of
from server.identity.local_names import is_loopback

FORWARDED: Final = frozenset({"x-forwarded-for", "forwarded"})
"""What a proxy says of whom it asks for (RFC 7239): a program of this machine, for somebody elsewhere."""


async def metrics(request: Request) -> Response:
    """Write all metrics in the format that is asked for.

    Who may not read them is answered as where there is nothing: from how they grow whoever stands outside of a curtain
    would learn that somebody speaks behind it, or how many people are in rooms that they do not know.
    """
    desk = desk_of(request)
    if not (desk.facility.settings.server.public_metrics or _is_from_here(request)):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    body, content_type = desk.metrics.render(request.headers.get("accept", ""))
    return Response(body, headers={"Content-Type": content_type})


def _is_from_here(request: Request) -> bool:
    peer = "" if request.client is None else request.client.host
    return is_loopback(peer) and FORWARDED.isdisjoint(request.headers.keys())


ROUTES: Final = (Route("/metrics", metrics),)
