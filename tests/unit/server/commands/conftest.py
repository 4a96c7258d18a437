from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def log_of_its_own() -> Iterator[None]:
    """Leave logging as it was: a command sets it up for its process, which here is everybody's."""
    yield
    structlog.reset_defaults()
