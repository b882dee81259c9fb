"""Which options are sold to which product, by which channel, at which pace and price."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.options import last_day_end, refuse_offer, refuse_rate, sold_as
from spojka.network.messaging.applications.terms import OfferTerms
from spojka.network.messaging.terms import OptionTerms, PaceTerms
from tests.network.messaging.applications.sheets import sheet

TERMS, PACE, OFFER = sheet(OptionTerms), sheet(PaceTerms), sheet(OfferTerms)


def code_of(refusal: object) -> str | None:
    return refusal.code if isinstance(refusal, Refusal) else None


@pytest.mark.clause("o2/5.1")
@pytest.mark.parametrize(
    ("kind", "product", "channel", "code"),
    [
        ("nickname", "SMSC_PLUS", "care_line", None),
        ("nickname", "SMSC_EXTRA", "care_line", None),
        ("nickname", "SMSC", "care_line", "OPTION_NOT_AVAILABLE"),
        ("nickname", "MMSC", "care_line", "OPTION_NOT_AVAILABLE"),
        ("sla", "SMSC_PLUS", "care_line", None),
        ("sla", "SMSC", "care_line", "OPTION_NOT_AVAILABLE"),
        ("throughput", "SMSC", "care_line", None),
        ("throughput", "MMSC", "care_line", None),
        ("throughput", "SMSC", "portal", "OPTION_ORDER_CHANNEL"),
        ("nickname", "SMSC_PLUS", "portal", "OPTION_ORDER_CHANNEL"),
        ("nickname", "SMSC", "portal", "OPTION_NOT_AVAILABLE"),
    ],
)
def test_an_option_is_offered_to_products_on_the_care_line(kind, product, channel, code):
    refusal = refuse_offer(kind, product=product, channel=channel, care_phone="+420", terms=TERMS, pace=PACE)

    assert code_of(refusal) == code


@pytest.mark.parametrize(
    ("product", "rate", "code"),
    [
        pytest.param("SMSC_PLUS", "5", "THROUGHPUT_NOT_ABOVE_BASE", marks=pytest.mark.clause("o2/4.1")),
        pytest.param("SMSC_PLUS", "5.01", None, marks=pytest.mark.clause("o2/4.1")),
        pytest.param("SMSC_EXTRA", "5", "THROUGHPUT_NOT_ABOVE_BASE", marks=pytest.mark.clause("o2/4.1")),
        pytest.param("SMSC_EXTRA", "100000", None, marks=pytest.mark.clause("o2/4.1")),
        pytest.param("SMSC", "1", "THROUGHPUT_NOT_ABOVE_BASE", marks=pytest.mark.clause("o2/4.2")),
        pytest.param("SMSC", "2", None, marks=pytest.mark.clause("o2/4.2")),
        pytest.param("MMSC", "0.5", "THROUGHPUT_NOT_ABOVE_BASE", marks=pytest.mark.clause("o2/4.3")),
        pytest.param("MMSC", "0.51", None, marks=pytest.mark.clause("o2/4.3")),
        pytest.param("MMSC", "2", None, marks=pytest.mark.clause("o2/4.3")),
        pytest.param("MMSC", "2.01", "THROUGHPUT_ABOVE_MAXIMUM", marks=pytest.mark.clause("o2/4.3")),
        pytest.param("SMSC", "-1", "THROUGHPUT_NOT_ABOVE_BASE", marks=pytest.mark.clause("o2/4.2")),
    ],
)
def test_a_rate_is_above_the_base_and_not_above_the_maximum(product, rate, code):
    assert code_of(refuse_rate(Decimal(rate), product=product, terms=PACE)) == code


@pytest.mark.clause("o2/2.3")
@pytest.mark.parametrize(
    ("kind", "product", "rate", "item"),
    [
        ("throughput", "SMSC_PLUS", "10", "throughput-smsc-plus-10"),
        ("throughput", "SMSC_EXTRA", "10.0", "throughput-smsc-extra-10"),
        ("throughput", "SMSC_PLUS", "100", None),
        ("throughput", "SMSC_PLUS", "25", None),
        ("nickname", "SMSC_PLUS", None, "nickname"),
        ("nickname", "SMSC", None, None),
        ("sla", "SMSC_EXTRA", None, "sla"),
    ],
)
def test_an_option_is_sold_by_a_row_of_the_price_list_or_not_at_all(kind, product, rate, item):
    sold = sold_as(kind, product=product, rate=rate and Decimal(rate), offer=OFFER, terms=TERMS)

    if item is None:
        assert code_of(sold) == "PRICE_MISSING"
    else:
        assert sold.code == item


@pytest.mark.clause("o2/1.4")
def test_without_a_price_list_nothing_is_sold():
    sold = sold_as("nickname", product="SMSC_PLUS", rate=None, offer=OfferTerms({}), terms=TERMS)

    assert code_of(sold) == "PRICE_MISSING"


@pytest.mark.parametrize(
    ("ended_at", "stops_on"),
    [
        (datetime(2025, 8, 31, 22, 0, tzinfo=UTC), date(2025, 9, 1)),
        (datetime(2025, 8, 31, 22, 0, 0, 1, tzinfo=UTC), date(2025, 9, 2)),
        (datetime(2025, 8, 31, 21, 59, 59, tzinfo=UTC), date(2025, 9, 1)),
    ],
)
def test_the_last_day_that_an_option_could_be_used_for_a_moment_is_charged(ended_at, stops_on):
    assert last_day_end(ended_at) == stops_on
