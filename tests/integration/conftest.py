"""What tests of several clients build."""

from pathlib import Path

import pytest

from tests.support.unity_probe import build_unity, mono_is_there


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled Unity package."""
    if not mono_is_there():
        pytest.fail("no mono and mcs here: `make unity` installs them, or says what to ask for")
    return build_unity(tmp_path_factory.mktemp("unity"))
