"""Scenarios: files that say which rooms are filled, how people move in them, and who comes and goes."""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from loadtest.errors import ScenarioInvalid

FOLDER: Final = Path(__file__).parent / "scenarios"
"""Where the scenarios that come with Polyclinic are."""

Share = Annotated[float, Meta(ge=0.0, le=1.0)]
Seconds = Annotated[float, Meta(gt=0.0, le=3600.0)]
Size = Annotated[int, Meta(ge=2, le=6)]
Text = Annotated[str, Meta(min_length=1, max_length=200)]


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What happens in a load test."""

    title: Text
    """One line for the report."""
    room: Text | None = None
    """The named room that everybody joins; `--room` overrides it."""
    visit: Text | None = None
    """Instead of `room`: a type of which rooms are opened on demand, one for each small party."""
    size: Size | Annotated[tuple[Size, ...], Meta(min_length=1)] = 3
    """With `visit`: people in a room; of several numbers, the rooms take turns."""
    gathering: Literal["groups", "corner", "seats"] = "groups"
    """Where people are: in groups about the room, all in one corner, or in rows of seats before one who speaks."""
    walkers: Share = 0.4
    """How many of those who stand walk from group to group."""
    seated: Share = 0.0
    """How many sit."""
    chat_seconds: Seconds = 3.0
    """How long until somebody in a room says something, on average; never two at once in the same room."""
    handover_seconds: Seconds | None = None
    """If people handle things: how long until each does something with one, on average. A server holds nothing against
    who was slower than another, but ends sessions for 50 other refusals in a minute: 2 or more stays far from that."""
    stay_seconds: tuple[Seconds, Seconds] | None = None
    """If people come and go: how long they stay, least and most."""
    away_seconds: tuple[Seconds, Seconds] = (1.0, 3.0)
    """With `stay_seconds`: how long until they come back, as somebody else."""
    everyone_seen: bool = True
    """Whether it is an error when somebody was seen by nobody."""

    def __post_init__(self) -> None:
        if (self.room is None) == (self.visit is None):
            raise ValueError("expected either room or visit")
        for name, span in (("stay_seconds", self.stay_seconds), ("away_seconds", self.away_seconds)):
            if span is not None and span[0] > span[1]:
                raise ValueError(f"{name}: expected the least before the most, got {list(span)}")


def shipped() -> list[str]:
    """Return the names of the scenarios that come with Polyclinic."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load_scenario(name: str) -> Scenario:
    """Load a scenario by its name or from a file. Raises ScenarioInvalid: one line with file, key, expected."""
    path = Path(name) if name.endswith(".toml") or "/" in name else FOLDER / f"{name}.toml"
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(shipped())
        raise ScenarioInvalid(f"{name}: no such scenario; expected a .toml file or one of {known}") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScenarioInvalid(f"{path}: expected a TOML file: {error}") from None
    try:
        return msgspec.convert(tree, Scenario)
    except msgspec.ValidationError as error:
        raise ScenarioInvalid(f"{path}: {_explain(str(error))}") from None


def for_room(room: str) -> Scenario:
    """Return what happens when only a room was named: everybody goes there, stands in groups, walks about."""
    return Scenario(title=f"everybody in {room}", room=room)


def _explain(message: str) -> str:
    """Turn the decoder's words into `key: expected what, got what`."""
    match = re.fullmatch(r"(?P<what>.*?)(?: - at `\$(?P<key>[^`]*)`)?", message, re.DOTALL)
    what, key = (match["what"], (match["key"] or "").lstrip(".")) if match else (message, "")
    unknown = re.fullmatch(r"Object contains unknown field `(.*)`", what)
    if unknown:
        return f"{unknown[1]}: expected no such key"
    missing = re.fullmatch(r"Object missing required field `(.*)`", what)
    if missing:
        return f"{missing[1]}: expected a value, got none"
    what = what.replace("Expected", "expected", 1).replace("`", "")
    return f"{key}: {what}" if key else what
