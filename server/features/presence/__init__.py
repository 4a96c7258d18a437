"""Presence: who is in the room, whether or not they can be seen."""

from server.features.presence.feature import Presence

__all__ = ["Presence"]
