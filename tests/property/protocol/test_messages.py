import struct

import msgpack  # type: ignore[import-untyped]  # the distribution has no annotations
from hypothesis import given
from hypothesis import strategies as st

from protocol import codec
from protocol.errors import MalformedMessage
from protocol.ids import Kind
from protocol.messages import Clock, Operation
from tests.support.avatar_states import fixed

names = st.text(max_size=32)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.binary(max_size=20),
)
bodies = st.dictionaries(
    st.text(max_size=8),
    st.recursive(
        scalars,
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
        max_leaves=8,
    ),
    max_size=4,
)
trees = st.recursive(
    st.one_of(scalars, st.floats()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=12,
)
kinds = st.sampled_from([kind for kind in Kind if kind < 0x80])


@fixed
@given(st.binary(min_size=16, max_size=16), names, names, bodies)
def test_an_operation_comes_back_or_is_too_deep(op: bytes, feature: str, type_: str, body: dict[str, object]) -> None:
    operation = Operation(op=op, feature=feature, type=type_, body=body)
    try:
        assert codec.decode_client(codec.encode(operation)) == operation
    except MalformedMessage as error:
        assert "deeper" in str(error)  # noqa: PT017 - the other outcome is above


@fixed
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_comes_back_to_the_last_bit(sent: float) -> None:
    decoded = codec.decode_client(codec.encode(Clock(sent=sent)))
    assert isinstance(decoded, Clock)
    assert struct.pack(">d", decoded.sent) == struct.pack(">d", sent)


@fixed
@given(st.binary(max_size=120))
def test_any_bytes_are_a_message_or_malformed(data: bytes) -> None:
    for decode in (codec.decode_client, codec.decode_server):
        try:
            message = decode(data)
        except MalformedMessage:
            continue
        assert codec.encode(message)[0] == data[0]


@fixed
@given(kinds, trees)
def test_any_msgpack_is_a_message_or_malformed(kind: Kind, tree: object) -> None:
    data = bytes((kind,)) + msgpack.packb(tree)
    try:
        message = codec.decode_client(data)
    except MalformedMessage:
        return
    assert codec.decode_client(codec.encode(message)) == message


@fixed
@given(
    kinds,
    st.dictionaries(
        st.sampled_from(
            [
                "version",
                "schema",
                "ticket",
                "client",
                "token",
                "last_event",
                "event",
                "op",
                "feature",
                "type",
                "body",
                "sent",
                "ages",
            ]
        ),
        st.one_of(scalars, bodies),
        max_size=6,
    ),
)
def test_declared_keys_with_any_values_are_a_message_or_malformed(kind: Kind, body: dict[str, object]) -> None:
    try:
        message = codec.decode_client(bytes((kind,)) + codec.pack(body))
    except MalformedMessage:
        return
    assert codec.decode_client(codec.encode(message)) == message
