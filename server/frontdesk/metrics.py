"""`/metrics`, for Prometheus."""

from http import HTTPStatus
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.config.facility import ServerSettings
from server.errors import NotFromHere
from server.frontdesk.desk import desk_of
from server.frontdesk.loopback import demand_from_here
from server.ops.metrics import Metrics


async def metrics(request: Request) -> Response:
    """Write all metrics in the format that is asked for.

    Who may not read them is answered as where there is nothing: from how they grow whoever stands outside of a curtain
    would learn that somebody speaks behind it, or how many people are in rooms that they do not know.
    """
    desk = desk_of(request)
    if not _may_read(request, desk.facility.settings.server):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return written(desk.metrics, request)


def _may_read(request: Request, server: ServerSettings) -> bool:
    if server.public_metrics or server.behind_proxy:
        # What a proxy forwards comes from this machine, too, and not every proxy says that it is one.
        return server.public_metrics
    try:
        demand_from_here(request)
    except NotFromHere:
        return False
    return True


def written(metrics: Metrics, request: Request) -> Response:
    """Answer with all metrics, in the format that is asked for."""
    body, content_type = metrics.render(request.headers.get("accept", ""))
    return Response(body, headers={"Content-Type": content_type})


ROUTES: Final = (Route("/metrics", metrics),)
