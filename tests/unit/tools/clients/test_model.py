import dataclasses
from typing import Any

import msgspec
import pytest

from protocol.ids import Kind
from protocol.messages import CLIENT_MESSAGES, SERVER_MESSAGES
from protocol.reference_hand import FINGERS
from tools.clients import csharp, csharp_messages, model, typescript
from tools.clients.model import Array, Binary, Choice, Integer, Plain, Reference, Text, build_model

MODEL = build_model()
STRUCTS = {struct.name: struct for struct in MODEL.structs}


def fields_of(name: str) -> dict[str, model.Field]:
    return {field.key: field for field in STRUCTS[name].fields}


def test_every_message_and_every_body_is_there() -> None:
    assert set(MODEL.client) == set(CLIENT_MESSAGES)
    assert set(MODEL.server) == set(SERVER_MESSAGES)
    assert MODEL.operations["chat", "say"] == "Say"
    assert MODEL.events["presence", "roster"] == "Roster"
    assert {"AvatarFacts", "ObjectFacts", "Person", "RoomDescription"} <= set(STRUCTS)


def test_types_carry_their_limits() -> None:
    welcome, hello = fields_of("Welcome"), fields_of("Hello")
    assert welcome["entity"].type == Integer(1, 2**32 - 1)
    assert welcome["room"].type == Reference("RoomDescription")
    assert hello["schema"].type == Text(64)
    assert (hello["ages"].required, hello["ages"].default) == (False, False)
    assert fields_of("Operation")["op"].type == Binary(16)
    assert fields_of("Correction")["reason"].type == Choice(("bounds", "speed"))
    assert fields_of("Spawn")["position"].type == Array(Plain("float"), 3)
    assert fields_of("Changed")["left"].type == Array(Integer(1, 2**32 - 1))


def test_a_struct_comes_after_those_it_needs() -> None:
    order = list(STRUCTS)
    assert order.index("ZoneDescription") < order.index("RoomDescription") < order.index("Welcome")


def test_a_type_without_a_word_is_refused() -> None:
    with pytest.raises(TypeError, match="no client has a word"):
        model._type(msgspec.inspect.type_info(set[int]), {})
    not_a_struct: Any = int
    with pytest.raises(TypeError, match="not a struct"):
        model._collect(not_a_struct, {})


def test_both_languages_know_every_constant_and_kind() -> None:
    names = model.constants()
    for text in (typescript.render_constants(), csharp.render_constants()):
        assert all(str(value) in text for value in names.values())
        assert all(model.camel(kind.name) in text for kind in Kind)
    assert "export const MESSAGE_BYTES_MAX = 65536;" in typescript.render_constants()
    assert "public const int MessageBytesMax = 65536;" in csharp.render_constants()


@pytest.mark.parametrize("name", list(STRUCTS))
def test_both_languages_have_every_struct_with_every_key(name: str) -> None:
    typed, sharp = typescript.render_messages(), csharp_messages.render_messages()
    assert f"public static {name} Read(IMapReader reader)" in sharp
    for key in fields_of(name):
        assert f'{{ key: "{key}", type: ' in typed
        assert f'case "{key}":' in sharp


def test_a_member_of_csharp_is_never_named_as_its_class() -> None:
    assert "public long EventNumber;" in csharp_messages.render_messages()


def test_every_result_with_a_body_is_read_in_both_languages() -> None:
    sharp, typed = csharp_messages.render_messages(), typescript.render_messages()
    assert MODEL.results["props", "grab"] == "Truth"
    for (feature, name), struct in MODEL.results.items():
        assert f'case "{feature}.{name}":\n                    return {struct}.Read(reader);' in sharp
    assert "RESULT_SCHEMAS" in typed


def test_csharp_has_numbers_to_the_last_digit_and_texts_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    finger = dataclasses.replace(FINGERS[0], root=(0.123456789, -12345.678, 3.0))
    monkeypatch.setattr(csharp, "FINGERS", (finger,))
    monkeypatch.setattr(csharp, "JOINTS", ('a "quoted" \\ joint',))
    monkeypatch.setattr(csharp, "words", lambda: {"WORLD_PATH": '/"world"'})
    tables = csharp.render_tables()
    assert "new double[] {0.123456789, -12345.678, 3.0}" in tables
    assert '            "a \\"quoted\\" \\\\ joint",' in tables
    assert 'WorldPath = "/\\"world\\"";' in csharp.render_constants()
