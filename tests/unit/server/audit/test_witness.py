"""The witness gets each checkpoint, late if need be, and holds up nothing."""

import errno
import os
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from server.audit.witness import FileWitness, WebWitness, Witness, WitnessPost, witness_of

FIRST, SECOND = b"0" * 128 + b' {"number":0}\n', b"1" * 128 + b' {"number":1}\n'


class Moody:
    """A witness that fails as often as it is told to."""

    def __init__(self, failures: int) -> None:
        self.left = failures
        self.got: list[bytes] = []
        self.full = threading.Event()

    def send(self, line: bytes) -> None:
        if self.left:
            self.left -= 1
            raise OSError("not now")
        self.got.append(line)
        if len(self.got) == 3:
            self.full.set()


def test_lines_come_in_order_after_failures_too() -> None:
    witness = Moody(failures=2)
    post = WitnessPost(witness, retry_seconds=0.001)
    for line in (b"1", b"2", b"3"):
        post.post(line)
    assert witness.full.wait(10.0)
    post.close(10.0)
    assert (witness.got, post.failures, post.behind) == ([b"1", b"2", b"3"], 2, 0)


def test_a_witness_that_never_answers_does_not_hold_up_the_end() -> None:
    post = WitnessPost(Moody(failures=1_000_000), retry_seconds=60.0)
    for number in range(2_000):
        post.post(str(number).encode())
    assert post.behind == 1_000
    post.close(10.0)
    assert not post._thread.is_alive()


def test_a_file_is_appended_to(tmp_path: Path) -> None:
    witness: Witness = witness_of("copy", tmp_path)
    assert isinstance(witness, FileWitness)
    witness.send(b"1\n")
    witness.send(b"2\n")
    assert (tmp_path / "copy").read_bytes() == b"1\n2\n"


def fail_with(number: int) -> Callable[..., int]:
    def fail(*_: object) -> int:
        raise OSError(number, "broken")

    return fail


@pytest.mark.parametrize("left", [1, 128, 129, 140])
def test_what_a_full_disk_cut_short_in_a_file_is_written_whole(left: int, tmp_path: Path) -> None:
    file = tmp_path / "copy"
    file.write_bytes(FIRST + SECOND[:left])
    FileWitness(file).send(SECOND)
    assert file.read_bytes() == FIRST + SECOND


def test_a_file_takes_a_line_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: whole(handle, bytes(data)[:50]))
    FileWitness(tmp_path / "copy").send(FIRST)
    assert (tmp_path / "copy").read_bytes() == FIRST


def test_a_line_that_was_written_and_not_synced_is_in_a_file_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness, file = FileWitness(tmp_path / "copy"), tmp_path / "copy"
    witness.send(FIRST)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail_with(errno.EIO))
        with pytest.raises(OSError, match="broken"):
            witness.send(SECOND)
    witness.send(SECOND)
    assert file.read_bytes() == FIRST + SECOND


def test_nothing_is_cut_off_a_file_of_something_else(tmp_path: Path) -> None:
    file = tmp_path / "copy"
    file.write_bytes(b"a line\nand none")
    FileWitness(file).send(FIRST)
    assert file.read_bytes() == b"a line\nand none" + FIRST


def test_a_file_has_a_line_on_the_disk_when_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    sync = os.fsync

    def told(handle: int) -> None:
        synced.append(os.fstat(handle).st_size)
        sync(handle)

    monkeypatch.setattr(os, "fsync", told)
    FileWitness(tmp_path / "copy").send(b"1\n")
    assert synced == [2]


@pytest.mark.parametrize(("status", "taken"), [(204, True), (302, False), (500, False)])
def test_an_address_is_posted_to(status: int, taken: bool, tmp_path: Path) -> None:
    got: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    witness = witness_of(f"http://127.0.0.1:{server.server_port}/audit?from=here", tmp_path)
    assert isinstance(witness, WebWitness)
    if taken:
        witness.send(b"line\n")
    else:
        with pytest.raises(Exception, match=f"the witness answered {status}"):
            witness.send(b"line\n")
    thread.join()
    server.server_close()
    assert got == [("/audit?from=here", b"line\n")]
