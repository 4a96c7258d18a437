"""The project's own motion: people who stand in groups, turn to whoever speaks, gesture, walk about and sit.

Vectorised over all avatars; time runs in a loop. Every body part is drawn to its anchor by a critically damped spring,
solved exactly for a step, so that the motion does not depend on the rate it is sampled at. Bouts of activity move the
anchors: heavy-tailed small moves with stillness between, as in the recordings (`loadtest/motion/statistics.py`
compares them). All is drawn from one seeded generator.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from loadtest.motion.postures import PARTS, Posture
from loadtest.motion.rows import ROW_COLUMNS, Floats, Rows, quantise_rows
from loadtest.motion.traces import Trace

Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]

EYE_HEIGHT: Final = {"standing": 1.62, "seated": 1.20}
"""Metres from the floor to the head of an avatar of middling size."""
WALK_SPEED: Final = 0.85
"""m/s at the median; 99 % of walking people stay below 1.6 m/s, the fastest below 2.1."""
WALK_SPEED_MAX: Final = 1.7
_BODY_TURN: Final = 1.6
"""1/s: how quickly the trunk follows where the head looks."""
_GAZE_TURN: Final = 3.2
"""1/s: how quickly the head turns to who speaks."""
_STRIDE_HZ: Final = 1.8
_TREMOR_METRES: Final = 0.0002
_TREMOR_RADIANS: Final = 0.0003
_TREMOR_SECONDS: Final = 0.35
_TURN_SECONDS: Final = 4.5
"""How long one speaks before another does."""
_VOICE_HZ: Final = 8.0
_LOST_EVERY: Final = 25.0
_LOST_SECONDS: Final = 0.5
"""A hand is out of the cameras' sight now and then."""


@dataclass
class Cast:
    """Who takes part: avatars, the groups they stand in, and where. All arrays are by avatar but `centres`."""

    group: Indices
    """The group of each avatar."""
    spot: Floats
    """(n, 2) x z in m where each stands at first."""
    floor: Floats
    """(n,) height of the floor, m."""
    seated: Flags
    """Whether an avatar sits."""
    walks: Flags
    """Whether an avatar walks from group to group."""
    first_group: Indices
    """The first group of the avatar's room."""
    group_count: Indices
    """How many groups the avatar's room has; they follow the first."""
    least: Floats
    """(n, 2) least x z an avatar may walk to."""
    greatest: Floats
    """(n, 2) greatest x z."""
    centres: Floats
    """(g, 2) x z of each group's middle."""
    speaker: Indices = field(default_factory=lambda: np.zeros(0, np.int64))
    """(g,) who always speaks in a group, -1 for whoever takes the turn; empty for -1 everywhere."""

    @property
    def count(self) -> int:
        """Avatars."""
        return len(self.group)


@dataclass(frozen=True)
class Step:
    """All avatars at one time: poses (n, 7), voice levels (n,), seated (n,)."""

    head: Floats
    left: Floats
    right: Floats
    voice: NDArray[np.int64]
    seated: Flags


class MotionModel:
    """Moves a cast; every `step` is `dt` seconds later."""

    def __init__(self, cast: Cast, hz: float, seed: int, postures: dict[str, Posture] | None = None) -> None:
        count = cast.count
        self.cast = cast
        self.dt = 1 / hz
        self.random = np.random.default_rng(seed)
        self.habits = _habits(cast.seated, postures)
        self.height = cast.floor + np.where(cast.seated, EYE_HEIGHT["seated"], EYE_HEIGHT["standing"])
        self.height = self.height + self.random.normal(0, 0.07, count).clip(-0.15, 0.15)
        self.place = cast.spot.copy()
        self.velocity = np.zeros((count, 2))
        self.goal = cast.spot.copy()
        self.pace = np.zeros(count)
        self.stride = self.random.uniform(0, 1, count)
        self.dwell = self.random.exponential(12.0, count) + 1.0
        self.gaze = self.random.uniform(-math.pi, math.pi, count)
        self.gaze_speed = np.zeros(count)
        self.body = self.gaze.copy()
        self.group = cast.group.copy()
        # By avatar, part (head, left, right) and axis (x y z metres, yaw pitch roll radians).
        self.offset = np.zeros((count, len(PARTS), 6))
        self.drift = np.zeros_like(self.offset)
        self.target = np.zeros_like(self.offset)
        self.tremor = np.zeros_like(self.offset)
        self.active = np.zeros((count, len(PARTS)), bool)
        self.lost = np.zeros((count, 2), bool)
        self.voice = np.zeros(count, np.int64)
        groups = len(cast.centres)
        self.fixed_speaker = cast.speaker if len(cast.speaker) else np.full(groups, -1)
        self.speaker = np.full(groups, -1)
        self.take_turns(np.ones(groups, bool))

    def step(self) -> Step:
        """Move everybody on by one step."""
        self.take_turns(self.random.random(len(self.speaker)) < self.dt / _TURN_SECONDS)
        self.walk()
        self.look()
        self.fidget()
        self.speak()
        return self.poses()

    def take_turns(self, over: Flags) -> None:
        """Let another one of the group speak where a turn is over."""
        if not over.any():
            return
        chance = self.random.random(self.cast.count)
        order = np.argsort(chance)
        drawn = np.full(len(self.speaker), -1)
        drawn[self.group[order]] = order
        drawn = np.where(self.fixed_speaker >= 0, self.fixed_speaker, drawn)
        self.speaker = np.where(over, drawn, self.speaker)

    def walk(self) -> None:
        """Take those who walk toward where they want to be, and give new aims to those who have stood long enough."""
        self.dwell -= self.dt
        off = np.flatnonzero(self.cast.walks & (self.dwell < 0))
        if len(off):
            self.set_off(off)
        way = self.goal - self.place
        distance = np.linalg.norm(way, axis=1, keepdims=True)
        # Slow down on the last metre, as people do.
        wanted = way / np.maximum(distance, 1e-9) * np.minimum(self.pace[:, None], 1.5 * distance)
        self.velocity += (wanted - self.velocity) * (1 - math.exp(-4.0 * self.dt))
        self.place += self.velocity * self.dt
        self.stride += _STRIDE_HZ * self.dt

    def set_off(self, who: Indices) -> None:
        """Send avatars to the nearest of three groups of their room: nobody marches all day."""
        cast, random = self.cast, self.random
        drawn = cast.first_group[who] + (random.random((3, len(who))) * cast.group_count[who]).astype(np.int64)
        nearest = np.linalg.norm(cast.centres[drawn] - self.place[who], axis=2).argmin(axis=0)
        self.group[who] = np.take_along_axis(drawn, nearest[None], axis=0)[0]
        angle = random.uniform(-math.pi, math.pi, len(who))
        radius = random.uniform(0.7, 1.6, len(who))
        around = np.stack([np.sin(angle), np.cos(angle)], axis=1) * radius[:, None]
        self.goal[who] = np.clip(cast.centres[self.group[who]] + around, cast.least[who], cast.greatest[who])
        self.pace[who] = np.minimum(WALK_SPEED * np.exp(random.normal(0, 0.22, len(who))), WALK_SPEED_MAX)
        distance = np.linalg.norm(self.goal[who] - self.place[who], axis=1)
        self.dwell[who] = distance / self.pace[who] + random.exponential(25.0, len(who)) + 4.0

    def look(self) -> None:
        """Turn heads to who speaks; of the one who speaks to the group's middle; of who walks to the way."""
        speaker = self.speaker[self.group]
        listens = (speaker >= 0) & (speaker != np.arange(self.cast.count))
        aim = np.where(listens[:, None], self.place[speaker], self.cast.centres[self.group])
        way = aim - self.place
        speed = np.linalg.norm(self.velocity, axis=1)
        way = np.where((speed > 0.3)[:, None], self.velocity, way)  # noqa: PLR2004 - m/s, slower is standing about
        far = np.linalg.norm(way, axis=1) > 0.05  # noqa: PLR2004 - m, nearer has no direction
        wanted = np.where(far, np.arctan2(-way[:, 0], -way[:, 1]), self.gaze)
        turn = _wrap(self.gaze - wanted)
        turn, self.gaze_speed = _spring(turn, self.gaze_speed, _GAZE_TURN, self.dt)
        self.gaze = wanted + turn
        self.body += _wrap(self.gaze - self.body) * (1 - math.exp(-_BODY_TURN * self.dt))

    def fidget(self) -> None:
        """Bouts of small moves, stillness between them, and the tremor of tracking under both."""
        random, habits, dt = self.random, self.habits, self.dt
        speaks = np.zeros(self.cast.count, bool)
        speaks[self.speaker[self.speaker >= 0]] = True
        chance = random.random((2, *self.active.shape))
        starts = habits.starts * np.where(speaks[:, None], habits.eager, 1.0)
        self.active = np.where(self.active, chance[0] >= dt * habits.ends, chance[0] < dt * starts)
        moves = np.nonzero(chance[1] < dt * np.where(self.active, habits.busy, habits.idle))
        if len(moves[0]):
            size = np.exp(random.normal(0, 1, (len(moves[0]), 2)) * habits.spread[moves])
            reach = np.repeat(size * habits.reach[moves], 3, axis=1)
            limit = _REACH_MAX[moves[1]]
            self.target[moves] = (random.normal(0, 1, reach.shape) * reach).clip(-limit, limit)
        self.offset, self.drift = _spring(self.offset - self.target, self.drift, habits.haste, dt)
        self.offset += self.target
        keep = math.exp(-dt / _TREMOR_SECONDS)
        fresh = random.normal(0, math.sqrt(1 - keep * keep), self.tremor.shape) * _TREMOR
        self.tremor = self.tremor * keep + fresh
        lost = random.random(self.lost.shape)
        self.lost = np.where(self.lost, lost >= dt / _LOST_SECONDS, lost < dt / _LOST_EVERY)

    def speak(self) -> None:
        """Voice levels: syllables of who speaks, silence of the others."""
        syllables = self.random.random(self.cast.count) < self.dt * _VOICE_HZ
        levels = np.where(self.random.random(self.cast.count) < 0.8, self.random.integers(60, 200, self.cast.count), 0)  # noqa: PLR2004 - share of time in which a speaker is heard
        self.voice = np.where(syllables, levels, self.voice)
        silent = np.ones(self.cast.count, bool)
        silent[self.speaker[self.speaker >= 0]] = False
        self.voice[silent] = 0

    def poses(self) -> Step:
        """Put heads and hands together from place, gaze and offsets."""
        moved = self.offset + self.tremor
        walking = np.linalg.norm(self.velocity, axis=1)
        swing = np.sin(2 * math.pi * self.stride)
        bob = 0.012 * np.sin(4 * math.pi * self.stride) * np.minimum(walking, 1.0)
        zero = np.zeros(self.cast.count)
        trunk = np.stack([self.place[:, 0], self.height + bob, self.place[:, 1]], axis=1)
        head = trunk + _turned(self.gaze, moved[:, 0, :3])
        devices = [np.concatenate([head, _quaternions(self.gaze + moved[:, 0, 3], *moved[:, 0, 4:].T)], axis=1)]
        for side in (1, 2):
            anchor = self.habits.anchors[:, side] + moved[:, side, :3]
            # Arms swing against each other.
            anchor = anchor + np.stack([zero, zero, (3 - 2 * side) * 0.16 * swing * np.minimum(walking, 1.0)], axis=1)
            turned = _quaternions(self.body + moved[:, side, 3], moved[:, side, 4] - 0.6, moved[:, side, 5])
            hand = np.concatenate([trunk + _turned(self.body, anchor), turned], axis=1)
            hand[self.lost[:, side - 1]] = np.nan
            devices.append(hand)
        head_pose, left, right = devices
        return Step(head_pose, left, right, self.voice, self.cast.seated)


_REACH_MAX: Final = np.array(
    [
        # A head leans farther than it rises or sinks.
        [0.35, 0.15, 0.35, 1.3, 0.7, 0.5],
        [0.45, 0.45, 0.45, 1.3, 1.0, 0.9],
        [0.45, 0.45, 0.45, 1.3, 1.0, 0.9],
    ]
)
"""By part: how far it moves from its anchor, m, and turns, rad."""
_TREMOR: Final = np.array([_TREMOR_METRES] * 3 + [_TREMOR_RADIANS] * 3)


@dataclass(frozen=True)
class _Habits:
    """The postures' numbers laid out by avatar and part, ready to multiply."""

    anchors: Floats
    starts: Floats
    ends: Floats
    busy: Floats
    idle: Floats
    eager: Floats
    reach: Floats
    spread: Floats
    haste: Floats


def _habits(seated: Flags, postures: dict[str, Posture] | None) -> _Habits:
    known = postures or Posture.fitted()
    pair = [[getattr(known[name], part) for part in PARTS] for name in ("standing", "seated")]

    def lay_out(read: Any) -> Floats:
        values = np.array([[read(habit) for habit in row] for row in pair], np.float64)
        laid: Floats = values[seated.astype(np.int64)]
        return laid

    return _Habits(
        anchors=lay_out(lambda habit: habit.anchor),
        starts=lay_out(lambda habit: habit.starts),
        ends=lay_out(lambda habit: habit.ends),
        busy=lay_out(lambda habit: habit.busy),
        idle=lay_out(lambda habit: habit.idle),
        eager=lay_out(lambda habit: habit.eager),
        reach=lay_out(lambda habit: (habit.reach, habit.turn)),
        spread=lay_out(lambda habit: (habit.spread, habit.turn_spread)),
        haste=lay_out(lambda habit: [habit.haste] * 3 + [habit.turn_haste] * 3),
    )


def _wrap(angle: Floats) -> Floats:
    wrapped: Floats = (angle + math.pi) % (2 * math.pi) - math.pi
    return wrapped


def _spring(distance: Floats, speed: Floats, haste: Floats | float, dt: float) -> tuple[Floats, Floats]:
    """Return distance to the anchor and speed after `dt` of a critically damped spring of angular frequency `haste`."""
    decay = np.exp(-haste * dt)
    pull = (speed + haste * distance) * dt
    return (distance + pull) * decay, (speed - haste * pull) * decay


def _turned(yaw: Floats, vectors: Floats) -> Floats:
    """Turn vectors (n, 3) about +Y by yaw, counterclockwise seen from above."""
    sine, cosine = np.sin(yaw), np.cos(yaw)
    x, y, z = vectors.T
    return np.stack([x * cosine + z * sine, y, z * cosine - x * sine], axis=1)


def _quaternions(yaw: Floats, pitch: Floats, roll: Floats) -> Floats:
    """Return quaternions (n, 4) of yaw about +Y, then pitch about +X, then roll about +Z."""
    sy, cy = np.sin(yaw / 2), np.cos(yaw / 2)
    sp, cp = np.sin(pitch / 2), np.cos(pitch / 2)
    sr, cr = np.sin(roll / 2), np.cos(roll / 2)
    return np.stack(
        [
            cy * sp * cr + sy * cp * sr,
            sy * cp * cr - cy * sp * sr,
            cy * cp * sr - sy * sp * cr,
            cy * cp * cr + sy * sp * sr,
        ],
        axis=1,
    )


def simulate(cast: Cast, *, hz: float, seconds: float, seed: int) -> Rows:
    """Move a cast for `seconds` and return its rows, (avatars, steps, columns)."""
    model = MotionModel(cast, hz, seed)
    steps = max(2, round(seconds * hz))
    rows = np.empty((cast.count, steps, ROW_COLUMNS), np.int32)
    for index, step in enumerate(_steps(model, steps)):
        rows[:, index] = quantise_rows(step.head, step.left, step.right, voice=step.voice, seated=step.seated)
    return rows


def record(
    cast: Cast, *, hz: float, seconds: float, seed: int, postures: dict[str, Posture] | None = None
) -> list[Trace]:
    """Move a cast and return its motion as traces, to be measured like recordings."""
    model = MotionModel(cast, hz, seed, postures)
    steps = max(2, round(seconds * hz))
    t = np.arange(steps) / hz
    poses = np.empty((3, steps, cast.count, 7))
    for index, step in enumerate(_steps(model, steps)):
        poses[:, index] = step.head, step.left, step.right
    return [Trace(f"model {who}", t, poses[0, :, who], poses[1, :, who], poses[2, :, who]) for who in range(cast.count)]


def _steps(model: MotionModel, count: int) -> Iterator[Step]:
    # The first seconds, until everybody has turned to somebody, are not like the rest.
    for _ in range(round(2.0 / model.dt)):
        model.step()
    for _ in range(count):
        yield model.step()
