"""A server with a guard removed, by which a checker proves that it would notice; or with small bounds.

`python -m tests.support.chaos.weak_server WEAKNESS... -- ARGUMENTS`: `unsynced` commits without syncing, `early`
acknowledges before the commit, `often` folds the log into the file every 40 edits.
"""

import sys
from collections.abc import Callable

from server.errors import StoreError
from server.main import app
from server.store import sqlite, writer
from server.store.writing import Writing


def acknowledge_early() -> None:
    submit = writer.Writer.submit

    def early(self: writer.Writer, writing: Writing, settled: Callable[[StoreError | None], None]) -> None:
        settled(None)
        submit(self, writing, lambda error: None)  # noqa: ARG005 - told already

    writer.Writer.submit = early  # type: ignore[method-assign]  # that is the weakness


def weaken(names: list[str]) -> None:
    for name in names:
        if name == "unsynced":
            sqlite.SYNCHRONOUS = "OFF"  # type: ignore[misc]  # that is the weakness
        elif name == "early":
            acknowledge_early()
        elif name == "often":
            writer.CHECKPOINT_EVERY = 40  # type: ignore[misc]  # a bound of the tests
        else:
            raise SystemExit(f"no such weakness: {name}")


if __name__ == "__main__":
    split = sys.argv.index("--")
    weaken(sys.argv[1:split])
    app(sys.argv[split + 1 :])
