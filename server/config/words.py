"""What is wrong with a facility file, in words: the line that an operator reads in place of a decoder's."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from server.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

IDENTIFIER: Final = r"^[a-z][a-z0-9-]{0,31}$"
SCENE_FILE: Final = r"^[A-Za-z0-9_-]+\.(gltf|glb)$"
WORLD_URL: Final = r"^wss?://[^\s?#]+$"
HOST: Final = r"^[A-Za-z0-9_.:%-]{1,255}$"
ORIGIN: Final = r"^https?://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(:[0-9]{1,5})?$"
ISSUER: Final = r"^https?://[^\s?#]+$"
ALGORITHM: Final = r"^(RS256|ES256|ES384|EdDSA)$"
KIND_OF_PROOF: Final = r"^(access_token|id_token)$"

PATTERNS: Final[Mapping[str, str]] = {
    IDENTIFIER: "a small letter, then at most 31 small letters, digits and hyphens",
    SCENE_FILE: "the name of a .glb or .gltf file, of letters, digits, hyphens and underscores",
    WORLD_URL: "an address such as wss://clinic.example/world",
    HOST: "a host name or an IP address",
    ORIGIN: "an origin such as https://clinic.example or http://localhost:5173, in small letters, nothing after it",
    ISSUER: "an issuer identifier such as https://id.clinic.example",
    ALGORITHM: "RS256, ES256, ES384 or EdDSA",
    KIND_OF_PROOF: "access_token or id_token",
}
"""What each pattern of the facility file lets through."""

# As a decoder's message quotes them.
_PATTERN_WORDS: Final = {repr(pattern)[1:-1]: words for pattern, words in PATTERNS.items()}
_PATH = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<path>.*)`)?$", re.DOTALL)
_FIELD = re.compile(r"^Object (?P<fault>missing required|contains unknown) field `(?P<field>.*)`$", re.DOTALL)
_EXPECTED = re.compile(r"^Expected (?P<expected>.*?)(?:, got (?P<got>.*))?$", re.DOTALL)
_PATTERN = re.compile(r"^Expected `str` matching regex '(?P<pattern>.*)'$", re.DOTALL)


def explain(
    file: Path,
    tree: Mapping[str, object],
    error: msgspec.ValidationError,
    tables: Mapping[str, type[msgspec.Struct]],
) -> ConfigError:
    """Turn msgspec's words into one line; `tables` are the structs behind the tables, of the file itself under ''."""
    parts = _PATH.match(str(error))
    path = (parts and parts["path"]) or ""
    what = parts["what"] if parts else str(error)
    if field := _FIELD.match(what):
        key = f"{path}.{field['field']}" if path else field["field"]
        if field["fault"] == "missing required":
            return ConfigError(str(file), key, "a value", "nothing")
        struct = tables.get(_name(path), tables[""])
        return ConfigError(str(file), key, f"one of the keys {', '.join(struct.__struct_fields__)}", "an unknown key")
    value = _value_at(tree, path)
    if pattern := _PATTERN.match(what):
        return ConfigError(str(file), path, _PATTERN_WORDS[pattern["pattern"]], repr(value))
    if expected := _EXPECTED.match(what):
        # A length or a type is told by msgspec, a value out of range by the tree.
        got = expected["got"] or repr(value)
        return ConfigError(str(file), path, expected["expected"].replace("`", ""), got.replace("`", ""))
    # What is left is a word that is none of those a field may have.
    table, _, name = path.rpartition(".")
    *others, last = (f'"{word}"' for word in _words_of(tables[_name(table)], _name(name)))
    return ConfigError(str(file), path, f"{', '.join(others)} or {last}", repr(value))


def _name(path: str) -> str:
    """Give the last name of a path: `zones` of `rooms[2].zones[0]`."""
    return path.rpartition(".")[2].partition("[")[0]


def _words_of(struct: type[msgspec.Struct], field: str) -> list[str]:
    (kind,) = (known.type for known in msgspec.structs.fields(struct) if known.name == field)
    return list(_words_in(msgspec.inspect.type_info(kind)))


def _words_in(kind: msgspec.inspect.Type) -> Iterable[str]:
    match kind:
        case msgspec.inspect.LiteralType(values=values):
            return [str(value) for value in values]
        case msgspec.inspect.EnumType(cls=words):
            return [str(word.value) for word in words]
        case msgspec.inspect.UnionType(types=types):
            return [word for each in types for word in _words_in(each)]
        case msgspec.inspect.VarTupleType(item_type=item):
            return _words_in(item)
    return ()


def tell_box(box: tuple[Sequence[float], Sequence[float]]) -> str:
    """Say a box as a facility file has it: its least and its greatest corner, or the one point that it is."""
    least, greatest = (list(corner) for corner in box)
    return repr(least if least == greatest else [least, greatest])


def _value_at(tree: object, path: str) -> object:
    for step in re.findall(r"[^.\[\]]+", path):
        if isinstance(tree, Mapping):
            tree = tree[step]
        elif isinstance(tree, list):
            tree = tree[int(step)]
    return tree
