"""On which side of an edge does a point lie, exactly?

The two products of the orientation determinant are compared in float64; where rounding might
decide, they are compared exactly. This is the filter-and-fallback scheme of Shewchuk (1997),
"Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates", which GEOS
follows with double-double arithmetic.
"""

from __future__ import annotations

from fractions import Fraction

LEFT, ON, RIGHT = 1, 0, -1


def exact_side(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """Return LEFT, ON or RIGHT: where p lies for one who goes from a to b; never rounded."""
    a_x, a_y = Fraction(ax), Fraction(ay)
    left = (Fraction(bx) - a_x) * (Fraction(py) - a_y)
    right = (Fraction(by) - a_y) * (Fraction(px) - a_x)
    return (left > right) - (left < right)
