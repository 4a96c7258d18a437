"""Consent: what each person allows, by purpose, and what comes of it."""

from server.features.consent.feature import Consent

__all__ = ["Consent"]
