"""Every page, looked at: by keys, by a screen reader, at a phone, by day and night, in both languages."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import NARROW, PHONE, PICTURES, WIDE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PAGES = {
    "sign-in": ("", "/sign-in"),
    "terms": ("", "/terms"),
    "edition": ("", "/terms/nej-mobil/operating-rules/edition/2021-08"),
    "changes": ("", "/terms/nej-mobil/price-list/changes?before=2021-08&after=2026-01"),
    "console-home": ("operator", "/console/"),
    "console-search": ("operator", "/console/customers?text=eva"),
    "console-nobody": ("operator", "/console/customers?text=qqq"),
    "console-customer": ("operator", "/console/customers/{shop.eva}"),
    "console-use": ("operator", "/console/services/{shop.eva_service}/use"),
    "console-invoice": ("operator", "/console/invoices/{shop.eva_invoice}"),
    "console-suspense": ("operator", "/console/suspense"),
    "console-bill-runs": ("operator", "/console/bill-runs"),
    "console-bill-run": ("operator", "/console/bill-runs/2026-01"),
    "console-deadlines": ("operator", "/console/deadlines"),
    "console-audit": ("operator", "/console/audit?verify"),
    "console-account": ("operator", "/account"),
    "console-not-here": ("operator", "/console/nothing"),
    "portal-home": ("eva", "/portal/"),
    "portal-service": ("eva", "/portal/services/{shop.eva_service}"),
    "portal-use": ("eva", "/portal/services/{shop.eva_service}/use"),
    "portal-invoices": ("eva", "/portal/invoices"),
    "portal-invoice": ("eva", "/portal/invoices/{shop.eva_invoice}"),
    "portal-ahead": ("eva", "/portal/ahead"),
    "portal-account": ("eva", "/account"),
}


ENGLISH = re.compile(r"\b(the|and|of|your|with|customer|invoice|sign in|search)\b", re.IGNORECASE)


@pytest.fixture
def seen(window, shop):
    """Open one of the pages in the window of whoever may see it."""

    def opening(name: str, *, language: str = "cs"):
        login, path = PAGES[name]
        one = window(login, language)
        one.look(size=WIDE, scheme="light")
        del one.wrongs[:]
        one.go(path.format(shop=shop))
        return one

    return opening


def _faults(page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:160]} {fault['nodes'][0]['failureSummary'][:300]}"
        for fault in Axe().run(page).response["violations"]
        if fault["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_serious_fault_for_those_who_cannot_see_or_point(seen, name):
    one = seen(name)

    by_day = _faults(one.page)
    one.look(size=PHONE, scheme="dark")
    by_night = _faults(one.page)

    assert by_day == []
    assert by_night == []


def test_a_fault_would_be_found(seen):
    one = seen("sign-in")

    one.page.evaluate("document.querySelector('label[for=login]').remove()")

    assert [fault.partition(":")[0] for fault in _faults(one.page)] == ["label"]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone_and_is_kept_as_a_picture(seen, name):
    PICTURES.mkdir(exist_ok=True)
    one = seen(name)

    for label, size in (("wide", WIDE), ("phone", PHONE), ("narrow", NARROW)):
        one.look(size=size, scheme="light")
        width = one.page.evaluate("document.documentElement.scrollWidth")
        if label != "narrow":
            one.page.screenshot(path=PICTURES / f"{name}-{label}.png", full_page=True)
        assert width <= size[0], f"{name} is {width} px wide in a window of {size[0]} px"


@pytest.mark.parametrize("language", ["cs", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_without_a_fault_and_speaks_one_language(seen, name, language):
    one = seen(name, language=language)

    wrongs = [wrong for wrong in one.wrongs if "404 (Not Found)" not in wrong]
    assert wrongs == []
    assert one.page.get_attribute("html", "lang") == language
    assert one.page.locator("h1").count() == 1
    assert one.page.locator("main").count() == 1
    if language == "cs":
        assert ENGLISH.findall(one.page.inner_text("body").replace("English", "")) == []


@pytest.mark.parametrize("name", ["console-customer", "portal-home", "terms"])
def test_the_first_key_offers_to_skip_to_the_content(seen, name):
    page = seen(name).page

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "content"


@pytest.mark.parametrize("name", ["console-home", "portal-service", "sign-in"])
def test_whoever_walks_by_keys_meets_everything_that_can_be_done_and_sees_where_they_are(seen, name):
    page = seen(name).page
    reachable = page.locator(
        "a[href]:visible, button:visible, input:visible:not([type=hidden]), select:visible, summary:visible"
    )
    met = set()

    for _ in range(reachable.count() + 3):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "(() => { const e = document.activeElement; const s = getComputedStyle(e);"
            " return [e.outerHTML.slice(0, 120), s.outlineStyle, parseFloat(s.outlineWidth)] })()"
        )
        if here[0].startswith("<body"):
            break
        met.add(here[0])
        assert here[1] != "none", here
        assert here[2] >= 2, here

    assert len(met) >= len({each[:120] for each in reachable.evaluate_all("all => all.map(e => e.outerHTML)")}) - 1
