"""What is fuzzed: everything that takes bytes from a stranger. Each target says which errors are documented.

A target takes bytes and returns whether they were accepted; any error that is not documented, and any disagreement
between the compiled core and its readable reference, is raised. The seeds are the protocol's vectors, valid and
invalid, and the small corpora beside `tests/fuzz/run.py`.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

from core_ext import POSE_MALFORMED, EntityTable, FrameDecoder, RecordCodec
from protocol.codec import decode_client, decode_facts, decode_server, encode, encode_facts
from protocol.errors import MalformedFrame, MalformedMessage, MalformedPose
from protocol.ids import FRAGMENTS_MAX, MESSAGE_BYTES_MAX, OPERATION_ID_BYTES, CloseCode, EntityKind
from protocol.messages import Operation, Refresh
from protocol.pose import decode_pose, encode_pose
from protocol.record import NOTHING_HELD, apply_record, full_record
from protocol.snapshot import ObserverView
from protocol.state import AvatarState, TrackedPart
from server.gateway.outbox import HELD_BYTES_MAX
from server.identity.refusals import TicketError
from server.identity.tickets import Claims, TicketDesk
from tests.support import fuzz_bodies, fuzz_front_desk
from tests.support.frame_reference import read_frames
from tests.support.port_doubles import PortClient, close_sockets
from tests.support.raw_websocket import BINARY, CLOSE, CONTINUATION, PONG
from tests.support.raw_websocket import frame as lay_out

ROOT: Final = Path(__file__).parents[2]
VECTORS: Final = ROOT / "protocol" / "vectors"
CORPUS: Final = ROOT / "tests" / "fuzz" / "corpus"

BOUNDS_MM: Final = (-100_000, -100_000, -100_000, 100_000, 100_000, 100_000)
CONTROLS_MAX: Final = 90
"""Of 100 at once that a client may send."""
MESSAGE_LONGEST: Final = MESSAGE_BYTES_MAX + 256
"""A message and the headers of its fragments, or a little too much."""
BODY_LONGEST: Final = 16_500
"""A body that is read (`bodies.BODY_BYTES_MAX`), and a little more."""
REQUEST_LONGEST: Final = BODY_LONGEST + 9_000
"""The same, after the longest token that is read and some more of a head."""
SHORT: Final = 4_096
"""What is far above what a target takes."""
TICKET_KEY: Final = bytes(range(32))
TICKET_CLAIMS: Final = Claims(room="lobby", subject="guest-1", name="Ann \u00c5dahl", role="patient", avatar="plain")
"""Of the only ticket that was ever signed with that key."""


@dataclass(frozen=True)
class Target:
    """One way in for a stranger's bytes."""

    name: str
    check: Callable[[bytes], bool]
    """Whether the bytes are accepted; raises what nobody documented."""
    seeds: Callable[[], list[bytes]]
    longest: int
    """The longest input that is tried, bytes: a little more than is taken."""
    signed: bool = False
    """Whether accepted bytes carry a signature, so that changing any of them gets them refused."""

    def kept(self) -> list[bytes]:
        """Inputs that fuzzing found worth keeping."""
        file = CORPUS / f"{self.name}.hex"
        return [bytes.fromhex(line) for line in file.read_text().splitlines()] if file.is_file() else []


def _web_socket(data: bytes) -> bool:
    """What a client sends after the upgrade; the first byte says after how many bytes the rest comes."""
    expected = read_frames(data[1:])
    if expected.controls >= CONTROLS_MAX:
        # Whether one ping more is one too many depends on the time it takes.
        return expected.close is None
    split = data[0] if data else 0
    client = PortClient().open()
    try:
        for part in (data[1 : 1 + split], data[1 + split :]):
            client.feed_bytes(part)
        frames = client.take_frames()
        faults = client.receiver.named("fault")
        assert client.receiver.named("error") == []
        assert [message for (message,) in client.receiver.named("message")] == expected.messages
        assert [payload for opcode, payload in frames if opcode == PONG] == expected.pongs
        closes = [int.from_bytes(payload[:2], "big") for opcode, payload in frames if opcode == CLOSE]
        assert closes == ([] if expected.close is None else [expected.close])
        assert [code for code, _ in faults] == [code for code in closes if code != CloseCode.NORMAL]
        assert client.port.held_bytes <= HELD_BYTES_MAX
    finally:
        close_sockets()
    return expected.close is None


def _client_message(data: bytes) -> bool:
    try:
        message = decode_client(data)
    except MalformedMessage:
        return False
    assert decode_client(encode(message)) == message
    return True


def _server_message(data: bytes) -> bool:
    try:
        message = decode_server(data)
    except MalformedMessage:
        return False
    assert decode_server(encode(message)) == message
    return True


def _facts(data: bytes) -> bool:
    try:
        facts = decode_facts(data)
    except MalformedMessage:
        return False
    assert decode_facts(encode_facts(facts)) == facts
    return True


def _pose(data: bytes) -> bool:
    # The compiled core takes and refuses exactly what the readable reference does.
    table = EntityTable(1, BOUNDS_MM)
    slot = table.add(1, EntityKind.AVATAR, b"\x80", 0)
    outcome = table.apply_pose(slot, data, 1000)
    try:
        pose = decode_pose(data)
    except MalformedPose:
        assert outcome == POSE_MALFORMED
        return False
    assert outcome != POSE_MALFORMED
    assert decode_pose(encode_pose(pose)) == pose
    return True


def _frame(data: bytes) -> bool:
    """The first byte chooses what the client holds, the rest is the frame."""
    contexts = _frame_contexts()
    before = contexts[data[0] % len(contexts)] if data else []
    reference, compiled = ObserverView(), FrameDecoder()
    for frame in before:
        reference.apply(frame)
        compiled.apply(frame)
    accepted = _accepts(reference.apply, data[1:])
    assert _accepts(compiled.apply, data[1:]) == accepted
    if accepted:
        assert compiled.entities() == [(held.alias, held.entity) for _, held in sorted(reference.entities.items())]
        for alias, held in reference.entities.items():
            assert compiled.facts(alias) == held.facts
            assert AvatarState(*_parts(compiled.state(alias))) == held.state
    return accepted


def _record(data: bytes) -> bool:
    """The first byte chooses what is held of the entity, the rest is a record."""
    contexts = _record_contexts()
    held, compiled = NOTHING_HELD, RecordCodec()
    for before in contexts[data[0] % len(contexts)] if data else []:
        held, _ = apply_record(held, before)
        compiled.apply(before)
    try:
        held, end = apply_record(held, data[1:])
    except MalformedFrame:
        assert not _accepts(compiled.apply, data[1:])
        return False
    compiled.apply(data[1 : 1 + end])
    assert AvatarState(*_parts(compiled.state())) == held.state
    assert compiled.full() == full_record(held)
    return True


def _parts(state: tuple[Any, ...]) -> Iterator[Any]:
    """Make the compiled core's plain tuples what `AvatarState` is made of."""
    for value in state:
        yield TrackedPart(*value) if isinstance(value, tuple) else value


def _accepts(apply: Callable[[bytes], object], data: bytes) -> bool:
    try:
        apply(data)
    except MalformedFrame:
        return False
    return True


def _ticket(data: bytes) -> bool:
    try:
        claims = TicketDesk(key=TICKET_KEY).redeem(data.decode("latin-1"), now=1.0)
    except TicketError:
        return False
    assert claims == TICKET_CLAIMS
    return True


@cache
def _vectors(file: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((VECTORS / f"{file}.json").read_text())
    return loaded


def _hex(vectors: list[dict[str, Any]], sender: str = "") -> list[bytes]:
    return [bytes.fromhex(vector["hex"]) for vector in vectors if not sender or vector["from"] == sender]


def _message_seeds(sender: str) -> list[bytes]:
    vectors = _vectors("messages")
    vectored = _hex(vectors["valid"], sender) + _hex(vectors["invalid"], sender)
    return [*vectored, *_session_messages(sender), *(_large_messages() if sender == "client" else ())]


def _large_messages() -> Iterator[bytes]:
    """Messages of as many bytes as are read, in few parts and in as many as are read; and one that is too long."""
    many = {f"{part:x}": list(range(120)) for part in range(16)}
    for body in (
        {"text": "a" * 65_000},
        {"text": "\U0001f600" * 16_000},
        {"data": bytes(65_000)},
        {f"{part:03}": "\u00e5" * 100 for part in range(256)},
        many | {"text": "a" * 60_000},
        many | {"deep": [[[[[[0.5]]]]]]},
    ):
        yield encode(Operation(op=bytes(OPERATION_ID_BYTES), feature="chat", type="say", body=body))
    yield encode(Refresh(ticket="a" * 65_000))
    yield b"\x08\x81\xa6ticket\xda\x02\x00" + b"a.b.c-" * 85 + b"aa"
    # Maps and arrays as many as fit; the reader ends at those it does not take.
    yield b"\x03\x81\xa1a\xdc\x01\x00" + b"\xdc\x00\xff".ljust(258, b"\x90") * 253
    yield b"\x03\x81\xa1a\xdd\x00\x00\xff\xf0" + b"\x80" * (MESSAGE_BYTES_MAX - 9)
    yield b"\x03\x81\xa1a" + b"\x91" * (MESSAGE_BYTES_MAX - 5) + b"\xc0"
    yield b"\x03".ljust(MESSAGE_BYTES_MAX + 1, b"\x80")


def _session_messages(sender: str) -> Iterator[bytes]:
    for session in _vectors("sessions")["sessions"]:
        for step in session["steps"]:
            if step.get("from") == sender and "hex" in step:
                yield bytes.fromhex(step["hex"])


def _pose_seeds() -> list[bytes]:
    return _hex(_vectors("pose")["valid"]) + _hex(_vectors("pose")["invalid"])


@cache
def _frame_contexts() -> list[list[bytes]]:
    """What a client may have been sent before: nothing, or all frames of a vector but the last."""
    contexts: list[list[bytes]] = [[]]
    for before, _ in _last_frames():
        if before not in contexts:
            contexts.append(before)
    return contexts


def _last_frames() -> Iterator[tuple[list[bytes], bytes]]:
    """Give the last frame of each vector, with those before it."""
    for vector in _vectors("frame")["valid"]:
        *before, last = (bytes.fromhex(frame["hex"]) for frame in vector["frames"])
        yield before, last
    for vector in _vectors("frame")["invalid"]:
        yield [bytes.fromhex(frame) for frame in vector["before"]], bytes.fromhex(vector["hex"])


@cache
def _record_contexts() -> list[list[bytes]]:
    """What may be held of an entity before: nothing, or what the records before a vector's leave."""
    contexts: list[list[bytes]] = [[]]
    for vector in _vectors("record")["valid"] + _vectors("record")["invalid"]:
        before = _records_before(vector)
        if before not in contexts:
            contexts.append(before)
    return contexts


def _records_before(vector: dict[str, Any]) -> list[bytes]:
    return [bytes.fromhex(record) for record in vector["before"]]


def _record_seeds() -> list[bytes]:
    vectors = _vectors("record")["valid"] + _vectors("record")["invalid"]
    return [
        bytes([_record_contexts().index(_records_before(vector))]) + bytes.fromhex(vector["hex"]) for vector in vectors
    ]


def _web_socket_seeds() -> list[bytes]:
    vectors = _vectors("transport")
    sent = [*_hex(vectors["valid"]), *_hex(vectors["invalid"]), *_large_frames()]
    return [bytes([at % 7]) + each for at, each in enumerate(sent)]


def _large_frames() -> Iterator[bytes]:
    """The longest message in one frame and in as many fragments as may be, and one that would be longer."""
    longest = encode(Operation(op=bytes(OPERATION_ID_BYTES), feature="chat", type="say", body={"text": "a" * 65_300}))
    longest = longest.ljust(MESSAGE_BYTES_MAX, b"a")
    yield lay_out(BINARY, longest)
    part = len(longest) // FRAGMENTS_MAX
    cut = [longest[at : at + part] for at in range(0, len(longest), part)]
    fragments = [lay_out(CONTINUATION if at else BINARY, each, fin=at == len(cut) - 1) for at, each in enumerate(cut)]
    yield b"".join(fragments)
    # Room is made for the header alone: nothing of what it promises has come.
    yield lay_out(BINARY, longest + b"a")[:14]
    yield b"".join(fragments[:-1]) + lay_out(CONTINUATION, cut[-1] + b"a")[:14]


def _frame_seeds() -> list[bytes]:
    return [bytes([_frame_contexts().index(before)]) + last for before, last in _last_frames()]


def _ticket_seeds() -> list[bytes]:
    return [TicketDesk(key=TICKET_KEY).issue(TICKET_CLAIMS, since=0.0).encode(), b"a.b.c", b"eyJhbGciOiJub25lIn0.e30."]


def _body_seeds() -> list[bytes]:
    files = sorted((CORPUS / "front_desk_body").iterdir())
    return [*(file.read_bytes() for file in files), *fuzz_bodies.seeds()]


TARGETS: Final = {
    target.name: target
    for target in (
        Target("web_socket", _web_socket, _web_socket_seeds, MESSAGE_LONGEST),
        Target("client_message", _client_message, lambda: _message_seeds("client"), MESSAGE_LONGEST),
        Target("server_message", _server_message, lambda: _message_seeds("server"), MESSAGE_LONGEST),
        Target("facts", _facts, lambda: _hex(_vectors("messages")["facts"]), SHORT),
        Target("pose", _pose, _pose_seeds, SHORT),
        Target("record", _record, _record_seeds, SHORT),
        Target("frame", _frame, _frame_seeds, MESSAGE_LONGEST),
        Target("ticket", _ticket, _ticket_seeds, BODY_LONGEST, signed=True),
        Target("front_desk_body", fuzz_bodies.front_desk_body, _body_seeds, BODY_LONGEST),
        Target("front_desk", fuzz_front_desk.front_desk, lambda: list(fuzz_front_desk.seeds()), REQUEST_LONGEST),
    )
}


def mutate(seeds: list[bytes], draw: Random) -> bytes:
    """Make an input from the seeds: one of them, changed in one to four places."""
    data = bytearray(draw.choice(seeds))
    for _ in range(draw.randint(1, 4)):
        draw.choice(_MUTATIONS)(data, seeds, draw)
    return bytes(data)


def _flip_bit(data: bytearray, _seeds: list[bytes], draw: Random) -> None:
    if data:
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)


def _set_edge(data: bytearray, _seeds: list[bytes], draw: Random) -> None:
    if data:
        data[draw.randrange(len(data))] = draw.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF))


def _insert(data: bytearray, _seeds: list[bytes], draw: Random) -> None:
    place = draw.randint(0, len(data))
    data[place:place] = draw.randbytes(draw.randint(1, 8))


def _delete(data: bytearray, _seeds: list[bytes], draw: Random) -> None:
    place = draw.randint(0, len(data))
    del data[place : place + draw.randint(1, 8)]


def _repeat(data: bytearray, _seeds: list[bytes], draw: Random) -> None:
    start = draw.randint(0, len(data))
    data[start:start] = data[start : start + draw.randint(1, 32)] * draw.choice((1, 2, 50))


def _cut(data: bytearray, _seeds: list[bytes], draw: Random) -> None:
    del data[draw.randint(0, len(data)) :]


def _splice(data: bytearray, seeds: list[bytes], draw: Random) -> None:
    other = draw.choice(seeds)
    data[draw.randint(0, len(data)) :] = other[draw.randint(0, len(other)) :]


_MUTATIONS: Final = (_flip_bit, _flip_bit, _set_edge, _insert, _delete, _repeat, _cut, _splice)
