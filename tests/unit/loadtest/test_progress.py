"""How a test shows itself while it runs."""

import io

import pytest
from rich.console import Console

from loadtest.progress import LiveLine, PlainLines, Status, watcher

STATUS = Status(200, 380_000.0, 41.6, 0)


def terminal() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=140)


def written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_words_have_the_numbers_that_matter() -> None:
    assert STATUS.words() == "200 avatars, 380,000 updates/s, age p99 42 ms, 0 errors"
    assert Status(errors=1).words() == "0 avatars, 0 updates/s, age p99 -, 1 error"


def test_a_terminal_gets_a_live_line() -> None:
    console = terminal()
    live = watcher(console)
    assert isinstance(live, LiveLine)
    live.show(0, STATUS)
    live.phase("joining", 200)
    live.phase("measuring", 20)
    live.show(5, STATUS)
    live.close()
    assert "measuring" in written(console)
    assert "380,000 updates/s" in written(console)


def test_a_file_gets_plain_lines_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(file=io.StringIO(), width=140)
    now = [100.0]
    monkeypatch.setattr("loadtest.progress.time.monotonic", lambda: now[0])
    plain = watcher(console)
    assert isinstance(plain, PlainLines)
    plain.phase("preparing motion", 1)
    plain.phase("measuring", 20, "seconds")
    for _ in range(12):
        now[0] += 1.0
        plain.show(now[0] - 100, STATUS)
    plain.close()
    lines = written(console).splitlines()
    assert lines[:2] == ["preparing motion", "measuring: 20 seconds"]
    assert lines[2].startswith("measuring 5: 200 avatars")
    assert len(lines) == 4
