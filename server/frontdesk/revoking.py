"""Taking somebody's access back: the operator does, by the admin interface."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.errors import StoreError
from server.world.auditing import Action, AuditEvent

if TYPE_CHECKING:
    from server.frontdesk.inviting import Inviting


@dataclass(frozen=True, slots=True)
class Revoking:
    """What it takes to take access back."""

    inviting: Inviting
    """Who takes the subject's invitations back, and has what else this needs."""

    async def take_back(self, subject: str) -> int:
        """Take a subject's access back, with that of who came by an invitation of theirs; how many sessions ended.

        Everybody is out before anything is waited for. Raises `StoreError` if it may not hold after a restart, and
        `AuditUnavailable` if it may not be written down.
        """
        admission, auditor = self.inviting.admission, self.inviting.auditor
        ended = self.inviting.end_sessions(subject)
        admission.revoke(subject)
        taken, followed = self.inviting.end_all_of(subject)
        ended += followed
        # Both, whatever becomes of one.
        done = await asyncio.gather(
            admission.keep_revoked(subject), self.inviting.keep_taken_back(taken), return_exceptions=True
        )
        failed = next((error for error in done if error is not None), None)
        outcome = failed.code if isinstance(failed, StoreError) else ""
        event = AuditEvent(action=Action.ACCESS_REVOKED, outcome=outcome, about=(subject,), detail={"sessions": ended})
        number = auditor.record(event)
        if failed is not None:
            raise failed
        await auditor.settle(number)
        return ended
