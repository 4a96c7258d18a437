"""The command `polyclinic`, and `python -m server`."""

from __future__ import annotations

from server.main import app
from server.ops.logging import configure_logging


def run() -> None:
    """Run what was typed. What a command logs goes to standard error, as a server's lines do: output is its answer."""
    configure_logging(level="warning")
    app()


if __name__ == "__main__":
    run()
