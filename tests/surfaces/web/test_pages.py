"""Pages: each is there in both languages, asks the database a fixed number of times, and shows nothing of others."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from tests.surfaces.shop import EVA, TODAY, stumble

STAFF = (
    "/console/",
    "/console/customers",
    "/console/customers?text=eva",
    "/console/customers/{shop.eva}",
    "/console/services/{shop.eva_service}/use",
    "/console/services/{shop.eva_service}/use?period=2026-01",
    "/console/invoices/{shop.eva_invoice}",
    "/console/suspense",
    "/console/bill-runs",
    "/console/bill-runs/2026-01",
    "/console/deadlines",
    "/console/audit?verify",
    "/account",
)
CUSTOMER = (
    "/portal/",
    "/portal/services/{shop.eva_service}",
    "/portal/services/{shop.eva_service}/use",
    "/portal/invoices",
    "/portal/invoices/{shop.eva_invoice}",
    "/portal/ahead",
    "/account",
)
PUBLIC = (
    "/sign-in",
    "/terms",
    "/terms/nej-mobil/operating-rules/edition/2021-08",
    "/terms/nej-mobil/price-list/changes?before=2021-08&after=2026-01",
)
PAGES = [("operator", page) for page in STAFF] + [("eva", page) for page in CUSTOMER] + [("", page) for page in PUBLIC]


@pytest.fixture
def _nothing_missing(monkeypatch):
    """A template that names what is not there shows a mark."""
    from django.template import engines

    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "MISSING(%s)")


@pytest.mark.usefixtures("_nothing_missing")
@pytest.mark.parametrize("language", ["cs", "en"])
@pytest.mark.parametrize(("login", "page"), PAGES)
def test_every_page_is_there_in_both_languages(visit, shop, login, page, language):
    visitor = visit(login, language=language)
    visitor.client.cookies["spojka_language"] = language

    answer = visitor.get(page.format(shop=shop))

    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in text
    assert text.count("<h1") == 1
    assert "MISSING(" not in text


def test_the_customers_page_shows_what_all_rooms_know(visit, shop):
    text = visit("operator").get(f"/console/customers/{shop.eva}").content.decode()

    for shown in ("Eva Malá", "601\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}001", "služba přerušena", "Faktura", "ledaže"):
        assert shown in text


@pytest.mark.clause("nej/4.10")
@pytest.mark.parametrize(
    "page",
    [
        "/portal/invoices/{shop.jan_invoice}",
        "/portal/invoices/{shop.jan_invoice}.pdf",
        "/portal/services/{shop.jan_service}",
        "/portal/services/{shop.jan_service}/use",
        "/portal/services/{shop.jan_service}/use.csv",
        "/portal/invoices/{shop.jan_invoice}/why/1",
    ],
)
def test_what_belongs_to_another_customer_is_not_there_and_the_attempt_is_kept(visit, shop, page):
    before = shop.rows("SELECT count(*) AS n FROM event WHERE kind = 'security.foreign_object'")[0]["n"]

    answer = visit("eva").get(page.format(shop=shop))

    kept = shop.rows("SELECT body FROM event WHERE kind = 'security.foreign_object' ORDER BY id")
    asked = {str(shop.jan_invoice), str(shop.jan_service)}
    assert answer.status_code == 404
    assert "Jan Čapek" not in answer.content.decode()
    assert len(kept) == before + 1
    assert (kept[-1]["body"]["party"], kept[-1]["body"]["object"] in asked) == (str(shop.eva), True)


def test_another_customers_page_looks_like_one_that_never_was(visit, shop):
    import re

    visitor = visit("eva")
    pages = [visitor.get(f"/portal/invoices/{each}") for each in (shop.jan_invoice, UUID(int=7))]

    foreign, nothing = (re.sub(r'value="[^"]{64}"', "", page.content.decode()) for page in pages)
    assert foreign.replace(str(shop.jan_invoice), "") == nothing.replace(str(UUID(int=7)), "")


def _counted(statements, visitor, page):
    visitor.get(page)
    del statements[:]
    assert visitor.get(page).status_code == 200
    return len(statements)


def test_the_customers_page_asks_as_often_for_many_numbers_as_for_one(visit, own_shop, statements):
    visitor, page = visit("operator", of=own_shop), f"/console/customers/{own_shop.eva}"
    few = _counted(statements, visitor, page)

    for number in range(10, 16):
        options = {"msisdn": f"+4206010000{number}"}
        own_shop.do("contracts.sign", party=own_shop.eva, product="nej-mobil", options=options)
    for number in range(5):
        texts = {"cs": f"text {number}", "en": f"text {number}"}
        own_shop.do("notices.write", party=own_shop.eva, subject=texts, body=texts)
    many = _counted(statements, visitor, page)

    assert many == few
    assert few < 60


@pytest.mark.parametrize(
    ("page", "most"),
    [
        ("/console/", 25),
        ("/console/customers?text=6010000", 15),
        ("/console/deadlines", 20),
        ("/console/audit", 15),
        ("/console/suspense", 20),
        ("/console/bill-runs", 15),
        ("/console/invoices/{shop.eva_invoice}", 25),
    ],
)
def test_a_page_asks_the_database_a_bounded_number_of_times(visit, shop, statements, page, most):
    assert _counted(statements, visit("operator"), page.format(shop=shop)) <= most


def test_the_search_answers_with_the_list_alone_while_somebody_types(visit):
    text = visit("operator").get("/console/customers?text=eva", **{"hx-request": "true"}).content.decode()

    assert "<html" not in text
    assert "Eva Malá" in text


@pytest.mark.parametrize(
    ("who", "page", "words"),
    [
        (
            ("operator", "cs"),
            "/console/deadlines",
            "2 pokusy selhaly · poslední chyba KeyError · další pokus 20. 2. 2026 10:05",
        ),
        (
            ("operator", "en"),
            "/console/customers/{shop.eva}",
            "2 attempts failed · last failure KeyError · next attempt 20 Feb",
        ),
        (("eva", "cs"), "/portal/ahead", "2 pokusy selhaly · další pokus 20. 2. 2026 10:05"),
        (("eva", "en"), "/portal/", "2 attempts failed · next attempt 20 Feb 2026 10:05"),
    ],
)
def test_what_failed_says_how_often_and_when_it_is_tried_again(visit, own_shop, who, page, words):
    login, language = who
    visitor = visit(login, of=own_shop, language=language)
    visitor.client.cookies["spojka_language"] = language
    before = _text(visitor.get(page.format(shop=own_shop)))

    stumble(own_shop)

    after = _text(visitor.get(page.format(shop=own_shop)))
    assert words in after
    assert not re.search("pokus|attempt", before)


def _text(answer):
    """What a page says, without its marks, in single spaces."""
    return " ".join(re.sub("<[^>]+>", " ", answer.content.decode()).split())


def test_nobody_found_says_how_to_search(visit):
    text = visit("operator").get("/console/customers?text=qqq").content.decode()

    assert "Dotazu „qqq“ nikdo neodpovídá." in text


def test_why_of_an_invoice_line_opens_the_clause_in_its_words(visit, shop):
    line = shop.rows("SELECT body FROM invoice WHERE id = %s", shop.eva_invoice)[0]["body"]["document"]["lines"][0][
        "id"
    ]
    path = f"/portal/invoices/{shop.eva_invoice}/why/{line}"

    sheet = visit("eva").get(path, **{"hx-request": "true"}).content.decode()
    page = visit("eva").get(path).content.decode()

    assert "<html" not in sheet
    assert 'class="words"' in sheet
    assert "účtuje se z měsíční ceny poměrná část" in sheet
    assert "Proč?" in page


@pytest.mark.clause("nej/3.8")
def test_why_of_a_record_says_what_was_billed_and_by_which_clause(visit, shop):
    path = f"/portal/services/{shop.eva_service}/why?period=2026-02&source=test&record=v2-10"

    visitor = visit("eva")
    visitor.client.cookies["spojka_language"] = "en"
    text = visitor.get(path).content.decode()

    assert "120 in fact, 120 billed" in text


@pytest.mark.clause("nej/3.7")
def test_helplines_never_appear_on_the_list_nor_in_its_file(visit, shop):
    visitor = visit("eva")

    page = visitor.get(f"/portal/services/{shop.eva_service}/use").content.decode()
    file = visitor.get(f"/portal/services/{shop.eva_service}/use.csv").content.decode()

    assert "v2-7" not in file
    assert "v2-8" in file
    assert "116" not in "".join(line.split(",")[2] for line in file.splitlines()[1:])
    assert "116 111" not in page.replace("\N{NO-BREAK SPACE}", " ")


def test_the_file_of_the_list_has_the_same_rows_and_sum_as_the_page(visit, shop):
    import csv
    from decimal import Decimal

    text = visit("eva").get(f"/portal/services/{shop.eva_service}/use.csv?period=2026-01").content.decode()
    rows = list(csv.DictReader(text.splitlines()))

    usage = shop.do("overview.usage", service=shop.eva_service, period="2026-01")
    assert len(rows) == len(usage.records)
    assert sum(Decimal(row["price_czk"]) for row in rows) == usage.usage.charge.amount


@pytest.mark.clause("nej/3.8")
@pytest.mark.parametrize(("month", "status"), [("2026-01", 200), ("2025-12", 422)])
def test_a_customer_sees_the_months_the_service_ran_in(visit, shop, month, status):
    answer = visit("eva").get(f"/portal/services/{shop.eva_service}/use?period={month}")

    assert answer.status_code == status


def test_the_list_can_be_taken_away_as_pdf_with_the_same_rows(visit, shop):
    import io

    from pypdf import PdfReader

    pdf = visit("eva").get(f"/portal/services/{shop.eva_service}/use.pdf?period=2026-01")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)

    usage = shop.do("overview.usage", service=shop.eva_service, period="2026-01")
    assert text.count("Data") == sum(record.kind == "data" for record in usage.records)
    assert "116" not in text.replace("\N{NO-BREAK SPACE}", "").replace("\n", " ")


def test_an_auditor_is_not_shown_ways_that_lead_nowhere(visit):
    text = visit("reader").get("/console/").content.decode()

    assert "/console/audit" in text
    assert "/console/bill-runs" not in text
    assert "/console/suspense" not in text


def test_an_invoice_that_nobody_paid_yet_offers_its_payment_as_a_picture(visit, shop):
    staff = visit("operator")

    open_page = staff.get(f"/console/invoices/{shop.jan_invoice}").content.decode()
    part_paid = staff.get(f"/console/invoices/{shop.eva_invoice}").content.decode()
    picture = staff.get(f"/console/invoices/{shop.jan_invoice}.svg")

    assert f"{shop.jan_invoice}.svg" in open_page
    assert ".svg" not in part_paid.partition("<main")[2]
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert picture.content.startswith(b"<?xml") or b"<svg" in picture.content


def test_an_invoice_can_be_taken_away_as_pdf_and_isdoc(visit, shop):
    visitor = visit("eva")

    pdf, isdoc = (visitor.get(f"/portal/invoices/{shop.eva_invoice}.{kind}") for kind in ("pdf", "isdoc"))

    assert pdf.content.startswith(b"%PDF-")
    assert b"<Invoice" in isdoc.content
    assert "attachment" in pdf.headers["Content-Disposition"]


@pytest.mark.clause("nej/8.2")
def test_anybody_reads_the_edition_in_force_and_finds_a_clause_by_its_id(visit, shop):
    visitor = visit()

    newest = visitor.get("/terms/nej-mobil/operating-rules/in-force")
    clause = visitor.get("/terms/clause/nej/2.11")
    before = visitor.get("/terms/nej-mobil/operating-rules/in-force?on=2021-07-31")

    edition = f"/{shop.code}/terms/nej-mobil/operating-rules/edition/2021-08"
    assert newest.headers["Location"] == edition
    assert clause.headers["Location"] == f"{edition}#2.11"
    assert before.status_code == 422
    assert "nemá k 31. 7. 2021 žádné platné znění" in before.content.decode()
    assert "nej/8.2" in before.content.decode()


def test_what_changed_marks_the_words_that_are_new_and_gone(visit):
    text = visit().get("/terms/nej-mobil/price-list/changes?before=2021-08&after=2026-01").content.decode()

    assert "<del>79,00</del><ins>99,00</ins>" in text


def test_a_suspended_record_is_corrected_in_the_page_and_leaves_it(visit, own_shop):
    visitor = visit("operator", of=own_shop)
    record = own_shop.rows("SELECT id FROM suspense WHERE record_id = 'b1' AND state = 'open'")[0]["id"]
    fields = {"suspense": str(record), "key": "k1"}

    visitor.post("/console/suspense", **fields, **{"field:duration_s": "-7"})
    still = visitor.get("/console/suspense").content.decode()
    record = own_shop.rows("SELECT id FROM suspense WHERE record_id = 'b1' AND state = 'open'")[0]["id"]
    mended = visitor.post(
        "/console/suspense", **{**fields, "suspense": str(record), "key": "k9"}, **{"field:duration_s": "60"}
    )

    after = visitor.get("/console/suspense").content.decode()
    assert "Záznam stále čeká: Nemožná délka" in still
    assert mended.status_code == 302
    assert "Záznam byl přijat" in after
    assert 'value="b1"' not in after


def test_a_suspended_record_is_given_up(visit, own_shop):
    visitor = visit("operator", of=own_shop)
    record = own_shop.rows("SELECT id FROM suspense WHERE record_id = 'b2' AND state = 'open'")[0]["id"]

    visitor.post("/console/suspense", suspense=str(record), drop="1", key="k2")

    assert own_shop.rows("SELECT state FROM suspense WHERE id = %s", record)[0]["state"] == "dropped"


def test_a_bill_run_is_started_from_the_page_only_for_a_month_that_is_over(visit, own_shop):
    visitor = visit("operator", of=own_shop)

    early = visitor.post("/console/bill-runs", period="2026-02", key="k3")
    again = visitor.post("/console/bill-runs", period="2026-01", key="k4")

    assert early.status_code == 422
    assert "ještě neskončilo" in early.content.decode()
    assert again.status_code == 302


@pytest.mark.clause("nej/2.17")
def test_a_volume_is_bought_once_however_often_the_form_is_sent(visit, own_shop):
    visitor, page = visit("eva", of=own_shop), f"/portal/services/{own_shop.eva_service}"

    for _ in range(2):
        assert visitor.post(page, do="topup", topup="topup-500", key="same").status_code == 302

    said = visitor.get(page).content.decode()
    bought = own_shop.rows("SELECT amount FROM balance_grant WHERE service_id = %s", own_shop.eva_service)
    assert [row["amount"] for row in bought] == [500 * 1024 * 1024]
    assert "Data jsou dokoupena" in said
    assert "Data jsou dokoupena" not in visitor.get(page).content.decode()


@pytest.mark.clause("nej/2.19")
def test_the_limit_of_data_abroad_is_switched_off_and_on(visit, own_shop):
    visitor, page = visit("eva", of=own_shop), f"/portal/services/{own_shop.eva_service}"

    visitor.post(page, do="limit_off", key="a")
    off = visitor.get(page).content.decode()
    visitor.post(page, do="limit_on", key="b")
    on = visitor.get(page).content.decode()

    assert 'value="limit_on"' in off
    assert "1\N{NO-BREAK SPACE}600,00\N{NO-BREAK SPACE}Kč" in on


@pytest.mark.clause("nej/3.5")
def test_premium_numbers_are_unblocked_and_blocked_again(visit, own_shop):
    visitor, page = visit("eva", of=own_shop), f"/portal/services/{own_shop.eva_service}"

    visitor.post(page, do="unlock", key="a")
    unlocked = own_shop.do("services.show", service=own_shop.eva_service).switches["premium_90x"]
    visitor.post(page, do="lock", key="b")

    assert unlocked
    assert not own_shop.do("services.show", service=own_shop.eva_service).switches["premium_90x"]


def test_a_refused_button_says_why_with_the_clause(visit, own_shop):
    visitor, page = visit("eva", of=own_shop), f"/portal/services/{own_shop.eva_service}"

    refused = visitor.post(page, do="topup", topup="topup-none", key="x")

    assert refused.status_code == 422
    assert "nej/2.17" in refused.content.decode()


def test_no_button_reaches_what_a_customer_may_not_do(visit, own_shop):
    visitor, page = visit("eva", of=own_shop), f"/portal/services/{own_shop.eva_service}"

    visitor.post(page, do="services.end", key="x")
    foreign = visitor.post(f"/portal/services/{own_shop.jan_service}", do="unlock", key="y")

    assert own_shop.do("services.show", service=own_shop.eva_service).state == "active"
    assert foreign.status_code == 404


def test_the_console_counts_what_waits(own_shop):
    home = own_shop.do("overview.home")

    assert (home.customers, home.held, home.suspense) == (2, 1, 2)
    assert home.services == 3
    assert dict(home.signed)[TODAY.date().replace(month=1, day=1)] == 3
    assert home.overdue_invoices >= 1


def test_the_search_leads_from_any_page_to_a_number(visit, shop):
    text = visit("operator").get(f"/console/customers?text={EVA[4:]}").content.decode()

    assert f"/{shop.code}/console/customers/{shop.eva}" in text


@pytest.mark.clause("nej/3.8")
def test_a_reader_finds_the_list_and_its_file_until_it_is_ended(visit, shop):
    path = f"/portal/services/{shop.jan_service}/use"
    shop.do("services.authorise_reader", service=shop.jan_service, party=shop.eva)

    home, page = visit("eva").get("/portal/").content.decode(), visit("eva").get(path)
    file = visit("eva").get(f"{path}.csv?period=2026-01")
    shop.do("services.end_reader", service=shop.jan_service, party=shop.eva)
    afterwards = visit("eva").get(path)

    assert path in home
    assert (page.status_code, file.status_code, afterwards.status_code) == (200, 200, 404)


def test_the_holder_sees_who_reads_the_list_and_ends_it(visit, shop):
    path = f"/portal/services/{shop.eva_service}"
    shop.do("services.authorise_reader", service=shop.eva_service, party=shop.jan)

    page = visit("eva").get(path).content.decode()
    answer = visit("eva").post(path, do="end_reader", party=str(shop.jan), key=str(shop.jan))

    assert "Kdo další čte výpis" in page
    assert answer.status_code == 302
    assert shop.do("services.readers", service=shop.eva_service) == []
