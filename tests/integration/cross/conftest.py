"""The real server with one room, and the compiled Unity package."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.server_process import ROOT, ServerProcess
from tests.support.unity_probe import build_unity, mono_is_there

CLIENT = ROOT / "clients" / "web" / "dist" / "index.html"


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    if not CLIENT.is_file():
        pytest.skip("the web client is not built: `make test-cross` builds it")
    with ServerProcess(f"--facility={Path(__file__).parent / 'one_room.toml'}") as process:
        yield process


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not mono_is_there():
        pytest.skip("no mono and mcs here: `make test-cross` installs them, where it may")
    return build_unity(tmp_path_factory.mktemp("unity"))
