"""On which side of an edge: never wrong, and the same compiled or not."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wanmi.gis.kernels import compiled
from wanmi.gis.lookup import UNDECIDED, difference_tail, product_tail, quick_side
from wanmi.gis.orientation import LEFT, ON, RIGHT, exact_side
from wanmi.gis.plain_lookup import sure_side

degrees = st.floats(-180, 180)
steps = st.integers(-2, 2)


def beside(value: float, ulps: int) -> float:
    for _ in range(abs(ulps)):
        value = float(np.nextafter(value, np.inf if ulps > 0 else -np.inf))
    return value


def test_left_and_right_are_those_of_one_who_goes_from_a_to_b() -> None:
    assert exact_side(109, 32, 109, 33, 108.9, 32.5) == LEFT
    assert exact_side(109, 32, 109, 33, 109.1, 32.5) == RIGHT
    assert exact_side(109, 32, 110, 33, 109.5, 32.5) == ON


@given(six=st.tuples(degrees, degrees, degrees, degrees, degrees, degrees))
@example(six=(109.0, 32.0, 109.1, 32.1, 109.05, 32.05))
@example(six=(1e-300, 1e-300, -1e-300, -1e-300, 5e-324, 5e-324))
@example(six=(0.0, 0.0, 180.0, 5e-324, 90.0, 5e-324))
def test_any_three_points(six: tuple[float, float, float, float, float, float]) -> None:
    exact = exact_side(*six)
    assert sure_side(*six) == exact
    assert quick_side(*six) in {exact, UNDECIDED}


@settings(max_examples=300)
@given(st.tuples(degrees, degrees), st.tuples(degrees, degrees), st.floats(0, 1), steps, steps)
def test_points_on_an_edge_and_a_few_ulps_beside(
    a: tuple[float, float], b: tuple[float, float], share: float, east: int, north: int
) -> None:
    px, py = (beside(p + (q - p) * share, n) for p, q, n in zip(a, b, (east, north), strict=True))
    assert sure_side(*a, *b, px, py) == exact_side(*a, *b, px, py)


def test_within_a_city_doubles_always_decide() -> None:
    random = np.random.default_rng(4)
    start = np.array([109.03, 32.69]) + random.normal(0, 0.05, (2000, 2))
    stop = start + random.normal(0, 0.001, (2000, 2))
    middle = (start + stop) / 2
    for a, b, p in zip(start.tolist(), stop.tolist(), middle.tolist(), strict=True):
        side = quick_side(*a, *b, *p)
        assert side != UNDECIDED
        assert side == exact_side(*a, *b, *p)


def each(points: np.ndarray, out: np.ndarray) -> None:
    for i in range(len(points)):
        p = points[i]
        out[i] = quick_side(p[0], p[1], p[2], p[3], p[4], p[5])


def test_compiled_and_plain_agree_so_nothing_was_contracted_or_reordered() -> None:
    random = np.random.default_rng(9)
    start, move = random.uniform(-120, 120, (4000, 2)), random.normal(0, 0.01, (4000, 2))
    middle = start + move / 2
    middle[::2] = np.nextafter(middle[::2], 0)
    points = np.hstack([start, start + move, middle])
    out = np.empty(len(points), np.int64)
    compiled(each, (difference_tail, product_tail, quick_side))(points, out)
    assert out.tolist() == [quick_side(*six) for six in points.tolist()]
