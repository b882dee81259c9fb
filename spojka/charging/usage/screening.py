"""
From records to what rating takes: whose service it was, which class the other number has, which zone it happened in.

Whole frames at once; a record that cannot be rated goes to suspense with its reason, the rest pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from spojka.charging.usage import reasons
from spojka.charging.usage.classes import CALL_KINDS, DATA, INCOMING, KINDS, MESSAGE_KINDS, Zones
from spojka.charging.usage.cutting import cut_sessions
from spojka.charging.usage.parsing import TEXT_COLUMNS
from spojka.charging.usage.records import INSTANT, SUSPENSE_SCHEMA, identities
from spojka.trade.numbering.frames import destinations
from spojka.trade.numbering.plan import MOBILE, OWN_NETWORK, NumberPlan
from spojka.trade.numbering.ported import PortedNumbers

SERVICE_SCHEMA: Final = pl.Schema(
    {
        "service_id": pl.String(),
        "msisdn": pl.String(),
        "imsi": pl.String(),
        "valid_from": INSTANT,
        "valid_to": INSTANT,
    },
)
"""Columns of the services look-up: one row for each time a service had a number and a card, open end null."""

UNKNOWN_CODE: Final = 255
"""Code of a class or zone that a rate book does not name; no row stands under it, so rating reports it."""


@dataclass(frozen=True)
class Lookups:
    """
    All that screening is told.

    Args:
        services: columns of `SERVICE_SCHEMA`.
        plan: the number plan with its dial zones.
        ported: the networks of numbers by instant.
        zones: roaming zones by visited country.
        own_network: name of the provider's own network in `ported`.
        max_call_duration_s: the longest possible call (nej/2.7, max_call_duration_s).

    """

    services: pl.DataFrame
    plan: NumberPlan
    ported: PortedNumbers
    zones: Zones
    own_network: str
    max_call_duration_s: int


@dataclass(frozen=True, slots=True)
class Screened:
    """
    What screening made of a frame.

    Args:
        ready: the records' columns, data sessions cut at the period's end (`part`), and `service_id`, `dest_class`,
            `zone`, `quantity` (seconds, parts or bytes), the price in the number (`number_price_micros`,
            `number_price_per`), the `network` of the called mobile number and `network_version`, the state of the
            database it was found in.
        suspense: columns of `SUSPENSE_SCHEMA`.

    """

    ready: pl.DataFrame
    suspense: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Recognised:
    """Records taken for the first time, with their `identity`, and the repeats that are dropped (nej/2.11)."""

    fresh: pl.DataFrame
    repeats: pl.DataFrame


def recognise(records: pl.DataFrame, taken: pl.Series | None = None) -> Recognised:
    """
    Give every record its identity and tell first takes from repeats.

    Args:
        records: a frame with `source` and `record_id`.
        taken: identities taken before, 16-byte binaries.

    """
    by_source = [
        part.with_columns(identities(str(source), part["record_id"]))
        for (source,), part in records.with_row_index("_row").group_by(["source"], maintain_order=True)
    ]
    empty = records.with_columns(identity=pl.lit(None, dtype=pl.Binary))
    known = pl.concat(by_source).sort("_row").drop("_row") if by_source else empty
    repeated = ~pl.col("identity").is_first_distinct()
    if taken is not None and len(taken):
        repeated |= pl.col("identity").is_in(taken.implode())
    marked = known.with_columns(_repeated=repeated)
    return Recognised(
        marked.filter(~pl.col("_repeated")).drop("_repeated"),
        marked.filter(pl.col("_repeated")).drop("_repeated"),
    )


def screen(records: pl.DataFrame, lookups: Lookups) -> Screened:
    """Screen a frame of records (columns of `RECORD_SCHEMA` and `line`; more columns pass through)."""
    looked_up = _zoned(_with_destination(_with_service(records, lookups), lookups), lookups)
    judged = looked_up.with_columns(_reason=_reason(lookups))
    ready = judged.filter(pl.col("_reason").is_null())
    waiting = judged.filter(pl.col("_reason").is_not_null())
    helpers = [name for name in judged.columns if name.startswith("_")]
    cut = cut_sessions(ready.drop(helpers))
    return Screened(cut.with_columns(quantity=_quantity()), _suspended(waiting))


def event_columns(
    ready: pl.DataFrame,
    *,
    services: Sequence[str],
    dest_classes: Sequence[str],
    zones: Sequence[str],
) -> pl.DataFrame:
    """
    The rating kernel's columns of ready records: `service`, `kind`, `class`, `zone`, `at`, `quantity`, in their order.

    Args:
        ready: from `screen`.
        services: service ids in the order of the roster's numbers; another service is -1.
        dest_classes: the rate book's classes in the order of their codes; another class is `UNKNOWN_CODE`.
        zones: the rate book's zones in the order of their codes; another zone is `UNKNOWN_CODE`.

    """

    def code(name: str, names: Sequence[str], unknown: int, kind: pl.DataType) -> pl.Expr:
        codes = list(range(len(names)))
        return pl.col(name).cast(pl.String).replace_strict(list(names), codes, default=unknown, return_dtype=kind)

    return ready.select(
        code("service_id", services, -1, pl.Int32()).alias("service"),
        code("kind", KINDS, UNKNOWN_CODE, pl.UInt8()).alias("kind"),
        code("dest_class", dest_classes, UNKNOWN_CODE, pl.UInt8()).alias("class"),
        code("zone", zones, UNKNOWN_CODE, pl.UInt8()).alias("zone"),
        pl.col("at").dt.timestamp("us").alias("at"),
        pl.col("quantity"),
    )


def _with_service(records: pl.DataFrame, lookups: Lookups) -> pl.DataFrame:
    """`service_id` and the card it should have used, by MSISDN or IMSI at the instant."""
    rows = lookups.services.select(SERVICE_SCHEMA.names()).cast(SERVICE_SCHEMA)
    kept = ("service_id", "valid_from", "valid_to", pl.col("imsi").alias("_card"))
    by_key = pl.concat([rows.select(pl.col(name).alias("service_key"), *kept) for name in ("msisdn", "imsi")])
    found = (
        records.with_row_index("_row")
        .sort("at")
        .join_asof(
            by_key.drop_nulls("service_key").sort("valid_from"),
            left_on="at",
            right_on="valid_from",
            by="service_key",
            strategy="backward",
            check_sortedness=False,
        )
        .sort("_row")
    )
    lasting = pl.col("valid_to").is_null() | (pl.col("at") < pl.col("valid_to"))
    return found.with_columns(
        service_id=pl.when(lasting).then("service_id"),
        _card=pl.when(lasting).then("_card"),
    ).drop("_row", "valid_from", "valid_to")


def _with_destination(records: pl.DataFrame, lookups: Lookups) -> pl.DataFrame:
    """`dest_class` of the called number; own network by where the number is at the instant (nej/2.12)."""
    called = pl.col("kind").is_in([*CALL_KINDS, *MESSAGE_KINDS]) & (pl.col("direction") != "mt")
    asked = records.with_columns(_number=pl.when(called).then("other"))
    classes = destinations(lookups.plan, asked["_number"]).rename({"reason": "_number_reason"})
    found = asked.join(classes, left_on="_number", right_on="number", how="left", maintain_order="left")
    mobile = found.with_columns(_mobile=pl.when(pl.col("dest_class") == MOBILE).then("_number"))
    network = lookups.ported.networks(mobile, number="_mobile", at="at")
    own = pl.col("network") == lookups.own_network
    return mobile.with_columns(network=network).with_columns(
        dest_class=pl.when(pl.col("kind") == "data")
        .then(pl.lit(DATA))
        .when(pl.col("direction") == "mt")
        .then(pl.lit(INCOMING))
        .when((pl.col("dest_class") == MOBILE) & own)
        .then(pl.lit(OWN_NETWORK))
        .otherwise("dest_class"),
        network_version=pl.when(pl.col("_mobile").is_not_null()).then(pl.lit(lookups.ported.version)),
    )


def _zoned(records: pl.DataFrame, lookups: Lookups) -> pl.DataFrame:
    zones = lookups.zones
    named = pl.col("visited").replace_strict(zones.by_country, default=zones.rest, return_dtype=pl.String)
    return records.with_columns(zone=named)


def _faults(lookups: Lookups) -> list[tuple[pl.Expr, pl.Expr, str]]:
    """(condition, reason, field), the weightiest first."""
    too_long = pl.col("kind").is_in(CALL_KINDS) & (pl.col("duration_s") > lookups.max_call_duration_s)
    return [
        (pl.col("service_id").is_null(), pl.lit(reasons.UNKNOWN_SERVICE), "service_key"),
        (pl.col("imsi") != pl.col("_card"), pl.lit(reasons.IMSI_MISMATCH), "imsi"),
        (too_long, pl.lit(reasons.DURATION_OVER_MAX), "duration_s"),
        (pl.col("_number_reason").is_not_null(), pl.col("_number_reason"), "other"),
        (pl.col("zone").is_null(), pl.lit(reasons.UNKNOWN_COUNTRY), "visited"),
    ]


def _reason(lookups: Lookups) -> pl.Expr:
    """A struct of reason, field and value; null when nothing is wrong."""
    return pl.coalesce(
        [
            pl.when(condition.fill_null(value=False)).then(
                pl.struct(reason=reason, field=pl.lit(field), value=pl.col(field).cast(pl.String)),
            )
            for condition, reason, field in _faults(lookups)
        ],
    )


def _quantity() -> pl.Expr:
    kind = pl.col("kind")
    return (
        pl.when(kind.is_in(CALL_KINDS))
        .then("duration_s")
        .when(kind.is_in(MESSAGE_KINDS))
        .then(pl.col("parts").cast(pl.Int64))
        .otherwise(pl.col("bytes_up") + pl.col("bytes_down"))
    )


def as_texts() -> list[pl.Expr]:
    """A record's fields as the texts that `parse_texts` reads back to the same record; its end is in its duration."""
    made = {"at": pl.col("at").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ"), "ended_at": pl.lit(None, dtype=pl.String)}
    return [(made[name] if name in made else pl.col(name)).cast(pl.String).alias(name) for name in TEXT_COLUMNS]


def _suspended(waiting: pl.DataFrame) -> pl.DataFrame:
    return waiting.select(
        "source",
        "record_id",
        pl.col("line").cast(pl.Int64),
        pl.col("_reason").struct.field("reason"),
        pl.col("_reason").struct.field("field"),
        pl.col("_reason").struct.field("value"),
        pl.struct(as_texts()).struct.json_encode().alias("record"),
    ).cast(SUSPENSE_SCHEMA)
