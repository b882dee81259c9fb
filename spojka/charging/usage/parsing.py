"""
From texts to records: every layout that comes as text is checked here, whole columns at once.

The first thing wrong with a record decides its reason; the others pass.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from spojka.charging.usage import reasons
from spojka.charging.usage.classes import (
    ACCESS_TYPE,
    ACCESSES,
    CALL_KINDS,
    DIRECTION_TYPE,
    DIRECTIONS,
    HOME_COUNTRY,
    KIND_TYPE,
    KINDS,
    MESSAGE_KINDS,
)
from spojka.charging.usage.records import RECORD_SCHEMA, SUSPENSE_SCHEMA, Batch
from spojka.trade.numbering.numbers import normalised

TEXT_COLUMNS: Final = (
    "record_id",
    "kind",
    "direction",
    "service_key",
    "other",
    "at",
    "ended_at",
    "duration_s",
    "bytes_up",
    "bytes_down",
    "parts",
    "visited",
    "access",
    "rating_group",
    "imsi",
    "imei",
    "cell",
)
"""Fields of a record as text, in the order files write them."""

MOST_PARTS: Final = 255
"""A message has at most so many parts (the part count of a concatenation header is one byte)."""

_HEAD: Final = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?)(?:Z|[+-][0-9]{2}:[0-9]{2})?$"
_OFFSET: Final = r"(Z|[+-][0-9]{2}:[0-9]{2})$"
_IMSI: Final = "^[0-9]{14,15}$"
_IMEI: Final = "^[0-9]{14,16}$"
_COUNTRY: Final = "^[A-Z]{2}$"
_MOST_SECONDS: Final = 2**31


def instants(column: pl.Expr) -> pl.Expr:
    """
    Instants of a column of texts, UTC microseconds; null where a text is none.

    With `Z` or an offset the text says it all. Without one it is Prague time: in the hour that the change of clock
    repeats it is the first one, and a time that the change leaves out is none.
    """
    wall = column.str.extract(_HEAD, 1).str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False)
    offset = column.str.extract(_OFFSET, 1)
    hours = offset.str.slice(1, 2).cast(pl.Int64, strict=False)
    minutes = offset.str.slice(4, 2).cast(pl.Int64, strict=False)
    sign = pl.when(offset.str.starts_with("-")).then(-1).otherwise(1)
    sane = (offset == "Z") | ((hours <= 14) & (minutes < 60))  # offsets run from -12 to +14 hours
    shift = pl.duration(minutes=sign * (hours * 60 + minutes).fill_null(0))
    local = wall.dt.replace_time_zone("Europe/Prague", ambiguous="earliest", non_existent="null")
    return (
        pl.when(offset.is_null())
        .then(local.dt.convert_time_zone("UTC"))
        .when(sane)
        .then((wall - shift).dt.replace_time_zone("UTC"))
    )


def _whole(name: str) -> pl.Expr:
    return pl.col(name).str.to_integer(strict=False, dtype=pl.Int64)


def _typed(raw: pl.DataFrame) -> pl.DataFrame:
    """The texts beside what they mean, each under `<name>_`."""
    kind, key = pl.col("kind"), pl.col("service_key")
    key_number = normalised(key)
    return raw.with_columns(
        at_=instants(pl.col("at")),
        ended_at_=instants(pl.col("ended_at")),
        duration_s_=_whole("duration_s"),
        bytes_up_=_whole("bytes_up"),
        bytes_down_=_whole("bytes_down"),
        parts_=_whole("parts"),
        rating_group_=_whole("rating_group"),
        service_key_=pl.when(key.str.contains(_IMSI)).then(key).otherwise(key_number),
        other_=normalised(pl.col("other")),
        direction_=pl.when(kind == "data").then(pl.col("direction").fill_null("mo")).otherwise(pl.col("direction")),
        access_=pl.col("access").fill_null("cellular"),
        visited_=pl.col("visited").fill_null(HOME_COUNTRY),
    ).with_columns(
        span_s=-((pl.col("at_") - pl.col("ended_at_")).dt.total_microseconds() // 1_000_000),
    )


def _faults() -> list[tuple[pl.Expr, str, str]]:
    """(condition, reason, field): what can be wrong with a record, the weightiest first."""
    kind, outgoing = pl.col("kind"), pl.col("direction_").is_in(["mo", "forwarded"])
    called = kind.is_in([*CALL_KINDS, *MESSAGE_KINDS]) & outgoing
    timed = kind.is_in(CALL_KINDS)
    given, span = pl.col("duration_s_"), pl.col("span_s")
    unread = {name: pl.col(name).is_not_null() & pl.col(f"{name}_").is_null() for name in _WHOLE}
    volume_missing = (kind == "data") & pl.col("bytes_up").is_null() & pl.col("bytes_down").is_null()
    faults = [
        (pl.col("record_id").is_null(), reasons.RECORD_ID_MISSING, "record_id"),
        (~kind.is_in(KINDS).fill_null(value=False), reasons.UNKNOWN_KIND, "kind"),
        (~pl.col("direction_").is_in(DIRECTIONS).fill_null(value=False), reasons.FIELD_NOT_UNDERSTOOD, "direction"),
        (~pl.col("access_").is_in(ACCESSES), reasons.FIELD_NOT_UNDERSTOOD, "access"),
        (~pl.col("visited_").str.contains(_COUNTRY), reasons.FIELD_NOT_UNDERSTOOD, "visited"),
        (~pl.col("imsi").str.contains(_IMSI), reasons.FIELD_NOT_UNDERSTOOD, "imsi"),
        (~pl.col("imei").str.contains(_IMEI), reasons.FIELD_NOT_UNDERSTOOD, "imei"),
        (unread["rating_group"], reasons.FIELD_NOT_UNDERSTOOD, "rating_group"),
        (pl.col("at_").is_null(), reasons.INSTANT_NOT_UNDERSTOOD, "at"),
        (pl.col("ended_at").is_not_null() & pl.col("ended_at_").is_null(), reasons.INSTANT_NOT_UNDERSTOOD, "ended_at"),
        (pl.col("service_key_").is_null(), reasons.INVALID_NUMBER, "service_key"),
        (called & pl.col("other_").is_null(), reasons.INVALID_NUMBER, "other"),
        (unread["duration_s"] | (given < 0) | (given > _MOST_SECONDS), reasons.INVALID_DURATION, "duration_s"),
        (pl.col("ended_at_") < pl.col("at_"), reasons.INVALID_DURATION, "ended_at"),
        ((given - span).abs() > 1, reasons.INVALID_DURATION, "duration_s"),
        (timed & given.is_null() & span.is_null(), reasons.INVALID_DURATION, "duration_s"),
        (unread["bytes_up"] | (pl.col("bytes_up_") < 0), reasons.INVALID_VOLUME, "bytes_up"),
        (unread["bytes_down"] | (pl.col("bytes_down_") < 0) | volume_missing, reasons.INVALID_VOLUME, "bytes_down"),
        (unread["parts"] | ~pl.col("parts_").is_between(1, MOST_PARTS), reasons.INVALID_PARTS, "parts"),
    ]
    return [(condition.fill_null(value=False), reason, field) for condition, reason, field in faults]


_WHOLE: Final = ("duration_s", "bytes_up", "bytes_down", "parts", "rating_group")


def parse_texts(raw: pl.DataFrame, *, source: str) -> Batch:
    """
    Check records given as texts.

    Args:
        raw: `TEXT_COLUMNS` (strings, null where nothing is written) and `line`.
        source: the sender.

    Returns:
        Those understood, and those in suspense with the first thing wrong with each.

    """
    faults = _faults()
    first = pl.coalesce([pl.when(condition).then(place) for place, (condition, _, _) in enumerate(faults)])
    checked = _typed(raw).with_columns(fault=first)
    sound = checked.filter(pl.col("fault").is_null())
    unsound = checked.filter(pl.col("fault").is_not_null())
    return Batch(_records(sound, source), _suspended(unsound, source, faults))


def _records(sound: pl.DataFrame, source: str) -> pl.DataFrame:
    number = pl.col("kind").is_in([*CALL_KINDS, *MESSAGE_KINDS])
    columns = {
        "source": pl.lit(source),
        "service_key": pl.col("service_key_"),
        "direction": pl.col("direction_").cast(DIRECTION_TYPE),
        "kind": pl.col("kind").cast(KIND_TYPE),
        "other": pl.when(number).then(pl.coalesce("other_", "other")).otherwise(pl.col("other")),
        "at": pl.col("at_"),
        "duration_s": pl.coalesce("duration_s_", "span_s").fill_null(0),
        "bytes_up": pl.col("bytes_up_").fill_null(0),
        "bytes_down": pl.col("bytes_down_").fill_null(0),
        "parts": pl.col("parts_").fill_null(1).cast(pl.Int32),
        "visited": pl.col("visited_"),
        "access": pl.col("access_").cast(ACCESS_TYPE),
        "rating_group": pl.col("rating_group_"),
        "network": pl.lit(None, dtype=pl.String),
    }
    return sound.select(
        *[columns.get(name, pl.col(name)).alias(name) for name in RECORD_SCHEMA.names()],
        pl.col("line").cast(pl.Int64),
    )


def _suspended(unsound: pl.DataFrame, source: str, faults: list[tuple[pl.Expr, str, str]]) -> pl.DataFrame:
    places = list(range(len(faults)))
    field = pl.col("fault").replace_strict(places, [field for _, _, field in faults], return_dtype=pl.String)
    value = pl.coalesce([pl.when(field == name).then(pl.col(name)) for name in TEXT_COLUMNS])
    return unsound.select(
        source=pl.lit(source),
        record_id=pl.col("record_id"),
        line=pl.col("line").cast(pl.Int64),
        reason=pl.col("fault").replace_strict(places, [reason for _, reason, _ in faults], return_dtype=pl.String),
        field=field,
        value=value,
        record=pl.struct(TEXT_COLUMNS).struct.json_encode(),
    ).cast(SUSPENSE_SCHEMA)
