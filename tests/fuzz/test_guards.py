"""Each target finds a fault that is put there: a guard that is gone.

Guards of Python are taken out of the server. What the compiled core guards cannot be taken out of it here: there the
same check is taken out of the readable reference, and the target has to find that one of the two lets through what the
other refuses.
"""

from __future__ import annotations

import base64
import json
from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from joserfc import jwt
from joserfc.errors import DecodeError

from protocol import codec, fields
from protocol.bits import BitReader
from server.frontdesk import names, people
from server.identity import admission
from tests.support import frame_reference, fuzz_bodies, fuzz_work
from tests.support.fuzz_targets import TARGETS, mutate

if TYPE_CHECKING:
    from collections.abc import Sequence

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


def parse_trustingly(data: bytes, shape: type[Any]) -> object:
    """Read a body without making its faults ours."""
    return msgspec.json.decode(data, type=shape)


def last_word(authorization: Sequence[str]) -> str | None:
    """Take what stands last for a token, whatever it is said to be."""
    return authorization[0].split(" ")[-1] if authorization else None


async def read_trustingly(request: Request, shape: type[Any]) -> object:
    """Read a request's body without making its faults ours."""
    return msgspec.json.decode(await request.body(), type=shape)


def unsigned(token: str, *_: object, **__: object) -> object:
    """Read a token's claims without a look at who signed it."""
    try:
        _head, payload, _signature = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        raise DecodeError("no token") from None
    if not isinstance(claims, dict):
        raise DecodeError("no claims")
    return SimpleNamespace(claims=claims)


def trusting(body: object, declared: type[Any]) -> object:
    """Convert a body without making its faults ours."""
    return msgspec.convert(body, declared, strict=True, builtin_types=(bytes,))


SERVER: dict[str, tuple[str, object, str, object]] = {
    "the form of a client's values": ("client_message", codec, "check_tree", anything_goes),
    "the fields of a client's messages": ("client_message", codec, "convert_body", trusting),
    "the fields of a server's messages": ("server_message", codec, "convert_body", trusting),
    "the fields of facts": ("facts", codec, "convert_body", trusting),
    "the signature of a ticket": ("ticket", jwt, "decode", unsigned),
    "a body's faults are its sender's": ("front_desk_body", fuzz_bodies, "parse_body", parse_trustingly),
    "the characters of a name": ("front_desk_body", names, "_is_printable", lambda _: True),
    "the length of a name": ("front_desk_body", names, "NAME_CHARACTERS_MAX", 1_000),
    "a request's faults are its sender's": ("front_desk", people, "read_body", read_trustingly),
    "the signature of a bearer token": ("front_desk", jwt, "decode", unsigned),
    "the scheme of the header Authorization": ("front_desk", admission, "bearer_of", last_word),
}
"""Guards of the server: the target that finds one gone, where it is, its name, and what stands there instead."""

REFERENCE: dict[str, tuple[str, object, str, object]] = {
    "reserved bits": ("web_socket", frame_reference, "check_reserved", anything_goes),
    "the order of frames": ("web_socket", frame_reference, "check_order", anything_goes),
    "the size of a message": ("web_socket", frame_reference, "check_size", anything_goes),
    "the count of fragments": ("web_socket", frame_reference, "check_count", anything_goes),
    "the kind of a first message": ("web_socket", frame_reference, "check_message", anything_goes),
    "the length of a rotation": ("pose", fields, "check_rotation", tuple),
    "the end of a record": ("record", BitReader, "end", any_filling),
    "the end of a frame's records": ("frame", BitReader, "end", any_filling),
}
"""The same for guards of the compiled core, taken out of what it is compared with."""

GUARDS = SERVER | REFERENCE


def test_each_target_has_a_guard_that_it_is_tried_without() -> None:
    assert {target for target, *_ in GUARDS.values()} == TARGETS.keys()


@pytest.mark.unguarded
@pytest.mark.parametrize("name", TARGETS)
def test_a_target_bears_all_while_its_guards_are_there(name: str) -> None:
    assert broken_by(name) is None


@pytest.mark.unguarded
@pytest.mark.parametrize("guard", GUARDS)
def test_a_target_finds_out_that_a_guard_is_gone(guard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, where, what, instead = GUARDS[guard]
    monkeypatch.setattr(where, what, instead)
    assert broken_by(name) is not None


@pytest.mark.unguarded
def test_an_input_that_takes_too_long_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = b"\x00" * 1_000
    assert fuzz_work.cpu_seconds("pose", slow) <= fuzz_work.WORK_SECONDS_MAX
    monkeypatch.setitem(fuzz_work.WORK, "pose", lambda _: lambda: sum(range(200_000)))
    assert fuzz_work.cpu_seconds("pose", slow) > fuzz_work.WORK_SECONDS_MAX
