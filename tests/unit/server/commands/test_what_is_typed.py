"""What a shell hands on may be no text and no path: every command says so in a few words and does nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from server.audit.opening import open_writer
from server.main import app
from server.store.sqlite import Store

if TYPE_CHECKING:
    from pathlib import Path

RUNNER = CliRunner()
NOBODY = ("--admin", "http://127.0.0.1:1")
LONG = "a" * 300
"""Longer than the name of a file may be: a path that cannot be looked at, as one in a folder of somebody else's."""
BYTES = "\udcff"
"""As Python has a byte that is no UTF-8."""


@pytest.mark.parametrize(
    "typed",
    [
        ("why", BYTES, "ann", *NOBODY),
        ("why", "ann", "bo", "--room", BYTES, *NOBODY),
        ("invite", BYTES, "patient", *NOBODY),
        ("invite", "ward", "patient", "--name", BYTES, *NOBODY),
        ("invite", "--revoke", BYTES, *NOBODY),
        ("invite", "--admin", BYTES),
        ("revoke", "--account", BYTES, *NOBODY),
        ("revoke", BYTES, *NOBODY),
        ("audit", "erase", BYTES, "--store", "store"),
        ("audit", "export", "store.audit", "--subject", BYTES),
        ("audit", "export", "store.audit", "--site", BYTES),
        ("backup", "copy", "--store", LONG),
        ("backup", LONG, "--store", "store"),
        ("backup", "copy", "--store", "store", "--path", LONG),
        ("restore", LONG),
        ("audit", "verify", LONG),
        ("audit", "export", LONG),
        ("audit", "erase", "guest-1", "--store", LONG),
        ("audit", "erase", "guest-1", "--store", "store", "--copy", LONG),
    ],
)
async def test_what_is_no_text_or_no_path_is_told(
    typed: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await (await Store.open(tmp_path / "store")).close()
    open_writer(tmp_path / "store.audit").close()
    before = set(os.listdir())  # noqa: PTH208 - not Path's: this is a coroutine
    done = RUNNER.invoke(app, typed)
    assert isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code in {1, 2}
    assert any(words in done.stderr for words in ("expected text in UTF-8", "File name too long"))
    assert "Traceback" not in done.stderr
    assert set(os.listdir()) == before  # noqa: PTH208
