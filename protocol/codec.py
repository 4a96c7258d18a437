"""Messages to bytes and back: msgpack with hard limits, then the declared types (SPEC.md section 3)."""

import math
from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgpack  # type: ignore[import-untyped]  # the distribution has no annotations
import msgspec

from protocol.errors import MalformedMessage, fault_words
from protocol.ids import CONTAINER_ENTRIES_MAX, MESSAGE_BYTES_MAX, MSGPACK_DEPTH_MAX, Kind
from protocol.messages import (
    CLIENT_MESSAGES,
    SERVER_MESSAGES,
    AvatarFacts,
    ClientMessage,
    Facts,
    Message,
    ObjectFacts,
    ServerMessage,
)

WEIGHT_MAX: Final = 2_048
"""Maps, arrays and the entries of all of them in a body, together (section 3): 64 KiB of the smallest took 8 ms."""

T = TypeVar("T")

_KINDS: Final[dict[type[Any], Kind]] = {
    struct: kind for messages in (CLIENT_MESSAGES, SERVER_MESSAGES) for kind, struct in messages.items()
}
_ENCODER: Final = msgspec.msgpack.Encoder()
# Without this msgspec would take base64 text for bytes.
_BYTES_ARE_BYTES: Final = (bytes,)


def encode(message: Message) -> bytes:
    """Lay a whole message out: kind byte, then the msgpack map."""
    return bytes((_KINDS[type(message)],)) + _ENCODER.encode(message)


def pack(value: object) -> bytes:
    """Lay one msgpack value out as `encode` would: for who assembles a message from parts it has encoded before."""
    return _ENCODER.encode(value)


def decode_client(data: bytes) -> ClientMessage:
    """Read a msgpack message of a client, of at most MESSAGE_BYTES_MAX bytes. Raises MalformedMessage.

    A pose is not msgpack and has its own way in (`snapshot.decode_pose`): here it is an unknown kind.
    """
    if len(data) > MESSAGE_BYTES_MAX:
        raise MalformedMessage(f"{len(data)} bytes, at most {MESSAGE_BYTES_MAX}")
    return _decode(data, CLIENT_MESSAGES)


def declared_wire(data: bytes) -> tuple[int, str] | None:
    """Version and schema hash that a `hello` or `resume` declares, whatever its other keys are.

    None for any other message, and for one that does not declare both. Raises MalformedMessage if the body is no map.
    """
    if not data or data[0] not in {Kind.HELLO, Kind.RESUME} or len(data) > MESSAGE_BYTES_MAX:
        return None
    tree = unpack_map(data[1:])
    version, schema = tree.get("version"), tree.get("schema")
    if isinstance(version, bool) or not isinstance(version, int) or not isinstance(schema, str):
        return None
    return version, schema


def decode_server(data: bytes) -> ServerMessage:
    """Read a msgpack message of a server; a snapshot is an unknown kind here. Raises MalformedMessage."""
    return _decode(data, SERVER_MESSAGES)


def encode_facts(facts: Facts) -> bytes:
    """Facts of an entity as they stand in a snapshot's enter."""
    return _ENCODER.encode(facts)


def decode_facts(data: bytes) -> Facts:
    """Read the facts of an entity. Raises MalformedMessage."""
    tree = unpack_map(data)
    facts: type[Facts] = AvatarFacts if tree.get("kind") == "avatar" else ObjectFacts
    return convert_body(tree, facts)


def convert_body(body: Mapping[str, Any], declared: type[T]) -> T:
    """Check a decoded map against a declared struct, strictly. Raises MalformedMessage."""
    try:
        return msgspec.convert(body, declared, strict=True, builtin_types=_BYTES_ARE_BYTES)
    except msgspec.ValidationError as error:
        raise MalformedMessage(fault_words(error)) from error


def unpack_map(data: bytes) -> dict[str, Any]:
    """Read exactly one msgpack map within the limits of section 3. Raises MalformedMessage."""
    containers = _Containers()
    try:
        tree = msgpack.unpackb(
            data,
            raw=False,
            strict_map_key=True,
            object_pairs_hook=containers.map,
            list_hook=containers.array,
            max_map_len=CONTAINER_ENTRIES_MAX,
            max_array_len=CONTAINER_ENTRIES_MAX,
            ext_hook=_refuse_extension,
            max_ext_len=0,
        )
    except MalformedMessage:
        raise
    # msgpack raises subclasses of ValueError for all that is not msgpack, UnicodeDecodeError among them, and
    # UnpackException for what is over a limit or cut short.
    except (ValueError, msgpack.UnpackException) as error:
        # Its words quote numbers and bytes of what was sent, and a close reason is to repeat nothing of it.
        raise MalformedMessage("not msgpack within the limits") from error
    if not isinstance(tree, dict):
        raise MalformedMessage(f"the body is a {type(tree).__name__}, not a map")
    check_tree(tree)
    return tree


def check_tree(tree: object, depth: int = 1) -> None:
    """Check what msgpack itself does not: depth, plain types and finite floats. Raises MalformedMessage."""
    if isinstance(tree, float):
        if not math.isfinite(tree):
            raise MalformedMessage(f"{tree} is not finite")
        return
    if tree is None or isinstance(tree, str | bytes | int):
        return
    if not isinstance(tree, dict | list):
        raise MalformedMessage(f"{type(tree).__name__} is not of this wire")
    if depth > MSGPACK_DEPTH_MAX:
        raise MalformedMessage(f"deeper than {MSGPACK_DEPTH_MAX}")
    if len(tree) > CONTAINER_ENTRIES_MAX:
        raise MalformedMessage(f"{len(tree)} entries, at most {CONTAINER_ENTRIES_MAX}")
    for entry in tree.values() if isinstance(tree, dict) else tree:
        check_tree(entry, depth + 1)


class _Containers:
    """Sees each map and array of one body as it is read, and ends the reading where they are too much."""

    __slots__ = ("_weight_left",)

    def __init__(self) -> None:
        self._weight_left = WEIGHT_MAX

    def map(self, pairs: list[tuple[object, object]]) -> dict[str, object]:
        """Build a map whose keys are strings and differ: two readers must never disagree on which of two counts."""
        self._count(len(pairs))
        built: dict[str, object] = {}
        for key, value in pairs:
            if not isinstance(key, str):
                raise MalformedMessage(f"a key is of type {type(key).__name__}, not a string")
            if key in built:
                raise MalformedMessage("a key twice")
            built[key] = value
        return built

    def array(self, values: list[object]) -> list[object]:
        """Leave an array as it is."""
        self._count(len(values))
        return values

    def _count(self, entries: int) -> None:
        self._weight_left -= 1 + entries
        if self._weight_left < 0:
            raise MalformedMessage(f"more than {WEIGHT_MAX} maps, arrays and entries")


def _refuse_extension(code: int, _data: bytes) -> object:
    raise MalformedMessage(f"msgpack extension {code}")


def _decode(data: bytes, messages: Mapping[Kind, type[T]]) -> T:
    if not data:
        raise MalformedMessage("empty message")
    try:
        declared = messages[Kind(data[0])]
    except (ValueError, KeyError):
        raise MalformedMessage(f"kind 0x{data[0]:02x}") from None
    return convert_body(unpack_map(data[1:]), declared)
