"""Recordings: on while everybody consents, told to all, and written down."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest

from loadtest.motion.recorded import read_recording
from protocol.features import RECORDING_NEEDS
from protocol.rights import Right
from server.store import motion_writer
from server.store.motion import MotionFiles
from server.world.auditing import Action
from tests.support.audit import Notebook
from tests.support.consents import allow, consenting, record, told, ward

if TYPE_CHECKING:
    from pathlib import Path

    from protocol.features import RecordingKind
    from tests.support.rooms import Person, World


def poses(world: World, folder: Path) -> int:
    """Poses on the disk once what was taken is there, of everybody."""
    write_all(world)
    return sum(len(file.read_text().splitlines()) - 1 for file in (folder / "motion").glob("*"))


def write_all(world: World) -> None:
    while world.motion.work():
        pass


def reasons(person: Person) -> list[str]:
    """Why each change of recordings was, as a person was told."""
    return [body["why"] for body in person.inbox.bodies("consent", "recording")]


@pytest.mark.parametrize("kind", RECORDING_NEEDS)
def test_a_recording_needs_everyones_consent_and_shows_to_all(tmp_path: Path, kind: RecordingKind) -> None:
    world = ward(tmp_path)
    doc, ann = world.join("Doc", "clinician"), world.join("Ann")
    allow(doc, RECORDING_NEEDS[kind])
    assert record(doc, kind) == "consent_missing"
    assert told(ann) == []
    allow(ann, RECORDING_NEEDS[kind])
    assert record(doc, kind) == ""
    assert told(doc) == told(ann) == [(kind, "on")]


def test_who_comes_while_it_goes_on_is_told(tmp_path: Path) -> None:
    world = ward(tmp_path)
    (doc,) = consenting(world, "Doc")
    record(doc)
    world.join("Ann").leave()
    ann = world.join("Ann")
    assert told(ann) == [("motion", "paused")]
    allow(ann, "record_motion")
    assert told(ann)[-1] == ("motion", "on")
    ann.leave()
    ann = world.join("Ann")
    # The room remembers her consent.
    assert told(ann) == [("motion", "on")]


def test_a_joiner_without_consent_pauses_it_within_a_tick(tmp_path: Path) -> None:
    world = ward(tmp_path)
    doc, _ = consenting(world, "Doc", "Ann")
    record(doc)
    world.step(3)
    bo = world.join("Bo")
    world.step(5)
    allow(bo, "record_motion")
    world.step(2)
    record(doc, on=False)
    # Two people for three ticks, nobody for five, three people for two.
    assert poses(world, tmp_path) == 2 * 3 + 3 * 2
    assert told(doc) == [("motion", state) for state in ("on", "paused", "on", "off")]


def test_who_leaves_pauses_it_no_longer(tmp_path: Path) -> None:
    world = ward(tmp_path)
    (doc,) = consenting(world, "Doc")
    record(doc)
    world.join("Bo").leave()
    assert told(doc)[-1] == ("motion", "on")


def test_a_withdrawal_stops_it_before_the_next_tick(tmp_path: Path) -> None:
    world = ward(tmp_path)
    doc, ann = consenting(world, "Doc", "Ann")
    record(doc)
    world.step(3)
    allow(ann, "record_motion", given=False)
    assert told(ann)[-1] == ("motion", "off")
    before = poses(world, tmp_path)
    world.step(10)
    assert before == poses(world, tmp_path) == 6
    allow(ann, "record_motion")
    world.step(2)
    # What was stopped does not begin by itself.
    assert poses(world, tmp_path) == 6


def test_a_withdrawal_of_another_purpose_stops_nothing(tmp_path: Path) -> None:
    world = ward(tmp_path)
    doc, ann = consenting(world, "Doc", "Ann")
    record(doc)
    allow(ann, "research", given=False)
    assert told(ann) == [("motion", "on")]


def test_it_ends_with_who_began_it(tmp_path: Path) -> None:
    world = ward(tmp_path)
    doc, ann = consenting(world, "Doc", "Ann")
    record(doc)
    doc.leave()
    assert told(ann)[-1] == ("motion", "off")


def test_a_lost_socket_records_nothing_of_who_is_away(tmp_path: Path) -> None:
    world = ward(tmp_path)
    doc, ann = consenting(world, "Doc", "Ann")
    record(doc)
    ann.suspend()
    world.step(4)
    record(doc, on=False)
    assert poses(world, tmp_path) == 4


def test_who_is_away_and_comes_back_needs_to_consent_too(tmp_path: Path) -> None:
    world = ward(tmp_path)
    doc, bo = world.join("Doc", "clinician"), world.join("Bo")
    allow(doc, "record_motion")
    bo.suspend()
    assert record(doc) == "consent_missing"
    bo.leave()
    assert record(doc) == ""
    cy = world.join("Cy")
    cy.suspend()
    # Whoever else comes or goes, it goes on no sooner.
    world.join("Ann").leave()
    world.step(3)
    assert told(doc) == [("motion", "on"), ("motion", "paused")]
    assert poses(world, tmp_path) == 0


def test_nobody_records_where_the_facility_does_not_say_so(tmp_path: Path) -> None:
    world = ward(tmp_path)
    doc, ann = consenting(world, "Doc", "Ann")
    assert record(ann) == "forbidden"
    closed = ward(None)
    (doc,) = consenting(closed, "Doc")
    assert record(doc) == "not_offered"
    doc, ann = consenting(world, "Doc", "Ann")
    world.room.withhold(doc.member, "test", frozenset({Right.RECORD}))
    assert record(doc) == "forbidden"
    world.step(3)
    assert not (tmp_path / "motion").exists()


def test_what_is_recorded_twice_is_one_recording(tmp_path: Path) -> None:
    world = ward(tmp_path)
    (doc,) = consenting(world, "Doc")
    assert (record(doc), record(doc), record(doc, on=False), record(doc, on=False)) == ("", "", "", "")
    assert told(doc) == [("motion", "on"), ("motion", "off")]


def test_the_load_tester_reads_what_was_recorded(tmp_path: Path) -> None:
    world = ward(tmp_path)
    doc, ann = consenting(world, "Doc", "Canary")
    record(doc)
    for step in range(5):
        ann.move(1.0 + step / 100, 2.0)
        world.step()
    record(doc, on=False)
    write_all(world)
    files = sorted((tmp_path / "motion").iterdir())
    assert len(files) == 2
    rows = read_recording(files[1]).rows
    assert rows[:, 2].tolist() == [1000, 1010, 1020, 1030, 1040]
    assert not any("anary" in file.name + file.read_text() for file in files)


def test_a_recording_says_who_allowed_research_while_it_went_on(tmp_path: Path) -> None:
    world = ward(tmp_path)
    doc, ann = consenting(world, "Doc", "Ann")
    record(doc)
    world.step()
    allow(ann, "research")
    world.step(2)
    allow(ann, "research", given=False)
    world.step(3)
    record(doc, on=False)
    write_all(world)
    told_by_file = [read_recording(path) for path in sorted((tmp_path / "motion").iterdir())]
    without = [len(each.milliseconds) for each in told_by_file if not each.research]
    assert [len(each.milliseconds) for each in told_by_file if each.research] == [2]
    # The rest of hers, and all of the doctor's, who never allowed it.
    assert sorted(without) == [4, 6]


def test_a_file_of_a_visit_lets_nobody_in_who_reads_its_name(tmp_path: Path) -> None:
    world = ward(tmp_path)
    world.room.id = "consult-0123456789abcdef"
    (doc,) = consenting(world, "Doc")
    record(doc)
    world.step()
    record(doc, on=False)
    write_all(world)
    (file,) = (tmp_path / "motion").iterdir()
    assert file.name.startswith("consult~")
    assert "0123456789abcdef" not in file.name


def test_a_full_disk_ends_the_recording_and_not_the_tick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(MotionFiles, "write", fail)
    monkeypatch.setattr(MotionFiles, "close", fail)
    notebook = Notebook()
    world = ward(tmp_path, auditor=notebook)
    doc, ann = consenting(world, "Doc", "Ann")
    record(doc)
    world.step(2)
    assert told(ann) == [("motion", "on")]
    write_all(world)
    world.step()
    assert reasons(doc) == reasons(ann) == ["", "failed"]
    assert [dict(event.detail)["why"] for event in notebook.of(Action.RECORDING_ENDED)] == ["failed"]
    assert world.room.features.faults == 0


def test_a_disk_that_is_too_slow_ends_the_recording_and_all_are_told_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(motion_writer, "WAITING_MAX", 6)
    world = ward(tmp_path)
    doc, ann = consenting(world, "Doc", "Ann")
    record(doc)
    world.step(5)
    assert told(ann) == [("motion", "on"), ("motion", "off")]
    assert reasons(doc) == reasons(ann) == ["", "behind"]
    # What was taken by then is kept.
    assert poses(world, tmp_path) == 6
    assert record(doc) == ""


def test_a_paused_recording_ends_when_its_disk_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(MotionFiles, "write", fail)
    world = ward(tmp_path)
    (doc,) = consenting(world, "Doc")
    record(doc)
    world.step()
    world.join("Bo")
    write_all(world)
    world.step()
    assert reasons(doc) == ["", "", "failed"]


def test_nobody_is_told_that_it_was_somebodys_withdrawal(tmp_path: Path) -> None:
    world = ward(tmp_path)
    doc, ann = consenting(world, "Doc", "Ann")
    record(doc)
    record(doc, on=False)
    record(doc)
    allow(ann, "record_motion", given=False)
    assert reasons(doc) == ["", "", "", ""]


def test_who_comes_back_without_its_events_is_told_anew(tmp_path: Path) -> None:
    world = ward(tmp_path)
    doc, ann = consenting(world, "Doc", "Ann")
    record(doc)
    ann.suspend()
    ann.inbox.events.clear()
    ann.resume(resync=True)
    assert told(ann) == [("motion", "on")]
    assert ann.inbox.bodies("consent", "consents") == [{"given": ["observe", "record_motion", "treat"]}]


def test_who_was_recorded_when_and_by_whom_is_written_down() -> None:
    notebook = Notebook()
    world = ward(auditor=notebook)
    doc, ann = consenting(world, "Doc", "Ann", kind="audio")
    record(doc, "audio")
    world.join("Bo").leave()
    allow(ann, "record_audio", given=False)
    written = notebook.of(
        Action.RECORDING_BEGAN, Action.RECORDING_PAUSED, Action.RECORDING_RESUMED, Action.RECORDING_ENDED
    )
    assert [(event.action.value, event.about, dict(event.detail)) for event in written] == [
        ("recording_began", ("subject-Ann",), {"kind": "audio"}),
        ("recording_paused", ("subject-Ann", "subject-Bo"), {"kind": "audio"}),
        ("recording_resumed", ("subject-Ann",), {"kind": "audio"}),
        ("recording_ended", ("subject-Ann",), {"kind": "audio", "why": "withdrawn"}),
    ]
    assert {(event.subject, event.role) for event in written} == {("subject-Doc", "clinician")}


def test_what_cannot_be_written_down_is_not_recorded(tmp_path: Path) -> None:
    notebook = Notebook()
    world = ward(tmp_path, auditor=notebook)
    doc, ann = consenting(world, "Doc", "Ann")
    allow(doc, "record_audio")
    allow(ann, "record_audio")
    record(doc)
    world.step(2)
    notebook.available = False
    assert record(doc, "audio") == "audit_unavailable"
    world.step(2)
    assert told(ann) == [("motion", "on"), ("motion", "off")]
    assert reasons(ann) == ["", "unavailable"]
    assert poses(world, tmp_path) == 4


def test_a_recording_can_be_ended_though_nothing_can_be_written_down() -> None:
    notebook = Notebook()
    world = ward(auditor=notebook)
    doc, ann = consenting(world, "Doc", "Ann", kind="audio")
    record(doc, "audio")
    notebook.available = False
    assert record(doc, "audio", on=False) == ""
    assert told(ann)[-1] == ("audio", "off")
