"""A report and an outcome as a test would leave them."""

import numpy as np
import pytest

from core_ext import Witness
from loadtest.metrics import Reading
from loadtest.outcome import Outcome, Sample
from loadtest.plan import Request
from loadtest.report import Report, build
from loadtest.scenario import for_room
from loadtest.verification import Ledger
from protocol.messages import RoomDescription


@pytest.fixture
def request_made() -> Request:
    return Request(
        server="http://127.0.0.1:8080", avatars=50, seconds=2.0, scenario=for_room("lobby"), scenario_name="room",
        room="lobby",
    )  # fmt: skip


@pytest.fixture
def outcome() -> Outcome:
    ages = np.zeros(16_384, np.uint64)
    ages[80:160] = 10
    ages[400] = 1
    return Outcome(
        ledger=Ledger(Witness()),
        seconds=2.0,
        avatar_seconds=100.0,
        samples=[
            Sample(1.0, 50, 1_000, 20_000, 1_500, 0, 30.0),
            Sample(2.0, 50, 1_000, 20_000, 1_500, 1, None),
        ],
        ages=ages,
        bots_cpu_seconds=0.5,
        rooms=[
            RoomDescription(
                id="lobby", type="lobby", name="Lobby", scene="/x", tick_hz=30,
                bounds=((0, 0, 0), (1, 1, 1)), visible=64, zones=(), features=("chat",),
            )
        ],
        before=Reading(1.0, 1e8, {0.001: 10.0, 0.002: 10.0}),
        after=Reading(2.0, 1.1e8, {0.001: 60.0, 0.002: 70.0}),
        reading_seconds=2.0,
        joins=50,
        places=50,
    )  # fmt: skip


@pytest.fixture
def report(request_made: Request, outcome: Outcome) -> Report:
    return build(request_made, outcome, [], "2026-01-01T00:00:00+00:00")
