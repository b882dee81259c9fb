"""The console's pages of messages in a real browser: looked at, walked by keys, refreshed, sent from."""

from __future__ import annotations

import pytest

from spojka.kernel.ids import uuid7
from tests.browser.conftest import NARROW, PHONE, PICTURES, WIDE
from tests.browser.test_pages import ENGLISH, _faults
from tests.surfaces.connector_shop import open_connector

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

PAGES = {
    "messages-now": "/console/messages",
    "messages-search": "/console/messages/search?recipient=602000001",
    "messages-nothing": "/console/messages/search?recipient=602999999",
    "messages-test": "/console/messages/test?text=P%C5%99ijedu%20v%20p%C4%9Bt&application={shop.application}&to=602000001",
    "messages-life": "/console/messages/{shop.application}/{shop.messages[long]}",
    "messages-failed": "/console/messages/{shop.application}/{shop.messages[failed]}",
    "messages-waiting": "/console/messages/{shop.application}/{shop.messages[waiting]}",
    "applications": "/console/applications",
    "application": "/console/applications/{shop.application}",
    "application-bare": "/console/applications/{shop.other}",
    "ways": "/console/ways",
    "ways-mm7": "/console/ways?kind=mm7",
}


@pytest.fixture(scope="module")
def connector(shop):
    """A provider of the connector whose pages are looked at."""
    return open_connector(f"seen-{uuid7().hex[-8:]}")


@pytest.fixture(scope="module")
def staff(open_window, address, connector):
    """A window of the provider's staff, signed in once: `staff("cs")`."""
    base, kept = address.rpartition("/")[0], []

    def opening(language: str, *, size=WIDE, scripts: bool = True):
        one = open_window("", language, size=size, scripts=scripts)
        one.address = f"{base}/{connector.code}"
        if kept:
            one.context.add_cookies(kept)
        else:
            one.sign_in("operator")
            kept.extend(each for each in one.context.cookies() if each["name"] == "spojka_session")
        return one

    return opening


@pytest.fixture(scope="module")
def desk(staff):
    """One window a language, shared by the tests that only look."""
    opened = {}

    def opening(language: str):
        if language not in opened:
            opened[language] = staff(language)
        one = opened[language]
        one.look(size=WIDE, scheme="light")
        del one.wrongs[:]
        return one

    return opening


@pytest.mark.parametrize("language", ["cs", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_fault_fits_every_window_and_speaks_one_language(desk, connector, name, language):
    PICTURES.mkdir(exist_ok=True)
    one = desk(language)

    page = one.go(PAGES[name].format(shop=connector))
    faults = {"wide": _faults(page)}
    widths = {}
    for label, size, scheme in (("wide", WIDE, "light"), ("narrow", NARROW, "light"), ("phone", PHONE, "dark")):
        one.look(size=size, scheme=scheme)
        widths[label] = page.evaluate("document.documentElement.scrollWidth") - size[0]
        if label != "narrow":
            page.screenshot(path=PICTURES / f"{name}-{language}-{label}.png", full_page=True)
    faults["phone"] = _faults(page)

    assert faults == {"wide": [], "phone": []}
    assert max(widths.values()) <= 0, widths
    assert one.wrongs == []
    assert page.get_attribute("html", "lang") == language
    if language == "cs":
        assert ENGLISH.findall(page.inner_text("body").replace("English", "")) == []
