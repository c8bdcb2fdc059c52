"""How are sines, lengths and products reckoned so that every processor gives the same bits?

`math.sin`, `numpy.sin`, `hypot` and the matrix product `@` differ in the last ulp from processor to
processor (another library routine, fused multiply-add or not). One ulp is enough to put a place
beside its cell's edge, or to let a cut fall on another corner. Hence everything here is made of
+ - * / and square root alone, which IEEE 754 rounds in one way only, and works for a float and for
an array alike.

In this module `Number` is a float or a float64 array.
"""

from __future__ import annotations

import math
from typing import TypeVar, cast

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Number = TypeVar("Number", float, FloatArray)

# Coefficients of the Taylor series in powers of the squared angle, highest first. Up to 45
# degrees the first term left out is below 5e-17.
_SINE = tuple((-1) ** k / math.factorial(2 * k + 1) for k in range(7, -1, -1))
_COSINE = tuple((-1) ** k / math.factorial(2 * k) for k in range(8, -1, -1))

# Adding and taking away this number rounds a double to the nearest whole number.
_ROUNDER = 6755399441055744.0


def root(value: Number) -> Number:
    """Return the square root."""
    if isinstance(value, float):
        return math.sqrt(value)
    return cast("Number", np.sqrt(value))


def length(x: Number, y: Number) -> Number:
    """Return the length of the step (x, y); both far from the largest double."""
    return root(x * x + y * y)


def along(steps: FloatArray, direction: FloatArray) -> FloatArray:
    """Return how far each of `steps` (n, 2) goes along `direction` (2,)."""
    found: FloatArray = steps[..., 0] * direction[0] + steps[..., 1] * direction[1]
    return found


def sine_cosine(half_turns: Number) -> tuple[Number, Number]:
    """Return sine and cosine of pi times `half_turns`, to a few ulp."""
    whole = (half_turns * 0.5 + _ROUNDER) - _ROUNDER
    angle = (half_turns - 2.0 * whole) * (math.pi / 4.0)
    square = angle * angle
    sine, cosine = square * _SINE[0], square * _COSINE[0]
    for coefficient in _SINE[1:-1]:
        sine = (sine + coefficient) * square
    for coefficient in _COSINE[1:-1]:
        cosine = (cosine + coefficient) * square
    return double(*double((sine + _SINE[-1]) * angle, cosine + _COSINE[-1]))


def double(sine: Number, cosine: Number) -> tuple[Number, Number]:
    """Return sine and cosine of twice the angle."""
    return 2.0 * sine * cosine, 1.0 - 2.0 * sine * sine


def treble(sine: Number, cosine: Number) -> tuple[Number, Number]:
    """Return sine and cosine of three times the angle."""
    square = sine * sine
    return sine * (3.0 - 4.0 * square), cosine * (1.0 - 4.0 * square)
