"""`/healthz`: the process lives. `/readyz`: it takes people."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.frontdesk.answers import json_answer
from server.frontdesk.desk import desk_of


async def healthz(_request: Request) -> Response:
    """Answer: whoever can is alive."""
    return json_answer({"status": "alive"})


async def readyz(request: Request) -> Response:
    """Answer 200 when people are let in, else 503: `stopping`, `store_unavailable` or `audit_unavailable`."""
    desk_of(request).demand_ready()
    return json_answer({"status": "ready"})


ROUTES: Final = (Route("/healthz", healthz), Route("/readyz", readyz))
