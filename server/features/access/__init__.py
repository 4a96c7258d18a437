"""Access: who saw whom, written down, and told to whom it concerns."""

from server.features.access.feature import Access

__all__ = ["Access"]
