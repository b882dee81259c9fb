"""
From the ids of services, as text, to their numbers in a roster, tens of millions a second.

An id is known by two 64-bit hashes with different seeds, which Polars makes on all threads; a compiled look-up finds
the number. Comparing the text itself costs several times as much, since every id is fetched from far memory. A roster
in which two services agree in both hashes is refused; that an id from outside agrees with one of a million services in
all 128 bits is less likely than 1 in 10^32.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

FIRST_SEED, SECOND_SEED = 1, 2
SPARE = 4
"""Places of the look-up table for each service, so that probes are short."""

F = TypeVar("F", bound=Callable[..., object])
_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}


class SameHashError(ValueError):
    """Two services of one roster have the same id, or ids that cannot be told apart."""


class ServiceNumbers:
    """
    The numbers of some services, in the order of their ids; made once and used for every column of ids.

    Raises `SameHashError` when two ids are the same.
    """

    def __init__(self, ids: tuple[str, ...]) -> None:
        hashed = pl.DataFrame({"id": pl.Series(ids, dtype=pl.String)}).select(*self.hashes(pl.col("id")))
        self._known = np.column_stack([hashed[name].to_numpy() for name in hashed.columns])
        bits = (max(2, len(ids) * SPARE) - 1).bit_length()
        self._places = np.full(1 << bits, -1, np.int32)
        twin = _place(self._known, self._places)
        if twin >= 0:
            raise SameHashError(f"service {ids[twin]} stands in the roster twice")

    @staticmethod
    def hashes(ids: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
        """The two columns that `find` takes, from a column of ids."""
        text = ids.cast(pl.String)
        return text.hash(FIRST_SEED).alias("first_hash"), text.hash(SECOND_SEED).alias("second_hash")

    def find(self, first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.int32]:
        """The number of each id by its hashes, or -1 for one that is not in the roster."""
        found = np.empty(len(first), np.int32)
        _find(_read_only(first), _read_only(second), self._known, self._places, found)
        return found


def _compiled(function: F) -> F:
    return cast("F", njit(**_OPTIONS)(function))


def _read_only(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    view = np.ascontiguousarray(values, np.uint64).view()
    view.setflags(write=False)
    return view


@_compiled
def _place(known: NDArray[np.uint64], places: NDArray[np.int32]) -> int:
    """Give every service a place by its hashes; returns one whose hashes stand there already, or -1."""
    last = places.shape[0] - 1
    for number in range(known.shape[0]):
        place = np.int64(known[number, 0] & np.uint64(last))
        while places[place] >= 0:
            if known[places[place], 0] == known[number, 0] and known[places[place], 1] == known[number, 1]:
                return int(number)
            place = (place + 1) & last
        places[place] = number
    return -1


@_compiled
def _find(
    first: NDArray[np.uint64],
    second: NDArray[np.uint64],
    known: NDArray[np.uint64],
    places: NDArray[np.int32],
    found: NDArray[np.int32],
) -> None:
    """Look every pair of hashes up, from its place onwards to the first empty one."""
    last = places.shape[0] - 1
    for i in range(first.shape[0]):
        place = np.int64(first[i] & np.uint64(last))
        number = places[place]
        while number >= 0 and (known[number, 0] != first[i] or known[number, 1] != second[i]):
            place = (place + 1) & last
            number = places[place]
        found[i] = number
