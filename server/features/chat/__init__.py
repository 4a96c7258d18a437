"""Chat: text to those who may perceive the sender."""

from server.features.chat.feature import Chat

__all__ = ["Chat"]
