"""Settings of who sees people as they are and who records them: a part of a room's table in the facility file."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct


class PrivacySettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What of a room's table decides who gets people's motion, and as what. Left out: as the room's type says."""

    fidelity: Literal["care", "group", "sim"] | None = None
    """Who is seen as they are: in `care` everybody by everybody, else by who may `clear_motion` and one's care team."""
    recordings: Annotated[str, Meta(min_length=1)] | None = None
    """The folder for recorded motion, relative to where the server is started; left out, none is recorded."""
    masked_fingers: bool | None = None
    """Whether those who are not cleared see fingers, as posture."""
