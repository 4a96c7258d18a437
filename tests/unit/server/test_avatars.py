"""Looks that are files: which a facility offers, and why it does not offer the others."""

from __future__ import annotations

import copy
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from server import avatars
from server.avatars import Avatar, is_file_look, read_avatar, read_avatars
from server.config import SAMPLE_FACILITY
from server.errors import ConfigError
from tests.support.vrm import GOOD, HUMANOID, META, glb, vrm, write_vrm

if TYPE_CHECKING:
    from pathlib import Path


def reason(file: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        read_avatar(file)
    assert "\n" not in caught.value.detail
    return f"{caught.value.key}: expected {caught.value.expected}, got {caught.value.got}"


def changed(**keys: object) -> bytes:
    return glb(copy.deepcopy(GOOD) | keys)


def test_a_good_file_says_what_it_is_and_whom_it_is_owed_to(tmp_path: Path) -> None:
    assert read_avatar(write_vrm(tmp_path, "vrm-tiny", vrm(otherLicenseUrl="https://example.org/other"))) == Avatar(
        name="vrm-tiny",
        title="Tiny",
        authors=("A. Modeller",),
        licence="https://vrm.dev/licenses/1.0/",
        other_licence="https://example.org/other",
        credit_required=True,
    )


def test_a_credit_is_required_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    assert read_avatar(write_vrm(tmp_path, "vrm-a", vrm(creditNotation=None))).credit_required
    assert not read_avatar(write_vrm(tmp_path, "vrm-b", vrm(creditNotation="unnecessary"))).credit_required


def test_the_samples_own_look_is_offered_and_owes_nothing() -> None:
    found = read_avatars(SAMPLE_FACILITY.parent / "avatars")
    assert found.refused == ()
    (robin,) = found.offered.values()
    assert (robin.name, robin.title, robin.credit_required) == ("vrm-robin", "Robin", False)


@pytest.mark.parametrize(
    ("meta", "why"),
    [
        ({"avatarPermission": "onlyAuthor"}, "meta.avatarPermission: expected everyone, got onlyAuthor"),
        ({"avatarPermission": None}, "meta.avatarPermission: expected everyone, got onlyAuthor"),
        (
            {"avatarPermission": "onlySeparatelyLicensedPerson"},
            "meta.avatarPermission: expected everyone, got onlySeparatelyLicensedPerson",
        ),
        ({"commercialUsage": "personalProfit"}, "meta.commercialUsage: expected corporation, got personalProfit"),
        ({"commercialUsage": None}, "meta.commercialUsage: expected corporation, got personalNonProfit"),
        ({"allowRedistribution": False}, "meta.allowRedistribution: expected true, got false"),
        ({"allowRedistribution": None}, "meta.allowRedistribution: expected true, got false"),
    ],
)
def test_a_licence_that_forbids_the_use_is_kept_to(tmp_path: Path, meta: dict[str, object], why: str) -> None:
    assert reason(write_vrm(tmp_path, "vrm-tiny", vrm(**meta))) == why


@pytest.mark.parametrize(
    "meta",
    [
        {"avatarPermission": "disallowed"},
        {"name": None},
        {"name": ""},
        {"name": "x" * 257},
        {"authors": None},
        {"authors": []},
        {"authors": "Me"},
        {"licenseUrl": None},
        {"licenseUrl": "javascript:alert(1)"},
        {"otherLicenseUrl": "data:text/html,x"},
        {"creditNotation": "maybe"},
    ],
)
def test_a_meta_that_is_not_vrm_1_is_not_offered(tmp_path: Path, meta: dict[str, object]) -> None:
    assert reason(write_vrm(tmp_path, "vrm-tiny", vrm(**meta))).startswith("JSON: expected VRM 1.0, got ")


OLD: dict[str, Any] = {"asset": {"version": "2.0"}, "extensions": {"VRM": {"meta": {"allowedUserName": "Everyone"}}}}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "header: expected a binary glTF of 20 bytes or more, got 0 bytes"),
        (b"PK\3\4" + bytes(40), "header: expected glTF, version 2, got b'PK\\x03\\x04', version 0"),
        (vrm()[:-1], f"header: expected the file's length {len(vrm()) - 1}, got {len(vrm())}"),
        (glb({"asset": {"version": "2.0"}}), "extensions.VRMC_vrm: expected VRM 1.0, got no VRM"),
        (glb(OLD), "extensions.VRMC_vrm: expected VRM 1.0, got VRM 0.x"),
        (changed(asset={"version": "1.0"}), "asset.version: expected 2.x, got '1.0'"),
        (
            changed(extensions={"VRMC_vrm": {"specVersion": "2.0", "meta": META, "humanoid": HUMANOID}}),
            "specVersion: expected 1.x, got '2.0'",
        ),
        (changed(nodes=[{"mesh": 0}] * 9), "meshes: expected at most 8 draw calls, got more"),
        (
            changed(accessors=[{"count": 3}, {"count": 120_003}]),
            "meshes: expected at most 40000 triangles, got 40001",
        ),
        (changed(nodes=[{"mesh": 1}]), "meshes: expected meshes and accessors that are there, got others"),
        (changed(accessors=[]), "meshes: expected meshes and accessors that are there, got others"),
        (changed(nodes=[{"name": "hips"}]), "meshes: expected something to draw, got nothing"),
    ],
)
def test_a_broken_old_or_heavy_file_is_not_offered(tmp_path: Path, data: bytes, why: str) -> None:
    assert reason(write_vrm(tmp_path, "vrm-tiny", data)) == why


def test_json_that_is_none_is_not_offered(tmp_path: Path) -> None:
    for text in ("[]", "{", '{"asset": "\udcff"}', "[" * 100_000):
        data = vrm()[:20].replace(vrm()[8:12], b"")
        body = text.encode("utf-8", "surrogateescape")
        body += b" " * (-len(body) % 4)
        data = b"glTF" + (2).to_bytes(4, "little") + (20 + len(body)).to_bytes(4, "little")
        data += len(body).to_bytes(4, "little") + b"JSON" + body
        assert reason(write_vrm(tmp_path, "vrm-tiny", data)).startswith("JSON: expected VRM 1.0, got ")


def test_a_mesh_drawn_a_million_times_costs_no_million_of_anything(tmp_path: Path) -> None:
    primitives = [{"attributes": {"POSITION": 0}}] * 1000
    file = write_vrm(tmp_path, "vrm-tiny", changed(nodes=[{"mesh": 0}] * 10_000, meshes=[{"primitives": primitives}]))
    tracemalloc.start()
    why = reason(file)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert why == "meshes: expected at most 8 draw calls, got more"
    assert most < 32 * 2**20


def test_a_figure_without_bones_is_not_offered(tmp_path: Path) -> None:
    data = changed(extensions={"VRMC_vrm": {"specVersion": "1.0", "meta": META}})
    assert "humanoid" in reason(write_vrm(tmp_path, "vrm-tiny", data))


@pytest.mark.parametrize("words", [" ", "a\x00b", "\u202eevil", "two\nlines"])
def test_a_title_or_author_that_nobody_can_read_is_not_offered(tmp_path: Path, words: str) -> None:
    assert "Expected str matching regex" in reason(write_vrm(tmp_path, "vrm-tiny", vrm(name=words)))
    assert "Expected str matching regex" in reason(write_vrm(tmp_path, "vrm-tiny", vrm(authors=[words])))


def test_a_licence_has_an_address_on_one_line(tmp_path: Path) -> None:
    assert "regex" in reason(write_vrm(tmp_path, "vrm-tiny", vrm(licenseUrl="https://x/\n")))


def test_a_file_over_the_size_is_not_even_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write_vrm(tmp_path, "vrm-tiny", vrm())
    monkeypatch.setattr(avatars, "BYTES_MAX", file.stat().st_size - 1)
    assert reason(file).startswith("size: expected at most ")


@pytest.mark.parametrize(
    "name", ["nurse.vrm", "vrm-.vrm", "vrm-Nurse.vrm", "vrm-a b.vrm", "vrm-" + "x" * 29 + ".vrm", "vrm-x.VRM"]
)
def test_a_name_that_no_ticket_takes_is_not_offered(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(vrm())
    found = read_avatars(tmp_path)
    assert not found.offered
    assert [refused.file for refused in found.refused] == [name]


def test_a_folder_offers_what_it_may_and_tells_of_the_rest(tmp_path: Path) -> None:
    write_vrm(tmp_path, "vrm-b", vrm())
    write_vrm(tmp_path, "vrm-a", vrm(name="First"))
    write_vrm(tmp_path, "vrm-kept", vrm(avatarPermission="onlyAuthor"))
    (tmp_path / "vrm-folder.vrm").mkdir()
    (tmp_path / "README.md").write_text("ours")
    found = read_avatars(tmp_path)
    assert list(found.offered) == ["vrm-a", "vrm-b"]
    assert [refused.file for refused in found.refused] == ["vrm-folder.vrm", "vrm-kept.vrm"]


def test_without_a_folder_there_are_none() -> None:
    assert read_avatars(None).offered == {}


def test_a_look_is_a_file_by_its_name() -> None:
    assert is_file_look("vrm-robin")
    assert not is_file_look("plain")
