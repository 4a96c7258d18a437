import os
from pathlib import Path

import pytest

from tests.support.chaos.disk import build_shim

KILLS = int(os.environ.get("CHAOS_KILLS", "3"))
CUTS = int(os.environ.get("CHAOS_CUTS", "60"))


@pytest.fixture(scope="session")
def kills() -> int:
    """How often the server is killed."""
    return KILLS


@pytest.fixture(scope="session")
def cuts() -> int:
    """At how many moments the power goes."""
    return CUTS


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_shim(tmp_path_factory.mktemp("shim"))
