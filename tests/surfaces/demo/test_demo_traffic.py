from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

import spojka
from spojka.charging.usage.csv_layout import read_file
from spojka.charging.usage.records import Batch
from spojka.charging.usage.screening import SERVICE_SCHEMA, Lookups, recognise, screen
from spojka.charging.usage.tap3 import read_tap3
from spojka.charging.usage.terms import read_usage_terms
from spojka.kernel.time import Period
from spojka.surfaces.demo.drawing import NOT_ABROAD, PARTNERS, draw_month
from spojka.surfaces.demo.faults import FAULTS
from spojka.surfaces.demo.traffic import DemoService, write_traffic
from spojka.terms.editions import read_edition
from spojka.terms.precedence import BoundTerms
from spojka.trade.numbering.ported import PortedNumbers
from spojka.trade.numbering.reading import read_number_plan

PROFILES = ("light", "ordinary", "heavy", "business", "data")
SERVICES = [
    DemoService(f"+420601{number:06d}", f"23099{number:010d}", PROFILES[number % len(PROFILES)]) for number in range(80)
]
MONTH = Period.month(2026, 2)
RECORDS = 8_000


@pytest.fixture(scope="module")
def traffic(tmp_path_factory):
    return write_traffic(tmp_path_factory.mktemp("traffic"), SERVICES, month=MONTH, records=RECORDS, seed=5)


@pytest.fixture(scope="module")
def taken(traffic):
    """What every file came to: read, told from repeats and screened by the shipped terms."""
    lookups = _lookups()
    known = pl.Series("identity", [], dtype=pl.Binary)
    found = []
    for file in traffic.files:
        batch = _read(file)
        recognised = recognise(batch.records, known)
        known = pl.concat([known, recognised.fresh["identity"]])
        found.append((file, batch, recognised, screen(recognised.fresh, lookups)))
    return found


def _read(file) -> Batch:
    if file.layout == "csv":
        return read_file(file.path, source=file.source)
    return read_tap3(file.path.read_bytes()).batch


def _lookups() -> Lookups:
    providers = Path(spojka.__file__).parent / "providers"
    names = ("nej-mobil/operating-rules/2021-08", "nej-mobil/price-list/2026-01", "statutes/number-plan/2020-01")
    texts = [(providers / f"{name}.toml").read_text(encoding="utf-8") for name in names]
    bound = BoundTerms(tuple(enumerate(read_edition(text, source="shipped") for text in texts)))
    terms = read_usage_terms(bound)
    rows = [(one.msisdn, one.msisdn, one.imsi, datetime(2025, 1, 1, tzinfo=UTC), None) for one in SERVICES]
    return Lookups(
        services=pl.DataFrame(rows, schema=SERVICE_SCHEMA, orient="row"),
        plan=read_number_plan(bound),
        ported=PortedNumbers.of([], version="none", blocks={"+420601": "nej"}),
        zones=terms.zones,
        own_network="nej",
        max_call_duration_s=terms.max_call_duration_s.value,
    )


def test_the_month_comes_in_decades_a_repeat_partners_files_and_late_ones(traffic):
    names = [(file.layout, file.arrival) for file in traffic.files]

    assert names[:4] == [("csv", "in_time")] * 4
    assert names[-2:] == [("csv", "late"), ("tap3", "late")]
    assert {file.layout for file in traffic.files[4:-2]} == {"tap3"}


def test_every_file_holds_what_it_says(taken):
    for file, batch, _, _ in taken:
        assert batch.records.height + batch.suspense.height == file.records


def test_nothing_waits_but_what_was_broken_on_purpose(taken):
    waiting = Counter()
    for file, batch, _, screened in taken:
        reasons = Counter([*batch.suspense["reason"], *screened.suspense["reason"]])
        assert reasons == Counter(file.broken)
        waiting += reasons

    assert set(waiting) == {reason for reason, _, _ in FAULTS}


def test_repeats_are_those_of_the_repeated_file(taken):
    assert [recognised.repeats.height for _, _, recognised, _ in taken] == [file.repeated for file, *_ in taken]
    assert sum(file.repeated for file, *_ in taken) > 0


def test_sound_records_are_as_many_as_asked(taken):
    identities = {identity for _, _, _, screened in taken for identity in screened.ready["identity"]}
    messages = sum(file.records for file, *_ in taken if file.layout == "tap3")

    assert abs(len(identities) - RECORDS) < messages


def test_data_sessions_lead_and_every_kind_of_number_is_called(taken):
    ready = pl.concat([screened.ready for _, _, _, screened in taken])
    classes = set(ready["dest_class"])

    assert ready.filter(pl.col("kind") == "data").height > ready.height / 2
    assert {"own_network", "mobile", "fixed", "fixed_like", "freephone", "emergency", "harmonised_116"} <= classes
    assert {"special_84", "premium_90x", "directory", "international.eu", "incoming", "data"} <= classes
    assert ready["parts"].max() > 1


def test_barred_premium_numbers_have_no_length(taken):
    ready = pl.concat([screened.ready for _, _, _, screened in taken])

    assert ready.filter(pl.col("dest_class") == "premium_90x")["quantity"].to_list().count(0) > 0
    assert ready.filter(pl.col("dest_class") == "premium_90x")["quantity"].max() == 0


def test_there_is_roaming_in_the_eu_and_outside(taken):
    zones = {zone for file, _, _, screened in taken if file.layout == "tap3" for zone in screened.ready["zone"]}

    assert {"eu", "world1"} <= zones
    assert "home" not in zones


def test_the_same_seed_writes_the_same_bytes_and_another_does_not(tmp_path):
    def digest(folder, seed):
        made = write_traffic(tmp_path / folder, SERVICES, month=MONTH, records=2_000, seed=seed)
        return {file.path.name: file.path.read_bytes() for file in made.files}

    first = digest("a", 1)

    assert first == digest("b", 1)
    assert first != digest("c", 2)


def test_the_day_has_two_peaks_and_weekends_are_quieter():
    drawn = draw_month(SERVICES, month=MONTH, records=60_000, seed=1)
    local = pl.col("at_us").cast(pl.Datetime("us", "UTC")).dt.convert_time_zone("Europe/Prague")
    calls = drawn.filter(pl.col("kind") == "voice").with_columns(hour=local.dt.hour(), weekday=local.dt.weekday())

    by_hour = dict(calls.group_by("hour").len().iter_rows())
    by_day = dict(calls.group_by("weekday").len().iter_rows())

    assert by_hour[10] > by_hour[13] < by_hour[17]
    assert by_hour[3] < by_hour[10] / 20
    assert max(by_day[6], by_day[7]) < min(by_day[day] for day in range(1, 6))


@pytest.mark.parametrize("month", [Period.month(2025, 10), Period.month(2026, 3), Period.month(2026, 2)])
def test_every_record_starts_within_the_month(month):
    drawn = draw_month(SERVICES, month=month, records=3_000, seed=2)
    at = drawn["at_us"].cast(pl.Datetime("us", "UTC"))

    assert month.starts_at <= at.min()
    assert at.max() < month.ends_at
    assert drawn.height == 3_000


def test_one_service_is_enough_for_a_month(tmp_path):
    made = write_traffic(tmp_path, [SERVICES[4]], month=MONTH, records=200, seed=1)

    assert made.records > 200


def test_partners_are_in_and_outside_the_eu():
    assert {partner.in_eu for partner in PARTNERS} == {True, False}


def test_who_ordered_nothing_beyond_the_card_neither_calls_abroad_from_home_nor_sends_mms():
    services = [replace(service, beyond=place % 2 == 0) for place, service in enumerate(SERVICES)]
    drawn = draw_month(services, month=MONTH, records=60_000, seed=1).filter(pl.col("direction") == "mo")
    abroad = (pl.col("partner") == NOT_ABROAD) & (pl.col("other") >= 10**7) & (pl.col("other") // 10**9 != 420)
    beyond = drawn.filter(abroad | (pl.col("kind") == "mms"))

    assert beyond.height > 0
    assert set(beyond["service"] % 2) == {0}
    assert drawn.filter(pl.col("service") % 2 == 1).height > 0
