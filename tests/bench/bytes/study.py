"""What records would cost with other steps, predictors and codes: the record's layout by the array, bits only.

Motions of one family lie side by side, padded to the longest, so that each choice is a few passes over arrays. With
the wire's own choices this gives the sizes of the compiled codec to the byte (tests/budget holds them equal).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from loadtest.motion.rows import Floats
from protocol.ids import (
    FLAGS_BITS,
    HAND_REACH_MM,
    PREDICTION,
    PREDICTION_SHIFT,
    ROTATION_MAX,
    SHORT_PREFIXES,
    SPREAD_BITS,
    SPREAD_FIRST,
    SPREAD_MAX,
    TIER_BITS,
    VOICE_BITS,
    WIDTH_BITS,
)
from tests.bench.bytes.families import Motion

Whole = NDArray[np.int64]
Marks = NDArray[np.bool_]
_REST: Final = np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]])
_ALIAS_BITS: Final = 8


@dataclass(frozen=True)
class Steps:
    """How finely places and rotations are told."""

    millimetres: float = 1.0
    counts: float = ROTATION_MAX
    """Of the largest component: what the others are told in."""
    of_unit: bool = False
    """Tell the others as they are in the unit quaternion, up to 1 / sqrt(2), in so many counts: the usual smallest
    three."""


@dataclass(frozen=True)
class Tracks:
    """One kind of value, of head and hands of several motions side by side: (samples, motions * 3, 3)."""

    values: Whole
    anew: Marks
    """(samples, motions * 3): told without reference to the sample before."""


@dataclass(frozen=True)
class Quantised:
    """Motions in whole steps, without the samples in which nothing changed: no record tells of them."""

    places: Tracks
    rotations: Tracks
    tracked: Marks
    """(samples, motions * 3)."""
    there: Marks
    """(samples, motions): not padding."""
    rotation_bits: int
    samples: int
    """Of all motions together, those without change included."""


def quantise(motions: Sequence[Motion], steps: Steps) -> Quantised:
    """Round motions and lay them side by side."""
    told = [_changing(motion, steps) for motion in motions]
    length = max(len(each) for each in told)
    padded = np.zeros((length, len(motions), 3, _COLUMNS), np.int64)
    for number, each in enumerate(told):
        padded[: len(each), number] = each
    columns = padded.reshape(length, len(motions) * 3, _COLUMNS)
    tracked: Marks = np.not_equal(columns[..., 0], 0)
    largest = columns[..., 4]
    before = np.concatenate([np.zeros_like(tracked[:1]), tracked[:-1]])
    entered = tracked & ~before
    turned_over = tracked & before & (largest != np.concatenate([largest[:1], largest[:-1]]))
    return Quantised(
        Tracks(columns[..., 1:4], entered),
        Tracks(columns[..., 5:], entered | turned_over),
        tracked,
        np.less(np.arange(length)[:, None], np.array([len(each) for each in told])),
        (2 * int(steps.counts)).bit_length(),
        sum(len(motion.rows) for motion in motions),
    )


_COLUMNS: Final = 8
"""Tracked, x y z, largest, a b c; zeros where not tracked."""


def _changing(motion: Motion, steps: Steps) -> Whole:
    """(n, 3, 8): the samples that differ from the one before."""
    poses = np.stack(motion.parts, axis=1)
    tracked: Marks = np.asarray(np.isfinite(poses).all(axis=-1))
    tracked &= tracked[:, :1]
    places = np.floor(np.nan_to_num(poses[..., :3]) * 1000 / steps.millimetres + 0.5).astype(np.int64)
    places[:, 1:] -= places[:, :1]
    tracked[:, 1:] &= np.linalg.norm(places[:, 1:] * steps.millimetres, axis=-1) <= HAND_REACH_MM - 50
    largest, rest = told_rotation(np.nan_to_num(poses[..., 3:]), steps)
    told = np.concatenate([tracked[..., None], places, largest[..., None], rest], axis=-1).astype(np.int64)
    told *= tracked[..., None]
    changes = np.append(True, (told[1:] != told[:-1]).any(axis=(1, 2)))
    kept: Whole = told[changes]
    return kept


def told_rotation(quaternions: Floats, steps: Steps) -> tuple[Whole, Whole]:
    """Index of the largest component and the other three in counts, of unit quaternions (..., 4)."""
    largest = np.argmax(np.abs(quaternions), axis=-1)[..., None]
    rest = np.take_along_axis(quaternions, _REST[largest[..., 0]], axis=-1)
    whole = np.take_along_axis(quaternions, largest, axis=-1)
    share = rest * np.sign(whole) * np.sqrt(2) if steps.of_unit else rest / np.where(whole == 0, 1.0, whole)
    return largest[..., 0], np.floor(share * steps.counts + 0.5).astype(np.int64)


def shown_rotation(largest: Whole, counts: Whole, steps: Steps) -> Floats:
    """The unit quaternions (n, 4) that a viewer makes of them."""
    rest = counts / steps.counts / (np.sqrt(2) if steps.of_unit else 1.0)
    whole = np.sqrt(np.maximum(0.0, 1 - (rest**2).sum(axis=-1))) if steps.of_unit else np.ones(len(rest))
    full = np.zeros((len(rest), 4))
    np.put_along_axis(full, largest[:, None], whole[:, None], axis=1)
    np.put_along_axis(full, _REST[largest], rest, axis=1)
    shown: Floats = full / np.linalg.norm(full, axis=1, keepdims=True)
    return shown


# ---- predictors: steps (samples, parts, 3) of this and earlier samples, 0 where a value was told anew ----------------
Predictor = Callable[[Whole], Whole]


def _earlier(steps: Whole, samples: int) -> Whole:
    return np.concatenate([np.zeros_like(steps[:samples]), steps[:-samples]])


def hold(steps: Whole) -> Whole:
    """Nothing moves."""
    return np.zeros_like(steps)


def damped(sixteenths: int = PREDICTION) -> Predictor:
    """A motion goes on, slowed down: so many sixteenths of the last step."""
    return lambda steps: _earlier(steps, 1) * sixteenths + (1 << PREDICTION_SHIFT - 1) >> PREDICTION_SHIFT


DAMPED: Final = damped()
"""The wire's."""


def averaged(steps: Whole) -> Whole:
    """Go on like the last two steps on average."""
    return _earlier(steps, 1) + _earlier(steps, 2) + 1 >> 1


def accelerated(steps: Whole) -> Whole:
    """Go on as the last step did, and change as it did from the one before."""
    return 2 * _earlier(steps, 1) - _earlier(steps, 2)


def half_accelerated(steps: Whole) -> Whole:
    """Seven eighths of the last step, and a quarter of its change."""
    return 18 * _earlier(steps, 1) - 4 * _earlier(steps, 2) + 8 >> 4


# ---- codes: bits (samples, parts) of three residuals (samples, parts, 3) where `coded` -------------------------------
Code = Callable[[Whole, Marks, Marks, Marks], Floats]


def zigzag(residuals: Whole) -> Whole:
    """Fold the sign in."""
    return np.where(residuals >= 0, 2 * residuals, -2 * residuals - 1)


def bit_length(numbers: Whole) -> Whole:
    """Bits of whole numbers of at least 0."""
    _, exponent = np.frexp(numbers.astype(np.float64))
    return exponent.astype(np.int64)


def rice_bits(numbers: Whole, spread: Whole) -> Whole:
    """Length of the wire's code: see `protocol.bits`."""
    high = numbers >> spread
    tail = bit_length(np.maximum(high - SHORT_PREFIXES + 1, 1)) - 1
    return np.where(high < SHORT_PREFIXES, high + 1, SHORT_PREFIXES + 2 * tail + 1) + spread


def spreads(numbers: Whole, coded: Marks, rests: Marks, entered: Marks) -> Whole:
    """The wire's spread before each sample: halfway up at once, down by one."""
    suited = np.minimum(SPREAD_MAX, bit_length(9 * numbers.sum(axis=-1) // 48))
    held = np.empty_like(suited)
    now = np.full(suited.shape[1], SPREAD_FIRST)
    for index in range(len(suited)):
        now = np.where(entered[index], SPREAD_FIRST, now)
        held[index] = now
        wanted, lower = suited[index], np.maximum(0, now - 1)
        after = np.where(wanted > now, now + wanted + 1 >> 1, np.maximum(wanted, lower))
        now = np.where(coded[index], after, np.where(rests[index], lower, now))
    return held


def adaptive_rice(residuals: Whole, coded: Marks, rests: Marks, entered: Marks) -> Floats:
    """The wire's."""
    numbers = zigzag(residuals)
    lengths: Floats = (
        rice_bits(numbers, spreads(numbers, coded, rests, entered)[..., None]).sum(axis=-1).astype(np.float64)
    )
    return lengths


def fixed_rice(residuals: Whole, coded: Marks, rests: Marks, entered: Marks) -> Floats:
    """One spread for all, the best there is for exactly these residuals."""
    numbers = zigzag(residuals)
    tried = [rice_bits(numbers, np.full((1, 1, 1), spread)).sum(axis=-1) for spread in range(SPREAD_MAX + 1)]
    best: Floats = min(tried, key=lambda lengths: int(lengths[coded].sum())).astype(np.float64)
    return best


def whole_bytes(residuals: Whole, coded: Marks, rests: Marks, entered: Marks) -> Floats:
    """Two bits say whether all three are in 4, 8, 12 or 16 bits."""
    widest = np.abs(residuals).max(axis=-1)
    width = np.where(widest < 8, 4, np.where(widest < 128, 8, np.where(widest < 2048, 12, 16)))
    lengths: Floats = (2 + 3 * width).astype(np.float64)
    return lengths


def entropy(residuals: Whole, coded: Marks, rests: Marks, entered: Marks) -> Floats:
    """What no table for single residuals of this family can go below, the table itself not counted."""
    told = residuals[coded]
    values, counts = np.unique(told, return_counts=True)
    bits = -np.log2(counts / counts.sum())
    where = np.searchsorted(values, residuals).clip(0, len(values) - 1)
    lengths: Floats = bits[where].sum(axis=-1)
    return lengths


def arithmetic(residuals: Whole, coded: Marks, rests: Marks, entered: Marks) -> Floats:
    """An ideal arithmetic coder: a two-sided geometric distribution as wide as residuals have been, and for jumps one
    with a long tail."""
    size = np.abs(residuals)
    average, width = size.mean(axis=-1), np.full(size.shape[1], 4.0)
    widths = np.empty_like(average)
    for index in range(len(size)):
        width = np.where(entered[index], 4.0, width)
        widths[index] = width
        width = np.where(coded[index], width * 0.7 + average[index] * 0.3, np.where(rests[index], width * 0.7, width))
    ratio = ((widths + 0.05) / (widths + 1.05))[..., None]
    near = (1 - ratio) / (1 + ratio) * ratio**size
    far = 0.5 / ((size + 1.0) * (size + 2.0))
    bits: Floats = -np.log2(0.97 * near + 0.03 * far).sum(axis=-1)
    return bits


# ---- records ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Choice:
    """How records are made of steps; the defaults are the wire's."""

    place: Predictor = DAMPED
    rotation: Predictor = DAMPED
    code: Code = adaptive_rice


def record_bits(told: Quantised, choice: Choice) -> Floats:
    """Bits of each sample's record (samples, motions), alias included; 0 where none is sent."""
    rotation_steps, moved = _steps(told.rotations, told.tracked), _steps(told.places, told.tracked)
    entered = told.places.anew
    over = told.rotations.anew & ~entered
    changed = told.tracked & ~entered & (moved.any(axis=-1) | rotation_steps.any(axis=-1) | over)
    rests = told.tracked & ~entered & ~changed
    bits = choice.code(moved - choice.place(moved), changed, rests, entered)
    turns = choice.code(rotation_steps - choice.rotation(rotation_steps), changed & ~over, rests, entered)
    afresh = 2 + 3 * told.rotation_bits
    bits = np.where(changed, 1 + bits + 1 + np.where(over, afresh, turns), rests.astype(np.float64))
    width = bit_length(zigzag(told.places.values)).max(axis=-1)
    bits = np.where(entered, WIDTH_BITS + 3 * width + afresh, bits)
    return _with_header(told, bits, changed, over)


def _steps(tracks: Tracks, tracked: Marks) -> Whole:
    steps = np.diff(tracks.values, axis=0, prepend=tracks.values[:1])
    return np.where((tracks.anew | ~tracked)[..., None], 0, steps)


def _with_header(told: Quantised, parts: Floats, changed: Marks, over: Marks) -> Floats:
    people = (len(parts), -1, 3)
    tracked = told.tracked.reshape(people)
    flags = (tracked * (1, 2, 4)).sum(axis=-1)
    other = np.concatenate([np.zeros_like(flags[:1], bool), flags[1:] != flags[:-1]])
    # In a plain record no part says that it is carried, nor that it is not turned over.
    lasting = (told.tracked & ~told.places.anew).reshape(people)
    plain = (~lasting | (changed & ~over).reshape(people)).all(axis=-1)
    marks = 3 + np.where(other, 2 + FLAGS_BITS, 0) - np.where(plain, 2 * lasting.sum(axis=-1), 0)
    bits = parts.reshape(people).sum(axis=-1) + marks
    # The first record says the trends as well: a spread, and three steps of none in its code.
    trends = 2 * (SPREAD_BITS + 3 * (SPREAD_FIRST + 1))
    bits[0] += 1 - marks[0] + TIER_BITS + FLAGS_BITS + VOICE_BITS + tracked[0].sum(axis=-1) * trends
    sent = other | changed.reshape(people).any(axis=-1)
    sent[0] = True
    whole: Floats = np.where(sent & told.there, np.ceil(bits / 8) * 8 + _ALIAS_BITS, 0.0)
    return whole


def bytes_a_sample(told: Quantised, choice: Choice) -> float:
    """On average over all samples of all motions."""
    total: Any = record_bits(told, choice).sum()
    return float(total / 8 / told.samples)
