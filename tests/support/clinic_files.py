"""Facility files like the sample's, with more in them, and servers of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from server.config import SAMPLE_FACILITY
from tests.support.oidc_provider import CLIENT
from tests.support.server_process import ServerProcess

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.support.oidc_provider import Provider

GUESTS = "[[identity.guests]]"


def write_clinic(folder: Path, *, identity: str = "", server: str = "", guests: str = "", more: str = "") -> Path:
    """Write the sample facility with lines added to its tables, and more at its end."""
    here = SAMPLE_FACILITY.parent
    text = SAMPLE_FACILITY.read_text()
    for name in ("scenes", "avatars"):
        text = text.replace(f'{name} = "{name}"', f'{name} = "{here / name}"')
    for table, lines in (("[identity]", identity), ("[server]", server), (GUESTS, guests)):
        assert f"\n{table}" in text
        if lines:
            # What stands after a table's head in its line is a comment, and remains one.
            text = text.replace(f"\n{table}", f"\n{table}\n{lines}\n#", 1)
    file = folder / "clinic.toml"
    file.write_text(f"{text}\n{more}\n")
    return file


def clinic_with_accounts(
    provider: Provider, folder: Path, *arguments: str, roles: Sequence[str] = ("patient",), **lines: str
) -> ServerProcess:
    """A server, not started, whose people have accounts at a provider, in `roles`, and guests in the lobby alone."""
    identity = f'issuer = "{provider.issuer}"\nclient_id = "{CLIENT}"\neveryone = {list(roles)}\n'
    more = lines.pop("identity", "")
    identity += more if "staff = " in more else f"{more}staff = []\n"
    file = write_clinic(folder, identity=identity, guests='rooms = ["lobby"]', **lines)
    return ServerProcess(f"--facility={file}", *arguments)


def ask_ticket(server: ServerProcess, bearer: str = "", room: str = "ward", **wish: object) -> httpx.Response:
    """Ask for a ticket, with a token or as a guest."""
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    asked = {"name": "Ann", "role": "patient", **wish}
    return httpx.post(f"{server.http}/v1/rooms/{room}/tickets", json=asked, headers=headers)


def people_of(server: ServerProcess, room: str = "ward") -> list[dict[str, Any]]:
    """Who is in a room, as the operator is told."""
    told: list[dict[str, Any]] = httpx.get(f"{server.admin}/v1/admin/rooms/{room}/people").json()["people"]
    return told
