"""Uses that came although they were barred at their instant wait; one second decides."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from spojka.charging.usage.barring import Bars, keep_back_barred
from spojka.charging.usage.records import frame_of
from spojka.charging.usage.screening import screen
from spojka.charging.usage.terms import BarTerms
from spojka.terms.clauses import ClauseRef, Term
from spojka.trade.services.frames import SWITCH_SCHEMA
from tests.charging.usage.lookups import BEGUN_AT, LOOKUPS, NOON, call

ABROAD, PREMIUM_NUMBER = "+4930123456", "+420906501222"
SECOND = timedelta(seconds=1)


def _term(name, value, clause):
    return Term(name, value, ClauseRef("nej-mobil/operating-rules", "2021-08", clause, "nej"))


TERMS = BarTerms(
    _term("premium_barred_by_default", True, "3.5"),
    _term("default_profile_on", ["ordinary_calls", "sms"], "4.5-i"),
    _term("default_profile_off", ["international_calls", "mms", "premium_90x"], "4.5-i"),
    _term("optional_services", ["international_calls", "mms"], "2.4"),
)


def kept_back(*records, switches=(), terms=TERMS):
    """Records of service `a` parted by switches (feature, is on, at)."""
    frame = pl.DataFrame([("a", *each) for each in switches], schema=SWITCH_SCHEMA, orient="row")
    begun = pl.DataFrame({"service_id": ["a"], "begun_at": [BEGUN_AT]}).cast({"begun_at": pl.Datetime("us", "UTC")})
    return keep_back_barred(screen(frame_of(records), LOOKUPS).ready, Bars(frame, begun, terms))


def reasons(found):
    return found.waiting.select("reason", "value", "since").rows()


@pytest.mark.parametrize(
    ("record", "reason", "value"),
    [
        (call(other=PREMIUM_NUMBER), "PREMIUM_USED_WHILE_BARRED", PREMIUM_NUMBER),
        (call(other=PREMIUM_NUMBER, kind="sms"), "PREMIUM_USED_WHILE_BARRED", PREMIUM_NUMBER),
        (call(other=ABROAD), "SERVICE_USED_WHILE_OFF", "international_calls"),
        (call(other=ABROAD, kind="sms"), "SERVICE_USED_WHILE_OFF", "international_calls"),
        (call(kind="mms"), "SERVICE_USED_WHILE_OFF", "mms"),
        (call(other=ABROAD, kind="mms"), "SERVICE_USED_WHILE_OFF", "mms"),
        (call(other=ABROAD, direction="forwarded"), "SERVICE_USED_WHILE_OFF", "international_calls"),
    ],
)
@pytest.mark.clause("nej/4.5-i")
def test_what_is_beyond_the_default_card_waits_while_nobody_switched_it_on(record, reason, value):
    assert reasons(kept_back(record)) == [(reason, value, BEGUN_AT)]


@pytest.mark.parametrize(
    "record",
    [
        call(),
        call(kind="sms"),
        call(kind="data", other=None, bytes_up=1),
        call(other="112"),
        call(other="116111"),
        call(direction="mt", other=ABROAD),
        call(direction="mt", kind="mms"),
        call(other=ABROAD, visited="DE"),
    ],
)
def test_what_every_card_can_do_others_sent_and_roaming_are_open(record):
    found = kept_back(record)

    assert (found.open.height, found.waiting.height) == (1, 0)


@pytest.mark.parametrize(("seconds", "waits"), [(0, False), (1, True)])
def test_a_barred_call_that_was_never_answered_used_nothing(seconds, waits):
    assert kept_back(call(other=PREMIUM_NUMBER, duration_s=seconds)).waiting.height == waits


@pytest.mark.parametrize(
    ("feature", "record"),
    [
        ("premium_90x", {"other": PREMIUM_NUMBER}),
        ("international_calls", {"other": ABROAD}),
        ("mms", {"kind": "mms"}),
    ],
)
@pytest.mark.clause("nej/3.5")
@pytest.mark.clause("nej/4.5-i")
def test_the_second_before_it_is_switched_decides_otherwise_than_the_instant_itself(feature, record):
    on, off = NOON, NOON + timedelta(hours=1)
    switches = [(feature, True, on), (feature, False, off)]
    at = [on - SECOND, on, off - SECOND, off]

    found = kept_back(*(call(each, record_id=str(place), **record) for place, each in enumerate(at)), switches=switches)

    assert found.open["record_id"].to_list() == ["1", "2"]
    assert found.waiting.select("record_id", "since").rows() == [("0", BEGUN_AT), ("3", off)]


def test_of_two_switchings_at_one_instant_the_later_made_counts():
    switches = [("mms", True, NOON), ("mms", False, NOON)]

    assert kept_back(call(kind="mms"), switches=switches).waiting.height == 1
    assert kept_back(call(kind="mms"), switches=switches[::-1]).waiting.height == 0


def test_another_feature_and_another_service_open_nothing():
    other = pl.DataFrame(
        [("b", "mms", True, BEGUN_AT), ("a", "premium_90x", True, BEGUN_AT)], schema=SWITCH_SCHEMA, orient="row"
    )
    begun = pl.DataFrame(schema={"service_id": pl.String, "begun_at": pl.Datetime("us", "UTC")})

    found = keep_back_barred(screen(frame_of([call(kind="mms")]), LOOKUPS).ready, Bars(other, begun, TERMS))

    assert found.waiting["since"].to_list() == [None]


@pytest.mark.clause("nej/3.5")
def test_a_record_waits_by_the_clause_that_bars_it_and_the_others_stay_in_order():
    records = [call(record_id=str(number)) for number in range(3)]
    records[1:1] = [call(record_id="p", other=PREMIUM_NUMBER), call(record_id="m", kind="mms")]

    found = kept_back(*records)

    assert found.open["record_id"].to_list() == ["0", "1", "2"]
    assert found.waiting.select("record_id", "clauses").rows() == [("p", ["nej/3.5"]), ("m", ["nej/4.5-i", "nej/2.4"])]


def test_nothing_comes_of_nothing():
    found = kept_back()

    assert (found.open.height, found.waiting.height) == (0, 0)
