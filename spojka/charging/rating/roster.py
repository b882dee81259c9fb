"""Whose records are rated: services by number, and the tariff of each at every instant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from spojka.charging.rating.tables import NONE, fixed
from spojka.charging.rating.terms import RateBook

FIRST, EVER = np.iinfo(np.int64).min, np.iinfo(np.int64).max
"""An open start and an open end, in microseconds."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RosterError(ValueError):
    """Segments that overlap or are empty, or name a tariff that the book does not have."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One service under one tariff: half-open, [valid_from, valid_to), `None` an open end; instants with a zone."""

    service: str
    tariff: str
    valid_from: datetime
    valid_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """
    Services in the order of their numbers (the rows of `State`), and their segments.

    `spans` int64 [services and more, 4], read-only: valid_from and valid_to in microseconds, tariff code, and the row
    of the service's next span or -1; row `s` is the first span of service `s`.
    """

    services: tuple[str, ...]
    spans: NDArray[np.int64]


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
    first: list[tuple[int, int, int, int]] = []
    more: list[tuple[int, int, int, int]] = []
    for service, own in by_service.items():
        own.sort()
        for (start, end, _), (later, *_) in zip(own, [*own[1:], (EVER, EVER, 0)], strict=True):
            if start >= end or end > later:
                raise RosterError(f"{service}: a segment is empty or overlaps the next")
        places = [len(by_service) + len(more) + number for number in range(len(own) - 1)]
        linked = [(*span, place) for span, place in zip(own, [*places, NONE], strict=True)]
        first.append(linked[0])
        more += linked[1:]
    return Roster(tuple(by_service), fixed(np.array([*first, *more], np.int64).reshape(-1, 4)))


def plain_roster(services: Sequence[str], tariffs: NDArray[np.int64]) -> Roster:
    """A roster in which every service has one tariff for ever, by its code [services]; built at once."""
    spans = np.empty((len(services), 4), np.int64)
    spans[:, 0], spans[:, 1], spans[:, 2], spans[:, 3] = FIRST, EVER, tariffs, NONE
    return Roster(tuple(services), fixed(spans))
