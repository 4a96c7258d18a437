import math

import pytest

from protocol import quaternion
from protocol.quaternion import Vector, about_x, about_y, about_z, from_axes, from_degrees, multiply, rotate

X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
QUARTER = math.pi / 2


def minus(vector: Vector) -> Vector:
    return -vector[0], -vector[1], -vector[2]


def test_a_quarter_turn_takes_each_axis_to_the_next() -> None:
    assert rotate(about_x(QUARTER), Y) == pytest.approx(Z)
    assert rotate(about_y(QUARTER), Z) == pytest.approx(X)
    assert rotate(about_z(QUARTER), X) == pytest.approx(Y)


def test_the_second_turn_of_a_product_comes_first() -> None:
    assert rotate(multiply(about_z(QUARTER), about_x(QUARTER)), Y) == pytest.approx(Z)
    assert rotate(multiply(about_x(QUARTER), about_z(QUARTER)), Y) == pytest.approx(minus(X))


def test_the_conjugate_turns_back() -> None:
    turn = from_degrees(10, -70, 130)
    assert rotate(quaternion.conjugate(turn), rotate(turn, (1.0, 2.0, 3.0))) == pytest.approx((1.0, 2.0, 3.0))
    assert multiply(turn, quaternion.conjugate(turn)) == pytest.approx(quaternion.IDENTITY)


@pytest.mark.parametrize("degrees", [(0, 0, 0), (170, 5, 5), (5, 170, 5), (5, 5, 170), (-80, 40, 100), (90, 90, 0)])
def test_axes_give_their_rotation_back(degrees: tuple[float, float, float]) -> None:
    turn = from_degrees(*degrees)
    found = from_axes(rotate(turn, X), rotate(turn, Y), rotate(turn, Z))
    assert abs(sum(a * b for a, b in zip(turn, found, strict=True))) == pytest.approx(1.0)


def test_vectors_add_and_multiply() -> None:
    assert quaternion.add(X, Y) == (1.0, 1.0, 0.0)
    assert quaternion.subtract(X, Y) == (1.0, -1.0, 0.0)
    assert quaternion.cross(X, Y) == Z
    assert quaternion.dot((1.0, 2.0, 3.0), (4.0, 5.0, 6.0)) == 32.0
    assert quaternion.normalised((0.0, 3.0, 4.0)) == pytest.approx((0.0, 0.6, 0.8))


@pytest.mark.parametrize("vector", [(0.0, 0.0, 0.0), (math.inf, 0.0, 0.0), (math.nan, 0.0, 0.0)])
def test_what_has_no_direction_is_not_normalised(vector: Vector) -> None:
    with pytest.raises(ValueError, match="no direction"):
        quaternion.normalised(vector)
