import pytest

from tests.support.gateway_world import GatewayWorld


@pytest.fixture
def world() -> GatewayWorld:
    return GatewayWorld()
