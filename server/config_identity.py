"""Settings of who is let in and how: parts of the tables of the facility file."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from server.config_words import ORIGIN

Origin = Annotated[str, Meta(pattern=ORIGIN)]


class AdmissionSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What of `[server]` decides which pages and connections are let in."""

    origins: tuple[Origin, ...] | None = None
    """The origins (RFC 6454) whose pages may join; left out, those at which this front desk is reached itself."""
