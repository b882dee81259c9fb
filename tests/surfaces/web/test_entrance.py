"""The way in and out: who is let in, where to, in which language, and what headers protect."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from spojka.access.users.rules import SESSION_LASTS
from tests.surfaces.shop import PASSWORD, TODAY


def test_staff_come_to_the_console_and_customers_to_the_portal(visit, shop):
    staff, customer = visit("operator"), visit("eva")

    assert staff.get("/").headers["Location"] == f"/{shop.code}/console/"
    assert customer.get("/").headers["Location"] == f"/{shop.code}/portal/"


def test_a_wrong_password_keeps_the_login_and_says_how_many_attempts_failed(visit):
    answer = visit().post("/sign-in", login="nobody-1", password="wrong")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="nobody-1"' in page
    assert "Zatím selhal 1 pokus." in page
    assert 'role="alert"' in page


def test_a_character_that_no_text_may_hold_is_the_visitors_error(visit):
    answer = visit().post("/sign-in", login="eva\0", password=PASSWORD)

    assert answer.status_code == 400


@pytest.mark.clause("nej/4.9")
def test_after_five_failures_the_page_says_until_when_the_login_is_locked(visit):
    visitor = visit()
    for _ in range(5):
        visitor.post("/sign-in", login="nobody-2", password="wrong")

    page = visitor.post("/sign-in", login="nobody-2", password=PASSWORD).content.decode()

    assert "20. 2. 2026 10:15" in page
    assert "nej/4.9" in page


@pytest.mark.parametrize("login", ["operator", "eva"])
def test_an_address_where_too_many_attempts_failed_is_told_when_to_come_again(visit, own_shop, monkeypatch, login):
    monkeypatch.setattr("spojka.access.users.places.PLACE_FAILURES", 2)
    visitor = visit(of=own_shop, language="en")
    before = [visitor.post("/sign-in", login=f"made-up-{number}", password="wrong") for number in range(2)]

    answer = visitor.sign_in(login)

    assert [one.status_code for one in before] == [422, 422]
    assert (answer.status_code, answer["Retry-After"]) == (429, "900")
    assert "2 attempts to sign in from your address failed within 15 minutes." in answer.content.decode()


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [("/{code}/console/audit", "/{code}/console/audit"), ("https://elsewhere.example/", "/{code}/"), ("", "/{code}/")],
)
def test_after_signing_in_only_addresses_of_ours_are_followed(visit, shop, wanted, leads_to):
    answer = visit().sign_in("operator", next=wanted.format(code=shop.code))

    assert answer.headers["Location"] == leads_to.format(code=shop.code)


def test_a_page_that_needs_a_login_leads_to_the_way_in_and_back(visit, shop):
    answer = visit().get("/console/audit")

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/{shop.code}/sign-in?next=%2F{shop.code}%2Fconsole%2Faudit"


def test_an_auditor_reads_the_audit_and_starts_no_bill_run(visit):
    reader = visit("reader")

    assert reader.get("/console/audit").status_code == 200
    assert reader.get("/console/bill-runs").status_code == 403


def test_signing_out_ends_the_session_for_whoever_copied_its_cookie_and_no_other(visit):
    here, copied, elsewhere = visit(), visit(), visit()
    here.sign_in("operator")
    elsewhere.sign_in("operator")
    copied.client.cookies["spojka_session"] = here.client.cookies["spojka_session"].value
    before = copied.get("/console/").status_code

    here.post("/sign-out")

    after = [visitor.get("/console/").status_code for visitor in (here, copied, elsewhere)]
    assert (before, after) == (200, [302, 302, 200])


@pytest.mark.parametrize(("later", "status"), [(SESSION_LASTS - timedelta(seconds=1), 200), (SESSION_LASTS, 302)])
def test_a_session_is_over_when_its_time_is(visit, monkeypatch, later, status):
    visitor = visit()
    visitor.sign_in("operator")

    monkeypatch.setattr("spojka.surfaces.web.visits.clock", lambda: TODAY + later)

    assert visitor.get("/console/").status_code == status


def test_a_cookie_that_names_no_session_is_nobodys(visit):
    visitor = visit()
    visitor.sign_in("operator")
    session = visitor.client.session
    del session["session"]
    session.save()

    visitor.client.cookies["spojka_session"] = session.session_key

    assert visitor.get("/console/").status_code == 302


@pytest.mark.parametrize(
    ("proxies", "told", "address"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (3, "198.51.100.1, 203.0.113.9", "127.0.0.1"),
        (1, "somewhere", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_behind_proxies_an_attempt_is_kept_with_the_address_that_the_outermost_saw(visit, shop, proxies, told, address):
    from django.test import override_settings

    login, path = f"from-{proxies}-{told}", f"/{shop.code}/sign-in"

    with override_settings(PROXIES=proxies):
        visit().client.post(path, {"login": login, "password": "wrong"}, headers={"x-forwarded-for": told})

    kept = shop.rows("SELECT address FROM sign_in_attempt WHERE login = %s", login)
    assert kept == [{"address": address}]


def test_a_changed_password_ends_other_sessions_and_keeps_this_one(visit, own_shop):
    here, elsewhere = visit("operator", of=own_shop), visit("operator", of=own_shop)

    wrong = here.post("/account", present="not it", new="another long phrase")
    here.post("/account", present=PASSWORD, new="another long phrase")

    assert wrong.status_code == 422
    assert 'id="present-error"' in wrong.content.decode()
    assert here.get("/console/").status_code == 200
    assert elsewhere.get("/console/").status_code == 302


def test_a_session_of_one_provider_opens_no_pages_of_another(visit, shop, own_shop):
    visitor = visit("operator")

    answer = visitor.client.get(f"/{own_shop.code}/console/")

    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("cs", "cs"), ("en", "en"), ("sk-SK,en;q=0.5", "cs"), ("de,en;q=0.8", "en"), ("de", "cs")],
)
def test_a_visitor_is_answered_in_the_language_the_browser_asks_for(visit, asked, shown):
    answer = visit(language=asked).get("/sign-in")

    assert answer.headers["Content-Language"] == shown
    assert f'<html lang="{shown}">' in answer.content.decode()


def test_the_switch_of_language_holds_and_is_kept_for_the_user(visit, own_shop):
    visitor = visit("eva", of=own_shop)

    visitor.post("/language", language="en", next=f"/{own_shop.code}/portal/")

    assert visitor.get("/portal/").headers["Content-Language"] == "en"
    assert visit("eva", of=own_shop, language="de").get("/portal/").headers["Content-Language"] == "en"


def test_every_answer_carries_headers_that_let_only_our_own_scripts_run(visit):
    headers = visit().get("/sign-in").headers

    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_a_form_without_its_mark_changes_nothing(visit):
    answer = visit(strict=True).post("/sign-in", login="operator", password=PASSWORD)

    assert answer.status_code == 403
    assert "spojka_session" not in answer.cookies


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(visit):
    cookie = visit().sign_in("operator").cookies["spojka_session"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_the_secret_key_is_kept_for_its_owner_alone(database):
    from django.conf import settings

    from spojka.access.database.server import home

    file = home() / "secret_key"

    assert file.read_text() == settings.SECRET_KEY
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_path_that_names_no_provider_is_not_here(visit):
    answer = visit().client.get("/nobody-here/console/")

    assert answer.status_code == 404
    assert "<h1>" in answer.content.decode()


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("path", ["/console/", "/portal/"])
def test_pages_stand_below_a_providers_path_alone(path):
    assert Client().get(path).status_code == 404


def _console_pages():
    """Every address of the console, with something in each of its places."""
    from spojka.surfaces.console.urls import urlpatterns

    filled = {"uuid": str(UUID(int=7)), "str": "2026-01"}
    return [re.sub(r"<(\w+):\w+>", lambda place: filled[place[1]], str(each.pattern)) for each in urlpatterns]


@pytest.mark.parametrize("page", _console_pages())
def test_the_console_is_not_there_for_customers(visit, page):
    visitor = visit("eva")

    answers = [visitor.get(f"/console/{page}"), visitor.post(f"/console/{page}")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert f'href="/{visitor.shop.code}/console/' not in answers[0].content.decode()


def test_a_customer_who_asks_the_console_for_another_is_kept_and_for_themselves_is_not(visit, shop):
    visitor, kept = visit("eva"), "SELECT body FROM event WHERE kind = 'security.foreign_object' ORDER BY id"
    before = len(shop.rows(kept))

    for party in (shop.eva, shop.jan):
        assert visitor.get(f"/console/customers/{party}").status_code == 404

    after = shop.rows(kept)
    assert len(after) == before + 1
    assert after[-1]["body"]["object"] == str(shop.jan)
