"""The real server and the compiled Unity package."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.server_process import ServerProcess
from tests.support.unity_probe import build_unity, mono_is_there


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with ServerProcess() as process:
        yield process


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not mono_is_there():
        pytest.skip("no mono and mcs here: `make test-unity` installs them, where it may")
    return build_unity(tmp_path_factory.mktemp("unity"))
