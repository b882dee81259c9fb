"""Whom made-up subscribers call: pools of numbers that the Czech number plan knows, by kind and popularity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]

HOME: Final = 420_000_000_000
"""A national number becomes E.164 digits by adding this."""

_MOBILE: Final = (602, 603, 604, 605, 606, 607, 608, 702, 703, 704, 720, 721, 724, 725, 728, 731, 732, 733, 736, 737)
_MORE_MOBILE: Final = (739, 770, 773, 774, 775, 776, 777, 778, 790, 797)
_FIXED: Final = (221, 222, 224, 233, 241, 257, 266, 273, 284, 311, 326, 352, 377, 382, 475, 482, 495, 517, 541, 553)
_FIXED_LIKE: Final = (910, 911, 950, 972, 973, 974)
_FREE: Final = (800,)
_SPECIAL: Final = (810, 831, 840, 841, 844, 845, 846, 855)
_PREMIUM: Final = (900, 905, 906, 908, 909)
_SHORT: Final = np.array([112, 116111, 155, 1180, 150, 158, 116123, 1188, 1212, 14111], np.int64)
_ABROAD: Final = (49_30, 43_1, 421_905, 48_22, 44_20, 33_1, 380_67, 1_212, 84_24, 39_06, 41_44, 90_212)

SHARES: Final = {
    "own": 0.24,
    "mobile": 0.50,
    "fixed": 0.13,
    "fixed_like": 0.035,
    "free": 0.025,
    "special": 0.02,
    "short": 0.01,
    "premium": 0.005,
    "abroad": 0.035,
}
"""How calls fall on kinds of numbers."""

MESSAGE_SHARES: Final = {"own": 0.30, "mobile": 0.67, "abroad": 0.03}
"""How messages fall on kinds of numbers."""


@dataclass(frozen=True, slots=True)
class Pools:
    """Numbers by kind, E.164 digits without plus (short codes as they are); the first ones are called most."""

    numbers: dict[str, Whole]

    def draw(self, draws: np.random.Generator, count: int, shares: dict[str, float]) -> tuple[Whole, NDArray[np.str_]]:
        """Draw called numbers and the kind of each."""
        kinds = np.array(list(shares))
        drawn = draws.choice(kinds, size=count, p=np.array(list(shares.values())) / sum(shares.values()))
        called = np.zeros(count, np.int64)
        for kind in shares:
            places = np.flatnonzero(drawn == kind)
            pool = self.numbers[kind]
            called[places] = pool[(draws.random(places.size) ** 2 * pool.size).astype(np.int64)]
        return called, drawn


def make_pools(draws: np.random.Generator, own: Whole, size: int) -> Pools:
    """
    Make the pools.

    Args:
        draws: the seeded generator.
        own: the provider's own numbers, E.164 digits.
        size: how many other mobile numbers there are; the other pools are smaller in proportion.

    """

    def subscribers(prefixes: tuple[int, ...], count: int) -> Whole:
        chosen = draws.choice(np.array(prefixes, np.int64), size=max(count, len(prefixes)))
        return HOME + chosen * 1_000_000 + draws.integers(0, 1_000_000, chosen.size)

    abroad = draws.choice(np.array(_ABROAD, np.int64), size=max(size // 20, len(_ABROAD)))
    return Pools(
        {
            "own": draws.permutation(own),
            "mobile": subscribers(_MOBILE + _MORE_MOBILE, size),
            "fixed": subscribers(_FIXED, size // 5),
            "fixed_like": subscribers(_FIXED_LIKE, size // 40),
            "free": subscribers(_FREE, size // 200),
            "special": subscribers(_SPECIAL, size // 200),
            "premium": subscribers(_PREMIUM, size // 400),
            "short": _SHORT,
            "abroad": abroad * 10_000_000 + draws.integers(1_000_000, 10_000_000, abroad.size),
        },
    )
