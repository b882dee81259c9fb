"""
A month of a provider's traffic on disk, as it would come: CSV files of the host network, TAP3 files of partners.

    traffic = write_traffic(folder, services, month=Period.month(2026, 2), seed=1)
    for file in traffic.files: ...   # in the order they come
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final, Literal
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from spojka.charging.usage.csv_layout import HEADER, TRAILER
from spojka.charging.usage.parsing import TEXT_COLUMNS
from spojka.charging.usage.records import UsageRecord
from spojka.charging.usage.tap3 import source_of
from spojka.charging.usage.tap3_writing import RoamingEvent, TapSender, write_tap3
from spojka.kernel.time import Period, instant_of
from spojka.surfaces.demo.drawing import NOT_ABROAD, PARTNERS, DemoService, Partner, draw_month
from spojka.surfaces.demo.faults import broken_copies

__all__ = ["DemoService", "Traffic", "TrafficFile", "write_traffic"]

HOST: Final = "host"
"""Sender of the CSV files: the network that carries the provider's traffic at home."""

RECIPIENT: Final = "CZEXX"
"""The provider's own made-up code in TAP3 files."""

MOST_EVENTS: Final = 1_500
"""Events of one TAP3 file; partners send several."""

_LATE_SHARE: Final = 0.01
_BROKEN_SHARE: Final = 0.0005
_FEWEST_BROKEN: Final = 12
_REPEATED_SHARE: Final = 0.05
_DECADES: Final = ((1, 10), (11, 20), (21, 31))
_CHARGES_MILLIS: Final = {"voice": 60, "sms": 8, "data": 3}

Arrival = Literal["in_time", "late"]


@dataclass(frozen=True, slots=True)
class TrafficFile:
    """
    One file.

    Args:
        path: where it is.
        layout: `csv` or `tap3`.
        source: the sender, to be given when it is taken in.
        records: how many records or events it has.
        arrival: `late` files come after the month's invoices.
        repeated: how many of its records were in an earlier file.
        broken: how many of its records must wait, by reason.

    """

    path: Path
    layout: Literal["csv", "tap3"]
    source: str
    records: int
    arrival: Arrival = "in_time"
    repeated: int = 0
    broken: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Traffic:
    """
    A month on disk.

    Args:
        files: in the order they come.
        travellers: places of the services that were abroad outside the EU zone, for which roaming is to be ordered.

    """

    files: tuple[TrafficFile, ...]
    travellers: tuple[int, ...]

    @property
    def records(self) -> int:
        """Records and events of all files, broken and repeated ones included."""
        return sum(file.records for file in self.files)


def write_traffic(
    folder: Path, services: Sequence[DemoService], *, month: Period, records: int = 200_000, seed: int = 1
) -> Traffic:
    """
    Write a month of traffic.

    Args:
        folder: where; made when it is not there.
        services: whose; each must have been active for the whole month to have no record in suspense.
        month: the accounting period.
        records: how many sound records there are, late ones included.
        seed: the same seed writes the same bytes.

    Returns:
        The files: one CSV file for each ten days, one that repeats a part of the second, TAP3 files of each partner,
        and for later a CSV file and a TAP3 file of records that were held up.

    """
    folder.mkdir(parents=True, exist_ok=True)
    drawn = draw_month(services, month=month, records=records, seed=seed)
    draws = np.random.default_rng([seed, 1])
    texts = _texts(drawn, services, month)
    in_tap = (pl.col("partner") != NOT_ABROAD) & (pl.col("kind") != "mms")
    home = texts.filter(~in_tap)
    late = _chosen(draws, home.height, _LATE_SHARE)
    files = list(_home_files(folder, home.filter(~late), draws, month=month))
    late_file = _csv(folder / f"usage-{month}-late.csv", home.filter(late), arrival="late")
    abroad = list(_partner_files(folder, drawn.filter(in_tap), services, month=month))
    in_time = [file for file in (*files, *abroad) if file.arrival == "in_time"]
    further = [place for place, partner in enumerate(PARTNERS) if not partner.in_eu]
    travellers = drawn.filter(pl.col("partner").is_in(further))["service"].unique().sort().to_list()
    return Traffic((*in_time, late_file, *(file for file in abroad if file.arrival == "late")), tuple(travellers))


def _chosen(draws: np.random.Generator, count: int, share: float) -> pl.Series:
    return pl.Series(draws.random(count) < share, dtype=pl.Boolean)


def _texts(drawn: pl.DataFrame, services: Sequence[DemoService], month: Period) -> pl.DataFrame:
    """Records as the texts of the CSV layout, and `partner` and `day` beside them."""
    people = pl.DataFrame(
        {
            "service": range(len(services)),
            "service_key": [service.msisdn for service in services],
            "imsi": [service.imsi for service in services],
        },
        schema_overrides={"service": pl.Int64},
    )
    local = pl.col("at_us").cast(pl.Datetime("us", "UTC")).dt.convert_time_zone("Europe/Prague")
    data, call, message = (pl.col("kind").is_in(names) for names in (["data"], ["voice"], ["sms", "mms"]))
    country = pl.col("partner").replace_strict(
        list(range(NOT_ABROAD, len(PARTNERS))), ["CZ", *(partner.country for partner in PARTNERS)]
    )
    place = pl.int_range(pl.len())
    made = drawn.join(people, on="service", maintain_order="left").with_columns(
        record_id=pl.format("{}-{}", pl.lit(str(month)), place.cast(pl.String).str.zfill(8)),
        other=pl.when(data).then(pl.lit("internet")).otherwise(_number(pl.col("other"))),
        at=local.dt.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z"),
        ended_at=pl.lit(None, dtype=pl.String),
        duration_s=pl.when(data | call).then("duration_s"),
        bytes_up=pl.when(data).then("bytes_up"),
        bytes_down=pl.when(data).then("bytes_down"),
        parts=pl.when(message).then("parts"),
        visited=country,
        rating_group=pl.when(data).then(pl.lit(32)),
        imei=pl.format("3500{}", (10**10 + pl.col("service") * 7919).cast(pl.String)),
        cell=pl.format("230-99-{}", 1000 + place * 7919 % 6000),
    )
    return made.select(*[pl.col(name).cast(pl.String) for name in TEXT_COLUMNS], "partner", day=local.dt.day())


def _number(digits: pl.Expr) -> pl.Expr:
    """E.164 digits with their plus, short codes without; zero is nobody."""
    return (
        pl.when(digits >= 10**6)
        .then(pl.format("+{}", digits))
        .when(digits > 0)
        .then(digits.cast(pl.String))
    )  # fmt: skip


def _home_files(
    folder: Path, home: pl.DataFrame, draws: np.random.Generator, *, month: Period
) -> Iterator[TrafficFile]:
    """A file for each ten days, with its broken records; after the second one comes a part of it again."""
    count = max(_FEWEST_BROKEN, round(home.height * _BROKEN_SHARE)) // len(_DECADES)
    for number, (first, last) in enumerate(_DECADES, start=1):
        texts = home.filter(pl.col("day").is_between(first, last))
        prefix = f"{month}-broken-{number}-"
        bad, expected = broken_copies(texts, draws, count=count, first=(number - 1) * count, prefix=prefix)
        yield _csv(
            folder / f"usage-{month}-{number}.csv",
            pl.concat([texts, bad]).sort("at", maintain_order=True),
            broken=expected,
        )
        if number == 2:  # the second file comes again in part
            again = texts.head(round(texts.height * _REPEATED_SHARE))
            yield _csv(folder / f"usage-{month}-{number}-again.csv", again, repeated=again.height)


def _csv(
    path: Path,
    texts: pl.DataFrame,
    *,
    arrival: Arrival = "in_time",
    repeated: int = 0,
    broken: dict[str, int] | None = None,
) -> TrafficFile:
    with path.open("wb") as file:
        file.write(f"{HEADER}\n".encode())
        texts.select(TEXT_COLUMNS).write_csv(file, include_header=False, quote_style="never")
        file.write(f"{TRAILER}{texts.height}\n".encode())
    return TrafficFile(path, "csv", HOST, texts.height, arrival, repeated, broken or {})


def _partner_files(
    folder: Path, abroad: pl.DataFrame, services: Sequence[DemoService], *, month: Period
) -> Iterator[TrafficFile]:
    """TAP3 files of each partner in the order of time; the last one of the busiest partner is late."""
    by_partner = abroad.partition_by("partner", as_dict=True, maintain_order=True)
    busiest = max(by_partner, key=lambda key: by_partner[key].height, default=None)
    for key in sorted(by_partner):
        partner, rows = PARTNERS[int(key[0])], by_partner[key]
        cuts = list(range(0, rows.height, MOST_EVENTS))
        if key == busiest and len(cuts) == 1 and rows.height > 1:
            cuts = [0, rows.height - max(1, rows.height // 20)]
        for sequence, (start, end) in enumerate(zip(cuts, [*cuts[1:], rows.height], strict=True), start=1):
            is_late = key == busiest and sequence == len(cuts)
            events = [_event(row, services, partner) for row in rows[start:end].iter_rows(named=True)]
            arrival: Arrival = "late" if is_late else "in_time"
            yield _tap3(folder, partner, events, sequence=sequence, month=month, arrival=arrival)


def _event(row: dict[str, int | str], services: Sequence[DemoService], partner: Partner) -> RoamingEvent:
    service, kind = services[int(row["service"])], str(row["kind"])
    digits, volume = int(row["other"]), int(row["bytes_up"]) + int(row["bytes_down"])
    number = str(digits) if digits < 10**6 else f"+{digits}"
    record = UsageRecord(
        source=HOST,
        record_id="",
        service_key=service.msisdn,
        kind=kind,
        direction=str(row["direction"]),
        other="internet" if kind == "data" else number,
        at=instant_of(int(row["at_us"])),
        duration_s=int(row["duration_s"]),
        bytes_up=int(row["bytes_up"]),
        bytes_down=int(row["bytes_down"]),
        parts=int(row["parts"]),
        visited=partner.country,
        imsi=service.imsi,
    )
    units = {"voice": -(-record.duration_s // 60), "sms": record.parts, "data": -(-volume // 2**20)}[kind]
    return RoamingEvent(record, units * _CHARGES_MILLIS[kind])


def _tap3(
    folder: Path, partner: Partner, events: Sequence[RoamingEvent], *, sequence: int, month: Period, arrival: Arrival
) -> TrafficFile:
    sender = TapSender(partner.network, ZoneInfo(partner.zone), partner.switch)
    data = write_tap3(
        events,
        sender=sender,
        recipient=RECIPIENT,
        sequence=sequence,
        created_at=month.ends_at + timedelta(days=1 if arrival == "in_time" else 20),
    )
    path = folder / f"CD{partner.network}{RECIPIENT}{sequence:05d}.tap3"
    path.write_bytes(data)
    counted = sum(event.record.parts if event.record.kind == "sms" else 1 for event in events)
    return TrafficFile(path, "tap3", source_of(partner.network), counted, arrival)
