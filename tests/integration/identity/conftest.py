"""What tests of accounts have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.oidc_provider import Provider

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with Provider() as running:
        yield running
