"""Frames and files: ids to numbers, any order, any cut, and the same result as event by event."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import numpy as np
import polars as pl
import pytest

from spojka.charging.rating import batches
from spojka.charging.rating.batches import FrameError, rate_file, rate_frame, rated_schema
from spojka.charging.rating.service_numbers import SameHashError, ServiceNumbers
from spojka.charging.rating.states import state_of
from spojka.charging.rating.tables import compile_book
from spojka.charging.rating.terms import MarkCode, Unrated

from .worlds import accounts_of, by_kernel, make_world


class Bulk:
    """A random world as a frame of records, with its tables and a fresh state."""

    def __init__(self, seed: int = 3, events: int = 700) -> None:
        self.world = make_world(Random(seed), events)
        self.tables, self.roster = compile_book(self.world.book), self.world.roster
        names = [*self.roster.services, "stranger"]
        self.frame = pl.DataFrame(
            {
                "service": [names[service] if service >= 0 else None for service, _ in self.world.events],
                "kind": [use.kind for _, use in self.world.events],
                "class": [use.dest_class for _, use in self.world.events],
                "zone": [use.zone for _, use in self.world.events],
                "at": [use.at_micros for _, use in self.world.events],
                "quantity": [use.quantity for _, use in self.world.events],
                "record": [f"r{number}" for number in range(events)],
            },
            schema_overrides={"kind": pl.UInt8, "class": pl.UInt8, "zone": pl.UInt8},
        )

    def state(self):
        return state_of(self.world.book, self.world.accounts)

    def rated(self, frame, state=None, **options):
        return rate_frame(frame, self.tables, self.roster, state or self.state(), **options)


def plain(rated):
    """What was rated, without the marks' order by row."""
    return rated.frame, sorted(rated.marks.tolist())


def test_a_frame_is_rated_as_its_events_are():
    bulk = Bulk()
    state = bulk.state()
    ratings, accounts = by_kernel(bulk.world)

    rated = bulk.rated(bulk.frame, state)

    assert rated.frame.columns == list(rated_schema(bulk.tables))
    assert rated.frame["rate_row"].to_list() == [rating.rate_row for rating in ratings]
    assert rated.frame["charge_micros"].to_list() == [rating.charge_micros for rating in ratings]
    assert rated.frame["taken_1"].to_list() == [sum(rating.taken[:1]) for rating in ratings]
    assert rated.frame["left_2"].to_list() == [sum(rating.left[1:2]) for rating in ratings]
    assert accounts_of(state) == accounts
    assert rated.marks.shape == (sum(len(rating.marks) for rating in ratings), 5)


@pytest.mark.parametrize("seed", range(5))
def test_a_frame_in_any_order_is_walked_in_the_order_of_time_and_stays_in_place(seed):
    bulk = Bulk(seed)
    frame = bulk.frame.unique("at", keep="first", maintain_order=True)
    ordered = bulk.rated(frame, keep=["record"]).frame
    shuffled = frame.sample(fraction=1, shuffle=True, seed=seed)

    rated = bulk.rated(shuffled, keep=["record"]).frame

    assert rated["record"].to_list() == shuffled["record"].to_list()
    assert rated.sort("record").equals(ordered.sort("record"))


def test_records_of_equal_time_are_walked_as_they_stand():
    bulk = Bulk()
    together = bulk.frame.with_columns(at=pl.lit(bulk.frame["at"][350]))

    reordered = bulk.rated(pl.concat([bulk.frame.tail(1), together]))
    expected = bulk.rated(together)

    assert reordered.frame.tail(len(together)).equals(expected.frame)


def test_an_id_that_is_not_in_the_roster_is_marked_and_not_rated():
    bulk = Bulk()

    rated = bulk.rated(bulk.frame)

    strangers = (
        bulk.frame["service"].is_in(list(bulk.roster.services)).fill_null(value=False).not_().arg_true().to_list()
    )
    marked = [
        row for row, code, reason, *_ in rated.marks.tolist() if (code, reason) == (MarkCode.UNRATED, Unrated.SERVICE)
    ]
    assert strangers
    assert marked == strangers
    assert rated.frame[strangers]["rate_row"].to_list() == [-1] * len(strangers)


@pytest.mark.parametrize("size", [1, 64, 333, 10_000])
def test_a_file_is_rated_batch_by_batch_as_a_whole_frame(size, tmp_path, monkeypatch):
    monkeypatch.setattr(batches, "BATCH", size)
    bulk, in_file, in_frame = Bulk(), Bulk().state(), Bulk().state()
    bulk.frame.write_parquet(tmp_path / "usage.parquet", row_group_size=100)
    expected = bulk.rated(bulk.frame, in_frame, keep=["record"])

    written = rate_file(
        tmp_path / "usage.parquet",
        tmp_path / "rated.parquet",
        tables=bulk.tables,
        roster=bulk.roster,
        state=in_file,
        keep=["record"],
    )

    assert pl.read_parquet(tmp_path / "rated.parquet").equals(expected.frame)
    assert (written.records, written.marks.tolist()) == (len(bulk.frame), expected.marks.tolist())
    assert np.array_equal(in_file.ledger, in_frame.ledger)


def test_a_file_that_leaves_the_order_of_time_late_is_rated_anew_from_the_first_state(tmp_path, monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 50)
    bulk, in_file, in_frame = Bulk(), Bulk().state(), Bulk().state()
    late = pl.concat([bulk.frame[:300], bulk.frame[400:], bulk.frame[300:400]])
    late.write_parquet(tmp_path / "usage.parquet")
    expected = bulk.rated(late, in_frame)

    written = rate_file(
        tmp_path / "usage.parquet", tmp_path / "rated.parquet", tables=bulk.tables, roster=bulk.roster, state=in_file
    )

    assert pl.read_parquet(tmp_path / "rated.parquet").equals(expected.frame)
    assert (written.records, written.marks.tolist()) == (len(late), expected.marks.tolist())
    assert np.array_equal(in_file.ledger, in_frame.ledger)


def test_an_empty_file_is_rated_to_an_empty_one(tmp_path):
    bulk = Bulk()
    bulk.frame.clear().write_parquet(tmp_path / "usage.parquet")

    written = rate_file(
        tmp_path / "usage.parquet",
        tmp_path / "rated.parquet",
        tables=bulk.tables,
        roster=bulk.roster,
        state=bulk.state(),
    )

    assert (written.records, len(written.marks)) == (0, 0)
    assert pl.read_parquet(tmp_path / "rated.parquet").schema == pl.Schema(rated_schema(bulk.tables))


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_instants_may_be_datetimes_of_any_unit_with_a_zone(unit):
    bulk = Bulk()
    whole = pl.from_epoch(pl.col("at") // 1_000_000, time_unit="s").dt.replace_time_zone("UTC")
    dated = bulk.frame.with_columns(whole.dt.convert_time_zone("Europe/Prague").dt.cast_time_unit(unit).alias("at"))

    assert bulk.rated(dated).frame.equals(bulk.rated(bulk.frame).frame)


def test_a_frame_that_cannot_be_rated_says_why():
    bulk = Bulk()
    naive = bulk.frame.with_columns(at=pl.lit(datetime(2026, 6, 1, tzinfo=UTC)).dt.replace_time_zone(None))

    with pytest.raises(FrameError, match="no column zone; there are service, kind"):
        bulk.rated(bulk.frame.drop("zone"))
    with pytest.raises(FrameError, match="column at have no time zone"):
        bulk.rated(naive)
    with pytest.raises(FrameError, match="column quantity has rows without a value"):
        bulk.rated(bulk.frame.with_columns(quantity=pl.lit(None, pl.Int64)))
    with pytest.raises(pl.exceptions.InvalidOperationError, match="conversion"):
        bulk.rated(bulk.frame.with_columns(kind=pl.lit(256)))


@pytest.mark.parametrize("count", [0, 1, 2, 1000])
def test_every_id_has_the_number_of_its_place_and_others_none(count):
    ids = tuple(f"service-{number}" for number in range(count))
    asked = pl.DataFrame({"id": [*reversed(ids), "", "service-", None, "service-1000", "SERVICE-1"]})

    numbers = ServiceNumbers(ids)
    hashed = asked.select(*numbers.hashes(pl.col("id")))
    found = numbers.find(hashed["first_hash"].to_numpy(), hashed["second_hash"].to_numpy())

    assert found.tolist() == [*reversed(range(count)), -1, -1, -1, -1, -1]


def test_ids_may_be_categories():
    bulk = Bulk()

    rated = bulk.rated(bulk.frame.with_columns(pl.col("service").cast(pl.Categorical)))

    assert rated.frame.equals(bulk.rated(bulk.frame).frame)


def test_an_id_that_agrees_in_one_hash_only_is_unknown():
    numbers = ServiceNumbers(("a", "b"))
    hashed = pl.DataFrame({"id": ["a", "b"]}).select(*numbers.hashes(pl.col("id")))
    first, second = hashed["first_hash"].to_numpy(), hashed["second_hash"].to_numpy()

    assert numbers.find(first, second[::-1].copy()).tolist() == [-1, -1]
    assert numbers.find(first[::-1].copy(), second).tolist() == [-1, -1]


def test_a_roster_that_names_a_service_twice_is_refused():
    with pytest.raises(SameHashError, match="service b stands in the roster twice"):
        ServiceNumbers(("a", "b", "c", "b"))


def test_a_file_that_cannot_be_rated_raises_what_a_frame_does(tmp_path):
    bulk = Bulk()
    missing = bulk.frame.with_columns(quantity=pl.when(pl.col("record") != "r650").then("quantity"))
    missing.write_parquet(tmp_path / "usage.parquet")

    with pytest.raises(FrameError, match="column quantity has rows without a value"):
        rate_file(
            tmp_path / "usage.parquet",
            tmp_path / "rated.parquet",
            tables=bulk.tables,
            roster=bulk.roster,
            state=bulk.state(),
        )
