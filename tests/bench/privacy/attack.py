"""A standard attack: statistics of one-second windows of head and hands, and a random forest over them.

As Miller et al., Personal identifiability of user tracking data during observation of 360-degree VR video, Scientific
Reports 10 (2020), and Nair et al., Unique identification of 50,000+ virtual reality users from head and hand motion
data, USENIX Security (2023): least, greatest, mean, median and standard deviation of each coordinate of a window.
"""

import importlib
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from loadtest.motion.rows import HEAD, LEFT, RIGHT, Floats, Rows
from protocol.ids import ROTATION_MAX
from tests.bench.privacy.sessions import HZ

WINDOW_SECONDS: Final = 1.0
STRIDE_SECONDS: Final = 1.0
TREES: Final = 100


@dataclass(frozen=True)
class Rates:
    """Shares of what was put down to the right person."""

    windows: float
    sessions: float
    """By the windows of a session together."""


def identify(train: list[list[Rows]], test: list[Rows], seed: int) -> Rates:
    """Learn from sessions of each person (one or more), and say of each person's test session whose it is."""
    known = [(windows_of(rows), who) for who, sessions in enumerate(train) for rows in sessions]
    features = np.concatenate([windows for windows, _ in known])
    labels = np.concatenate([np.full(len(windows), who) for windows, who in known])
    forest: Any = importlib.import_module("sklearn.ensemble").RandomForestClassifier
    model = forest(n_estimators=TREES, random_state=seed, n_jobs=1).fit(features, labels)
    right_windows, windows, right_sessions = 0, 0, 0
    for who, rows in enumerate(test):
        shares = model.predict_proba(windows_of(rows))
        right_windows += int((shares.argmax(axis=1) == who).sum())
        windows += len(shares)
        right_sessions += int(shares.mean(axis=0).argmax() == who)
    return Rates(right_windows / windows, right_sessions / len(test))


def windows_of(rows: Rows) -> Floats:
    """Five statistics of each coordinate of each window. Where the head is in the room is left out: it is no trait."""
    values = np.concatenate(
        [rows[:, HEAD][:, 1:2] / 1000, _unit(rows[:, HEAD]), *(_hand(rows[:, part]) for part in (LEFT, RIGHT))], axis=1
    )
    size, stride = round(WINDOW_SECONDS * HZ), round(STRIDE_SECONDS * HZ)
    windows = np.stack([values[start : start + size] for start in range(0, len(values) - size + 1, stride)])
    kinds = (np.min, np.max, np.mean, np.median, np.std)
    found: Floats = np.concatenate([kind(windows, axis=1) for kind in kinds], axis=1)
    return found


def _hand(part: NDArray[np.int32]) -> Floats:
    return np.concatenate([part[:, :3] / 1000, _unit(part)], axis=1)


def _unit(part: NDArray[np.int32]) -> Floats:
    """Unit quaternions with w not below zero."""
    count = len(part)
    quaternions = np.empty((count, 4))
    places = np.arange(4)[None, :]
    largest = part[:, 3:4]
    rest = places[:, :3] + (places[:, :3] >= largest)
    np.put_along_axis(quaternions, largest.astype(np.int64), float(ROTATION_MAX), axis=1)
    np.put_along_axis(quaternions, rest.astype(np.int64), part[:, 4:7].astype(np.float64), axis=1)
    quaternions /= np.linalg.norm(quaternions, axis=1, keepdims=True)
    turned: Floats = quaternions * np.where(quaternions[:, 3:] < 0, -1.0, 1.0)
    return turned
