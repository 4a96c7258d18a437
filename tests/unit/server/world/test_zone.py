"""Zones and who perceives into them."""

from server.config import ZoneSettings
from server.world.zone import AT_LARGE, Zones, box_to_millimetres, to_millimetres

BED = ZoneSettings(name="Bed", box=((-1.0, 0.0, -1.0), (1.0, 3.0, 1.0)), private=True)
DESK = ZoneSettings(name="Desk", box=((2.0, 0.0, 2.0), (3.0, 3.0, 3.0)))
COUCH = ZoneSettings(name="Couch", box=((4.0, 0.0, 4.0), (5.0, 3.0, 5.0)), private=True)


def test_metres_become_the_wires_millimetres() -> None:
    assert to_millimetres((1.0004, -1.0004, 0.0)) == (1000, -1000, 0)
    assert box_to_millimetres(BED.box) == (-1000, 0, -1000, 1000, 3000, 1000)


def test_a_zones_bit_is_its_place_in_the_list() -> None:
    zones = Zones([BED, DESK, COUCH])
    assert zones.private_mask == 0b101
    assert len(zones.boxes) == 3


def test_a_mask_is_of_private_zones_alone() -> None:
    zones = Zones([BED, DESK, COUCH])
    assert zones.mask({"Bed", "Desk"}) == 0b001
    assert zones.mask({"Couch", "Bed"}) == 0b101
    assert zones.mask(()) == 0


def test_a_place_is_in_the_first_zone_that_contains_it_edges_included() -> None:
    zones = Zones([BED, COUCH])
    assert [zones.at(box[:3]) for box in zones.boxes] == [0, 1]
    assert [zones.at(box[3:]) for box in zones.boxes] == [0, 1]
    assert zones.at((-8_000_000, 0, 0)) == AT_LARGE


def test_only_private_zones_are_private() -> None:
    zones = Zones([BED, DESK])
    assert zones.is_private(0)
    assert not zones.is_private(1)
    assert not zones.is_private(AT_LARGE)


def test_the_description_tells_no_roles() -> None:
    (bed,) = Zones([BED]).describe()
    assert (bed.name, bed.box, bed.private) == ("Bed", BED.box, True)


def test_a_zone_is_perceived_from_inside_by_who_is_granted_it_and_by_all_unless_it_is_private() -> None:
    zones = Zones([BED, DESK, COUCH])
    nobody, nurse = 0, zones.mask({"Bed"})
    told = {
        (zone, granted, own): zones.perceived(zone, granted, own)
        for zone in (AT_LARGE, 0, 1, 2)
        for granted in (nobody, nurse)
        for own in (AT_LARGE, 0, 2)
    }
    hidden = {key for key, perceived in told.items() if not perceived}
    assert hidden == {
        (0, nobody, AT_LARGE),
        (0, nobody, 2),
        (2, nobody, AT_LARGE),
        (2, nobody, 0),
        (2, nurse, AT_LARGE),
        (2, nurse, 0),
    }
