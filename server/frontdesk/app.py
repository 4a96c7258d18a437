"""The front desk as an ASGI application."""

from functools import partial
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.routing import Mount, Router
from starlette.types import ASGIApp

from server.errors import InvalidRequest
from server.frontdesk import avatars, health, invitations, me, metrics, pairing, rooms, tickets
from server.frontdesk.desk import Desk
from server.frontdesk.files import avatar_files, client_files, client_folder, scene_files
from server.frontdesk.headers import PageRules, SafeHeaders
from server.frontdesk.pacing import Paced
from server.frontdesk.pages import KnownPages
from server.frontdesk.problems import HANDLERS

VERSION: Final = "/v1"
"""What the paths of the interface begin with."""


def create_front_desk(desk: Desk, client: Path | None = None) -> ASGIApp:
    """Put the routes of each file together, the web client (by default the one that was built) below them all."""
    interface = [
        *rooms.ROUTES,
        *tickets.ROUTES,
        *invitations.ROUTES,
        *me.ROUTES,
        *pairing.ROUTES,
        *avatars.ROUTES,
        scene_files(desk.facility.scene_folder),
        *avatar_files(desk.avatars),
    ]
    app = Starlette(
        routes=[
            *health.ROUTES,
            *metrics.ROUTES,
            Mount(VERSION, Router(interface, redirect_slashes=False)),
            client_files(client or client_folder()),
        ],
        exception_handlers=HANDLERS,
    )
    # A redirect would repeat the Host header, which is whatever somebody says it is.
    app.router.redirect_slashes = False
    app.state.desk = desk
    paced = Paced(KnownPages(app, desk.origins), desk.arrivals, [VERSION + rooms.OPENING.path])
    issuer = desk.facility.settings.identity.issuer
    return SafeHeaders(paced, PageRules(partial(_world_of, desk), issuer, tls_only=desk.tls_only))


def _world_of(desk: Desk, host: str | None) -> str | None:
    """Give the address that a ticket asked for by this Host has; None if it has none."""
    try:
        return tickets.world_address(desk, host)
    except InvalidRequest:
        return None
