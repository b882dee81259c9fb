"""From a rated month to an explained invoice, its files, its letter and its correction."""

from __future__ import annotations

import socket
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from lxml import etree

from spojka.access.database.connections import transaction
from spojka.kernel.money import Money
from spojka.surfaces.jobs import channels
from spojka.trade.notices import sending
from tests.revenue.billing.month import BEGINS, CLOSES, FEBRUARY, Month, call_of, signed


@pytest.fixture
def month(tenant) -> Month:
    found = signed(tenant)
    found.do("usage.record", records=[call_of(found.service, "c1", 61)], now=BEGINS)
    return found


@pytest.mark.clause("nej/2.10")
def test_a_line_is_the_exact_sum_of_its_records_rounded_once(month):
    calls = [
        call_of(month.service, f"more-{number}", 61, f"2026-02-0{number % 5 + 4}T10:0{number % 10}:00+01:00")
        for number in range(29)
    ]
    month.do("usage.record", records=calls, now=BEGINS)

    month.bill()
    line = next(
        one for one in month.do("billing.invoice", contract=month.contract, period="2026-02").lines if one.unit == "min"
    )

    assert line.amount.value == Money.parse("76.25 CZK")  # 30 × 2.5417 = 76.251
    assert "nej-mobil/price-list/4.1" in line.items[0].clauses


def test_every_line_says_why_in_both_languages(month):
    month.bill()
    invoice = month.do("billing.invoice", contract=month.contract, period="2026-02")

    reasons = [month.do("billing.why", number=invoice.number, line=line.id) for line in invoice.lines]

    assert all(why.cs and why.en and why.clauses for why in reasons)
    assert any("99,00 Kč" in text for why in reasons for text in why.cs)


def test_the_total_is_what_the_lines_and_the_tax_add_up_to(month):
    month.bill()

    invoice = month.do("billing.invoice", contract=month.contract, period="2026-02")

    assert invoice.total_with_vat == Money.parse("101.54 CZK")  # 99.00 + 2.54
    assert invoice.vat == Money.parse("17.62 CZK")
    assert invoice.total_without_vat + invoice.vat == invoice.total_with_vat


def test_a_credit_note_points_back_and_leaves_the_invoice_as_it_was(month):
    month.bill()
    before = month.do("billing.invoice", contract=month.contract, period="2026-02")

    note = month.do("billing.credit_note", number=before.number, reason="vada služby", lines=["1"])

    assert note.kind == "credit_note"
    assert note.corrects == before.number
    assert note.number.startswith("D2026")
    assert note.total_with_vat == Money(before.lines[0].amount.value.micros)
    assert month.do("billing.invoice", number=before.number) == before


def test_a_line_is_credited_once(month):
    month.bill()
    number = month.do("billing.invoice", contract=month.contract, period="2026-02").number
    month.do("billing.credit_note", number=number, reason="vada služby", lines=["1"])

    again = month.do("billing.credit_note", number=number, reason="vada služby", lines=["1"])
    rest = month.do("billing.credit_note", number=number, reason="vada služby")
    nothing = month.do("billing.credit_note", number=number, reason="vada služby")

    assert again.code == "LINE_CREDITED"
    assert rest.kind == "credit_note"
    assert nothing.code == "NOTHING_TO_CREDIT"


def test_a_fully_credited_invoice_leaves_nothing_owed(month):
    month.bill()
    number = month.do("billing.invoice", contract=month.contract, period="2026-02").number

    month.do("billing.credit_note", number=number, reason="vada služby")

    with transaction(month.tenant) as db:
        row = db.execute(
            "SELECT sum(amount_micros)::bigint AS owed FROM ledger_posting WHERE account = '311'"
        ).fetchone()
    assert row["owed"] == 0


def test_files_are_written_once_and_carry_the_same_total(month):
    month.bill()
    number = month.do("billing.invoice", contract=month.contract, period="2026-02").number

    first, second = month.do("billing.documents", period="2026-02"), month.do("billing.documents", period="2026-02")

    folder = Path(first.folder)
    assert (first.written, second.written, second.present) == (3, 0, 3)
    assert (folder / f"{number}.pdf").read_bytes().startswith(b"%PDF")
    isdoc = etree.parse(folder / f"{number}.isdoc", etree.XMLParser(resolve_entities=False, no_network=True))
    totals = isdoc.findtext(".//{*}LegalMonetaryTotal/{*}TaxInclusiveAmount")
    assert totals == "101.54"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Inbox:
    """A mail server that keeps what it is handed."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  # aiosmtpd's name
        self.letters.append(envelope.content)
        return "250 kept"


def test_an_invoice_is_sent_by_mail_with_its_files_and_the_servers_answer_is_kept(month, monkeypatch):
    inbox = Inbox()
    server = Controller(inbox, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        monkeypatch.setenv(channels.SMTP_VARIABLE, f"smtp://127.0.0.1:{server.port}?security=plain")
        monkeypatch.setattr(sending, "_drivers", {})
        channels.register_channels()
        month.bill()
        month.do("billing.send", period="2026-02")
        month.do("billing.send", period="2026-02")
        month.do("notices.send_due")
    finally:
        server.stop()

    letters = [message_from_bytes(raw, policy=policy.default) for raw in inbox.letters]
    (letter,) = [one for one in letters if list(one.iter_attachments())]
    names = [part.get_filename() for part in letter.iter_attachments()]
    number = month.do("billing.invoice", contract=month.contract, period="2026-02").number
    assert names == [f"{number}.pdf", f"{number}.isdoc"]
    assert number in letter["Subject"]
    notices = [one for one in month.do("notices.of", party=month.party) if one.channel == "email" and one.invoice]
    assert notices[0].state == "sent"


@pytest.mark.clause("nej/8.1")
def test_what_was_issued_cannot_be_changed(month):
    month.bill()

    with pytest.raises(Exception, match="never changes"), transaction(month.tenant) as db:
        db.execute("UPDATE invoice SET gross_micros = 0")


@pytest.mark.clause("nej/4.7")
def test_a_late_roaming_call_is_billed_on_the_next_invoice_with_its_own_period(month):
    month.bill()
    late = {**call_of(month.service, "late", 60), "visited": "SK"}
    month.do("usage.record", records=[late], now=CLOSES.replace(day=15))

    month.bill(FEBRUARY.next(), now=CLOSES.replace(month=4))
    march = month.do("billing.invoice", contract=month.contract, period="2026-03", now=CLOSES.replace(month=4))

    line = next(one for one in march.lines if one.unit == "min")
    assert line.amount.value == Money.parse("2.50 CZK")
    assert line.text.endswith("(2/2026)")
    assert month.do("billing.invoice", contract=month.contract, period="2026-02").total_with_vat == Money.parse(
        "101.54 CZK"
    )
