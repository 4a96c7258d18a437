"""Tables of rights for tests."""

from protocol.rights import Right
from server.config.rights import RightsSettings
from server.world.rights import Rights

EVERYTHING = tuple(Right)
BUT_CURTAINS = tuple(right for right in Right if right is not Right.SEE_PRIVATE)

SMALL = (
    RightsSettings(roles=("patient", "visitor", "learner"), may=BUT_CURTAINS),
    RightsSettings(roles=("clinician",), may=EVERYTHING),
)
"""Everybody may do everything everywhere, but only clinicians see behind curtains."""


def small_rights() -> Rights:
    """The table of a small facility, as rooms take it."""
    return Rights(SMALL)


def only(role: str, *rights: Right) -> RightsSettings:
    """What one role may, everywhere."""
    return RightsSettings(roles=(role,), may=rights)


ONLY_CLINICIANS_CLEARED = (
    RightsSettings(
        roles=("patient", "proxy", "learner", "observer", "facilitator"),
        may=tuple(right for right in BUT_CURTAINS if right not in {Right.CLEAR_MOTION, Right.RECORD}),
    ),
    RightsSettings(roles=("clinician",), may=EVERYTHING),
)
"""Clinicians alone see everybody as they are, and record."""
