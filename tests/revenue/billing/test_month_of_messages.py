"""From dispatched messages to an invoice of a company: net prices lead, and every format tells the same figures."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lxml import etree

from spojka.access.database.connections import transaction
from spojka.access.deadlines.running import run_due
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.network.messaging.messages.records import Happened
from spojka.network.messaging.messages.store import add_events, add_messages, leave_queue
from spojka.trade.services.store import set_tariff
from tests.access.committed import committed
from tests.network.messaging.billing.traffic import accepted, handed_over
from tests.network.messaging.connector import new_application, new_provider
from tests.revenue.documents.test_figures_agree import CAC, CBC, ISDOC

BEGINS = datetime(2025, 6, 1, 8, tzinfo=UTC)
MIDDLE = datetime(2025, 6, 10, 10, tzinfo=UTC)
CLOSES = datetime(2025, 7, 1, 3, tzinfo=UTC)
NEXT = datetime(2025, 8, 1, 3, tzinfo=UTC)
AFTER = datetime(2025, 9, 1, 6, tzinfo=UTC)


@pytest.fixture
def tenant(database):
    return new_provider(BEGINS)


@pytest.fixture
def application(tenant):
    """An application of Connector Plus that sends 37 priority SMS, ten with a nickname and a long one elsewhere."""
    made = new_application(tenant, BEGINS)
    with committed(tenant, BEGINS) as ctx:
        set_tariff(ctx, service=made, tariff="SMSC_PLUS", from_on=date(2025, 6, 1), reason="activation")
        priority = [accepted(made, MIDDLE, class_="priority") for _ in range(37)]
        handed_over(ctx, priority[:34], then=["delivered"])
        handed_over(ctx, priority[34:], then=["undelivered"])
        handed_over(ctx, [accepted(made, MIDDLE, sender="OPTIKA", sender_kind="nickname") for _ in range(10)])
        handed_over(ctx, [accepted(made, MIDDLE, destination="other_cz", parts=2)])
        handed_over(ctx, [accepted(made, MIDDLE) for _ in range(5)], first="failed")
    return made


def ask(tenant, name, /, **given):
    outcome = call(name, given, tenant=tenant, actor=OPERATOR, now=NEXT)
    assert outcome.refusal is None, outcome.refusal
    return outcome.plain


def invoice_of(tenant, application, period):
    with transaction(tenant) as db:
        contract = db.execute("SELECT contract_id FROM service WHERE id = %s", [application]).fetchone()["contract_id"]
    return ask(tenant, "billing.invoice", contract=contract, period=period)


@pytest.mark.clause("o2/5.1-e")
@pytest.mark.clause("o2/1.4")
def test_the_close_of_the_month_bills_messages_by_price_net_of_vat(tenant, application):
    run_due(tenant, CLOSES, CLOSES)

    invoice = invoice_of(tenant, application, "2025-06")

    assert [(line["quantity"], line["unit"], line["amount_without_vat"]) for line in invoice["lines"]] == [
        ("30", "day", "600.00 CZK"),
        ("2", "sms", "2.30 CZK"),
        ("10", "sms", "14.00 CZK"),
        ("37", "sms", "40.70 CZK"),
        ("37", "sms", "22.20 CZK"),
    ]
    assert invoice["total_without_vat"] == "679.20 CZK"
    assert invoice["vat"] == "142.63 CZK"
    assert invoice["total_with_vat"] == "821.83 CZK"


def test_every_line_of_messages_says_how_many_at_which_price(tenant, application):
    run_due(tenant, CLOSES, CLOSES)
    invoice = invoice_of(tenant, application, "2025-06")

    whys = [ask(tenant, "billing.why", number=invoice["number"], line=line["id"]) for line in invoice["lines"]]

    said = " ".join(text for why in whys for text in why["en"])
    assert "37 × 1.10 CZK/SMS = 40.70 CZK" in said
    assert "Surcharge for priority 37 × 0.60 CZK/SMS = 22.20 CZK" in said


def test_pdf_isdoc_and_ubl_are_made_and_carry_the_invoices_figures(tenant, application):
    run_due(tenant, CLOSES, CLOSES)
    number = invoice_of(tenant, application, "2025-06")["number"]

    papers = ask(tenant, "billing.documents", period="2025-06")

    folder = Path(papers["folder"])
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    isdoc = etree.parse(folder / f"{number}.isdoc", parser).getroot()
    ubl = etree.parse(next(folder.glob(f"{number}*.xml")), parser).getroot()
    assert papers["written"] + papers["present"] == 3
    assert (folder / f"{number}.pdf").read_bytes().startswith(b"%PDF")
    assert isdoc.findtext(f"{ISDOC}LegalMonetaryTotal/{ISDOC}TaxExclusiveAmount") == "679.20"
    assert isdoc.findtext(f"{ISDOC}LegalMonetaryTotal/{ISDOC}TaxInclusiveAmount") == "821.83"
    assert ubl.findtext(f"{CAC}LegalMonetaryTotal/{CBC}TaxInclusiveAmount") == "821.83"
    bases = [line.findtext(f"{CBC}LineExtensionAmount") for line in ubl.iter(f"{CAC}InvoiceLine")]
    assert bases == ["600.00", "2.30", "14.00", "40.70", "22.20"]


def test_what_left_after_the_close_stands_on_the_next_invoice_with_its_month(tenant, application):
    late = accepted(application, datetime(2025, 6, 30, 21, tzinfo=UTC))
    with committed(tenant, BEGINS) as ctx:
        handed_over(ctx, [late], first="deferred")
    run_due(tenant, CLOSES, CLOSES)
    with committed(tenant, CLOSES) as ctx:
        add_events(ctx, [Happened(late.id, 1, "sent", CLOSES)])

    run_due(tenant, NEXT, NEXT)
    (line,) = [one for one in invoice_of(tenant, application, "2025-07")["lines"] if one["unit"] == "sms"]

    assert (line["quantity"], line["amount_without_vat"]) == ("1", "1.10 CZK")
    assert "6/2025" in str(line)


def test_a_message_that_waits_for_months_is_billed_once_it_left(tenant, application):
    planned = accepted(application, MIDDLE, destination="foreign")
    with committed(tenant, BEGINS) as ctx:
        add_messages(ctx, [planned])
    run_due(tenant, NEXT, NEXT)
    with committed(tenant, NEXT) as ctx:
        leave_queue(ctx, [planned.id])
        add_events(ctx, [Happened(planned.id, 1, "sent", datetime(2025, 8, 20, tzinfo=UTC))])

    run_due(tenant, AFTER, AFTER)

    with transaction(tenant) as db:
        rows = db.execute("SELECT period_on, amount_micros FROM charge WHERE line = 'sms.foreign@2.90'").fetchall()
    assert [(row["period_on"], row["amount_micros"]) for row in rows] == [(date(2025, 6, 1), 2_900_000)]
