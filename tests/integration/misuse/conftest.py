"""A real server process, and innocent people in it who are to notice nothing of what a test does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.support.bystanders import Bystanders, bystanders
from tests.support.misuse import Door
from tests.support.server_process import ServerProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    """One server for all the misuse of a module: it has to bear that, too."""
    with ServerProcess("--log-level=debug") as running:
        yield running
        assert running.process.poll() is None, "the server has ended"
        assert '"level": "error"' not in running.errors


@pytest_asyncio.fixture
async def others(server: ServerProcess) -> AsyncIterator[Bystanders]:
    """Two people in the lobby, who have noticed nothing when the test is over."""
    async with bystanders(server) as people:
        yield people


@pytest.fixture
def door(server: ServerProcess, others: Bystanders) -> Door:
    """Where one comes in; the bystanders are there already."""
    return Door(server)
