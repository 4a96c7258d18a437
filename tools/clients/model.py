"""What a client's language needs to know of the wire, read from protocol/ and free of any language."""

import inspect as documentation
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec import inspect

from protocol import ids
from protocol.features import FEATURES
from protocol.messages import CLIENT_MESSAGES, SERVER_MESSAGES, AvatarFacts, ObjectFacts
from protocol.schema import SCHEMA_HASH
from tools.wire_pxd import ENUMS as PREFIXED_ENUMS
from tools.wire_pxd import SCALES, constants

__all__ = ["SCALES", "constants"]

ENUMS: Final = tuple(members for _, members in PREFIXED_ENUMS)
INT_LEAST: Final = -(2**53 - 1)
INT_MOST: Final = 2**53 - 1
"""What every language counts exactly, JavaScript's doubles too."""


@dataclass(frozen=True, slots=True)
class Integer:
    """From `least` to `most`, both included."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Text:
    """At most `most` characters; None has no limit of its own."""

    most: int | None


@dataclass(frozen=True, slots=True)
class Binary:
    """Exactly `length` bytes."""

    length: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plain:
    """`bool`, `float` or `map`."""

    name: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A struct, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Array:
    """Any number of one type, or exactly `length`."""

    item: "Type"
    length: int | None = None


Type = Integer | Text | Binary | Choice | Plain | Reference | Array


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a map; `default` counts where it is not `required`."""

    key: str
    type: Type
    required: bool
    default: Any = None


@dataclass(frozen=True, slots=True)
class Struct:
    """A map with declared keys."""

    name: str
    about: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """All structs in the order in which they need each other, and what goes by kind, or by feature and type."""

    structs: tuple[Struct, ...]
    client: dict[ids.Kind, str]
    server: dict[ids.Kind, str]
    operations: dict[tuple[str, str], str]
    events: dict[tuple[str, str], str]
    results: dict[tuple[str, str], str]


def build_model() -> Model:
    """Read all of it."""
    found: dict[str, Struct] = {}
    client = {kind: _collect(struct, found) for kind, struct in CLIENT_MESSAGES.items()}
    server = {kind: _collect(struct, found) for kind, struct in SERVER_MESSAGES.items()}
    for facts in (AvatarFacts, ObjectFacts):
        _collect(facts, found)
    operations, events, results = (
        {
            (feature, name): _collect(struct, found)
            for feature, bodies in FEATURES.items()
            for name, struct in getattr(bodies, what).items()
        }
        for what in ("operations", "events", "results")
    )
    return Model(tuple(found.values()), client, server, operations, events, results)


def words() -> dict[str, str]:
    """Give the strings."""
    return {"SUBPROTOCOL": ids.SUBPROTOCOL, "WORLD_PATH": ids.WORLD_PATH, "SCHEMA_HASH": SCHEMA_HASH}


def camel(name: str) -> str:
    """`RESUME_TOKEN` and `resume_token` as `ResumeToken`."""
    return "".join(part.capitalize() for part in name.split("_"))


def _collect(struct: Any, found: dict[str, Struct]) -> str:
    """Add a struct, after those it needs. Returns its name."""
    declared = inspect.type_info(struct)
    if not isinstance(declared, inspect.StructType):
        raise TypeError(f"{struct} is not a struct")
    cls = getattr(declared.cls, "__origin__", declared.cls)
    name = str(cls.__name__)
    if name not in found:
        keys = tuple(_field(field, found) for field in declared.fields)
        found[name] = Struct(name, (documentation.getdoc(cls) or "").splitlines()[0], keys)
    elif found[name].fields != tuple(_field(field, found) for field in declared.fields):
        raise TypeError(f"two structs of the wire have the name {name}")
    return name


def _field(field: inspect.Field, found: dict[str, Struct]) -> Field:
    if field.required:
        return Field(field.encode_name, _type(field.type, found), required=True)
    default = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
    return Field(field.encode_name, _type(field.type, found), required=False, default=default)


def _type(declared: Any, found: dict[str, Struct]) -> Type:
    match declared:
        case inspect.StructType(cls=struct):
            return Reference(_collect(struct, found))
        case inspect.VarTupleType(item_type=item):
            return Array(_type(item, found))
        case inspect.TupleType(item_types=items) if len(set(map(repr, items))) == 1:
            return Array(_type(items[0], found), len(items))
    return _scalar(declared)


def _scalar(declared: Any) -> Type:  # noqa: PLR0911 - one for each type
    match declared:
        case inspect.IntType(ge=low, le=high):
            return Integer(INT_LEAST if low is None else low, INT_MOST if high is None else high)
        case inspect.StrType(max_length=most):
            return Text(most)
        case inspect.BytesType(min_length=least, max_length=most) if least == most and most is not None:
            return Binary(most)
        case inspect.LiteralType(values=values):
            return Choice(tuple(str(value) for value in values))
        case inspect.BoolType():
            return Plain("bool")
        case inspect.FloatType():
            return Plain("float")
        case inspect.DictType():
            return Plain("map")
    raise TypeError(f"no client has a word for {declared}")
