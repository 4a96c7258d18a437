"""Panels: surfaces that people write on and read."""

from server.features.panels.feature import Panels

__all__ = ["Panels"]
