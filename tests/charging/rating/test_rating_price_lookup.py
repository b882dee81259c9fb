"""One record is found and explained wherever it lies: by its own id and sender alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from spojka.charging.usage.csv_layout import HEADER, TRAILER

EVE = datetime(2026, 1, 30, 9, tzinfo=UTC)
IN_FEBRUARY = datetime(2026, 2, 20, 12, tzinfo=UTC)
CALL = "{id},voice,mo,+420601000001,+420602000002,{day}T10:00:00+01:00,,61,,,,,,,,,"


@pytest.fixture
def imported(do, tmp_path):
    """A customer with a call on 31 January and one on 3 February, taken in as files."""
    do("provider.load", now=EVE, sims=1)
    eva = do("parties.register", now=EVE, kind="consumer", name="Eva Malá", born_on="1990-05-17", email="e@example.cz")
    options = {"msisdn": "+420601000001", "tariff": "nej-mobil-basic"}
    do("contracts.sign", now=EVE, party=eva.plain["id"], product="nej-mobil", options=options)
    for record, day in (("january", "2026-01-31"), ("february", "2026-02-03")):
        file = tmp_path / f"{record}.csv"
        file.write_text("\n".join([HEADER, CALL.format(id=record, day=day), f"{TRAILER}1", ""]), encoding="utf-8")
        do("usage.import_file", now=datetime(2026, 2, 4, tzinfo=UTC), path=str(file), source="switch")


@pytest.mark.parametrize("record", ["january", "february"])
def test_a_record_of_a_file_is_found_in_this_month_and_the_last(imported, do, record):
    found = do("rating.price", now=IN_FEBRUARY, record=record, source="switch")

    assert found.plain["charge"] == "2.5417 CZK"


def test_an_older_record_is_found_when_its_month_is_named(imported, do):
    april = datetime(2026, 4, 1, 12, tzinfo=UTC)

    unnamed = do("rating.price", now=april, record="january", source="switch")
    named = do("rating.price", now=april, record="january", source="switch", period="2026-01")
    other = do("rating.price", now=april, record="january", source="switch", period="2026-02")

    assert unnamed.refusal.code == other.refusal.code == "RECORD_UNKNOWN"
    assert named.plain["charge"] == "2.5417 CZK"


def test_a_record_is_another_one_when_another_network_sent_it(imported, do):
    found = do("rating.price", now=IN_FEBRUARY, record="february", source="partner")

    assert found.refusal.code == "RECORD_UNKNOWN"
