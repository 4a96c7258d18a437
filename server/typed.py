"""What is typed at a command line: a shell hands on any bytes."""

from __future__ import annotations

import typer

from server.legible import is_text


def typed_text(words: str | None) -> str | None:
    """Give what was typed, for an option's `callback`. Raises `typer.BadParameter` for bytes that are no UTF-8."""
    if words is not None and not is_text(words):
        raise typer.BadParameter("expected text in UTF-8, got bytes that are none")
    return words
