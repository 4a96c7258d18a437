"""Each target finds a fault that is put there: a guard taken out of the code, or of what it is compared with."""

from __future__ import annotations

import base64
import json
from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from joserfc import jwt

from protocol import codec, fields
from protocol.bits import BitReader
from server.frontdesk import people
from tests.support import frame_reference, fuzz_targets, fuzz_work
from tests.support.fuzz_targets import TARGETS, mutate

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

MUTATIONS = 4_000
SEED = 7


def broken_by(name: str) -> Exception | None:
    """What a target says to the first of the quick tests' inputs that it does not bear; None if it bears all."""
    target, draw = TARGETS[name], Random(SEED)
    inputs = [*target.seeds(), *target.kept()]
    for data in [*inputs, *(mutate(inputs, draw) for _ in range(MUTATIONS))]:
        try:
            target.check(data)
        except Exception as error:  # noqa: BLE001 - whatever it is, it was found
            return error
    return None


def anything_goes(*_arguments: object, **_named: object) -> None:
    """Check nothing."""


def any_filling(reader: BitReader) -> int:
    """Let the bits after a record be what they are."""
    reader.read(-reader._position % 8)
    return reader._position // 8


async def read_trustingly(request: Request, shape: type[Any]) -> object:
    """Read a request's body without making its faults ours."""
    return msgspec.json.decode(await request.body(), type=shape)


def unsigned(ticket: str, *_: object, **__: object) -> object:
    """Read a ticket's claims without a look at who signed it."""
    payload = ticket.split(".")[1]
    return SimpleNamespace(claims=json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))


def trusting(body: object, declared: type[Any]) -> object:
    """Convert a body without making its faults ours."""
    return msgspec.convert(body, declared, strict=True, builtin_types=(bytes,))


GUARDS: dict[str, tuple[object, str, Callable[..., object]]] = {
    "web_socket": (frame_reference, "check_order", anything_goes),
    "client_message": (codec, "check_tree", anything_goes),
    "server_message": (codec, "convert_body", trusting),
    "facts": (codec, "convert_body", trusting),
    "pose": (fields, "check_rotation", tuple),
    "record": (BitReader, "end", any_filling),
    "frame": (BitReader, "end", any_filling),
    "ticket": (jwt, "decode", unsigned),
    "front_desk_body": (fuzz_targets, "clean_name", str),
    "front_desk": (people, "read_body", read_trustingly),
}


def test_each_target_has_a_guard_that_it_is_tried_without() -> None:
    assert GUARDS.keys() == TARGETS.keys()


@pytest.mark.unguarded
@pytest.mark.parametrize("name", GUARDS)
def test_a_target_finds_out_that_a_guard_is_gone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert broken_by(name) is None
    where, what, instead = GUARDS[name]
    monkeypatch.setattr(where, what, instead)
    assert broken_by(name) is not None


@pytest.mark.unguarded
def test_an_input_that_takes_too_long_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = b"\x00" * 1_000
    assert fuzz_work.cpu_seconds("pose", slow) <= fuzz_work.WORK_SECONDS_MAX
    monkeypatch.setitem(fuzz_work.WORK, "pose", lambda _: lambda: sum(range(200_000)))
    assert fuzz_work.cpu_seconds("pose", slow) > fuzz_work.WORK_SECONDS_MAX
