"""What is typed at a command line: a shell hands on any bytes."""

from __future__ import annotations

import typer


def typed_text(words: str | None) -> str | None:
    """Give what was typed, for an option's `callback`. Raises `typer.BadParameter` for bytes that are no UTF-8.

    Python stands surrogates in for such bytes (PEP 383), which nothing that is written or sent can hold.
    """
    try:
        (words or "").encode()
    except UnicodeEncodeError:
        raise typer.BadParameter("expected text in UTF-8, got bytes that are none") from None
    return words
