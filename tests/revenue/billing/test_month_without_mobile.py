"""A month of a provider without mobile services: monthly fees of applications and their options, prices without VAT."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.access.tenants.store import add_tenant
from spojka.kernel.ids import ServiceId, uuid7
from spojka.kernel.time import Period
from spojka.surfaces.jobs.billing import drive
from spojka.trade.contracts.store import add_contract
from spojka.trade.services.store import activate, add_addon, add_service, set_tariff
from tests.access.committed import committed

JUNE = Period.month(2025, 6)
BEGINS = datetime(2025, 6, 1, 8, tzinfo=UTC)
CHANGES = datetime(2025, 6, 16, 8, tzinfo=UTC)
CLOSES = datetime(2025, 7, 1, 2, tzinfo=UTC)


@pytest.fixture
def tenant(database):
    with transaction(None) as db:
        return add_tenant(db, code=f"month-{uuid7().hex}", pack="o2-connector")


@pytest.fixture
def ask(tenant):
    def calling(name, /, *, now=CLOSES, **given):
        outcome = call(name, given, tenant=tenant, actor=OPERATOR, now=now)
        assert outcome.refusal is None, outcome.refusal
        return outcome.plain

    return calling


@pytest.fixture
def contract(ask, tenant):
    """An application of Connector Plus since 1 June: two nicknames from the 16th, more throughput from the start."""
    ask("provider.load", now=BEGINS)
    party = ask("parties.register", now=BEGINS, kind="business", name="Pekárna s.r.o.", ico="27074358")["id"]
    service = ServiceId(uuid7())
    with committed(tenant, BEGINS) as ctx:
        signed = add_contract(
            ctx,
            party=UUID(party),
            product="SMSC_PLUS",
            state="concluded",
            channel="paper",
            proof="scan",
            editions=[],
            declared_no_resale=True,
        )
        add_service(ctx, service=service, contract=signed, party=UUID(party), msisdn="+420606999000", imsi="", iccid="")
        activate(ctx, service)
        set_tariff(ctx, service=service, tariff="SMSC_PLUS", from_on=ctx.today, reason="activation")
        add_addon(ctx, service=service, addon="throughput-smsc-plus-10")
    with committed(tenant, CHANGES) as ctx:
        add_addon(ctx, service=service, addon="nickname")
        add_addon(ctx, service=service, addon="nickname")
    return str(signed)


def test_fees_and_options_are_billed_without_a_mobile_price_list_net_of_vat(ask, tenant, contract):
    ask("billing.close_period", period=str(JUNE))
    run = drive(tenant, JUNE, now=lambda: CLOSES)

    invoice = ask("billing.invoice", contract=contract, period=str(JUNE))

    assert (run.issued, run.problems) == (1, [])
    assert invoice["total_without_vat"] == "1300.00 CZK"
    assert invoice["vat"] == "273.00 CZK"
    assert invoice["total_with_vat"] == "1573.00 CZK"
    assert invoice["due_on"] == "2025-07-15"


@pytest.mark.clause("o2/5.1")
def test_every_fee_is_an_item_of_its_own_also_of_two_equal_options(ask, tenant, contract):
    ask("billing.close_period", period=str(JUNE))
    drive(tenant, JUNE, now=lambda: CLOSES)

    with transaction(tenant) as db:
        rows = db.execute("SELECT line, amount_micros, clauses FROM charge ORDER BY line").fetchall()

    assert [(row["line"], row["amount_micros"] // 10_000) for row in rows] == [
        ("addon:nickname:2025-06-16", 100_00),
        ("addon:nickname:2025-06-16:2", 100_00),
        ("addon:throughput-smsc-plus-10:2025-06-01", 500_00),
        ("tariff:SMSC_PLUS:2025-06-01", 600_00),
    ]
    assert "o2-connector/price-list/1.2" in rows[-1]["clauses"]


def test_closing_again_finds_nothing_new(ask, tenant, contract):
    for _ in range(2):
        ask("billing.close_period", period=str(JUNE))
        drive(tenant, JUNE, now=lambda: CLOSES)

    with transaction(tenant) as db:
        rows = db.execute("SELECT count(*) AS n FROM charge").fetchone()

    assert rows["n"] == 4


def test_the_rating_of_a_month_finds_no_mobile_service_to_rate(ask, contract):
    done = ask("rating.rate", period=str(JUNE))

    assert (done["services"], done["records"], done["lines"]) == (0, 0, 0)
