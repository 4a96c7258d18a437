"""What tries strangers' tricks notices a server that falls for them: one guard at a time is removed."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from joserfc import jwt

from server.doorway.arrivals import Arrivals, _Buckets, _Tally
from server.doorway.token_bucket import TokenBucket
from server.gateway import devices as one_persons_devices
from server.gateway import proof
from server.gateway import session as one_session
from server.gateway.registry import SessionRegistry
from server.identity.admission import Admission
from server.identity.origins import Origins
from server.identity.tickets import TicketDesk
from server.sliding_counter import SlidingCounter
from server.world.bars import Links
from server.world.directory import Directory
from server.world.things import Things
from tests.integration.gateway import test_handshake as handshake
from tests.integration.identity import test_provider as accounts
from tests.integration.misuse import test_canaries as canaries
from tests.scenario import test_same_work as same_work
from tests.support.gateway_world import GatewayWorld
from tests.support.live_world import running_world
from tests.support.misuse import Door
from tests.support.oidc_provider import Provider
from tests.support.server_process import ServerProcess
from tests.unit.server.doorway import test_arrivals as arrivals
from tests.unit.server.gateway import test_connection as connection
from tests.unit.server.gateway import test_devices as devices
from tests.unit.server.gateway import test_ends_of_access as ends_of_access
from tests.unit.server.gateway import test_locked as locked
from tests.unit.server.gateway import test_proof as proofs
from tests.unit.server.gateway import test_session as sessions
from tests.unit.server.gateway import test_session_operations as operations
from tests.unit.server.gateway import test_session_upkeep as upkeep
from tests.unit.server.identity import test_tickets as tickets

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.identity.tickets import Claims
    from server.world.member import Member
    from server.world.rights import Newcomer
    from server.world.room import Room

pytestmark = pytest.mark.unguarded

CORE_PATTERN = Path("/proc/sys/kernel/core_pattern")

NOTICED = (AssertionError, pytest.fail.Exception)

redeem = TicketDesk.redeem
admit_host = Directory.admit_host


def redeem_again(desk: TicketDesk, ticket: str, now: float, origin: str = "") -> Claims:
    """Take a ticket back as if it were the first time."""
    desk._used.clear()
    return redeem(desk, ticket, now, origin)


def absent_is_quicker(things: Things, member: Member, entity: int) -> object:
    """Find a thing, and look behind no curtain for one that is not there."""
    thing = things.placed.get(entity)
    return thing if thing is not None and things.perceives(member, thing.slot) else None


def unsigned(ticket: str, *_: object, **__: object) -> SimpleNamespace:
    """Read a ticket's claims without a look at who signed it."""
    claims = ticket.split(".")[1]
    return SimpleNamespace(claims=json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))))


def in_a_world(check: Callable[[GatewayWorld], None]) -> Callable[[], None]:
    return lambda: check(GatewayWorld())


CASES: dict[str, tuple[object, str, object, Callable[[], None]]] = {
    "a ticket serves once": (TicketDesk, "redeem", redeem_again, tickets.test_a_ticket_serves_once),
    "a ticket is signed": (jwt, "decode", unsigned, tickets.test_a_ticket_of_another_process_is_refused),
    "messages have a rate": (
        TokenBucket,
        "take",
        lambda *_: True,
        in_a_world(connection.test_the_burst_and_the_rate_of_messages_are_taken_and_one_more_closes),
    ),
    "errors are counted": (
        SlidingCounter,
        "add",
        lambda *_: True,
        in_a_world(operations.test_as_many_refused_operations_as_allowed_are_answered_and_one_more_closes),
    ),
    "a place has so many sockets": (
        _Tally,
        "add",
        lambda *_: True,
        arrivals.test_one_place_has_so_many_sockets_and_another_its_own,
    ),
    "a place asks so often": (
        _Buckets,
        "take",
        lambda *_: 0.0,
        arrivals.test_each_kind_of_asking_has_its_own_bucket,
    ),
    "a person has so many sessions": (
        Arrivals,
        "demand_session",
        lambda *_: None,
        in_a_world(devices.test_a_person_may_be_here_several_times_and_not_without_end),
    ),
    "an invitation for one person is one session": (
        one_persons_devices,
        "supersedes",
        lambda *_: False,
        in_a_world(devices.test_an_invitation_for_one_person_is_one_session),
    ),
    "a link is no way back": (
        Links,
        "holds",
        lambda *_: False,
        in_a_world(locked.test_a_ticket_that_was_got_by_another_use_of_the_same_invitation_is_refused_too),
    ),
    "who proves themselves again is the same": (
        proof,
        "is_same_person",
        lambda *_: True,
        lambda: proofs.test_a_ticket_for_what_the_session_is_not_ends_it_and_nobody_elses(
            GatewayWorld(), {"subject": "account-bo"}
        ),
    ),
    "what is behind a curtain costs what nothing costs": (
        Things,
        "perceived",
        absent_is_quicker,
        same_work.test_a_thing_behind_a_curtain_is_like_a_person_and_like_nothing,
    ),
    "a session ends with its token": (
        proof.Proof,
        "expired",
        lambda *_: False,
        in_a_world(proofs.test_a_fresh_ticket_lets_the_session_go_on),
    ),
    "who falls silent is let go": (
        one_session,
        "seconds_since",
        lambda *_: 0.0,
        in_a_world(upkeep.test_silence_closes_as_no_pong_and_suspends),
    ),
    "a client makes the process hold so much": (
        one_session,
        "HELD_BYTES_MAX",
        1 << 40,
        in_a_world(sessions.test_what_the_port_holds_counts_with_what_waits_for_it),
    ),
    "sessions end when access is taken back": (
        SessionRegistry,
        "end_subject",
        lambda registry, subject, *_: len(registry.of_subject(subject)),
        in_a_world(ends_of_access.test_taking_access_back_ends_every_session_of_that_subject_and_no_other),
    ),
    "tickets are void when access is taken back": (
        TicketDesk,
        "revoke",
        lambda *_: None,
        in_a_world(ends_of_access.test_a_ticket_of_before_opens_nothing_and_one_of_later_does),
    ),
}
"""What is guarded: where the guard is, what stands there instead, and what must notice."""


@pytest.mark.parametrize("guarded", CASES)
def test_a_guard_that_is_gone_is_noticed(guarded: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, instead, check = CASES[guarded]
    check()
    monkeypatch.setattr(where, name, instead)
    with pytest.raises(NOTICED):
        check()


async def test_a_front_desk_that_believes_any_role_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    with Provider() as provider:
        desk = accounts.desk_with(provider.issuer)
        await accounts.test_nobody_comes_in_a_role_that_is_not_theirs(desk, provider)
        monkeypatch.setattr(Admission, "demand_role", lambda *_: None)
        with pytest.raises(AssertionError):
            await accounts.test_nobody_comes_in_a_role_that_is_not_theirs(desk, provider)


async def test_a_room_for_others_that_costs_a_look_more_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    roles = ("reception",)
    await same_work.test_asking_others_into_a_room_that_is_for_others_is_like_into_none(
        same_work.lobby_for_guests(), roles, None
    )

    def look_first(directory: Directory, room_id: str, host: Newcomer) -> Room:
        return admit_host(directory, directory.find(room_id).id if room_id in directory.rooms else "", host)

    monkeypatch.setattr(Directory, "admit_host", look_first)
    with pytest.raises(AssertionError):
        await same_work.test_asking_others_into_a_room_that_is_for_others_is_like_into_none(
            same_work.lobby_for_guests(), roles, None
        )


async def test_a_front_desk_that_asks_staff_for_no_second_factor_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    checks = (
        accounts.test_staff_need_more_than_one_factor,
        accounts.test_by_one_factor_staff_are_told_of_no_room_and_open_none,
    )
    with Provider() as provider:
        for check in checks:
            await check(accounts.desk_with(provider.issuer), provider)
        monkeypatch.setattr(Admission, "is_unproved", lambda *_: False)
        for check in checks:
            with pytest.raises(AssertionError):
                await check(accounts.desk_with(provider.issuer), provider)


async def test_a_server_that_takes_any_page_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_world() as world:
        await handshake.test_another_sites_page_gets_no_upgrade(world, "another site")
    monkeypatch.setattr(Origins, "check", lambda _, sent: sent[0] if sent else "")
    async with running_world() as world:
        with pytest.raises(AssertionError):
            await handshake.test_another_sites_page_gets_no_upgrade(world, "another site")


async def test_a_name_in_the_log_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WITHOUT", "names")
    # Fewer words do: one is enough to be found.
    monkeypatch.setattr(canaries, "WORDS", canaries.WORDS[:1])
    server = ServerProcess("--log-level=debug", module="tests.support.unguarded")
    with server, pytest.raises(AssertionError, match="'log'"):
        await canaries.test_nothing_of_a_person_is_written_down(Door(server))


def test_a_server_that_leaves_a_picture_of_its_memory_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WITHOUT", "cores")
    monkeypatch.setenv("CORES", str(tmp_path))
    with canaries.cores_allowed() as most, ServerProcess(module="tests.support.unguarded") as server:
        if not most:
            pytest.skip("this machine lets nobody dump a core")
        with pytest.raises(AssertionError):
            canaries.demand_no_picture(server, most)
        # Where what is dumped goes to a program of the system's, that program has the last word.
        assert CORE_PATTERN.read_text().startswith("|") or canaries.dumps_core(server)
    for picture in tmp_path.iterdir():
        # As large as the server's memory.
        picture.unlink()
