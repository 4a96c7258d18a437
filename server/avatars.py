"""Looks that are files: the VRM 1.0 files of a facility's avatar folder, and which of them may be worn by everybody.

Only the JSON of a file is looked at, never its geometry. A file is offered if it is a VRM 1.0 that a headset can draw
and whose licence lets anybody wear it in an organisation, and lets the server hand it to whoever asks. What a licence
leaves out has the standard's strictest meaning (VRMC_vrm 1.0, `meta.schema.json`). A file that is not offered keeps
nobody from starting: the reason is told, and whoever wore that look has another one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from server.errors import ConfigError
from server.glb import json_chunk

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SUFFIX: Final = ".vrm"
PREFIX: Final = "vrm-"
"""Of the names of looks that are files: what clients draw themselves is never called so."""

BYTES_MAX: Final = 24 * 1024 * 1024
TRIANGLES_MAX: Final = 40_000
DRAW_CALLS_MAX: Final = 8
"""What a standalone headset can be asked to load and draw for one person; the web client holds files to the same."""

_LOOK: Final = re.compile(r"vrm-[a-z0-9-]{1,28}")
"""A look's name as tickets take it, at most 32 characters."""

Words = Annotated[
    str,
    Meta(
        pattern=r"\A(?=.*\S)[^\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]+\Z",
        max_length=256,
    ),
]
"""Something to read on one line: no control characters, and none that turn the direction of what follows."""
Address = Annotated[str, Meta(pattern=r"\Ahttps?://[^\s\"<>]+\Z", max_length=1024)]
Index = Annotated[int, Meta(ge=0)]


class Avatar(Struct, frozen=True, kw_only=True):
    """A look that is offered, and whom it is owed to."""

    name: str
    """The look, as tickets and facts say it."""
    title: str
    """What its author calls it."""
    authors: tuple[str, ...]
    """Who made it, at least one."""
    licence: str
    """The address of its licence."""
    other_licence: str | None
    """The address of another one it is given under as well."""
    credit_required: bool
    """Whether its authors are to be named where it is worn."""


class Refused(Struct, frozen=True):
    """A file that is not offered."""

    file: str
    """Its name in the folder."""
    reason: str
    """One line for the operator."""


@dataclass(frozen=True, slots=True)
class Avatars:
    """What a facility's avatar folder holds."""

    folder: Path | None = None
    """Where the files are; None where there is no such folder."""
    offered: Mapping[str, Avatar] = field(default_factory=dict)
    """By look, in the order of their names."""
    refused: tuple[Refused, ...] = ()


def is_file_look(look: str) -> bool:
    """Whether a look is a file of the facility's: others are for clients to know."""
    return look.startswith(PREFIX)


def read_avatars(folder: Path | None) -> Avatars:
    """Look through a folder once. Files of other types are passed over."""
    if folder is None:
        return Avatars()
    offered: dict[str, Avatar] = {}
    refused: list[Refused] = []
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() != SUFFIX:
            continue
        try:
            offered[file.stem] = read_avatar(file)
        except ConfigError as error:
            refused.append(Refused(file.name, f"{error.key}: expected {error.expected}, got {error.got}"))
    return Avatars(folder, offered, tuple(refused))


# The part of VRM 1.0 and glTF that is read. What else stands in a file is not looked at. ------------------------------


class _Meta(Struct, rename="camel"):
    name: Words
    authors: Annotated[tuple[Words, ...], Meta(min_length=1, max_length=16)]
    license_url: Address
    other_license_url: Address | None = None
    avatar_permission: Literal["onlyAuthor", "onlySeparatelyLicensedPerson", "everyone"] = "onlyAuthor"
    commercial_usage: Literal["personalNonProfit", "personalProfit", "corporation"] = "personalNonProfit"
    credit_notation: Literal["required", "unnecessary"] = "required"
    allow_redistribution: bool = False


class _Bone(Struct):
    node: Index


class _Humanoid(Struct, rename="camel"):
    human_bones: dict[str, _Bone]


class _Vrm(Struct, rename="camel"):
    spec_version: str
    meta: _Meta
    humanoid: _Humanoid


class _Extensions(Struct):
    VRMC_vrm: _Vrm | None = None
    VRM: dict[str, object] | None = None


class _Accessor(Struct):
    count: Index


class _Primitive(Struct):
    attributes: dict[str, Index]
    indices: Index | None = None


class _Mesh(Struct):
    primitives: list[_Primitive]


class _Node(Struct):
    mesh: Index | None = None


class _Asset(Struct):
    version: str


class _Document(Struct):
    asset: _Asset
    nodes: list[_Node] = []
    meshes: list[_Mesh] = []
    accessors: list[_Accessor] = []
    extensions: _Extensions = msgspec.field(default_factory=_Extensions)


_DECODER: Final = msgspec.json.Decoder(_Document)


def read_avatar(file: Path) -> Avatar:
    """Read who made a VRM 1.0 file and what its licence allows.

    Raises `ConfigError` for one that is not to be offered: what is wrong with it, or what its licence forbids.
    """
    document = _document(file)
    vrm = document.extensions.VRMC_vrm
    if vrm is None:
        old = document.extensions.VRM is not None
        raise ConfigError(str(file), "extensions.VRMC_vrm", "VRM 1.0", "VRM 0.x" if old else "no VRM")
    if not vrm.spec_version.startswith("1."):
        raise ConfigError(str(file), "specVersion", "1.x", repr(vrm.spec_version[:16]))
    _check_weight(file, document)
    _check_licence(file, vrm.meta)
    return Avatar(
        name=file.stem,
        title=vrm.meta.name,
        authors=vrm.meta.authors,
        licence=vrm.meta.license_url,
        other_licence=vrm.meta.other_license_url,
        credit_required=vrm.meta.credit_notation == "required",
    )


def _document(file: Path) -> _Document:
    if file.suffix != SUFFIX or _LOOK.fullmatch(file.stem) is None:
        raise ConfigError(str(file), "name", "vrm-NAME.vrm in small letters, digits and hyphens", repr(file.name))
    try:
        size = file.stat().st_size
        if size > BYTES_MAX:
            raise ConfigError(str(file), "size", f"at most {BYTES_MAX} bytes", str(size))
        text = json_chunk(file, file.read_bytes())
    except OSError as error:
        raise ConfigError(str(file), "file", "one that can be read", str(error.strerror)) from None
    try:
        document = _DECODER.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(str(file), "JSON", "VRM 1.0", str(error).replace("`", "")) from None
    if not document.asset.version.startswith("2."):
        raise ConfigError(str(file), "asset.version", "2.x", repr(document.asset.version[:16]))
    return document


def _check_weight(file: Path, document: _Document) -> None:
    try:
        drawn = (document.meshes[node.mesh].primitives for node in document.nodes if node.mesh is not None)
        # A mesh may be drawn by any number of nodes: one beyond what is let through says enough.
        primitives = list(islice(chain.from_iterable(drawn), DRAW_CALLS_MAX + 1))
        corners = sum(
            document.accessors[each.attributes["POSITION"] if each.indices is None else each.indices].count
            for each in primitives
        )
    except (IndexError, KeyError):
        raise ConfigError(str(file), "meshes", "meshes and accessors that are there", "others") from None
    if len(primitives) > DRAW_CALLS_MAX:
        raise ConfigError(str(file), "meshes", f"at most {DRAW_CALLS_MAX} draw calls", "more")
    if not primitives:
        raise ConfigError(str(file), "meshes", "something to draw", "nothing")
    if corners > 3 * TRIANGLES_MAX:
        raise ConfigError(str(file), "meshes", f"at most {TRIANGLES_MAX} triangles", str(corners // 3))


def _check_licence(file: Path, meta: _Meta) -> None:
    """Hold a licence against what happens here: anybody wears it, for an organisation, and it is handed to all."""
    wanted = (
        ("avatarPermission", "everyone", meta.avatar_permission),
        ("commercialUsage", "corporation", meta.commercial_usage),
        ("allowRedistribution", "true", "true" if meta.allow_redistribution else "false"),
    )
    for key, expected, got in wanted:
        if got != expected:
            raise ConfigError(str(file), f"meta.{key}", expected, got)
