"""The real server with one room."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.server_process import ROOT, ServerProcess

CLIENT = ROOT / "clients" / "web" / "dist" / "index.html"


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    if not CLIENT.is_file():
        pytest.fail("the web client is not built: `make test-cross` builds it")
    with ServerProcess(f"--facility={Path(__file__).parent / 'one_room.toml'}") as process:
        yield process
