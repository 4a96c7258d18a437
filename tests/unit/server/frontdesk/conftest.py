import pytest

from tests.support.front_desk import FrontDesk, sample_desk


@pytest.fixture
def front_desk() -> FrontDesk:
    return sample_desk()
