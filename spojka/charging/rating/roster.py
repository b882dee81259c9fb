"""Whose records are rated: services by number, and the tariff of each at every instant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spojka.charging.rating.terms import RateBook

EVER = np.iinfo(np.int64).max
"""The end of a segment that has none, in microseconds."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RosterError(ValueError):
    """Segments that overlap, or name a tariff that the book does not have."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One service under one tariff: half-open, [valid_from, valid_to), `None` an open end; instants with a zone."""

    service: str
    tariff: str
    valid_from: datetime
    valid_to: datetime | None = None


class Segments(NamedTuple):
    """
    The roster's arrays for the kernel, read-only.

    * `first` int64 [services + 1]: where each service's segments start in `spans`
    * `spans` int64 [segments, 3]: valid_from and valid_to in microseconds, tariff code; by time within a service
    """

    first: NDArray[np.int64]
    spans: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Roster:
    """Services in the order of their numbers (the row of `State`), and their segments."""

    services: tuple[str, ...]
    segments: Segments


def micros(instant: datetime) -> int:
    """Microseconds since 1970 in UTC; the instant must know its zone."""
    if instant.utcoffset() is None:
        raise ValueError(f"{instant} has no time zone")
    return (instant - _EPOCH) // timedelta(microseconds=1)


def build_roster(segments: Iterable[Segment], book: RateBook) -> Roster:
    """
    Number the services in order of first appearance and lay out their segments.

    Raises `RosterError` when segments of one service overlap or are empty, or a tariff is unknown.
    """
    by_service: dict[str, list[tuple[int, int, int]]] = {}
    for segment in segments:
        if segment.tariff not in book.tariffs:
            raise RosterError(f"{segment.service}: no tariff {segment.tariff!r} in the book")
        end = EVER if segment.valid_to is None else micros(segment.valid_to)
        span = micros(segment.valid_from), end, book.tariff(segment.tariff)
        by_service.setdefault(segment.service, []).append(span)
    spans: list[tuple[int, int, int]] = []
    first = [0]
    for service, own in by_service.items():
        own.sort()
        for (start, end, _), later in zip(own, [*own[1:], (EVER, EVER, 0)], strict=True):
            if start >= end or end > later[0]:
                raise RosterError(f"{service}: a segment is empty or overlaps the next")
        spans += own
        first.append(len(spans))
    return _laid_out(tuple(by_service), first, spans)


def plain_roster(services: Sequence[str], tariffs: NDArray[np.int64]) -> Roster:
    """A roster in which every service has one tariff for ever, by its code: arrays [services], built at once."""
    count = len(services)
    spans = np.empty((count, 3), np.int64)
    spans[:, 0], spans[:, 1], spans[:, 2] = np.iinfo(np.int64).min, EVER, tariffs
    return _laid_out(tuple(services), np.arange(count + 1), spans)


def _laid_out(services: tuple[str, ...], first: object, spans: object) -> Roster:
    laid = Segments(np.array(first, np.int64), np.array(spans, np.int64).reshape(-1, 3))
    for values in laid:
        values.setflags(write=False)
    return Roster(services, laid)
