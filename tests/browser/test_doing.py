"""Doing things in the pages: finding, asking why, buying, mending, with keys and without scripts."""

from __future__ import annotations

import pytest

from tests.browser.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_a_key_leads_to_the_search_and_arrows_to_the_customer(guest, shop):
    page = guest("operator").go("/console/customers")

    page.keyboard.press("/")
    page.keyboard.type("eva", delay=20)
    page.wait_for_selector("#found a.thing")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/customers/*")

    assert page.inner_text("h1") == "Eva Malá"


def test_what_was_found_is_told_to_a_screen_reader(guest):
    page = guest("operator").go("/console/customers")

    page.fill("#search-text", "jan")
    page.wait_for_selector("#found a.thing")

    assert page.get_attribute("#found", "aria-live") == "polite"
    assert "Nalezen 1 zákazník" in page.inner_text("#found")


@pytest.mark.parametrize("size", [(1280, 900), PHONE])
def test_why_opens_at_the_side_closes_by_escape_and_returns_where_it_was_asked(guest, shop, size):
    one = guest("eva", size=size)
    page = one.go(f"/portal/invoices/{shop.eva_invoice}")
    question = page.locator("td a.why").first

    question.click()
    page.wait_for_selector("#why-sheet[open] .words")
    words = page.inner_text("#why-inside")
    page.keyboard.press("Escape")

    assert "§" in words
    assert page.locator("#why-sheet[open]").count() == 0
    assert page.evaluate("document.activeElement.className") == "why"
    assert one.wrongs == []


def test_a_clause_beside_a_hold_opens_in_its_words(guest, shop):
    page = guest("operator").go(f"/console/customers/{shop.eva}")

    page.locator(".say a.clause").first.click()
    page.wait_for_selector("#why-sheet[open] .words")

    assert "2.21" in page.inner_text("#why-inside .clause")


def test_without_scripts_why_is_a_page_and_the_search_a_form(guest, shop):
    customer = guest("eva", scripts=False).go(f"/portal/invoices/{shop.eva_invoice}")
    customer.locator("td a.why").first.click()
    staff = guest("operator", scripts=False).go("/console/customers")
    staff.fill("#search-text", "eva")
    staff.press("#search-text", "Enter")

    assert customer.inner_text("h1") == "Proč?"
    assert customer.locator("main .words").count() >= 1
    assert staff.locator("#found a.thing").count() == 1


def test_a_volume_is_bought_by_one_press(guest, shop):
    page = guest("eva").go(f"/portal/services/{shop.eva_service}")
    before = page.locator(".meters .meter").count()

    page.get_by_role("button", name="Koupit Data 500 MB").click()
    page.wait_for_load_state()

    assert "Data jsou dokoupena" in page.inner_text("[role=status]")
    assert page.locator(".meters .meter").count() == before + 1


def test_a_month_is_chosen_and_the_picture_has_its_table(guest, shop):
    page = guest("eva").go(f"/portal/services/{shop.eva_service}/use")

    page.select_option("#period", "2026-01")
    page.wait_for_url("**period=2026-01")
    page.locator("details.figures-table summary").first.click()

    assert "leden 2026" in page.inner_text(".over")
    assert page.locator("details.figures-table[open] tbody tr").count() > 10
    assert page.locator("svg rect").count() > 10


def test_a_wrong_password_is_told_beside_the_fields_and_the_field_is_ready(guest):
    page = guest().go("/sign-in")

    page.fill("#login", "operator-x")
    page.fill("#password", "wrong")
    page.press("#password", "Enter")
    page.wait_for_selector("#problem")

    assert page.get_attribute("#password", "aria-describedby") == "problem"
    assert page.input_value("#login") == "operator-x"
    assert page.evaluate("document.activeElement.id") == "login"


def test_the_language_switches_in_place(guest, shop):
    page = guest("eva").go("/portal/invoices")

    page.get_by_role("button", name="English").click()
    page.wait_for_load_state()
    english = page.inner_text("h1")
    page.get_by_role("button", name="Čeština").click()
    page.wait_for_load_state()

    assert english == "Invoices"
    assert page.inner_text("h1") == "Faktury"


def test_the_portal_wears_the_providers_colour_with_enough_contrast(guest):
    page = guest("eva").go("/portal/")

    stripe = page.evaluate("getComputedStyle(document.body).borderTopColor")

    assert stripe == "rgb(156, 20, 88)"
