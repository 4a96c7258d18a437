from collections.abc import AsyncIterator

import pytest_asyncio

from tests.support.live_world import LiveWorld, running_world


@pytest_asyncio.fixture
async def world() -> AsyncIterator[LiveWorld]:
    async with running_world() as live:
        yield live
