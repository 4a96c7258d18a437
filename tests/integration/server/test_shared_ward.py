"""A ward that two patients share, over real sockets: one withdraws, somebody is resuscitated, the other withdraws."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest
from polyclinic_client import Disconnected, Room, Said, SaidEarlier, join

from protocol.ids import CloseCode
from server.audit.record import decode
from tests.support.audit import lines_of
from tests.support.clinic_files import write_clinic
from tests.support.server_process import ServerProcess
from tests.support.visitor import until_the_end

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GLASS = {"reason": "life_threat", "text": "he does not breathe", "minutes": 5}


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20.0):
        while not true():  # noqa: ASYNC110 - what comes over the socket is awaited by the client
            await asyncio.sleep(0.02)


async def treat(patient: Room, *, given: bool) -> None:
    assert (await patient.operate("consent", "set", {"purpose": "treat", "given": given})).ok


async def heard_first(room: Room) -> str:
    """What was first said of all that a client has heard."""
    async with asyncio.timeout(20.0):
        async for change in room.changes():
            if isinstance(change, Said):
                return change.text
    raise AssertionError("the changes ended without a word")


async def ended_with(room: Room) -> int:
    async with asyncio.timeout(20.0):
        try:
            await until_the_end(room)
        except Disconnected as error:
            return error.close_code
    raise AssertionError("the changes ended without an error")


async def ward(server: ServerProcess) -> None:
    async with AsyncExitStack() as stack:

        async def enter(name: str, role: str) -> Room:
            return await stack.enter_async_context(join(server.http, room="ward", name=name, role=role))

        ann, bo = await enter("Ann", "patient"), await enter("Bo", "patient")
        cy, di = await enter("Cy", "clinician"), await enter("Di", "clinician")
        everybody = {room.entity for room in (ann, bo, cy, di)}
        await until(lambda: all(room.avatars.keys() == everybody - {room.entity} for room in (ann, bo, cy, di)))

        await treat(ann, given=False)
        await until(lambda: cy.avatars.keys() == {bo.entity, di.entity})
        assert bo.avatars.keys() == {ann.entity, cy.entity, di.entity}
        assert ann.avatars.keys() == {bo.entity, cy.entity, di.entity}
        assert cy.people.keys() == everybody
        assert (await ann.say("not for the staff")).ok
        assert (await bo.say("for all")).ok
        assert [await heard_first(room) for room in (cy, bo)] == ["for all", "not for the staff"]

        assert (await cy.operate("emergency", "break_glass", GLASS)).ok
        await until(lambda: ann.entity in cy.avatars)
        await treat(bo, given=False)
        await until(lambda: di.avatars.keys() == {cy.entity})
        late = await enter("Eve", "clinician")
        await until(lambda: late.avatars.keys() == {cy.entity, di.entity})
        assert cy.live
        assert {ann.entity, bo.entity} <= cy.avatars.keys()

        assert (await cy.operate("emergency", "end", {})).ok
        assert [await ended_with(room) for room in (cy, di, late)] == [CloseCode.CONSENT_WITHDRAWN] * 3
        with pytest.raises(Disconnected) as refused:
            await enter("Flo", "clinician")
        assert refused.value.close_code == CloseCode.CONSENT_WITHDRAWN
        await treat(bo, given=True)
        gus = await enter("Gus", "clinician")
        await until(lambda: gus.avatars.keys() == {bo.entity})
        assert ann.live
        assert bo.live


async def test_one_withdrawal_takes_nobodys_care_away_and_an_emergency_keeps_who_helps(tmp_path: Path) -> None:
    with ServerProcess(f"--store={tmp_path}/clinic.sqlite3") as server:
        await ward(server)
        assert server.terminate() == 0
    records = [decode(line[65:-1]) for line in lines_of(tmp_path / "clinic.audit")]
    ann, bo = (record.agent for record in records if record.action == "consent_withdrawn")
    cy, di, late, _ = (record.agent for record in records if record.detail.get("close_code") == 4511)
    (began,) = (record for record in records if record.action == "emergency_began")
    overridden = [record for record in records if record.action == "consent_overridden"]
    # Who broke the glass for the one who had withdrawn; then who stays by it for both, who came by it too.
    assert [(record.agent, set(record.about)) for record in overridden] == [
        (cy, {ann}),
        (cy, {ann, bo}),
        (di, {ann, bo}),
        (late, {ann, bo}),
    ]
    assert {record.purpose for record in overridden} == {"break_glass"}
    assert (began.agent, began.about, began.detail["reason"]) == (cy, (ann,), "life_threat")


async def lines_before(room: Room, last: str) -> list[str]:
    """What was said of all that a client has heard, live or from before, up to a last line."""
    heard: list[str] = []
    async with asyncio.timeout(20.0):
        async for change in room.changes():
            if isinstance(change, Said | SaidEarlier):
                if change.text == last:
                    return heard
                heard.append(change.text)
    raise AssertionError("the changes ended without the last line")


async def test_a_line_that_is_being_kept_reaches_nobody_who_was_told_that_its_speaker_is_hidden(tmp_path: Path) -> None:
    facility = write_clinic(tmp_path)
    facility.write_text(facility.read_text().replace('id = "ward"', 'id = "ward"\nkeep_chat = 20', 1))
    with ServerProcess(f"--facility={facility}", f"--store={tmp_path}/clinic.sqlite3") as server:
        async with AsyncExitStack() as stack:

            async def enter(name: str, role: str) -> Room:
                return await stack.enter_async_context(join(server.http, room="ward", name=name, role=role))

            ann, bo, cy = await enter("Ann", "patient"), await enter("Bo", "patient"), await enter("Cy", "clinician")
            await until(lambda: ann.entity in cy.avatars)
            assert (await ann.say("good morning")).ok
            # The line is on its way to the disk as the withdrawal comes, in the same order on the socket.
            said = asyncio.create_task(ann.say("as I leave you"))
            withdrew = asyncio.create_task(treat(ann, given=False))
            assert (await said).ok
            await withdrew
            assert (await bo.say("the last")).ok
            assert await lines_before(cy, "the last") == ["good morning"]
            assert await lines_before(bo, "the last") == ["good morning", "as I leave you"]
            di, eve = await enter("Di", "clinician"), await enter("Eve", "patient")
            assert await lines_before(di, "the last") == []
            assert await lines_before(eve, "the last") == ["good morning"]
