"""What judges long runs: a server that leaks, forgets or disturbs is MISSED, one that does not is held."""

from __future__ import annotations

import argparse
from collections import Counter
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from tests.bench.storm import __main__ as storm_run
from tests.chaos import soak
from tests.chaos.wander import MUST_NOT_BE, faults

if TYPE_CHECKING:
    from tests.bench.support.requirement import Requirement

pytestmark = pytest.mark.unguarded

SECONDS = 1_800
MIB_AN_HOUR = 1.0 / 3_600.0


def soaked(
    *, leak: float = 0.0, descriptors: int = 0, tasks: int = 0, threads: int = 0, wrong: int = 0
) -> list[Requirement]:
    """The verdicts on half an hour in which a server grows by so many MiB an hour and keeps so many too many."""
    run = soak.Soak(argparse.Namespace())
    run.samples = [soak.Sample(seconds=0.0, descriptors=20, threads=4, tasks=12, resident_mib=80.0)]
    for at in range(2, SECONDS, 2):
        # What leaks does so all the while.
        share = at / SECONDS
        run.samples.append(
            soak.Sample(
                seconds=float(at),
                descriptors=220 + round(descriptors * share),
                threads=5 + round(threads * share),
                tasks=16 + round(tasks * share),
                # Memory wavers: what people do is held and let go again.
                resident_mib=120.0 + 0.2 * (at % 14) + leak * at * MIB_AN_HOUR,
            )
        )
    run.samples.append(
        soak.Sample(
            seconds=float(SECONDS),
            descriptors=20 + descriptors,
            threads=5 + threads,
            tasks=12 + tasks,
            resident_mib=120.0,
        )
    )
    run.faults = {"gap wrong": wrong} if wrong else {}
    return soak.requirements(run)


def missed(requirements: list[Requirement]) -> list[str]:
    return [each.what for each in requirements if not each.held]


def test_a_server_that_keeps_nothing_has_borne_the_soak() -> None:
    assert missed(soaked()) == []
    assert missed(soaked(leak=0.5)) == []


@pytest.mark.parametrize(
    ("what", "leaks"),
    [
        ("resident memory after warm-up grows", {"leak": 1.5}),
        ("descriptors left over", {"descriptors": 5}),
        ("tasks left over", {"tasks": 5}),
        ("threads left over", {"threads": 1}),
        ("threads left over", {"threads": 30}),
        ("foreign marks and wrong gaps", {"wrong": 1}),
    ],
)
def test_a_server_that_leaks_has_not(what: str, leaks: dict[str, int]) -> None:
    assert missed(soaked(**leaks)) == [what]


@pytest.mark.parametrize(("module", "leaks"), [("server.main", False), ("tests.support.unguarded", True)])
def test_a_server_that_keeps_a_descriptor_of_each_lost_socket_has_not(
    module: str, leaks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WITHOUT", "descriptors")
    run = soak.Soak(argparse.Namespace(minutes=0.25, visitors=10, module=module))
    run.run()
    # In so short a run memory is still warming up; what is left over is what it would be.
    assert ("descriptors left over" in missed(soak.requirements(run))) == leaks


def stormed(*, resumed: int = 1_000, gap_wrong: int = 0, moved: float = 1.0, errors: int = 0) -> list[Requirement]:
    """The verdicts on a storm after which so many came back, and the others' pose age had moved by a factor."""
    options = argparse.Namespace()
    visit = storm_run.Visit(options, Console(quiet=True))
    visit.quiet = [SimpleNamespace(age_p99_ms=20.0)]  # type: ignore[list-item]  # what is read of a window
    visit.stormy = [SimpleNamespace(age_p99_ms=20.0 * moved)]  # type: ignore[list-item]  # the same
    storm_of = {"clients": 1_000.0, "resumed": float(resumed), "last_seconds": 3.0, "gap_wrong": float(gap_wrong)}
    visit.storms = [{**storm_of, "exactly": 990.0, "by_resync": 10.0}]
    visit.errors = {"lost": errors} if errors else {}
    return storm_run.requirements(visit)


def test_a_storm_after_which_all_come_back_is_borne() -> None:
    assert missed(stormed()) == []
    assert missed(stormed(resumed=990, moved=1.09)) == []


@pytest.mark.parametrize(
    ("what", "harm"),
    [
        ("not resumed within 30 s, in the worst storm", {"resumed": 989}),
        ("resumed with neither the exact gap nor a resync", {"gap_wrong": 1}),
        ("pose age p99 of the others moves", {"moved": 1.11}),
        ("errors of the others", {"errors": 1}),
    ],
)
def test_a_storm_that_harms_is_not(what: str, harm: dict[str, int]) -> None:
    assert missed(stormed(**harm)) == [what]


def test_what_must_not_be_while_people_wander_is_named() -> None:
    for what in MUST_NOT_BE:
        assert faults(Counter({"joins": 5, what: 1})) == {what: 1}
