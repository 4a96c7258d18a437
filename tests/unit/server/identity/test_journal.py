"""What is beside the store, a line at a time: after a write that was cut short nothing else is lost, or misread."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import pytest
from structlog.testing import capture_logs

from server.errors import StoreError
from server.identity.erasures import Erasures
from server.identity.house_key import HouseKey
from server.identity.journal import AHEAD_SECONDS
from server.identity.locks import Locks
from server.identity.revocations import Revocations
from tests.support.disk import disk_for, owned_by

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_800_000_000.0
STORE = "store.sqlite3"
KEY = HouseKey(bytes(32))
HEX = "0123456789abcdef" * 4

Add = Callable[[str], None]
Has = Callable[[str], bool]


class Kind(NamedTuple):
    """One of the files: how it is opened, with what adds a subject and what says whether it has one."""

    suffix: str
    open: Callable[[Path], tuple[Add, Has]]
    line: str
    """A whole one, to which `{time}` is given."""


def revocations(store: Path) -> tuple[Add, Has]:
    opened = Revocations(store.with_name(f"{STORE}.revoked"), NOW)

    def add(subject: str) -> None:
        opened.revoke(subject, NOW)
        asyncio.run(opened.keep(subject))

    return add, lambda subject: opened.voids(subject, NOW - 1.0)


def locks(store: Path) -> tuple[Add, Has]:
    opened = Locks(store.with_name(f"{STORE}.locked"), NOW)
    return lambda subject: opened.note(subject, NOW), lambda subject: opened.asks(subject, NOW - 1.0)


def erasures(store: Path) -> tuple[Add, Has]:
    opened = Erasures(store, KEY, NOW)

    def add(subject: str) -> None:
        opened.note(subject, NOW)

    return add, lambda subject: any(opened.is_of(each, subject) for each in opened.noted)


KINDS = [
    Kind(".revoked", revocations, f"{{time}} sha256:{HEX}"),
    Kind(".locked", locks, f"{{time}} {HEX}"),
    Kind(".erased", erasures, f"{{time}} {HEX[:16]} {HEX[:16]} {HEX}"),
]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.suffix)
def kind(request: pytest.FixtureRequest) -> Kind:
    given: Kind = request.param
    return given


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / STORE


def beside(store: Path, kind: Kind) -> Path:
    return store.with_name(STORE + kind.suffix)


def whole(kind: Kind, time: str | None = None) -> str:
    decimals = 0 if kind.suffix == ".erased" else 3
    return kind.line.format(time=f"{NOW:.{decimals}f}" if time is None else time)


def why_not_kept(add: Add, subject: str) -> str:
    """Add what cannot be kept; why not, as the caller is told or, of a lock, for which nobody waits, the log."""
    with capture_logs() as logged:
        try:
            add(subject)
        except StoreError as error:
            return error.detail
    (line,) = logged
    assert line["event"] == "lock_not_kept"
    return str(line["reason"])


@pytest.mark.parametrize("cut", [0, 1, 9, 10, 12, 40])
def test_a_write_that_a_full_disk_cut_short_takes_no_other_line_with_it(store: Path, kind: Kind, cut: int) -> None:
    add, _ = kind.open(store)
    add("a")
    file = beside(store, kind)
    before = file.read_bytes()
    with disk_for(len(before) + cut):
        assert "File too large" in why_not_kept(add, "b")
    assert file.read_bytes() == before
    add("c")
    _, has = kind.open(store)
    assert [has(subject) for subject in "abc"] == [True, False, True]


def test_what_a_crash_tore_is_dropped_wherever_it_tore_and_told_and_the_next_line_is_whole(
    store: Path, kind: Kind
) -> None:
    add, _ = kind.open(store)
    add("a")
    file = beside(store, kind)
    first = file.read_bytes()
    add("b")
    second = file.read_bytes().removeprefix(first)
    for length in range(1, len(second) - 1):
        file.write_bytes(first + second[:length])
        with capture_logs() as logged:
            add, has = kind.open(store)
        assert [(line["event"], line["count"]) for line in logged] == [("torn_line_dropped", length)]
        assert [has(subject) for subject in "ab"] == [True, False]
        add("c")
        _, has = kind.open(store)
        assert [has(subject) for subject in "abc"] == [True, False, True]


def test_a_process_that_goes_on_after_a_tear_it_did_not_read_cuts_it_off(store: Path, kind: Kind) -> None:
    add, _ = kind.open(store)
    add("a")
    with beside(store, kind).open("ab") as file:
        file.write(b"1800000000.0")
    with capture_logs() as logged:
        add("c")
    assert [line["event"] for line in logged] == ["torn_line_dropped"]
    _, has = kind.open(store)
    assert [has(subject) for subject in "ac"] == [True, True]


def test_a_last_line_that_lacks_its_end_alone_is_kept(store: Path, kind: Kind) -> None:
    add, _ = kind.open(store)
    add("a")
    file = beside(store, kind)
    file.write_bytes(file.read_bytes().removesuffix(b"\n"))
    add("b")
    file.write_bytes(file.read_bytes().removesuffix(b"\n"))
    _, has = kind.open(store)
    assert [has(subject) for subject in "ab"] == [True, True]


@pytest.mark.parametrize("time", ["nan", "inf", "-inf", "-1.000", "1e9", "", "9" * 400, " 1.000", "1_0.000"])
def test_no_time_that_is_none_is_taken(store: Path, kind: Kind, time: str) -> None:
    file = beside(store, kind)
    file.write_text(f"{whole(kind)}\n{whole(kind, time)}\n")
    content = file.read_bytes()
    with pytest.raises(StoreError) as refused:
        kind.open(store)
    assert refused.value.detail.startswith(f"{file}, line 2: expected a time")
    assert file.read_bytes() == content


def test_a_time_that_has_not_been_is_told_and_one_that_is_a_little_ahead_is_taken(store: Path, kind: Kind) -> None:
    file = beside(store, kind)
    decimals = 0 if kind.suffix == ".erased" else 3
    file.write_text(f"{whole(kind, f'{NOW + AHEAD_SECONDS:.{decimals}f}')}\n")
    kind.open(store)
    file.write_text(f"{whole(kind, f'{NOW + AHEAD_SECONDS + 1.0:.{decimals}f}')}\n")
    with pytest.raises(StoreError) as refused:
        kind.open(store)
    words = "expected a time that has been, got 2027-01-15 08:05:01 UTC; set this machine's clock right"
    assert refused.value.detail == f"{file}, line 1: {words}"


def test_nobody_is_locked_out_for_good_by_one_line(store: Path) -> None:
    file = store.with_name(f"{STORE}.locked")
    for time in ("inf", "nan", f"{NOW + 1e6:.3f}"):
        file.write_text(f"{time} everybody\n")
        with pytest.raises(StoreError, match="line 1: expected a time"):
            Locks(file, NOW)
    file.write_text(f"{NOW:.3f} everybody\n")
    assert Locks(file, NOW).since("anybody") == NOW


def test_what_is_no_digest_is_told_and_not_read_as_somebody_else(store: Path, kind: Kind) -> None:
    good = whole(kind)
    file = beside(store, kind)
    # In capitals, shorter, longer, and glued to what was torn before it.
    for bad in (good.upper(), good[:-1], f"{good}0", good[:40] + good, good[:17] + good, f"{good} ", "", f"{good}\r"):
        file.write_text(f"{good}\n{bad}\n{good}\n")
        with pytest.raises(StoreError, match="line 2: expected a time"):
            kind.open(store)


def test_it_is_a_regular_file_that_its_owner_alone_reads(store: Path, kind: Kind) -> None:
    file = beside(store, kind)
    elsewhere = store.with_name("elsewhere")
    others: list[Callable[[], None]] = [lambda: file.symlink_to(elsewhere), lambda: os.mkfifo(file), file.mkdir]
    for make in others:
        make()
        with pytest.raises(StoreError, match="expected a regular file"):
            kind.open(store)
        # As it was, and nothing made at the other end.
        assert not file.is_file()
        assert not elsewhere.exists()
        file.rmdir() if file.is_dir() else file.unlink()
    add, _ = kind.open(store)
    add("a")
    file.chmod(0o666)
    add("b")
    assert file.stat().st_mode & 0o777 == 0o600
    content = file.read_bytes()
    file.unlink()
    elsewhere.write_bytes(content)
    file.symlink_to(elsewhere)
    assert "symbolic link" in why_not_kept(add, "c")
    assert elsewhere.read_bytes() == content


def test_of_two_that_write_at_once_neither_cuts_off_what_the_other_has_begun(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = store.with_name(f"{STORE}.erased")
    sync = os.fsync
    refused = []

    def try_to_write_too(handle: int) -> None:
        with file.open("ab") as another:
            try:
                fcntl.flock(another, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                refused.append(handle)
        sync(handle)

    opened = Erasures(store, KEY, NOW)
    monkeypatch.setattr("os.fsync", try_to_write_too)
    opened.note("a", NOW)
    # As the line is synced, and as the folder is.
    assert len(refused) == 2
    with file.open("ab") as another:
        fcntl.flock(another, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_several_that_are_added_at_once_are_all_there(store: Path) -> None:
    file = store.with_name(f"{STORE}.revoked")
    opened = Revocations(file, NOW)
    subjects = [f"account-{number}" for number in range(40)]

    async def add_all() -> None:
        for subject in subjects:
            opened.revoke(subject, NOW)
        await asyncio.gather(*map(opened.keep, subjects))

    file.write_bytes(b"1800000000.0")
    asyncio.run(add_all())
    again = Revocations(file, NOW)
    assert all(again.voids(subject, NOW) for subject in subjects)
    assert file.stat().st_size == 40 * len(f"{whole(KINDS[0])}\n")


def test_it_is_the_servers_that_has_the_store_whoever_makes_it(
    store: Path, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As root by a command, for a server that is somebody else's: with its store, and where that is lost.
    given = owned_by(monkeypatch, {store: 1001, store.parent: 1002})
    for there, owner in ((True, 1001), (False, 1002)):
        store.touch() if there else store.unlink()
        beside(store, kind).unlink(missing_ok=True)
        add, _ = kind.open(store)
        add("a")
        assert set(given.values()) == {owner}
        assert all(name.startswith(beside(store, kind).name) for name in given)
        given.clear()


def test_a_list_that_is_written_anew_stays_its_owners_where_there_is_no_store(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = store.with_name(f"{STORE}.revoked")
    file.touch(mode=0o600)
    given = owned_by(monkeypatch, {file: 1001, store.parent: 1002})
    Revocations(file, NOW)
    assert given == {f"{file.name}.part": 1001}
