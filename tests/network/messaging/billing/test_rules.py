"""What a count of parts costs, and what stands on the bill."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from spojka.kernel.money import Money
from spojka.network.messaging.billing.rules import at_operators_risk, line_words, messages_recounted
from spojka.network.messaging.prices.rules import Sort, cost_of, price_of, price_of_parts, surcharge_of
from spojka.network.messaging.prices.terms import MessageBillTerms, PricesByNetwork, PricesOfMessages
from spojka.terms.clauses import ClauseRef, Term
from spojka.terms.findings import read_finding
from spojka.terms.units import UnitPrice

PLAIN = Sort("sms", "own", nickname=False, priority=False)


def term(name: str, value, clause: str = "1.4"):
    return Term(name, value, ClauseRef("o2-connector/operating-conditions", "2022-11", clause, "o2"))


def prices(own: str | None, other_cz: str | None = None) -> PricesByNetwork:
    made = [None if one is None else term("price", UnitPrice.parse(one)) for one in (own, other_cz)]
    return PricesByNetwork(made[0], made[1], None)


def sheet(sms="1.10 CZK/SMS", surcharge="0.60 CZK/SMS") -> MessageBillTerms:
    price = PricesOfMessages(
        sms=prices(sms, "1.15 CZK/SMS"),
        mms=prices("4.20 CZK/MMS"),
        nickname_sms=prices("1.40 CZK/SMS"),
        priority_surcharge=term("surcharge", UnitPrice.parse(surcharge), "5.1-e"),
    )
    return MessageBillTerms(
        price,
        term("charged_when", "dispatched"),
        term("default_message_price_at", "acceptance"),
        term("unit_price_max_decimals", 4),
        term("default_undelivered_charged", True, "4.4"),  # the value of a term
        term("default_special_price_is", "instead", "5.1"),
        term("default_priority_surcharge_per", "part", "5.1-e"),
    )


def cost(parts: int, sort: Sort = PLAIN, terms: MessageBillTerms | None = None):
    terms = terms or sheet()
    price, special = price_of(terms, sort)
    assert price is not None
    return cost_of(terms, price, special=special, parts=parts)


@pytest.mark.clause("o2/5.1")
def test_the_nicknames_price_takes_the_place_of_the_ordinary_one_and_priority_comes_on_top():
    plain = cost(100)
    named = cost(80 + 20, Sort("sms", "own", nickname=True, priority=False))
    surcharge = surcharge_of(sheet(), sheet().price.priority_surcharge, parts=20)

    assert (plain.value, named.value, surcharge.value) == (Money.czk("110"), Money.czk("140"), Money.czk("12"))
    assert plain.value + named.value + surcharge.value == Money.czk("262")


@pytest.mark.clause("o2/5.1-e")
def test_priority_messages_stand_on_two_lines_whether_they_arrived_or_not():
    assert cost(37).value == Money.czk("40.70")
    assert surcharge_of(sheet(), sheet().price.priority_surcharge, parts=37).value == Money.czk("22.20")


@pytest.mark.clause("o2/1.4")
def test_every_part_costs_a_price_of_four_decimals_and_is_not_rounded():
    assert cost(2, Sort("sms", "other_cz", nickname=False, priority=False)).value == Money.czk("2.30")
    assert cost(3, terms=sheet("1.1234 CZK/SMS")).value == Money.czk("3.3702")
    assert cost(10_000, terms=sheet("1.12345 CZK/SMS")).value == Money.czk("11235")


def test_a_nickname_without_a_price_of_its_own_costs_what_others_do_and_nothing_is_invented():
    assert price_of(sheet(), Sort("sms", "other_cz", nickname=True, priority=False))[1] is False
    assert price_of(sheet(), Sort("sms", "foreign", nickname=False, priority=False)) == (None, False)
    assert price_of(sheet(), Sort("mms", "own", nickname=True, priority=False))[0].value.unit == "MMS"


def test_a_cost_explains_itself_with_count_and_price_and_can_be_read_back():
    found = cost(37)

    assert found.explain("en").startswith("37 × 1.10 CZK/SMS = 40.70 CZK")
    assert {"o2/1.4", "o2/4.4"} == set(found.clauses)
    assert read_finding(found.stored()) == found


def test_a_recount_is_the_difference_and_a_risk_is_nothing():
    changed = messages_recounted(before=Money.czk("1.10"), after=cost(3).value, parts_before=1, parts_after=3)
    until = datetime(2025, 6, 7, 15, 20, tzinfo=UTC)

    assert changed.value == Money.czk("2.20")
    assert at_operators_risk(parts=15, liable_until=until).value == Money.zero()


def test_a_line_says_where_to_and_for_how_much():
    assert line_words("sms.own.nickname", Money.czk("1.40"))["cs"] == "SMS do vlastní sítě, s přezdívkou, po 1,40 Kč"
    assert line_words("mms.foreign", None)["en"] == "MMS abroad"
    assert line_words("sms.priority", Money.czk("0.60"))["en"] == "Surcharge for priority SMS, 0.60 CZK each"


@pytest.mark.clause("o2/5.1-e")
def test_a_priority_message_costs_its_parts_and_a_surcharge_for_each():
    both = Sort("sms", "own", nickname=True, priority=True)

    assert price_of_parts(sheet(), both, parts=2) == Money.czk("4.00")


@pytest.mark.clause("o2/1.4")
def test_a_message_whose_price_is_missing_has_none_and_is_not_free():
    without = replace(sheet(), price=replace(sheet().price, priority_surcharge=None))
    dear, abroad = replace(PLAIN, priority=True), replace(PLAIN, destination="foreign")

    assert price_of_parts(without, PLAIN, parts=1) == Money.czk("1.10")
    assert (price_of_parts(without, dear, parts=1), price_of_parts(without, abroad, parts=1)) == (None, None)
