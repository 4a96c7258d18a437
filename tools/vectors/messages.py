"""messages.json: the msgpack messages and what is wrong with others."""

import struct
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from protocol import codec
from protocol.features import (
    Away,
    Ending,
    Grab,
    Hidden,
    Move,
    Mute,
    Muted,
    Offer,
    Put,
    Remove,
    Truth,
    Unmute,
    Wanted,
    Warned,
)
from protocol.ids import CloseCode, Kind
from protocol.messages import (
    Ack,
    AvatarFacts,
    Budget,
    Bye,
    Clock,
    ClockReply,
    Correction,
    Event,
    Facts,
    Hello,
    Message,
    ObjectFacts,
    Operation,
    Refresh,
    Refreshed,
    Result,
    Resume,
    RoomDescription,
    Spawn,
    Welcome,
    ZoneDescription,
)
from protocol.schema import SCHEMA_HASH
from tools.vectors.layout import Vector, VectorFile, body_json

OP: Final = bytes(range(16))
LONG_NUMBER: Final = 2**53 - 1
ROOM: Final = RoomDescription(
    id="consult-2",
    type="consult",
    name="Consultation 2",
    scene="v1/scenes/consult.gltf",
    tick_hz=60,
    bounds=((-4.0, 0.0, -3.0), (4.0, 3.0, 3.0)),
    visible=8,
    zones=(ZoneDescription(name="couch", box=((1.0, 0.0, -3.0), (4.0, 3.0, 0.0)), private=True),),
    features=("presence", "chat"),
)
WELCOME: Final = Welcome(
    session="s-1",
    entity=77,
    resumed=False,
    resume_token="r-1",  # noqa: S106 - of nobody
    resume_seconds=60.0,
    event=0,
    room=ROOM,
    tick=1000,
    time=50_000,
    spawn=Spawn(position=(0.5, 0.0, 2.0), yaw=1.5),
)
GRIP: Final = (20, -35, -110, 1, -12, 400, 7)
GRAB: Final = Grab(prop=900, hand="right", grip=GRIP, ownership=3)
PUT: Final = Put(prop=900, position=(-1200, 850, 40), rotation=(3, 0, -400, 0), ownership=4)
MOVE: Final = Move(
    prop=900, position=(8_388_607, 0, -8_388_607), rotation=(0, 1, 2, 3), ownership=5, authority=2**32 - 1
)
TRUTH: Final = Truth(
    prop=900,
    holder=77,
    hand="left",
    grip=GRIP,
    ownership=4,
    authority=9,
    offered=False,
    position=(-1200, 1010, 40),
    rotation=(3, 0, 0, 0),
)


def as_body(struct: Struct) -> dict[str, Any]:
    """Give a body as the map that it is on the wire."""
    return codec.unpack_map(codec.pack(struct))


CLIENT_MESSAGES: Final[dict[str, Message]] = {
    "hello": Hello(version=1, schema=SCHEMA_HASH, ticket="eyJ.t.s", client="web 0.1"),
    "hello_with_ages": Hello(version=1, schema=SCHEMA_HASH, ticket="eyJ.t.s", client="bot", ages=True),
    "hello_of_another_version_is_well_formed": Hello(version=2, schema="0" * 16, ticket="", client=""),
    "hello_with_the_longest_texts": Hello(version=1, schema="s" * 64, ticket="t" * 2048, client="é" * 64),
    "resume": Resume(version=1, schema=SCHEMA_HASH, token="r-1", last_event=41),  # noqa: S106 - of nobody
    "resume_from_the_start": Resume(version=1, schema=SCHEMA_HASH, token="r" * 128, last_event=0, ages=True),
    "resume_of_a_locked_session": Resume(
        version=1,
        schema=SCHEMA_HASH,
        token="r-1",  # noqa: S106 - of nobody
        last_event=41,
        ticket="eyJ.t.s",
    ),
    "ack": Ack(event=7),
    "ack_of_nothing": Ack(event=0),
    "ack_of_the_greatest": Ack(event=LONG_NUMBER),
    "operation": Operation(op=OP, feature="chat", type="say", body={"text": "Good morning"}),
    "operation_with_an_empty_body": Operation(op=bytes(16), feature="f" * 32, type="t" * 32, body={}),
    "operation_as_deep_as_can_be": Operation(
        op=OP, feature="x", type="y", body={"a": [[[[[[1, None, True, b"\0\xff", "ß"]]]]]]}
    ),
    "grab": Operation(op=OP, feature="props", type="grab", body=as_body(GRAB)),
    "put": Operation(op=OP, feature="props", type="put", body=as_body(PUT)),
    "offer": Operation(op=OP, feature="props", type="offer", body=as_body(Offer(prop=900, offered=True))),
    "move": Operation(op=OP, feature="props", type="move", body=as_body(MOVE)),
    "remove": Operation(
        op=OP, feature="moderation", type="remove", body=as_body(Remove(entity=77, reason="disturbing"))
    ),
    "mute": Operation(op=OP, feature="moderation", type="mute", body=as_body(Mute(entity=77))),
    "unmute": Operation(op=OP, feature="moderation", type="unmute", body=as_body(Unmute(entity=77))),
    "here": Operation(op=OP, feature="safety", type="here", body={}),
    "away": Operation(op=OP, feature="safety", type="away", body=as_body(Away(away=True))),
    "clock": Clock(sent=123456.789),
    "bye": Bye(),
    "budget_of_the_least": Budget(kbits=8),
    "budget_lifted": Budget(kbits=1_000_000),
    "refresh": Refresh(ticket="eyJ.t.t"),
}
SERVER_MESSAGES: Final[dict[str, Message]] = {
    "welcome": WELCOME,
    "welcome_that_ends": replace(WELCOME, expires_in=299.5),
    "welcome_with_rights": replace(WELCOME, rights=("join", "speak", "chat")),
    "event": Event(event=1, feature="chat", type="said", body={"entity": 77, "name": "Ann", "text": "Hi", "time": 5}),
    "result_ok": Result(op=OP, ok=True),
    "result_with_a_body": Result(op=OP, ok=True, body={"id": 3}),
    "result_refused": Result(op=OP, ok=False, code="too_long", detail="600 characters, at most 500"),
    "result_stale": Result(op=OP, ok=False, code="stale", detail="it changed hands since", body=as_body(TRUTH)),
    "wanted": Event(event=2, feature="props", type="wanted", body=as_body(Wanted(prop=900, entity=78, name="Bo"))),
    "muted": Event(event=3, feature="moderation", type="muted", body=as_body(Muted(entity=77, muted=True))),
    "hidden": Event(event=5, feature="consent", type="hidden", body=as_body(Hidden(entities=(77, 78)))),
    "ending": Event(event=6, feature="consent", type="ending", body=as_body(Ending(seconds=30.0))),
    "warned": Event(event=4, feature="safety", type="warned", body=as_body(Warned(seconds=60.0))),
    "refreshed": Refreshed(expires_in=299.5),
    "refreshed_for_good": Refreshed(expires_in=0.0),
    "clock_reply": ClockReply(sent=123456.789, time=2**32 - 1),
    "correction_bounds": Correction(sequence=65_535, position=(4000, 1600, -3000), reason="bounds"),
    "correction_speed": Correction(sequence=0, position=(0, 0, 0), reason="speed"),
}
HELD_FACTS: Final = ObjectFacts(
    kind="prop",
    name="Tablet",
    model="tablet",
    grabbable=True,
    holder=77,
    hand="left",
    grip=GRIP,
    ownership=4,
    authority=10,
    offered=True,
)
FACTS: Final[dict[str, Facts]] = {
    "avatar": AvatarFacts(kind="avatar", name="Ann", role="clinician", avatar="coat-1"),
    "prop": ObjectFacts(kind="prop", name="crash cart", model="props/cart.glb"),
    "panel": ObjectFacts(kind="panel", name="X-ray", model="panels/a4"),
    "prop_to_be_grabbed": ObjectFacts(kind="prop", name="Tablet", model="tablet", grabbable=True),
    "prop_in_a_hand": replace(HELD_FACTS, offered=False),
    "prop_that_is_offered": HELD_FACTS,
    "prop_put_down": replace(HELD_FACTS, holder=0, hand="", grip=(), ownership=5, authority=11, offered=False),
}
# Well formed, though this project's encoder would write it otherwise: (what, message).
UNUSUAL: Final[tuple[tuple[str, bytes], ...]] = (
    ("keys_in_another_order", b"\x02" + b"\x84\xaalast_event\x01\xa5token\xa1r\xa6schema\xa1s\xa7version\x01"),
    (
        "an_optional_key_spelt_out",
        codec.encode(CLIENT_MESSAGES["resume"]).replace(b"\x02\x84", b"\x02\x85", 1) + b"\xa4ages\xc2",
    ),
    ("an_integer_for_a_float", b"\x05\x81\xa4sent\x07"),
    ("a_float_of_32_bits", b"\x05\x81\xa4sent\xca\x3f\xc0\x00\x00"),
    ("an_integer_in_its_longest_form", b"\x03\x81\xa5event\xcf\0\0\0\0\0\0\0\x07"),
    ("a_map_and_a_string_in_longer_forms", b"\x03\xdf\0\0\0\x01\xda\0\x05event\x07"),
    ("an_empty_map_in_its_longest_form", b"\x06\xdf\0\0\0\0"),
)


def messages_file() -> VectorFile:
    """Build messages.json."""
    return {
        "about": "msgpack messages: section 3.",
        "valid": [
            *(_valid(name, "client", codec.encode(message)) for name, message in CLIENT_MESSAGES.items()),
            *(_valid(name, "client", data, canonical=False) for name, data in UNUSUAL),
            *(_valid(name, "server", codec.encode(message)) for name, message in SERVER_MESSAGES.items()),
        ],
        "invalid": _invalid(),
        "facts": [
            {"name": name, "hex": codec.encode_facts(facts).hex(), "body": body_json(facts)}
            for name, facts in FACTS.items()
        ],
    }


def raw(kind: Kind, body: object) -> bytes:
    """Lay out what the declared types would not let through."""
    return bytes((kind,)) + codec.pack(body)


def _valid(name: str, sender: str, data: bytes, *, canonical: bool = True) -> Vector:
    body = codec.unpack_map(data[1:])
    return {
        "name": name,
        "from": sender,
        "kind": data[0],
        "hex": data.hex(),
        "body": body_json(body),
        "canonical": canonical,
    }


def _hello(**changes: object) -> bytes:
    hello: dict[str, object] = {"version": 1, "schema": "s", "ticket": "t", "client": "c"}
    kept = {key: value for key, value in (hello | changes).items() if value is not ...}
    return raw(Kind.HELLO, kept)


def _operation(**changes: object) -> bytes:
    return raw(Kind.OPERATION, {"op": OP, "feature": "chat", "type": "say", "body": {"text": "a"}} | changes)


def _sent(value: bytes) -> bytes:
    """Make a `clock` whose `sent` is these raw bytes."""
    return b"\x05\x81\xa4sent" + value


def _invalid() -> list[Vector]:
    cases = {**_invalid_kinds(), **_invalid_msgpack(), **_invalid_declared()}
    client = [
        {"name": name, "from": "client", "hex": data.hex(), "close": int(CloseCode.MALFORMED), "reason": reason}
        for name, (data, reason) in cases.items()
    ]
    server = [
        {"name": name, "from": "server", "hex": data.hex(), "close": int(CloseCode.MALFORMED), "reason": reason}
        for name, (data, reason) in _invalid_from_server().items()
    ]
    return [*client, *server]


def _invalid_kinds() -> dict[str, tuple[bytes, str]]:
    return {
        "empty_message": (b"", "the message is empty"),
        "kind_zero": (b"\0\x80", "unknown kind"),
        "kind_unknown": (b"\x07\x80", "unknown kind"),
        "kind_of_the_server": (codec.encode(SERVER_MESSAGES["event"]), "a kind only the server sends"),
        "kind_without_a_body": (b"\x06", "not msgpack: cut short"),
    }


def _invalid_msgpack() -> dict[str, tuple[bytes, str]]:
    nested = b"\x91" * 8 + b"\x01"
    return {
        "body_is_an_array": (b"\x06\x90", "the body is not a map"),
        "body_is_nil": (b"\x06\xc0", "the body is not a map"),
        "byte_after_the_map": (b"\x06\x80\0", "bytes after the map"),
        "map_cut_short": (codec.encode(Ack(event=1))[:-1], "not msgpack: cut short"),
        "byte_c1": (_sent(b"\xc1"), "not msgpack: 0xc1"),
        "extension": (_sent(b"\xd4\x01\x00"), "extension type"),
        "extension_without_data": (_sent(b"\xc7\x00\x01"), "extension type"),
        "timestamp": (_sent(b"\xd6\xff\0\0\0\x01"), "extension type"),
        "depth_9": (
            raw(Kind.OPERATION, {"op": OP, "feature": "x", "type": "y"})[:1]
            + b"\x84\xa2op\xc4\x10"
            + OP
            + b"\xa7feature\xa1x\xa4type\xa1y\xa4body\x81\xa1a"
            + b"\x91" * 7
            + b"\x01",
            "deeper than 8",
        ),
        "depth_9_where_a_number_belongs": (_sent(nested), "deeper than 8"),
        "map_of_257_entries": (_operation(body={str(number): 0 for number in range(257)}), "more than 256 entries"),
        "array_of_257_entries": (_operation(body={"a": [0] * 257}), "more than 256 entries"),
        "array_that_promises_4_billion": (_sent(b"\xdd\xff\xff\xff\xff"), "more than 256 entries"),
        "string_not_utf_8": (b"\x05\x81\xa4\xff\xfe\xfd\xfc\x01", "a string is not UTF-8"),
        "string_with_a_surrogate": (
            _operation(type=0).replace(b"\xa4type\0", b"\xa4type\xa3\xed\xa0\x80"),
            "not UTF-8",
        ),
        "key_is_a_number": (b"\x05\x81\x01\x01", "a key is not a string"),
        "key_is_binary": (b"\x05\x81\xc4\x04sent\x01", "a key is not a string"),
        "key_twice": (b"\x05\x82\xa4sent\x01\xa4sent\x02", "a key twice"),
        "key_twice_inside_a_body": (
            _operation(body=0).replace(b"\xa4body\0", b"\xa4body\x82\xa1a\1\xa1a\2"),
            "a key twice",
        ),
        "nan": (_sent(b"\xcb" + struct.pack(">d", float("nan"))), "a float is not finite"),
        "infinity": (_sent(b"\xcb" + struct.pack(">d", float("inf"))), "a float is not finite"),
        "minus_infinity_of_32_bits": (_sent(b"\xca" + struct.pack(">f", float("-inf"))), "a float is not finite"),
        "nan_inside_a_body": (_operation(body={"x": [float("nan")]}), "a float is not finite"),
    }


def _invalid_declared() -> dict[str, tuple[bytes, str]]:
    return {
        "key_missing": (_hello(client=...), "a key is missing"),
        "key_unknown": (_hello(extra=1), "a key is unknown"),
        "bye_with_a_key": (raw(Kind.BYE, {"why": "tired"}), "a key is unknown"),
        "version_is_a_string": (_hello(version="1"), "type"),
        "version_is_a_float": (_hello(version=1.0), "type: a float is no integer"),
        "version_is_a_boolean": (_hello(version=True), "type: a boolean is no number"),
        "version_is_nil": (_hello(version=None), "type: nil is no value"),
        "ages_is_a_number": (_hello(ages=1), "type: a number is no boolean"),
        "ages_is_nil": (_hello(ages=None), "type: nil is no missing key"),
        "ticket_is_binary": (_hello(ticket=b"t"), "type: binary is no string"),
        "schema_too_long": (_hello(schema="s" * 65), "more than 64 characters"),
        "ticket_too_long": (_hello(ticket="t" * 2049), "more than 2048 characters"),
        "client_too_long": (_hello(client="c" * 65), "more than 64 characters"),
        "token_too_long": (
            raw(Kind.RESUME, {"version": 1, "schema": "s", "token": "t" * 129, "last_event": 0}),
            "more than 128 characters",
        ),
        "last_event_negative": (
            raw(Kind.RESUME, {"version": 1, "schema": "s", "token": "t", "last_event": -1}),
            "below 0",
        ),
        "ack_negative": (raw(Kind.ACK, {"event": -1}), "below 0"),
        "ack_beyond_2_to_53": (raw(Kind.ACK, {"event": 2**53}), "beyond 2^53 - 1"),
        "ack_is_a_float": (raw(Kind.ACK, {"event": 1.0}), "type: a float is no integer"),
        "op_too_short": (_operation(op=OP[:15]), "not 16 bytes"),
        "op_too_long": (_operation(op=OP + b"\0"), "not 16 bytes"),
        "op_is_a_string": (_operation(op="0" * 16), "type: a string is no binary"),
        "feature_too_long": (_operation(feature="f" * 33), "more than 32 characters"),
        "type_too_long": (_operation(type="t" * 33), "more than 32 characters"),
        "body_is_an_array_in_an_operation": (_operation(body=[]), "type"),
        "sent_is_a_string": (raw(Kind.CLOCK, {"sent": "1"}), "type"),
        "sent_is_a_boolean": (raw(Kind.CLOCK, {"sent": False}), "type: a boolean is no number"),
    }


def _invalid_from_server() -> dict[str, tuple[bytes, str]]:
    event = {"event": 1, "feature": "chat", "type": "said", "body": {}}
    correction = {"sequence": 1, "position": [1, 2, 3], "reason": "speed"}
    return {
        "kind_of_the_client": (codec.encode(Bye()), "a kind only the client sends"),
        "event_zero": (raw(Kind.EVENT, event | {"event": 0}), "below 1"),
        "correction_with_two_coordinates": (raw(Kind.CORRECTION, correction | {"position": [1, 2]}), "length"),
        "correction_in_fractions": (raw(Kind.CORRECTION, correction | {"position": [1.5, 2, 3]}), "type"),
        "correction_for_an_unknown_reason": (raw(Kind.CORRECTION, correction | {"reason": "mood"}), "value"),
        "correction_of_a_sequence_beyond_u16": (raw(Kind.CORRECTION, correction | {"sequence": 65_536}), "range"),
        "clock_reply_beyond_u32": (raw(Kind.CLOCK_REPLY, {"sent": 1.0, "time": 2**32}), "range"),
        "result_with_a_short_op": (raw(Kind.RESULT, {"op": b"1", "ok": True}), "not 16 bytes"),
    }
