import pytest

from server.errors import Stopping, StoreError
from server.frontdesk.desk import Phase, Readiness
from tests.support.front_desk import FrontDesk


@pytest.mark.parametrize("phase", list(Phase))
async def test_a_process_that_answers_is_alive(front_desk: FrontDesk, phase: Phase) -> None:
    front_desk.readiness.phase = phase
    answer = await front_desk.get("/healthz")
    assert (answer.status, answer.json) == (200, {"status": "alive"})


async def test_a_server_that_takes_people_is_ready(front_desk: FrontDesk) -> None:
    answer = await front_desk.get("/readyz")
    assert (answer.status, answer.json) == (200, {"status": "ready"})


@pytest.mark.parametrize("phase", [Phase.STARTING, Phase.STOPPING])
async def test_a_server_that_comes_or_goes_is_not_ready(front_desk: FrontDesk, phase: Phase) -> None:
    front_desk.readiness.phase = phase
    answer = await front_desk.get("/readyz")
    assert (answer.status, answer.code) == (503, "stopping")
    assert phase.value in answer.json["detail"]


async def test_a_server_that_lost_its_store_is_not_ready_and_says_why() -> None:
    readiness = Readiness(phase=Phase.READY)
    readiness.demand()
    readiness.lost = StoreError("nothing can be kept")
    with pytest.raises(StoreError):
        readiness.demand()
    readiness.phase = Phase.STOPPING
    with pytest.raises(Stopping):
        readiness.demand()
