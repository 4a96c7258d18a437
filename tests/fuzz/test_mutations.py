"""A quick and repeatable part of the fuzzing: the same few thousand mutations of the seeds at every run."""

from random import Random

import msgspec
import pytest

from server.frontdesk import bodies
from tests.support.fuzz_bodies import SHAPES
from tests.support.fuzz_targets import TARGETS, Target, mutate
from tests.support.fuzz_work import WORK

MUTATIONS = 3000
SEED = 20_260


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
def test_every_seed_is_accepted_or_refused_as_documented(target: Target) -> None:
    outcomes = {target.check(seed) for seed in target.seeds()}
    assert True in outcomes


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
def test_mutated_seeds_meet_documented_errors_only(target: Target) -> None:
    draw, seeds = Random(SEED), target.seeds()
    mutations = (mutate(seeds, draw) for _ in range(MUTATIONS))
    outcomes = [target.check(data) for data in mutations if data not in seeds]
    assert False in outcomes
    # Mutations that are all refused at the first byte would test nothing, unless that is the point.
    assert (True in outcomes) is not target.signed


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
def test_noise_meets_documented_errors_only(target: Target) -> None:
    draw = Random(SEED)
    outcomes = [target.check(draw.randbytes(draw.randint(0, 300))) for _ in range(MUTATIONS // 3)]
    assert False in outcomes


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
def test_what_fuzzing_kept_meets_documented_errors_only(target: Target) -> None:
    kept = target.kept()
    assert kept
    for data in kept:
        target.check(data)


def test_each_target_is_timed() -> None:
    assert WORK.keys() == TARGETS.keys()


def test_each_target_is_tried_up_to_its_longest_input() -> None:
    for target in TARGETS.values():
        assert max(map(len, [*target.seeds(), *target.kept()])) <= target.longest


def test_no_shape_of_a_body_is_left_out() -> None:
    declared = [each for each in vars(bodies).values() if isinstance(each, type) and each.__module__ == bodies.__name__]
    assert {each for each in declared if issubclass(each, msgspec.Struct)} == set(SHAPES)
