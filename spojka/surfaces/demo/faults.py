"""Records as broken as real files hold them: one fault each, and the reason they must wait for."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from spojka.charging.usage import reasons

FAULTS: Final[tuple[tuple[str, str, dict[str, str | None]], ...]] = (
    (reasons.INVALID_DURATION, "voice", {"duration_s": "-17"}),
    (reasons.INVALID_DURATION, "voice", {"duration_s": None, "ended_at": "2020-01-01T00:00:00Z"}),
    (reasons.DURATION_OVER_MAX, "voice", {"duration_s": "4201"}),
    (reasons.UNKNOWN_KIND, "sms", {"kind": "fax"}),
    (reasons.INVALID_NUMBER, "voice", {"other": "11612"}),
    (reasons.UNKNOWN_DESTINATION, "voice", {"other": "999123456"}),
    (reasons.UNKNOWN_SERVICE, "sms", {"service_key": "+420608000000", "imsi": None}),
    (reasons.IMSI_MISMATCH, "voice", {"imsi": "230999999999999"}),
    (reasons.INSTANT_NOT_UNDERSTOOD, "sms", {"at": "03.02.2026 10:15"}),
    (reasons.INVALID_VOLUME, "data", {"bytes_down": "-1"}),
    (reasons.INVALID_PARTS, "sms", {"parts": "0"}),
    (reasons.FIELD_NOT_UNDERSTOOD, "data", {"visited": "Germany"}),
)
"""(reason, kind of record, what is written instead)."""


def broken_copies(
    texts: pl.DataFrame, draws: np.random.Generator, *, count: int, first: int, prefix: str
) -> tuple[pl.DataFrame, dict[str, int]]:
    """
    Outgoing records of a file copied with a fault each, under ids of their own.

    Args:
        texts: the file's records as texts.
        draws: the seeded generator.
        count: how many; the faults take turns.
        first: the fault that begins.
        prefix: begins their ids.

    Returns:
        The broken records, and how many must wait for each reason. A fault that fits no record of the file is left out.

    """
    rows: list[dict[str, str | None]] = []
    expected: dict[str, int] = {}
    outgoing = texts.filter(pl.col("direction") == "mo")
    by_kind = {kind: outgoing.filter(pl.col("kind") == kind) for kind in ("voice", "sms", "data")}
    for number in range(count):
        reason, kind, changes = FAULTS[(first + number) % len(FAULTS)]
        candidates = by_kind[kind]
        if not candidates.height:
            continue
        row = candidates.row(int(draws.integers(candidates.height)), named=True)
        rows.append(row | {"record_id": f"{prefix}{number:05d}"} | changes)
        expected[reason] = expected.get(reason, 0) + 1
    return pl.DataFrame(rows, schema=texts.schema), expected
