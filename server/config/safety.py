"""What the facility file says of sessions that nobody attends to, and of people who are shown out: `[safety]`."""

from __future__ import annotations

from typing import Annotated, Final

from msgspec import Meta, Struct

Seconds = Annotated[float, Meta(ge=1.0, le=86_400.0)]


class SafetySettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Automatic logoff, and how long who was removed stays out."""

    idle_seconds: Seconds = 900.0
    """How long there is no sign of anybody (motion, voice, an operation) until it is asked whether anybody is there."""
    away_seconds: Seconds = 120.0
    """The same while the headset is off, its head is not tracked, or the page is hidden."""
    warn_seconds: Seconds = 60.0
    """How long one has to answer until the session is locked."""
    locked_seconds: Seconds = 1800.0
    """How long a locked session waits for its person until it ends."""
    reauthenticate: bool = True
    """Whether somebody with an account signs in again at the provider after a lock, which its tokens have to show
    (`auth_time`); else a press is enough while the page has a good token."""
    removed_seconds: Seconds = 900.0
    """How long who was removed from a room gets no ticket to it."""
    shared_devices: bool = False
    """Whether devices are passed on: then clients keep nothing of who wore them, and forget all at the end."""


DEFAULT_SAFETY: Final = SafetySettings()
"""Of a facility that says nothing."""
