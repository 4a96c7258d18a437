"""`/metrics`, for Prometheus."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.frontdesk.desk import desk_of


async def metrics(request: Request) -> Response:
    """Write all metrics in the format that is asked for."""
    body, content_type = desk_of(request).metrics.render(request.headers.get("accept", ""))
    return Response(body, headers={"Content-Type": content_type})


ROUTES: Final = (Route("/metrics", metrics),)
