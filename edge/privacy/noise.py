"""Noise that is exactly what it is said to be: the discrete Gaussian, with whole numbers and a secure source.

Floating-point samplers leak through the gaps between their numbers (Mironov, On significance of the least significant
bits for differential privacy, CCS 2012). Here nothing is rounded: every probability is a fraction of whole numbers.

Source: Canonne, Kamath & Steinke, The Discrete Gaussian for Differential Privacy, NeurIPS 2020, algorithms 1 to 3.
"""

from __future__ import annotations

import secrets
from fractions import Fraction
from math import isqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    RandomBelow = Callable[[int], int]
    """Gives a whole number from 0 to its argument less one, each as likely."""


def discrete_gaussian(variance: Fraction | int, below: RandomBelow = secrets.randbelow) -> int:
    """One whole number n with probability proportional to exp(-n² / (2·variance)).

    Args:
        variance: σ² of the density; that of the numbers drawn is never larger, and as good as equal from σ = 1 on.
        below: where chance comes from; anything but the default is for tests.

    Raises:
        ValueError: the variance is not positive.
    """
    if variance <= 0:
        message = f"the variance of noise must be positive, got {variance}"
        raise ValueError(message)
    exact = Fraction(variance)
    n, d = exact.numerator, exact.denominator
    t = isqrt(n // d) + 1
    while True:
        drawn = discrete_laplace(t, below)
        # (|y| - σ²/t)² / 2σ², brought to one fraction
        if _bernoulli_exp((abs(drawn) * t * d - n) ** 2, 2 * n * d * t * t, below):
            return drawn


def discrete_laplace(scale: int, below: RandomBelow = secrets.randbelow) -> int:
    """One whole number n with probability proportional to exp(-|n| / scale); ``scale`` is at least 1."""
    while True:
        part = below(scale)
        if not _bernoulli_exp(part, scale, below):
            continue
        times = 0
        while _bernoulli_exp(1, 1, below):
            times += 1
        size = part + scale * times
        negative = below(2) == 1
        if negative and size == 0:  # or zero would come twice as often
            continue
        return -size if negative else size


def _bernoulli_exp(numerator: int, denominator: int, below: RandomBelow) -> bool:
    """True with probability exp(-numerator/denominator), which is not negative."""
    while numerator > denominator:
        if not _bernoulli_exp(1, 1, below):
            return False
        numerator -= denominator
    # The alternating series of exp: the first failure of chances γ/1, γ/2, γ/3 … comes at an odd place
    place = 1
    while below(denominator * place) < numerator:
        place += 1
    return place % 2 == 1
