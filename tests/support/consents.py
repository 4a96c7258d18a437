"""A ward whose clinicians record, and people who allow it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace as with_changes

from protocol.features import RECORDING_NEEDS
from server.features.consent import Consent
from server.features.presence import Presence
from server.world.keeping import NOTHING_KEPT, Recalled
from tests.support.rights import ONLY_CLINICIANS_CLEARED
from tests.support.rooms import SlowKeeper, World, hall_settings

if TYPE_CHECKING:
    from pathlib import Path

    from protocol.features import RecordingKind
    from protocol.messages import Result
    from server.world.auditing import Auditor
    from tests.support.rooms import Person


def ward(
    folder: Path | None = None,
    *,
    auditor: Auditor | None = None,
    keeper: SlowKeeper | None = None,
    recalled: Recalled = NOTHING_KEPT,
    **changes: Any,
) -> World:
    """A hall; motion is recorded into `folder`, `changes` are of its settings."""
    recordings = None if folder is None else str(folder / "motion")
    changes = {"recordings": recordings} | changes
    return World(
        settings=with_changes(hall_settings(), **changes),
        features=(Presence, Consent),
        rights=ONLY_CLINICIANS_CLEARED,
        auditor=auditor,
        keeper=keeper,
        recalled=recalled,
    )


def ask(person: Person, purpose: str, *, given: bool = True, op: bytes | None = None) -> list[Result]:
    """Give a consent or withdraw it; a list to which the result comes."""
    return person.ask_for("consent", "set", {"purpose": purpose, "given": given}, op)


def allow(person: Person, purpose: str, *, given: bool = True) -> None:
    (result,) = ask(person, purpose, given=given)
    assert result.ok
    assert (purpose in result.body["given"]) is given


def record(person: Person, kind: RecordingKind = "motion", *, on: bool = True) -> str:
    return person.ask("consent", "record", {"kind": kind, "on": on}).code


def told(person: Person) -> list[tuple[str, str]]:
    """What a person was told of recordings: kind and state."""
    return [(body["kind"], body["state"]) for body in person.inbox.bodies("consent", "recording")]


def consenting(world: World, *names: str, kind: RecordingKind = "motion") -> list[Person]:
    people = [world.join(name, "clinician" if name == "Doc" else "patient") for name in names]
    for person in people:
        allow(person, RECORDING_NEEDS[kind])
    return people
