"""Settings of who sees people as they are: a part of a room's table of the facility file."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Name = Annotated[str, Meta(min_length=1, max_length=64)]


class PrivacySettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What of a room's table decides whose motion is shown masked. A value left out is that of the room's type."""

    fidelity: Literal["care", "group", "sim"] | None = None
    """Who is seen as they are: in `care` everybody by everybody, else by who may `clear_motion` and one's care team."""
    masked_fingers: bool | None = None
    """Whether those who are not cleared see fingers, as posture."""
