import pytest

from server.errors import Stopping
from server.frontdesk.desk import Phase, Readiness


def test_a_server_begins_by_starting() -> None:
    assert Readiness().phase is Phase.STARTING


@pytest.mark.parametrize(("phase", "words"), [(Phase.STARTING, "starting"), (Phase.STOPPING, "stopping")])
def test_people_are_let_in_only_while_ready(phase: Phase, words: str) -> None:
    readiness = Readiness(Phase.READY)
    readiness.demand()
    readiness.phase = phase
    with pytest.raises(Stopping, match=words):
        readiness.demand()
