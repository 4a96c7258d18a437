"""The real server and a real Chromium for the map page's tests."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.chromium import Chromium
from tests.support.server_process import ServerProcess


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    with ServerProcess() as process:
        yield process


@pytest.fixture
async def browser() -> AsyncIterator[Chromium]:
    async with Chromium() as started:
        yield started
