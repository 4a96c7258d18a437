"""People with accounts of a real provider at a whole server."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

from server.config import SAMPLE_FACILITY
from tests.support.oidc_provider import CLIENT, Provider
from tests.support.server_process import ServerProcess

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@contextmanager
def clinic(
    provider: Provider, folder: Path, *arguments: str, roles: Sequence[str] = ("patient",)
) -> Iterator[ServerProcess]:
    """The sample facility with accounts, each of which may come in `roles`, and guests in the lobby alone."""
    here = SAMPLE_FACILITY.parent
    text = SAMPLE_FACILITY.read_text()
    for name in ("scenes", "avatars"):
        text = text.replace(f'{name} = "{name}"', f'{name} = "{here / name}"')
    said = f'[identity]\nissuer = "{provider.issuer}"\nclient_id = "{CLIENT}"\neveryone = {list(roles)}\n'
    text = text.replace("[identity]\n", said).replace("[[identity.guests]]", '[[identity.guests]]\nrooms = ["lobby"]')
    file = folder / "clinic.toml"
    file.write_text(text)
    with ServerProcess(f"--facility={file}", *arguments) as server:
        yield server


def token(provider: Provider, subject: str, seconds: float) -> str:
    now = time.time()
    claims: dict[str, Any] = {"iss": provider.issuer, "aud": CLIENT, "sub": subject, "iat": now, "exp": now + seconds}
    return provider.sign(claims)


def ask(server: ServerProcess, bearer: str, room: str = "ward", role: str = "patient") -> httpx.Response:
    """Ask for a ticket; without a bearer, as a guest."""
    wish = {"name": "Ann", "role": role}
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    return httpx.post(f"{server.http}/v1/rooms/{room}/tickets", json=wish, headers=headers)
