"""What an avatar may cost on the wire, and the error it may make: counts, the same on every machine.

Always on the project's own motion; on recorded motion where it is at hand (POLYCLINIC_DATA, see `tests.bench.bytes`).
"""

from pathlib import Path

import numpy as np
import pytest

from protocol.fields import BLENDSHAPES
from protocol.finger_fit import values_from_bones, values_from_rotations
from protocol.hands import FINGERS, MOVABLE, joints_from_flexion
from tests.bench.bytes import face, fingers, motion
from tests.bench.bytes.families import FAMILIES, OWN, Family, motions_of, own_motions
from tests.bench.bytes.fingers import CODEC, OTHER_HAND, WHOLE
from tests.bench.bytes.hand_model import ALONG_BONE, angles_of, fit_bones, fit_rotations, pose, reference_hand
from tests.bench.bytes.study import Choice, Steps, bytes_a_sample, quantise, record_bits
from tests.bench.bytes.sweeps import rotation_error
from tests.bench.bytes.tracked_hands import QUEST, tracked_hands
from tests.bench.bytes.turns import degrees_between, times, turned
from tests.bench.bytes.wire import poses_of, send
from tests.bench.support.show import recordings

RECORDINGS = recordings(None)
WITH_RECORDINGS = [None] if RECORDINGS is None else [None, RECORDINGS]
"""Where the fingers and faces come from: made up, and recorded."""


def test_recordings_that_are_named_have_to_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Else a name that is mistyped would skip what is tried on them.
    monkeypatch.setenv("POLYCLINIC_DATA", str(tmp_path / "none"))
    with pytest.raises(FileNotFoundError, match="none: there are no recordings"):
        recordings(None)
    monkeypatch.setenv("POLYCLINIC_DATA", str(tmp_path))
    assert recordings(None) == tmp_path


@pytest.mark.parametrize("family", [OWN, *FAMILIES], ids=lambda family: family.name)
def test_head_and_hands_keep_their_bytes_and_their_precision(family: Family) -> None:
    if family is not OWN and RECORDINGS is None:
        pytest.skip("the motion traces are not part of the repository")
    cost = motion.cost_of(family, motions_of(family, RECORDINGS))
    missed = [each for each in motion.outcome_of([cost]).budgets if not each.held]
    assert not missed
    assert cost.errors.lost == 0


@pytest.mark.parametrize("folder", WITH_RECORDINGS, ids=lambda folder: "recorded" if folder else "own")
def test_fingers_keep_their_bytes_and_their_precision(folder: Path | None) -> None:
    """By the reference hand, and by one that was learned from the other hand alone."""
    costs = fingers.finger_costs(tracked_hands(folder))
    for cost in costs:
        assert cost.per_update <= fingers.BYTES_MAX, cost.source
        assert cost.errors[CODEC].max() <= fingers.DEGREES_MAX, cost.source
        if cost.source == QUEST:
            assert cost.errors[WHOLE].max() <= fingers.DEGREES_MAX
            assert cost.errors[OTHER_HAND].max() <= fingers.DEGREES_MAX


@pytest.mark.parametrize("folder", WITH_RECORDINGS, ids=lambda folder: "recorded" if folder else "own")
def test_a_speaking_face_keeps_its_bytes(folder: Path | None) -> None:
    for cost in face.face_costs(face.faces_of(folder)):
        if cost.source != face.GRIMACES:
            assert 0 < cost.dearest <= face.BYTES_MAX, cost.source
        assert cost.errors.max() < 0.01, cost.source


def test_one_blendshape_takes_of_each_weight_at_most_once() -> None:
    shares = face.arkit_from_meta()
    assert shares.shape == (63, len(BLENDSHAPES))
    assert set(np.round(shares.sum(axis=0), 9)) == {0.0, 1.0}
    assert [BLENDSHAPES[column] for column in np.flatnonzero(shares.sum(axis=0) == 0)] == ["tongueOut"]
    assert (np.count_nonzero(shares, axis=1) <= 1).all()


@pytest.mark.parametrize("family", [OWN, *FAMILIES], ids=lambda family: family.name)
def test_the_study_counts_what_the_codec_sends_to_the_byte(family: Family) -> None:
    if family is not OWN and RECORDINGS is None:
        pytest.skip("the motion traces are not part of the repository")
    motions = motions_of(family, RECORDINGS)
    told = quantise(motions, Steps())
    counted = record_bits(told, Choice()) / 8
    sent = [send(poses_of(each.rows)).sizes for each in motions]
    for number, sizes in enumerate(sent):
        records = sizes[sizes > 0]
        assert counted[: len(records), number].tolist() == records.tolist()
    assert bytes_a_sample(told, Choice()) == pytest.approx(sum(sizes.sum() for sizes in sent) / told.samples)


def test_the_hand_by_the_array_is_the_hand_of_the_wire() -> None:
    random = np.random.default_rng(3)
    values = [random.integers(0, 256, 20).astype(np.uint8).tobytes() for _ in range(20)]
    angles = angles_of(values)
    shown = pose(reference_hand(), angles)
    joints = [[joints_from_flexion(each, "right")[joint][3:] for joint in MOVABLE] for each in values]
    assert degrees_between(shown, np.array(joints).reshape(shown.shape)).max() < 1e-6
    assert fit_rotations(reference_hand(), shown) == pytest.approx(angles, abs=1e-9)


def test_the_fits_by_the_array_are_those_of_the_wire() -> None:
    random = np.random.default_rng(4)
    shown = pose(reference_hand(), angles_of([random.integers(40, 216, 20).astype(np.uint8).tobytes()] * 20))
    twists = np.concatenate([random.normal(0, 0.02, (*shown.shape[:-1], 3)), np.ones((*shown.shape[:-1], 1))], axis=-1)
    tracked = times(shown, twists / np.linalg.norm(twists, axis=-1, keepdims=True))
    bones = turned(tracked, np.broadcast_to(ALONG_BONE, (*tracked.shape[:-1], 3)))
    for fit, given, values_from in (
        (fit_rotations, tracked, values_from_rotations),
        (fit_bones, bones, values_from_bones),
    ):
        told = [b"".join(map(values_from, FINGERS, hand.tolist())) for hand in given]
        assert fit(reference_hand(), given, levels=True) == pytest.approx(angles_of(told), abs=1e-9)


def test_400_counts_are_the_coarsest_that_hold_a_quarter_of_a_degree() -> None:
    assert rotation_error(Steps()) <= motion.ROTATION_DEGREES_MAX < rotation_error(Steps(counts=390))


def test_nobody_who_rests_is_told_of() -> None:
    still = own_motions(2.0, 1)[0].rows[:1].repeat(40, axis=0)
    assert np.count_nonzero(send(poses_of(still)).sizes) == 1
