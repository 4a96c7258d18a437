"""Emergency: breaking the glass, for a reason, for a time, before everybody's eyes."""

from server.features.emergency.feature import Emergency

__all__ = ["Emergency"]
