"""What an SLA's month comes to: both sides of each target."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from spojka.kernel.money import Money
from spojka.network.messaging.outages.sla.rules import beyond_sla, is_kept, share_pct, sla_credit, within
from spojka.terms.clauses import ClauseRef, Term

AT = datetime(2026, 4, 10, tzinfo=UTC)


def term(name, value, clause="2.1"):
    return Term(name, value, ClauseRef("o2-connector/sla-terms", "2018-09", clause, None))


TARGET = term("target_pct", Decimal("99.5"), "1.2")
TOGETHER = term("sla_and_outage_credit", "higher", "2.2")


def credit(measured, *, fee="2100.00", reduced="0"):
    return sla_credit(
        month="2026-04",
        measured=Decimal(measured),
        target=TARGET,
        fee=Money.czk(fee),
        pct=term("sla_credit_pct", Decimal(10)),
        deep_below=term("sla_deep_breach_below_pct", Decimal(98)),
        deep_pct=term("sla_deep_credit_pct", Decimal(30)),
        reduced=Money.czk(reduced),
        together=TOGETHER,
        on_request=term("sla_credit_on_request", False, "2.2"),  # the value of a term
    ).value


@pytest.mark.parametrize(
    ("measured", "given"),
    [
        ("100", "0.00"),
        ("99.5000", "0.00"),
        ("99.4999", "210.00"),
        ("98.0000", "210.00"),
        ("97.9999", "630.00"),
    ],
)
def test_below_the_target_a_tenth_of_the_fees_is_given_back_and_far_below_three_tenths(measured, given):
    assert credit(measured) == Money.czk(given)


@pytest.mark.parametrize(("reduced", "given"), [("84.70", "125.30"), ("210.00", "0.00"), ("300.00", "0.00")])
def test_of_a_credit_and_a_reduction_the_higher_one_counts(reduced, given):
    assert credit("99", reduced=reduced) == Money.czk(given)


@pytest.mark.parametrize(("reduction", "adds"), [("209.99", "0.00"), ("210.00", "0.00"), ("250.00", "40.00")])
def test_a_later_reduction_adds_what_it_is_higher_by(reduction, adds):
    found = beyond_sla(reduction=Money.czk(reduction), credited=Money.czk("210.00"), together=TOGETHER)

    assert found.value == Money.czk(adds)


@pytest.mark.parametrize(("measured", "kept"), [("99.5000", True), ("99.4999", False)])
def test_exactly_the_target_is_enough(measured, kept):
    assert is_kept(measured=Decimal(measured), target=TARGET).value is kept


def test_a_share_is_never_rounded_up_to_the_target():
    assert share_pct(994_999_999, 1_000_000_000) == Decimal("99.4999")


def test_of_stretches_only_what_lies_within_the_time_counts():
    hour = timedelta(hours=1)
    stretches = [(AT - hour, AT + hour), (AT + 2 * hour, AT + 9 * hour), (AT + 20 * hour, AT + 21 * hour)]

    assert within(stretches, AT, AT + 3 * hour) == 2 * hour
