"""What the facility file says of rights, by itself; how it is read from a file is in `test_facility.py`."""

from __future__ import annotations

from typing import Never

import msgspec
import pytest

from protocol.rights import Right
from server.config.rights import RightsSettings, applies, check_rights, roles_of

ZONES = {"ward": [("ward-1", ["Bed 1"]), ("ward-2", ["Bed 2"])], "consult": [("", ["Couch"])]}


class WrongError(Exception):
    pass


def fail(key: str, expected: str, got: str) -> Never:
    raise WrongError(f"{key}: {expected}: {got}")


def entry(**values: object) -> RightsSettings:
    return msgspec.convert({"roles": ["nurse"], "may": ["join"]} | values, RightsSettings)


def test_roles_come_in_the_order_in_which_they_are_first_named() -> None:
    assert roles_of([entry(roles=["b", "a"]), entry(roles=["c", "b"])]) == ("b", "a", "c")


def test_rights_are_written_as_words() -> None:
    assert entry(may=["see_private", "break_glass"]).may == (Right.SEE_PRIVATE, Right.BREAK_GLASS)
    with pytest.raises(msgspec.ValidationError):
        entry(may=["fly"])


@pytest.mark.parametrize(
    ("where", "ward_1", "ward_2", "visit"),
    [
        ({}, True, True, True),
        ({"room_types": ["ward"]}, True, True, False),
        ({"rooms": ["ward-1"]}, True, False, False),
        ({"rooms": ["ward-1"], "room_types": ["consult"]}, True, False, True),
    ],
)
def test_an_entry_speaks_of_types_and_of_rooms(
    where: dict[str, object], ward_1: bool, ward_2: bool, visit: bool
) -> None:
    said = entry(**where)
    places = [("ward", "ward-1"), ("ward", "ward-2"), ("consult", "")]
    assert [applies(said, *place) for place in places] == [ward_1, ward_2, visit]


@pytest.mark.parametrize(
    ("entries", "line"),
    [
        ([], "rights: at least one: none"),
        ([entry(), entry(roles=[])], "rights[1].roles: at least one: none"),
        ([entry(room_types=["spa"])], "rights[0].room_types: one of consult, ward: 'spa'"),
        ([entry(rooms=["consult"])], "rights[0].rooms: one of ward-1, ward-2: 'consult'"),
        ([entry(zones=["Bed 1"])], 'rights[0].zones: "see_private" among what they may: join'),
        (
            [entry(may=["see_private"], rooms=["ward-2"], zones=["Bed 1"])],
            "rights[0].zones: private zones of those rooms (Bed 2): 'Bed 1'",
        ),
    ],
)
def test_what_there_is_not_is_told(entries: list[RightsSettings], line: str) -> None:
    with pytest.raises(WrongError) as told:
        check_rights(entries, {"ward", "consult"}, ZONES, fail)
    assert str(told.value) == line


def test_a_good_table_passes() -> None:
    check_rights([entry(), entry(may=["see_private"], zones=["Bed 1", "Couch"])], {"ward", "consult"}, ZONES, fail)
