from typing import Any

import msgpack  # type: ignore[import-untyped]  # the distribution has no annotations
import msgspec
import pytest

from protocol import codec
from protocol.errors import MalformedMessage
from protocol.ids import Kind
from protocol.messages import Ack, AvatarFacts, Bye, Clock, Event, Facts, Hello, ObjectFacts, Operation, Result

OP = bytes(range(16))


class Say(msgspec.Struct, forbid_unknown_fields=True):
    text: str


def test_a_message_is_its_kind_then_a_map() -> None:
    data = codec.encode(Ack(event=7))
    assert data[0] == 0x03
    assert msgpack.unpackb(data[1:]) == {"event": 7}


def test_messages_of_a_client_come_back() -> None:
    for message in (
        Hello(version=1, schema="s", ticket="t", client="c", ages=True),
        Operation(op=OP, feature="chat", type="say", body={"text": "ä", "raw": b"\0"}),
        Clock(sent=1.5),
        Bye(),
    ):
        assert codec.decode_client(codec.encode(message)) == message


def test_messages_of_a_server_come_back() -> None:
    event = Event(event=1, feature="chat", type="said", body={"text": "hi"})
    assert codec.decode_server(codec.encode(event)) == event


def test_defaults_are_left_out() -> None:
    assert msgpack.unpackb(codec.encode(Result(op=OP, ok=True))[1:]) == {"op": OP, "ok": True}


def test_packing_a_part_gives_the_bytes_it_has_in_a_whole_message() -> None:
    assert codec.encode(Ack(event=300)) == b"\x03\x81" + codec.pack("event") + codec.pack(300)


@pytest.mark.parametrize("data", [b"", b"\x00\x80", b"\x10" + bytes(8), b"\x90" + bytes(20), b"\x82\x80"])
def test_a_kind_that_is_not_a_clients_msgpack_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedMessage, match=r"kind|empty"):
        codec.decode_client(data)


def test_a_kind_that_is_not_a_servers_msgpack_is_malformed() -> None:
    with pytest.raises(MalformedMessage, match="kind 0x06"):
        codec.decode_server(codec.encode(Bye()))


def test_a_client_has_64_kib_to_say_something() -> None:
    def operation(length: int) -> bytes:
        return codec.encode(Operation(op=OP, feature="f", type="t", body={"x": bytes(length)}))

    room = 65_536 - len(operation(60_000)) + 60_000
    assert isinstance(codec.decode_client(operation(room)), Operation)
    with pytest.raises(MalformedMessage, match="65537 bytes"):
        codec.decode_client(operation(room + 1))


def test_a_map_that_would_recurse_for_ever_is_malformed() -> None:
    with pytest.raises(MalformedMessage):
        codec.decode_client(b"\x05\x81\xa4sent" + b"\x91" * 60_000)


@pytest.mark.parametrize("extension", [b"\xc7\x00\x05", b"\xc7\x01\x05x", b"\xd4\x05x", b"\xd6\xff\0\0\0\1"])
def test_an_extension_is_malformed_one_of_no_bytes_too(extension: bytes) -> None:
    with pytest.raises(MalformedMessage):
        codec.unpack_map(b"\x81\xa1a" + extension)


@pytest.mark.parametrize(
    "body",
    ["a3eda080", "ddffffffff", "d40100", "c1", "a5", "810101"],
    ids=["half a character", "a long list", "an extension", "a byte of none", "cut short", "a key that is no text"],
)
def test_what_is_no_msgpack_is_told_without_a_byte_of_it(body: str) -> None:
    with pytest.raises(MalformedMessage, match=r"^not msgpack within the limits$|^a key is of type int, not a string$"):
        codec.unpack_map(b"\x81\xa1a" + bytes.fromhex(body))


def test_an_operations_body_is_checked_against_its_declaration() -> None:
    assert codec.convert_body({"text": "a"}, Say) == Say("a")
    bodies: list[dict[str, Any]] = [{}, {"text": 1}, {"text": b"a"}, {"text": "a", "loud": True}]
    for body in bodies:
        with pytest.raises(MalformedMessage):
            codec.convert_body(body, Say)


@pytest.mark.parametrize("tree", [{"a": object()}, {"a": (1, 2)}, {1, 2}, {"a": float("inf")}])
def test_a_tree_holds_plain_types_only(tree: object) -> None:
    with pytest.raises(MalformedMessage):
        codec.check_tree(tree)


def test_a_tree_has_limits() -> None:
    codec.check_tree([[[[[[[[1]]]]]]]])
    codec.check_tree({str(number): None for number in range(256)})
    with pytest.raises(MalformedMessage, match="deeper than 8"):
        codec.check_tree([[[[[[[[[]]]]]]]]])
    with pytest.raises(MalformedMessage, match="257 entries"):
        codec.check_tree([0] * 257)


@pytest.mark.parametrize(
    "facts",
    [
        AvatarFacts(kind="avatar", name="Ann", role="clinician", avatar="a"),
        ObjectFacts(kind="prop", name="cart", model="m"),
        ObjectFacts(kind="panel", name="chart", model="m"),
    ],
)
def test_facts_come_back(facts: Facts) -> None:
    assert codec.decode_facts(codec.encode_facts(facts)) == facts


@pytest.mark.parametrize(
    "facts", [{}, {"kind": "ghost", "name": "x", "model": "m"}, {"kind": "avatar", "name": "x", "model": "m"}]
)
def test_facts_of_no_known_kind_are_malformed(facts: dict[str, str]) -> None:
    with pytest.raises(MalformedMessage):
        codec.decode_facts(codec.pack(facts))


@pytest.mark.parametrize(
    ("kind", "body", "declared"),
    [
        (Kind.HELLO, {"version": 7, "schema": "abc", "unheard": "of"}, (7, "abc")),
        (Kind.RESUME, {"schema": "abc", "version": 1}, (1, "abc")),
        (Kind.HELLO, {"version": True, "schema": "abc"}, None),
        (Kind.HELLO, {"version": 7}, None),
        (Kind.CLOCK, {"version": 7, "schema": "abc"}, None),
    ],
)
def test_a_first_message_declares_its_wire_whatever_else_it_says(
    kind: Kind, body: dict[str, object], declared: tuple[int, str] | None
) -> None:
    assert codec.declared_wire(bytes((kind,)) + codec.pack(body)) == declared


def test_a_first_message_that_is_no_map_is_malformed() -> None:
    with pytest.raises(MalformedMessage):
        codec.declared_wire(bytes((Kind.HELLO,)) + codec.pack([1]))
    assert codec.declared_wire(b"") is None


@pytest.mark.parametrize(
    "entry",
    [[0] * 250, {str(key): 0 for key in range(250)}, [[]] * 200, [{}] * 200, [{"a": 0}] * 100],
    ids=["numbers", "pairs", "arrays", "maps", "small maps"],
)
def test_containers_and_their_entries_are_counted_over_a_whole_body(entry: object) -> None:
    codec.unpack_map(codec.pack({"a": [entry] * 4}))
    with pytest.raises(MalformedMessage, match="more than 2048 maps, arrays and entries"):
        codec.unpack_map(codec.pack({"a": [entry] * 9}))


def test_a_body_may_weigh_as_much_as_it_may() -> None:
    # The body and its entry, the array in it and its entries, each with an array of 255 numbers.
    full = {"a": [[0] * 255] * 7 + [[0] * 238]}
    assert 1 + 1 + 1 + 8 + 7 * 255 + 8 + 238 == 2_042
    codec.unpack_map(codec.pack({"a": [*full["a"][:-1], [0] * 244]}))
    with pytest.raises(MalformedMessage, match="2048"):
        codec.unpack_map(codec.pack({"a": [*full["a"][:-1], [0] * 245]}))
