"""Bodies of requests as the front desk reads them, each tried as every shape there is."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Final

import msgspec

from server.errors import InvalidRequest
from server.frontdesk.bodies import (
    BODY_BYTES_MAX,
    Approval,
    DeviceCode,
    InvitationShown,
    InvitationWish,
    InvitedWish,
    Revocation,
    RoomWish,
    TicketWish,
    UserCode,
    parse_body,
)
from server.frontdesk.names import NAME_CHARACTERS_MAX, clean_name
from server.identity.house_key import TOKEN_CHARS_MAX

if TYPE_CHECKING:
    from collections.abc import Iterator

SHAPES: Final[tuple[type[msgspec.Struct], ...]] = (
    TicketWish,
    RoomWish,
    InvitationWish,
    InvitedWish,
    InvitationShown,
    DeviceCode,
    UserCode,
    Approval,
    Revocation,
)
"""All that `server.frontdesk.bodies` declares."""

UNSEEN: Final = {"Cc", "Zl", "Zp", "Cs"}
"""Categories of characters that no name has: controls, line breaks, halves of others."""


def front_desk_body(data: bytes) -> bool:
    """Whether bytes are a body of any shape: what is one is seldom another."""
    taken = [_is_body(data, shape) for shape in SHAPES]
    return any(taken)


def _is_body(data: bytes, shape: type[msgspec.Struct]) -> bool:
    try:
        body = parse_body(data, shape)
        # What is asked for is as good as what it is made into: the same bytes mean the same twice.
        assert parse_body(msgspec.json.encode(body), shape) == body
        name = getattr(body, "name", None)
        if name is not None:
            _check_name(clean_name(name))
    except InvalidRequest:
        return False
    if isinstance(body, InvitedWish | InvitationShown):
        assert len(body.invitation) <= TOKEN_CHARS_MAX
    return True


def _check_name(name: str) -> None:
    assert 1 <= len(name) <= NAME_CHARACTERS_MAX
    assert clean_name(name) == name
    assert not any(unicodedata.category(character) in UNSEEN for character in name)


def seeds() -> Iterator[bytes]:
    """A body of each shape, and large ones: as many bytes as are read, spent on what may cost."""
    yield from (
        b'{"name": "Ann", "role": "patient", "avatar": "plain", "returning": true}',
        b'{"type": "consult", "name": "Visit", "role": "clinician"}',
        b'{"room": "ward", "role": "patient", "hours": 1.5, "uses": 3, "name": "Ann"}',
        b'{"invitation": "a.b.c", "name": "Ann", "avatar": "vrm-robin"}',
        b'{"invitation": "a.b.c"}',
        b'{"device_code": "Xy0-_"}',
        b'{"user_code": "BCDF-GHJK"}',
        b'{"user_code": "bcdfghjk", "allow": false}',
        b'{"subject": "guest-0123456789abcdef0123456789abcdef"}',
        b'{"name": "Ann\\u2028B\\u0007o", "role": "patient"}',
    )
    least = json.dumps({"invitation": ""}).encode()
    room = BODY_BYTES_MAX - len(least) - 100
    yield b'{"invitation": "%s"}' % (b"a" * TOKEN_CHARS_MAX)
    yield b'{"invitation": "%s"}' % (b"\\u00e5" * (room // 6))
    yield b'{"name": "%s", "role": "patient"}' % (b"a\xcc\x81" * (room // 3))
    yield b'{"name": "%s", "role": "patient"}' % (b"\xf0\x9f\x98\x80" * NAME_CHARACTERS_MAX)
    yield b'{"name": %s, "role": "patient"}' % (b"[" * (room // 2) + b"]" * (room // 2))
    yield b'{%s"name": "Ann", "role": "patient"}' % (b'"name": "Ann", ' * (room // 15))
    yield b'{"name": "Ann", "role": "patient"' + b" " * room + b"}"
    yield b'{"uses": 1%s, "room": "ward", "role": "patient"}' % (b"0" * room)
    yield b'{"hours": 1%s.5e-5, "room": "ward", "role": "patient"}' % (b"0" * room)
