"""The monthly fees of real services: price lists that change, interruptions, add-ons, agreed least spending."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import spojka
from spojka.access.database.connections import transaction
from spojka.access.deadlines.running import run_due
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Context
from spojka.charging.charges.minimum import minimum_due
from spojka.charging.charges.monthly import ContractToBill, fees_due
from spojka.charging.charges.store import put_charges
from spojka.kernel.ids import uuid7
from spojka.kernel.money import Money
from spojka.kernel.time import Period
from spojka.terms.findings import read_finding
from tests.terms.sample import said

PRICES = Path(spojka.__file__).parent / "providers/nej-mobil/price-list/2026-01.toml"
BEGINS = datetime(2026, 6, 1, 7, tzinfo=UTC)
JUNE = Period.month(2026, 6)


class Provider:
    """A provider with one customer, spoken to by calls."""

    def __init__(self, tenant) -> None:
        self.tenant = tenant
        self.do("provider.load")
        self.eva = self.do("parties.register", kind="consumer", name="Eva Malá").id

    def do(self, name: str, /, now: datetime = BEGINS, **given):
        outcome = call(name, given, tenant=self.tenant, actor=OPERATOR, now=now)
        assert outcome.refusal is None, outcome.refusal
        return outcome.result

    def signed(self, tariff: str, now: datetime = BEGINS):
        return self.do("contracts.sign", now=now, party=self.eva, product="nej-mobil", options={"tariff": tariff})

    def publish(self, effective: date, **changed: str) -> None:
        """A new price list with other monthly fees."""
        text = PRICES.read_text(encoding="utf-8")
        text = text.replace('edition = "2026-01"', f'edition = "{effective:%Y-%m-%d}"')
        text = text.replace("effective_from = 2026-01-01", f"effective_from = {effective.isoformat()}")
        text = text.replace("binds_existing_from = 2026-01-01", f"binds_existing_from = {effective.isoformat()}")
        for tariff, fee in changed.items():
            before, mark, after = text.partition(f".sets.tariff.nej-mobil-{tariff}]")
            head, _, rest = after.partition('monthly_fee = "')
            text = f'{before}{mark}{head}monthly_fee = "{fee}{rest[rest.index(chr(34)) :]}'
        self.do("publications.publish", text=said(text))

    def fees(self, contract, period: Period = JUNE):
        """Fees and differences to a minimum, as (days or pieces, amount)."""
        with transaction(self.tenant) as db:
            ctx = Context(db, self.tenant, OPERATOR, period.ends_at + timedelta(hours=2), uuid7(), None)
            due = fees_due(ctx, period, [ContractToBill(contract.id, "nej-mobil", date(2026, 6, 1))])
            put_charges(ctx, due.charges)
            missing = minimum_due(ctx, period, due.minimums)
            assert due.problems == []
            assert all(read_finding(one.finding).value.micros == one.amount_micros for one in due.charges + missing)
            return [(one.quantity, Money(one.amount_micros)) for one in due.charges + missing]


@pytest.fixture
def provider(tenant) -> Provider:
    return Provider(tenant)


def test_a_price_that_changes_in_mid_month_is_charged_for_its_own_days(provider):
    contract = provider.signed("nej-mobil-plus")
    provider.publish(date(2026, 6, 21), plus="390.00 CZK")

    assert provider.fees(contract) == [(20, Money.czk("199.33")), (10, Money.czk("130.00"))]


def test_a_new_price_list_that_leaves_the_fee_as_it_was_makes_no_second_line(provider):
    contract = provider.signed("nej-mobil-plus")
    provider.publish(date(2026, 6, 21), basic="120.00 CZK")

    assert provider.fees(contract) == [(30, Money.czk("299.00"))]


def test_an_interruption_lowers_the_fees_of_the_tariff_and_of_its_addons(provider):
    contract = provider.signed("nej-mobil-plus")
    service = contract.services[0].id
    provider.do("services.add_addon", service=service, addon="extra-100")
    provider.do("services.suspend", now=datetime(2026, 6, 10, 12, tzinfo=UTC), service=service, reason="not_used")
    provider.do("services.restore", now=datetime(2026, 6, 20, 7, tzinfo=UTC), service=service)

    assert provider.fees(contract) == [(21, Money.czk("209.30")), (21, Money.czk("34.30"))]


def test_a_restriction_of_outgoing_traffic_leaves_the_days_usable(provider):
    contract = provider.signed("nej-mobil-plus")
    service = contract.services[0].id
    given = {"service": service, "reason": "misuse", "scope": "outgoing"}
    provider.do("services.restrict", now=datetime(2026, 6, 10, 12, tzinfo=UTC), **given)

    assert provider.fees(contract) == [(30, Money.czk("299.00"))]


def test_a_service_interrupted_the_whole_month_pays_nothing(provider):
    contract = provider.signed("nej-mobil-plus")
    given = {"service": contract.services[0].id, "reason": "not_used"}
    provider.do("services.suspend", now=datetime(2026, 6, 30, 12, tzinfo=UTC), **given)

    assert provider.fees(contract) == [(30, Money.czk("299.00"))]
    assert provider.fees(contract, JUNE.next()) == []


def test_what_is_missing_to_the_agreed_minimum_is_an_item_of_its_own(provider):
    provider.publish(date(2026, 6, 1), zavazek="249.00 CZK")
    contract = provider.signed("nej-mobil-zavazek")

    assert provider.fees(contract) == [(30, Money.czk("249.00")), (1, Money.czk("51.00"))]


def test_use_counts_towards_the_agreed_minimum(provider):
    provider.publish(date(2026, 6, 1), zavazek="249.00 CZK")
    contract = provider.signed("nej-mobil-zavazek")
    service = str(contract.services[0].id)
    asked = provider.do("services.enable", service=service, feature="mms")
    provider.do("ordering.pay_deposit", order=asked.order, amount=asked.deposit.value)
    records = [
        {
            "id": "mms",
            "service": service,
            "kind": "mms",
            "to": "+420602000002",
            "at": "2026-06-05T10:00+02:00",
        }
    ]
    provider.do("usage.record", records=records)

    assert provider.fees(contract) == [(30, Money.czk("249.00")), (1, Money.czk("45.00"))]


def test_a_part_of_a_month_owes_a_part_of_the_minimum(provider):
    provider.publish(date(2026, 6, 1), zavazek="249.00 CZK")
    contract = provider.signed("nej-mobil-zavazek", now=datetime(2026, 6, 21, 7, tzinfo=UTC))

    assert provider.fees(contract) == [(10, Money.czk("83.00")), (1, Money.czk("17.00"))]


def test_a_contract_without_a_price_is_reported_by_name(provider):
    contract = provider.signed("nej-mobil-plus")
    with transaction(provider.tenant) as db:
        db.execute("UPDATE service_tariff SET tariff = 'gone'")
        ctx = Context(db, provider.tenant, OPERATOR, BEGINS, uuid7(), None)
        due = fees_due(ctx, JUNE, [ContractToBill(contract.id, "nej-mobil", date(2026, 6, 1))])

    assert [(one.contract, "tariff.gone.monthly_fee" in one.problem) for one in due.problems] == [(contract.id, True)]
    assert due.charges == []


def test_open_items_wait_until_an_invoice_takes_them(provider):
    contract = provider.signed("nej-mobil-plus")
    provider.fees(contract)

    waiting = provider.do("charges.open", contract=contract.id)
    provider.do("billing.close_period", now=JUNE.ends_at + timedelta(hours=2), period=JUNE)
    run_due(provider.tenant, JUNE.ends_at + timedelta(hours=2))

    assert [one.amount.value for one in waiting] == [Money.czk("299.00")]
    assert provider.do("charges.open", contract=contract.id) == []


def test_open_items_of_a_contract_that_is_not_there_are_refused(provider):
    outcome = call("charges.open", {"contract": uuid7()}, tenant=provider.tenant, actor=OPERATOR, now=BEGINS)

    assert outcome.refusal.code == "CONTRACT_UNKNOWN"
