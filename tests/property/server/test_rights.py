"""What each role may do in each kind of room of the sample clinic, against a table written down by hand."""

from __future__ import annotations

import gc
import sys
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.rights import Right
from server.config import SAMPLE_FACILITY, load_facility
from server.config.identity import GuestSettings, IdentitySettings
from server.config.rights import RightsSettings
from server.errors import NotAllowed, RoomClosed, RoomUnknown
from server.room_types import ROOM_TYPES, find_room_type
from server.world.directory import Directory
from server.world.member import Participant
from server.world.rights import EVERY_RIGHT, Newcomer, Rights, Standing
from tests.support.rooms import Inbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

ROOMS = {"lobby": "lobby", "waiting": "waiting", "consult": "consult-1", "ward": "ward"}
ROOMS |= {"simulation": "simulation", "auditorium": "auditorium"}
"""A room of each type."""

LETTERS = dict(
    zip(
        "jschwiomrpkeb",
        (
            *(Right.JOIN, Right.SPEAK, Right.CHAT, Right.HANDLE, Right.WRITE, Right.INVITE, Right.OPEN, Right.MUTE),
            *(Right.REMOVE, Right.SEE_PRIVATE, Right.CLEAR_MOTION, Right.RECORD, Right.BREAK_GLASS),
        ),
        strict=True,
    )
)
TABLE = """
                  lobby        waiting      consult          ward             simulation     auditorium
patient           jsch         jsch         jscho            jsch             jsck           jsch
proxy             jsch         jsch         jscho            jsch             -              jsch
clinician         jschwm       jschwm       jschwmiorkepb    jschwmiorkepb    jschwmk        jschwm
therapist         jschwm       jschwm       jschwmiorkepb    jschwmiorkeb     jschwm         jschwm
interpreter       jsck         jsck         jsck             jsck             -              jsck
reception         jschwimr     jschwimr     oi               -                -              jschwimr
facilitator       jschwimrk    jschwimrk    -                -                jschwimrkpe    jschwimrk
learner           jsch         jsch         -                jsch             jschwk         jsch
observer          j            -            j                -                j              j
privacy_officer   jscr         jscr         jscr             jscr             -              jscr
technician        jschw        jschw        -                -                jschw          jschw
"""
"""What the clinic means, by role and room type; read by nothing but this file."""


def reference() -> dict[tuple[str, str], frozenset[Right]]:
    head, *rows = TABLE.strip().splitlines()
    table = {}
    for row in rows:
        role, *cells = row.split()
        for room_type, cell in zip(head.split(), cells, strict=True):
            letters = "" if cell == "-" else cell
            table[role.replace("_", " "), room_type] = frozenset(LETTERS[letter] for letter in letters)
    return table


REFERENCE = reference()
FACILITY = load_facility(SAMPLE_FACILITY, ROOM_TYPES).settings
CELLS = sorted(REFERENCE)


@pytest.fixture
def directory() -> Directory:
    made = Directory(FACILITY, find_room_type, Random(3))
    made.open_named(0.0)
    return made


def as_a(role: str | None, *, guest: bool = False) -> Newcomer:
    """Somebody in a role, or in whatever role."""
    return Newcomer(frozenset(FACILITY.roles if role is None else (role,)), guest=guest)


def test_the_reference_speaks_of_all_roles_and_room_types() -> None:
    assert len(LETTERS) == len(Right)
    assert {role for role, _ in REFERENCE} == set(FACILITY.roles)
    assert {room_type for _, room_type in REFERENCE} == set(ROOM_TYPES) == set(ROOMS)


@pytest.mark.parametrize(("role", "room_type"), CELLS)
def test_each_role_has_in_each_room_the_reference_rights(directory: Directory, role: str, room_type: str) -> None:
    expected = REFERENCE[role, room_type]
    named = directory.rooms[ROOMS[room_type]]
    member = named.join(Participant(named.new_entity(), "Ann", role, "plain", "s"), Inbox(), 0.0)
    for right in Right:
        assert directory.rights.may(role, right, room_type, named.id) is (right in expected), right
        assert directory.rights.may(role, right, room_type) is (right in expected), right
        assert member.may(right) is (right in expected), right


@pytest.mark.parametrize(("role", "room_type"), CELLS)
def test_what_the_rights_say_is_what_happens(directory: Directory, role: str, room_type: str) -> None:
    expected, room = REFERENCE[role, room_type], directory.rooms[ROOMS[room_type]]
    assert happens(lambda: directory.admit(room.id, as_a(role)), RoomUnknown) is (Right.JOIN in expected)
    assert (room in directory.listed(as_a(role))) is (Right.JOIN in expected)
    if room_type in directory.visit_types:
        assert happens(lambda: directory.demand_opener(room_type, as_a(role)), NotAllowed) is (Right.OPEN in expected)
    member = room.join(Participant(room.new_entity(), "Ann", role, "plain", "s"), Inbox(), 0.0)
    assert (member.granted != 0) is (Right.SEE_PRIVATE in expected and room.zones.private_mask != 0)


def happens(act: Callable[[], object], refusal: type[Exception]) -> bool:
    try:
        act()
    except refusal:
        return False
    return True


def test_no_door_is_told_that_leads_where_one_may_not_go(directory: Directory) -> None:
    from server.frontdesk.rooms import describe_room  # noqa: PLC0415

    for role in FACILITY.roles:
        listed = {room.id: room for room in directory.listed(as_a(role))}
        told = [portal["to"] for room in listed.values() for portal in describe_room(room, listed)["portals"]]
        assert set(told) <= set(listed)


def test_without_a_role_one_is_told_what_everybody_may_join(directory: Directory) -> None:
    everybody = {ROOMS[kind] for kind in ROOMS if all(Right.JOIN in REFERENCE[role, kind] for role in FACILITY.roles)}
    assert {room.id for room in directory.listed(as_a(None))} == everybody == {"lobby", "auditorium"}


# Forbidden and not found ----------------------------------------------------------------------------------------------


def steps(act: Callable[[], object]) -> tuple[list[tuple[str, int, int]], Exception | None]:
    """Every bytecode instruction that is executed, in order, and what is raised: work, counted instead of timed."""
    done: list[tuple[str, int, int]] = []

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        frame.f_trace_opcodes = True
        if event == "opcode":
            done.append((frame.f_code.co_qualname, frame.f_lineno, frame.f_lasti))
        return trace

    before = sys.gettrace()
    # The collector's turn is nobody's step: Hypothesis is told of each, in Python.
    gc.disable()
    sys.settrace(trace)
    try:
        act()
    except Exception as error:  # noqa: BLE001 - what is raised is compared
        return done, error
    finally:
        sys.settrace(before)
        gc.enable()
    return done, None


@pytest.mark.parametrize("role", ["proxy", "reception", "facilitator", "observer", None])
def test_a_forbidden_room_and_one_that_is_not_there_are_the_same_answer_by_the_same_steps(
    directory: Directory, role: str | None
) -> None:
    who = as_a(role)
    forbidden = [room.id for room in directory.rooms.values() if room not in directory.listed(who)]
    assert forbidden
    unknown, missing = steps(partial(directory.admit, "no-such-room", who))
    for room_id in forbidden:
        walked, refused = steps(partial(directory.admit, room_id, who))
        assert (type(refused), str(refused)) == (type(missing), str(missing)) == (RoomUnknown, "there is no such room")
        assert walked == unknown


def test_a_room_without_guests_and_one_that_is_not_there_are_the_same_to_guests_by_the_same_steps() -> None:
    guests = (GuestSettings(roles=("patient",), rooms=("lobby",)), GuestSettings(roles=("proxy",), types=("ward",)))
    facility = msgspec.structs.replace(FACILITY, identity=IdentitySettings(guests=guests))
    directory = Directory(facility, find_room_type, Random(3))
    directory.open_named(0.0)
    for role, there in (("patient", ["lobby"]), ("proxy", ["ward"]), ("clinician", [])):
        who = as_a(role, guest=True)
        assert [room.id for room in directory.listed(who)] == there
        unknown, missing = steps(partial(directory.admit, "no-such-room", who))
        for room_id in set(directory.rooms) - set(there):
            walked, refused = steps(partial(directory.admit, room_id, who))
            assert (type(refused), str(refused)) == (type(missing), str(missing))
            assert walked == unknown


def test_that_a_visit_is_closed_is_told_to_those_who_might_have_joined(directory: Directory) -> None:
    visit = directory.open_visit("consult", "Visit", 0.0)
    assert directory.admit(visit.id, as_a("patient")) is visit
    with pytest.raises(RoomUnknown):
        directory.admit(visit.id, as_a("learner"))
    directory.close_empty(1_000.0)
    with pytest.raises(RoomClosed):
        directory.admit(visit.id, as_a("patient"))
    for role in ("learner", None):
        with pytest.raises(RoomUnknown):
            directory.admit(visit.id, as_a(role))


# Any table ------------------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["ann", "bo", "cy"])
KINDS = st.sampled_from(["lobby", "ward"])
IDS = st.sampled_from(["lobby", "ward-1", "ward-2"])
ENTRIES = st.lists(
    st.builds(
        RightsSettings,
        roles=st.lists(NAMES, min_size=1).map(tuple),
        may=st.lists(st.sampled_from(list(Right))).map(tuple),
        room_types=st.lists(KINDS).map(tuple),
        rooms=st.lists(IDS).map(tuple),
    ),
    max_size=6,
)


@settings(deadline=None)
@given(ENTRIES, NAMES, KINDS, st.one_of(st.just(""), IDS), st.sets(st.sampled_from(list(Right))))
def test_rights_are_the_union_of_what_speaks_of_role_and_room(
    entries: list[RightsSettings], role: str, kind: str, room: str, scope: set[Right]
) -> None:
    rights = Rights(entries)
    expected: set[Right] = set()
    for entry in entries:
        everywhere = not entry.room_types and not entry.rooms
        here = kind in entry.room_types or (room and room in entry.rooms)
        if role in entry.roles and (everywhere or here):
            expected.update(entry.may)
    assert rights.of(role, kind, room) == expected
    assert {right for right in Right if Standing(rights.of(role, kind, room), frozenset(scope)).may(right)} == (
        expected & scope
    )


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sets(st.sampled_from(list(Right))), st.booleans())))
def test_what_is_withheld_for_one_reason_is_not_given_back_by_another(
    changes: list[tuple[str, set[Right], bool]],
) -> None:
    standing, taken = Standing(EVERY_RIGHT), dict[str, set[Right]]()
    for reason, rights, withhold in changes:
        if withhold:
            standing.withhold(reason, frozenset(rights))
            taken[reason] = rights
        else:
            standing.give_back(reason)
            taken.pop(reason, None)
        gone = set().union(*taken.values())
        assert {right for right in Right if standing.may(right)} == set(Right) - gone
