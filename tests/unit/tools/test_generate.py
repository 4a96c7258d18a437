from pathlib import Path

import pytest
from msgspec import Struct

from protocol import messages
from protocol.ids import Kind
from tools import generate

ROOT = Path(__file__).resolve().parents[3]


def test_generated_files_are_what_their_sources_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--check"]) == 0, capsys.readouterr().out


def test_no_vector_file_is_without_a_source() -> None:
    assert {file.stem for file in (ROOT / "protocol" / "vectors").iterdir()} == set(generate.VECTORS)


def test_checking_an_empty_folder_names_every_file_and_writes_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert generate.main(["--check"], tmp_path) == 1
    told = capsys.readouterr().out
    assert "core_ext/wire.pxd" in told
    assert "protocol/vectors/sessions.json" in told
    assert list(tmp_path.iterdir()) == []


def test_generating_writes_what_differs_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main([], tmp_path) == 0
    assert generate.main(["--check"], tmp_path) == 0
    spoiled = tmp_path / "protocol" / "vectors" / "pose.json"
    spoiled.write_text("{}", encoding="utf-8")
    assert generate.main(["--check"], tmp_path) == 1
    capsys.readouterr()
    assert generate.main([], tmp_path) == 0
    assert capsys.readouterr().out == "wrote protocol/vectors/pose.json\n"
    assert spoiled.read_text(encoding="utf-8") != "{}"


def test_a_message_changed_without_generating_is_found_in_every_language(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Ack(Struct, frozen=True, forbid_unknown_fields=True):
        """The highest event the client has handled."""

        event: messages.Count
        late: bool = False

    monkeypatch.setitem(messages.CLIENT_MESSAGES, Kind.ACK, Ack)
    assert generate.main(["--check"]) == 1
    told = capsys.readouterr().out
    for path in (
        "protocol/vectors/schema.json",
        "clients/web/src/protocol/generated/messages.ts",
        "clients/unity_stub/Runtime/Core/Generated/Messages.cs",
    ):
        assert f"{path} is not what tools/generate.py writes" in told


def test_what_lost_its_source_is_named_and_then_deleted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    generate.main([], tmp_path)
    left = [
        "clients/unity_stub/Runtime/Core/Generated/Old.cs",
        "clients/unity_stub/Runtime/Core/Generated/Old.cs.meta",
        "clients/unity_stub/Runtime/Core/World/Renamed.cs.meta",
        "clients/web/src/protocol/generated/old.ts",
        "protocol/vectors/old.json",
    ]
    kept = tmp_path / "clients" / "unity_stub" / "Runtime" / "Core" / "World" / "ByHand.cs"
    kept.parent.mkdir(parents=True, exist_ok=True)
    for path in (*(tmp_path / path for path in left), kept):
        path.write_text("", encoding="utf-8")
    capsys.readouterr()
    assert generate.main(["--check"], tmp_path) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{path} has no source any more: run `make generate`" for path in left
    ]
    assert generate.main([], tmp_path) == 0
    assert capsys.readouterr().out.splitlines() == [f"deleted {path}" for path in left]
    assert not any((tmp_path / path).exists() for path in left)
    assert kept.exists()
    assert generate.main(["--check"], tmp_path) == 0


def test_a_generated_class_without_a_source_has_no_meta_file_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    generate.main([], tmp_path)
    old = tmp_path / generate.CSHARP / "Old.cs"
    old.write_text("", encoding="utf-8")
    assert f"{generate.CSHARP}/Old.cs.meta" not in generate.outputs()
    assert f"{generate.CSHARP}/Messages.cs.meta" in generate.outputs()
