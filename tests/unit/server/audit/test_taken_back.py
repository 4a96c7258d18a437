"""What the log says was taken back: the last word counts, and whoever was erased is nobody."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from server.audit.log import SUBJECT_FILE
from server.audit.opening import open_writer
from server.audit.subjects import Subjects
from server.audit.taken_back import TakenBack, read_taken_back
from server.audit.verify import LOG_FILE
from server.errors import AuditStartError
from server.world.auditing import Action, AuditEvent

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, *events: AuditEvent) -> None:
    writer = open_writer(folder)
    for event in events:
        writer.record(event)
    writer.close()


def read(folder: Path) -> TakenBack:
    told = read_taken_back(folder)
    assert told is not None
    return told


def said(action: Action, subject: str, purpose: str = "observe") -> AuditEvent:
    return AuditEvent(action=action, subject=subject, room="ward", detail={"purpose": purpose})


def test_the_last_word_on_a_consent_counts(tmp_path: Path) -> None:
    yes, no = Action.CONSENT_GIVEN, Action.CONSENT_WITHDRAWN
    write(tmp_path, said(no, "ann"), said(yes, "ann"), said(yes, "bo"), said(no, "bo"), said(no, "bo", "treat"))
    assert read(tmp_path).withdrawn == {("ward", "bo", "observe"), ("ward", "bo", "treat")}


def test_uses_are_counted_and_tickets_without_an_invitation_are_none(tmp_path: Path) -> None:
    used = AuditEvent(action=Action.TICKET_ISSUED, subject="invited-1", detail={"invitation": "i1"})
    taken = AuditEvent(action=Action.INVITATION_REVOKED, detail={"invitation": "i2"})
    write(tmp_path, used, AuditEvent(action=Action.TICKET_ISSUED, subject="ann"), used, taken)
    told = read(tmp_path)
    assert (told.used, told.revoked) == ({"i1": 2}, {"i2"})


def test_who_was_erased_is_nobody_and_whose_key_is_lost_is_counted(tmp_path: Path) -> None:
    write(tmp_path, *(AuditEvent(action=Action.ACCESS_REVOKED, about=(who,)) for who in ("ann", "bo")))
    with closing(Subjects(tmp_path / SUBJECT_FILE)) as subjects:
        subjects.erase("ann")
    # That she was erased is written by whoever opens the log next.
    write(tmp_path, AuditEvent(action=Action.ERASURE, detail={"erasure": "e1"}))
    told = read(tmp_path)
    assert (set(told.access), told.erasures, told.unnamed) == ({"bo"}, {"e1"}, 0)
    (tmp_path / SUBJECT_FILE).unlink()
    told = read(tmp_path)
    assert (told.access, told.unnamed) == ({}, 1)


def test_no_log_and_one_that_cannot_be_read(tmp_path: Path) -> None:
    assert read_taken_back(tmp_path) is None
    (tmp_path / LOG_FILE).write_text("no record\n")
    with pytest.raises(AuditStartError, match="cannot be read"):
        read_taken_back(tmp_path)
