"""The Connector pack hangs together: its sheets load on every day, its prices fit its products, its versions follow."""

from __future__ import annotations

import dataclasses
import itertools
import tomllib
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from stdnum import iban
from stdnum.cz import bankaccount, dic

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.access.tenants.store import add_tenant
from spojka.charging.charges.terms import FeeTerms
from spojka.kernel.ids import uuid7
from spojka.kernel.money import Money
from spojka.kernel.time import day_of
from spojka.network.messaging import terms as messaging
from spojka.network.messaging.terms import (
    ConditionsTerms,
    ConsultationTerms,
    LimitTerms,
    NicknameTerms,
    OptionTerms,
    OutageTerms,
    PaceTerms,
    PriceTerms,
    ReachTerms,
    RetentionTerms,
    SlaTerms,
)
from spojka.revenue.billing.terms import BillingTerms, DeliveryTerms, ItemisedTerms
from spojka.terms.clauses import Term
from spojka.terms.editions import read_edition
from spojka.terms.units import UnitPrice
from spojka.trade.contracts.terms import ContractTerms
from spojka.trade.numbering.pools.terms import NumberPoolTerms
from spojka.trade.publications.packs import find_pack
from spojka.trade.publications.shelf import Shelf

PACK = find_pack("o2-connector")
SHELF = Shelf(
    PACK,
    tuple(
        read_edition(file.read_text(), source=file.name, cites_as=document.cites_as)
        for document, file in PACK.edition_files()
    ),
)
QUARTERS = [date(2018, 9, 15), *(date(year, month, 1) for year in range(2019, 2028) for month in (1, 4, 7, 10))]
PRODUCTS = ["SMSC", "SMSC_PLUS", "SMSC_EXTRA", "MMSC"]
ROOT_SHEETS = [
    sheet
    for sheet in vars(messaging).values()
    if dataclasses.is_dataclass(sheet) and isinstance(sheet, type) and sheet.__name__.endswith("Terms")
]
SHEETS = [*ROOT_SHEETS, NumberPoolTerms, FeeTerms, BillingTerms, DeliveryTerms, ItemisedTerms, ContractTerms]
NOW = datetime(2025, 5, 12, 8, tzinfo=UTC)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.__name__)
def test_every_sheet_loads_on_every_quarters_first_day(sheet: type) -> None:
    found = [SHELF.sheet(sheet, day) for day in QUARTERS]

    assert all(isinstance(one, sheet) for one in found)


@pytest.mark.clause("o2/4.1", "o2/4.2", "o2/4.3")
def test_a_rate_and_the_time_between_two_messages_say_the_same() -> None:
    pace = SHELF.sheet(PaceTerms, date(2025, 5, 12)).throughput

    assert {code: one.base_per_s.value for code, one in pace.items()} == {
        "SMSC_PLUS": Decimal(5),
        "SMSC_EXTRA": Decimal(5),
        "SMSC": Decimal(1),
        "MMSC": Decimal("0.5"),
    }
    assert all(one.base_per_s.value * one.base_spacing_ms.value == 1000 for one in pace.values())
    fastest, closest = pace["MMSC"].max_per_s, pace["MMSC"].min_spacing_ms
    assert fastest is not None
    assert closest is not None
    assert fastest.value * closest.value == 1000
    assert [code for code, one in pace.items() if one.max_per_s is not None] == ["MMSC"]


@pytest.mark.clause("o2/3.2")
def test_four_days_of_retention_are_ninety_six_hours() -> None:
    terms = SHELF.sheet(RetentionTerms, date(2025, 5, 12))

    assert (terms.mo_retention_days.value, terms.mo_retention_hours.value) == (4, 96)


@pytest.mark.parametrize("day", [date(2022, 11, 1), date(2025, 7, 1)], ids=str)
def test_every_product_has_a_monthly_fee_and_options_only_for_products_that_there_are(day: date) -> None:
    prices, options = SHELF.sheet(PriceTerms, day), SHELF.sheet(OptionTerms, day)

    assert list(prices.tariff) == PRODUCTS == list(PACK.raw["product"])
    assert [PACK.raw["product"][code]["default_tariff"] for code in PRODUCTS] == PRODUCTS
    assert {one.option.value for one in prices.addon.values()} == set(options.options.value)
    for one in prices.addon.values():
        allowed = PRODUCTS if one.option.value == "throughput" else options.option_products.value
        assert set(one.products.value) <= set(allowed)
        assert (one.rate_per_s is not None) == (one.option.value == "throughput")


@pytest.mark.clause("o2/2.3", "o2/4.3")
def test_every_step_of_throughput_lies_above_the_base_and_within_the_bound() -> None:
    prices, pace = SHELF.sheet(PriceTerms, date(2025, 7, 1)), SHELF.sheet(PaceTerms, date(2025, 7, 1)).throughput
    steps = [
        (product, one.rate_per_s.value, one.monthly_fee.value)
        for one in prices.addon.values()
        if one.rate_per_s is not None
        for product in one.products.value
    ]

    assert len({(product, rate) for product, rate, _ in steps}) == len(steps) == 12
    for product, rate, _ in steps:
        bound = pace[product].max_per_s
        assert rate > pace[product].base_per_s.value
        assert bound is None or rate <= bound.value
    for (product, rate, fee), (other, faster, dearer) in itertools.pairwise(steps):
        assert product != other or (rate < faster and fee < dearer)


@pytest.mark.clause("o2/1.4")
@pytest.mark.parametrize(
    ("day", "price"),
    [(date(2018, 9, 15), "1.15 CZK/SMS"), (date(2025, 6, 30), "1.15 CZK/SMS"), (date(2025, 7, 1), "1.25 CZK/SMS")],
    ids=str,
)
def test_the_dearer_price_list_takes_over_on_its_day(day: date, price: str) -> None:
    found = SHELF.sheet(PriceTerms, day).price.sms.other_cz

    assert isinstance(found, Term)
    assert found.value == UnitPrice.parse(price)


def test_a_nickname_has_no_price_abroad_and_is_refused_there() -> None:
    day = date(2025, 7, 1)

    reach, nickname = SHELF.sheet(ReachTerms, day), SHELF.sheet(NicknameTerms, day)

    assert "price.nickname_sms.foreign" not in SHELF.bound(day)
    assert reach.mt_matrix["nickname"].foreign.value == "refused"
    assert nickname.nickname_abroad_supported.value is False


@pytest.mark.clause("o2/10.1")
def test_the_order_of_sources_is_the_packs_order_of_documents() -> None:
    term = SHELF.bound(date(2025, 5, 12)).term("source_order")

    assert isinstance(term.value, list)
    assert [kind for kind in PACK.raw["precedence"] if kind != "amendment"] == term.value
    assert {document.kind for document in PACK.documents.values()} <= set(PACK.raw["precedence"])


@pytest.mark.clause("o2/1.3", "o2/10.1")
def test_what_the_conditions_do_not_say_comes_from_the_general_terms() -> None:
    day = date(2025, 5, 12)

    due, outage = SHELF.sheet(BillingTerms, day).invoice_due_days, SHELF.sheet(OutageTerms, day)

    assert due.ref.id == "o2-connector/general-terms/3.3"
    assert outage.outage_threshold_h.ref.id == "o2/8.3"
    assert outage.outage_request_deadline_months.ref.id == "o2-connector/general-terms/5.2"
    assert SHELF.sheet(SlaTerms, day).sla["availability"].target_pct.ref.id == "o2-connector/sla-terms/1.2"


@pytest.mark.clause("o2/1.1")
@pytest.mark.parametrize("product", PRODUCTS)
def test_a_product_needs_conditions_general_terms_and_a_price_list(product: str) -> None:
    before, after = date(2018, 9, 14), date(2018, 9, 15)

    assert SHELF.missing_kinds(product, before) == ["operating_rules", "general_terms", "price_list"]
    assert SHELF.missing_kinds(product, after) == []
    assert SHELF.sheet(ContractTerms, after).required_documents.value == PACK.raw["product"][product]["requires"]


@pytest.mark.clause("o2/3.3")
def test_the_example_limits_are_those_of_an_application() -> None:
    terms = SHELF.sheet(LimitTerms, date(2025, 5, 12))

    assert (terms.default_daily_limit_messages.value, terms.default_monthly_limit_messages.value) == (5_000, 100_000)
    assert terms.limit_timezone.value == "Europe/Prague"


@pytest.mark.clause("o2/8.8")
def test_the_application_for_mms_costs_nothing() -> None:
    assert SHELF.sheet(ConsultationTerms, date(2025, 5, 12)).mms_application_price.value == Money.zero()


@pytest.mark.clause("o2/10.4")
@pytest.mark.parametrize(
    ("at", "since", "replaced"),
    [
        ("2022-10-31T23:59:59+01:00", date(2018, 9, 15), None),
        ("2022-11-01T00:00:00+01:00", date(2022, 11, 1), date(2018, 9, 15)),
    ],
)
def test_an_instant_is_judged_by_the_version_in_force_on_its_day(at: str, since: date, replaced: date | None) -> None:
    terms = SHELF.sheet(ConditionsTerms, day_of(datetime.fromisoformat(at)))

    assert terms.conditions_effective_from.value == since
    assert (terms.conditions_replaced_from.value if terms.conditions_replaced_from else None) == replaced


@pytest.fixture
def connector(database):
    """A tenant with the pack."""
    with transaction(None) as db:
        tenant = add_tenant(db, code=f"o2-{uuid7().hex}", pack="o2-connector")
    assert call("provider.load", {}, tenant=tenant, actor=OPERATOR, now=NOW).refusal is None
    return tenant


def version(tenant, at):
    """The edition in force on an instant's day, or the refusal."""
    given = {"document": "o2-connector/operating-conditions", "on": day_of(datetime.fromisoformat(at)).isoformat()}
    found = call("publications.in_force", given, tenant=tenant, actor=OPERATOR, now=NOW)
    return (found.refusal.code, found.refusal.clauses) if found.refusal else found.plain["edition"]


@pytest.mark.clause("o2/10.4")
@pytest.mark.parametrize(
    ("at", "found"),
    [
        ("2018-09-14T23:59:59+02:00", ("NO_VERSION_IN_FORCE", ("o2/10.4",))),
        ("2018-09-15T00:00:00+02:00", "2018-09"),
        ("2022-10-31T23:59:59+01:00", "2018-09"),
        ("2022-11-01T00:00:00+01:00", "2022-11"),
        ("2022-10-31T23:00:00+00:00", "2022-11"),
    ],
)
def test_the_version_of_an_instant_is_found_on_both_sides_of_each_change(connector, at, found) -> None:
    assert version(connector, at) == found


@pytest.mark.clause("o2/10.2")
def test_a_second_version_of_the_same_day_is_refused_and_one_of_the_next_day_is_not(connector) -> None:
    text = (PACK.folder / "operating-conditions" / "2022-11.toml").read_text()
    same = text.replace('edition = "2022-11"', 'edition = "2022-11b"')
    next_day = same.replace("effective_from = 2022-11-01\nbinds", "effective_from = 2022-11-02\nbinds")

    refused, again, later = (
        call("publications.publish", {"text": one}, tenant=connector, actor=OPERATOR, now=NOW)
        for one in (same, text + "\n", next_day)
    )

    assert (refused.refusal.code, refused.refusal.clauses) == ("VERSION_CONFLICT", ("o2/10.2",))
    assert (again.refusal.code, again.refusal.clauses) == ("EDITION_EXISTS", ())
    assert later.refusal is None
    assert version(connector, "2022-11-01T12:00:00+01:00") == "2022-11"
    assert version(connector, "2022-11-02T12:00:00+01:00") == "2022-11b"


def test_the_example_bank_account_and_the_company_number_hold_their_checksums() -> None:
    provider = tomllib.loads((Path(PACK.folder) / "pack.toml").read_text())["provider"]

    assert iban.is_valid(provider["bank_account"]["iban"])
    assert bankaccount.is_valid(provider["bank_account"]["account"])
    assert dic.is_valid(provider["company_id"])
    assert provider["bank_account"]["example"]
    assert provider["vat"]["example"]


@pytest.mark.parametrize("name", ["price-list", "general-terms", "sla-terms"])
def test_documents_that_are_not_public_are_marked_as_examples(name: str) -> None:
    editions = [one for one in SHELF.editions if one.document == f"o2-connector/{name}"]

    assert editions
    assert all(one.example for one in editions)
    if name == "price-list":
        clauses = [clause for one in editions for clause in one.clauses.values()]
        assert all("Ukázkov" in clause.cs and "Example price" in clause.en for clause in clauses)
