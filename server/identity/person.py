"""Somebody at the front desk, as far as it is known who."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody at the front desk."""

    subject: str
    """Who they are to this server: the same for an account or a pass each time, another for a guest each time."""
    account: bool = False
    roles: frozenset[str] = frozenset()
    """What an account, or who was invited, may come in as; what a guest may depends on the room."""
    scopes: tuple[str, ...] | None = None
    """What their token may be used for; None where it does not say."""
    mfa: bool = False
    """Whether they were signed in with more than one factor."""
    signed_in_at: float | None = None
    """Seconds since 1970, by the provider's clock; None where it does not say."""
    name: str | None = None
    """The name that others see, where it is not theirs to choose."""
    known_at: float = 0.0
    """Seconds since 1970; until when it was looked whether their access was taken back. What is signed for them bears
    this time, so that whatever takes it back later voids that too; 0: anything does."""
    expires: float | None = None
    """Server clock; until when their token is good."""
    room: str | None = None
    """The one room they may enter, if they were invited."""
    invitation: str | None = None
    """The id of what they came by, if they were invited."""
    origin: str | None = None
    """The origin whose pages their pass is good for; None for a token of the provider's, which is good for any."""

    @property
    def invited(self) -> bool:
        """Whether they came by an invitation."""
        return self.room is not None

    @property
    def is_guest(self) -> bool:
        """Whether they have neither an account nor an invitation: then nobody knows them again."""
        return not (self.account or self.invited)
