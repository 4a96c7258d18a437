"""The fitted numbers."""

from loadtest.motion.postures import PARTS, Posture


def test_both_postures_have_every_part_with_sensible_numbers() -> None:
    fitted = Posture.fitted()
    assert set(fitted) == {"standing", "seated"}
    for posture in fitted.values():
        for part in PARTS:
            habit = getattr(posture, part)
            assert min(habit.starts, habit.ends, habit.busy, habit.idle, habit.reach, habit.haste, habit.turn) > 0
            assert abs(habit.anchor[0]) < 0.5


def test_a_seated_head_moves_less_than_a_standing_one() -> None:
    fitted = Posture.fitted()
    assert fitted["seated"].head.reach < fitted["standing"].head.reach
