"""Moderation: showing somebody out, and silencing somebody."""

from server.features.moderation.feature import Moderation

__all__ = ["Moderation"]
