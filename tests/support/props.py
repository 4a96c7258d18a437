"""People who handle things in a room stepped by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from protocol.codec import decode_facts
from protocol.ids import StateFlag
from protocol.messages import ObjectFacts
from protocol.pose import Pose, encode_pose
from protocol.state import AvatarState, TrackedPart
from server.config import ObjectSettings
from server.features.presence import Presence
from server.features.props import Props
from server.world.wire_time import wire_time

if TYPE_CHECKING:
    from protocol.messages import Result
    from server.world.things import Thing
    from tests.support.rooms import Person, World

FEATURES = (Presence, Props)
GRIP = (20, -35, -110, 1, -12, 400, 7)
UPRIGHT = (3, 0, 0, 0)


def tablet(name: str = "Tablet", x: float = 0.4, z: float = 0.0, *, grabbable: bool = True) -> ObjectSettings:
    """A thing on a table, within reach of who stands at the origin."""
    return ObjectSettings(name=name, kind="prop", model="tablet", position=(x, 1.0, z), grabbable=grabbable)


def thing_of(world: World, name: str = "Tablet") -> Thing:
    """The thing of that name."""
    (found,) = (thing for thing in world.room.things.placed.values() if thing.settings.name == name)
    return found


def hold_out(person: Person, x: float, y: float, z: float, *, right: bool = True) -> None:
    """Hold a hand so far from the head, m, where the head is."""
    part, nothing = TrackedPart(round(x * 1000), round(y * 1000), round(z * 1000), largest=3), TrackedPart()
    state = AvatarState(
        flags=StateFlag.HEAD | (StateFlag.RIGHT if right else StateFlag.LEFT),
        head=TrackedPart(*person.position, largest=3),
        left=nothing if right else part,
        right=part if right else nothing,
    )
    person.sequence = person.sequence + 1 & 0xFFFF
    now_ms = wire_time(person.world.now)
    pose = Pose(state, person.sequence, now_ms)
    person.world.room.table.apply_pose(person.member.slot, encode_pose(pose), now_ms)


def facts_seen(person: Person, thing: Thing) -> ObjectFacts | None:
    """What somebody knows of a thing; None if it is not in sight."""
    for held in person.view.entities.values():
        if held.entity == thing.entity:
            facts = decode_facts(held.facts)
            assert isinstance(facts, ObjectFacts)
            return facts
    return None


def grab(person: Person, thing: Thing, hand: str = "right", **changes: Any) -> Result:
    """Take a thing as it is known to be now."""
    body = {"prop": thing.entity, "hand": hand, "grip": GRIP, "ownership": thing.facts.ownership}
    return person.ask("props", "grab", body | changes)


def put(person: Person, thing: Thing, position: tuple[int, int, int] = (400, 1000, 0), **changes: Any) -> Result:
    """Put a thing down, position in mm."""
    body = {
        "prop": thing.entity,
        "position": position,
        "rotation": UPRIGHT,
        "ownership": thing.facts.ownership,
    }
    return person.ask("props", "put", body | changes)


def offer(person: Person, thing: Thing, *, offered: bool = True) -> Result:
    """Offer a thing, or no longer."""
    return person.ask("props", "offer", {"prop": thing.entity, "offered": offered})


def push(person: Person, thing: Thing, position: tuple[int, int, int], **changes: Any) -> Result:
    """Move a thing that nobody holds, position in mm."""
    body = {
        "prop": thing.entity,
        "position": position,
        "rotation": (1, 0, 7, 0),
        "ownership": thing.facts.ownership,
        "authority": thing.facts.authority,
    }
    return person.ask("props", "move", body | changes)
