"""What may be asked of the front desk: request bodies, read with a limit and checked against their declared shape."""

import asyncio
from typing import Annotated, Final, TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request

from protocol.errors import fault_words
from server.errors import InvalidRequest
from server.frontdesk.problems import BodyTooLarge, BodyTooSlow, NotJson
from server.identity.house_key import TOKEN_CHARS_MAX
from server.identity.invitations import HOURS_MAX, USES_MAX
from server.identity.subjects import SUBJECT_PATTERN, SUBJECT_WORDS

BODY_BYTES_MAX: Final = 16 * 1024
BODY_SECONDS: Final = 5.0

DEFAULT_AVATAR: Final = "plain"
"""The look every client has."""

_AVATAR: Final = r"\A[a-z][a-z0-9-]{0,31}\Z"

Avatar = Annotated[str, msgspec.Meta(pattern=_AVATAR)]
Word = Annotated[str, msgspec.Meta(max_length=TOKEN_CHARS_MAX)]

_PATTERN_WORDS: Final = {
    _AVATAR: "a small letter, then at most 31 small letters, digits and hyphens",
    SUBJECT_PATTERN: SUBJECT_WORDS,
}
"""What each pattern of a body lets through: an expression says it to nobody."""

Body = TypeVar("Body", bound=msgspec.Struct)


class TicketWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a person says of themselves to get a ticket (SPEC section 10)."""

    name: str
    """The display name; `names.clean_name` says which are taken."""
    role: str
    """One of the facility's roles."""
    avatar: Avatar = DEFAULT_AVATAR
    """The look, by a name that clients know, or one of the facility's files (`vrm-NAME`)."""
    returning: bool = False
    """Whether it is for a session that is locked: that has its place, however full the room is."""
    refreshing: bool = False
    """Whether it is for a session that is live, and for nothing but its `refresh`."""


class RoomWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What it takes to open a room on demand."""

    type: Annotated[str, msgspec.Meta(max_length=64)]
    """A room type the facility opens on demand."""
    name: str
    """What people call the room."""
    role: str | None = None
    """The role of who opens it; without one it opens only if every role may open such rooms."""


class InvitationWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whom to invite: into which room, as what, until when."""

    room: Annotated[str, msgspec.Meta(max_length=128)]
    """The id of an open room."""
    role: str
    """One of the facility's roles, and none of the staff's."""
    hours: Annotated[float, msgspec.Meta(gt=0.0, le=HOURS_MAX)] = 24.0
    """How long the invitation is good."""
    uses: Annotated[int, msgspec.Meta(ge=1, le=USES_MAX)] = 1
    """How many people may come by it."""
    name: str | None = None
    """The name that others see; left out, whoever comes chooses it."""


class InvitedWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a person who was invited says of themselves to get a ticket."""

    invitation: Word
    """What the link had after the `#`."""
    name: str | None = None
    """The display name, where the invitation has none."""
    avatar: Avatar = DEFAULT_AVATAR
    """The look."""


class InvitationShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An invitation, to be told what it is for."""

    invitation: Word


class DeviceCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A headset that asks whether it was let in."""

    device_code: Annotated[str, msgspec.Meta(max_length=64)]


class UserCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A short code as somebody typed it."""

    user_code: Annotated[str, msgspec.Meta(max_length=32)]


class Approval(UserCode, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What somebody decided about the headset that shows it."""

    allow: bool


class Revocation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whose access is taken back."""

    subject: Annotated[str, msgspec.Meta(pattern=SUBJECT_PATTERN)]
    """Who, as `GET /v1/admin/rooms/{room}/people` has it."""


def parse_body(data: bytes, shape: type[Body]) -> Body:
    """Decode JSON into `shape`. Raises `InvalidRequest` that says where the fault is and repeats no value."""
    try:
        return msgspec.json.decode(data, type=shape)
    except msgspec.ValidationError as error:
        raise InvalidRequest(f"the body is not what was expected: {_in_words(fault_words(error))}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidRequest("the body is not JSON") from None


def _in_words(fault: str) -> str:
    for pattern, words in _PATTERN_WORDS.items():
        fault = fault.replace(f"`str` matching regex {pattern!r}", words)
    return fault


async def read_body(request: Request, shape: type[Body]) -> Body:
    """Read and decode a request's body.

    Raises `NotJson`, `BodyTooLarge`, `BodyTooSlow` or `InvalidRequest`, in this order.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        # A page of another site can make a browser send forms and plain text here, but not JSON: that takes a
        # preflight request, which nobody answers.
        raise NotJson
    return parse_body(await _read(request), shape)


async def _read(request: Request) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdecimal() and int(declared[:20]) > BODY_BYTES_MAX:
        raise _too_large()
    data = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                data += chunk
                if len(data) > BODY_BYTES_MAX:
                    raise _too_large()
    except TimeoutError:
        raise BodyTooSlow(f"the body did not come within {BODY_SECONDS:g} seconds") from None
    except ClientDisconnect:
        raise BodyTooSlow("the body did not come to its end") from None
    return bytes(data)


def _too_large() -> BodyTooLarge:
    return BodyTooLarge(f"a body has at most {BODY_BYTES_MAX} bytes")
