"""What features may ask of who sees whom."""

from __future__ import annotations

from server.config import ZoneSettings
from tests.support.rooms import World

BED = ZoneSettings(name="Bed", box=((4.0, 0.0, -1.0), (6.0, 3.0, 1.0)), private=True)


def test_seen_are_the_members_that_are_shown() -> None:
    world = World(zones=(BED,))
    ann, bo, cy = world.join("Ann", x=5.0), world.join("Bo", x=1.0), world.join("Cy", role="clinician")
    world.step()
    eyes = world.room.eyes
    assert {member.entity for member in eyes.seen(bo.member)} == {cy.entity}
    assert {member.entity for member in eyes.seen(cy.member)} == {ann.entity, bo.entity}
    cy.suspend()
    assert eyes.seen(cy.member) == []
    assert eyes.seen(bo.member) == []


def test_a_curtain_hides_until_it_is_opened() -> None:
    world = World(zones=(BED,))
    ann, bo = world.join("Ann", x=5.0), world.join("Bo", x=1.0)
    nurse = world.join("Ny", role="visitor")
    world.step()
    eyes = world.room.eyes
    assert eyes.curtains
    assert not World().room.eyes.curtains
    assert (eyes.private_zone(ann.member), eyes.private_zone(bo.member)) == (0, None)
    assert eyes.hidden(nurse.member) == [ann.member]
    assert eyes.hidden(ann.member) == []
    eyes.open_curtains(nurse.member)
    world.step()
    assert eyes.hidden(nurse.member) == []
    assert ann.member in eyes.seen(nurse.member)
    eyes.end_emergency(nurse.member)
    world.step()
    assert eyes.hidden(nurse.member) == [ann.member]
