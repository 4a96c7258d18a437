"""Safety: a session that nobody attends to is warned, then locked."""

from server.features.safety.feature import Safety

__all__ = ["Safety"]
