"""What the log says was taken back, for a store that is restored: the log is not, so it knows what came after."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec

from server.audit import record as records
from server.audit.log import SUBJECT_FILE
from server.audit.subjects import Subjects
from server.audit.verify import LOG_FILE
from server.errors import AuditStartError
from server.world.auditing import Action

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ERASURE: Final = "erasure"
"""The key of `detail` that has the id of an erasure."""


class TakenBack(msgspec.Struct, kw_only=True):
    """All of it since the log began. Those whose key is destroyed are erased, and in none."""

    began: float = 0.0
    """When the log did, s since 1970: of what was before, it knows nothing."""
    revoked: set[str] = msgspec.field(default_factory=set)
    """Ids of invitations."""
    used: Counter[str] = msgspec.field(default_factory=Counter)
    """How often an invitation was used."""
    withdrawn: set[tuple[str, str, str]] = msgspec.field(default_factory=set)
    """Consents that were withdrawn and not given again: room, subject, purpose."""
    access: dict[str, float] = msgspec.field(default_factory=dict)
    """Until when what was issued to a subject is void, s since 1970."""
    erasures: set[str] = msgspec.field(default_factory=set)
    """Ids of those that were done."""
    unnamed: int = 0
    """Withdrawals and revocations of people who were not erased and whose key is not there."""


def read_taken_back(folder: Path) -> TakenBack | None:
    """Read the log in a folder, which is not verified here; None if there is none. Raises `AuditStartError`."""
    if not (folder / LOG_FILE).is_file():
        return None
    told = TakenBack()
    erased: set[str] = set()
    consents: dict[tuple[str, str, str], bool] = {}
    access: dict[str, float] = {}
    try:
        with (folder / LOG_FILE).open("rb") as lines:
            for line in lines:
                _note(records.decode(line[records.HASH_HEX + 1 : -1]), told, erased, consents, access)
        people = _everybody(folder)
    except (OSError, ValueError, sqlite3.Error) as error:
        raise AuditStartError(f"{folder}: cannot be read: {error}") from None
    withdrawn = [each for each, given in consents.items() if not given]
    told.withdrawn = {(room, people[who], purpose) for room, who, purpose in withdrawn if who in people}
    told.access = {people[who]: since for who, since in access.items() if who in people}
    told.unnamed = len({*(who for _, who, _ in withdrawn), *access} - people.keys() - erased)
    return told


def _note(
    record: records.Record,
    told: TakenBack,
    erased: set[str],
    consents: dict[tuple[str, str, str], bool],
    access: dict[str, float],
) -> None:
    detail = record.detail
    if record.number == 0:
        told.began = _seconds(record)
    match record.action:
        case Action.INVITATION_REVOKED:
            told.revoked.add(str(detail.get("invitation")))
        case Action.TICKET_ISSUED if "invitation" in detail:
            told.used[str(detail["invitation"])] += 1
        case Action.CONSENT_GIVEN | Action.CONSENT_WITHDRAWN:
            given = record.action == Action.CONSENT_GIVEN
            consents[record.room, record.agent, str(detail.get("purpose"))] = given
        case Action.ACCESS_REVOKED:
            access |= dict.fromkeys(record.about, _seconds(record))
        case Action.ERASURE if ERASURE in detail:
            told.erasures.add(str(detail[ERASURE]))
        case "subject_erased":
            erased |= set(record.about)


def _seconds(record: records.Record) -> float:
    return datetime.fromisoformat(record.time).timestamp()


def _everybody(folder: Path) -> Mapping[str, str]:
    if not (folder / SUBJECT_FILE).is_file():
        return {}
    with closing(Subjects(folder / SUBJECT_FILE)) as subjects:
        return subjects.everybody()
