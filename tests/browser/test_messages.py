"""The console's pages of messages in a real browser: looked at, walked by keys, refreshed, sent from."""

from __future__ import annotations

import re

import pytest

from spojka.kernel.ids import uuid7
from tests.browser.conftest import NARROW, PHONE, PICTURES, WIDE
from tests.browser.test_pages import ENGLISH, _faults
from tests.surfaces.connector_shop import open_connector

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

PAGES = {
    "messages-now": "/console/messages",
    "messages-search": "/console/messages/search?recipient=602000001",
    "messages-test": "/console/messages/test?text=P%C5%99ijedu&application={shop.application}&to=602000001",
    "messages-life": "/console/messages/{shop.application}/{shop.messages[long]}",
    "messages-failed": "/console/messages/{shop.application}/{shop.messages[failed]}",
    "applications": "/console/applications",
    "application": "/console/applications/{shop.application}",
    "application-fault": "/console/applications/{shop.application}/faults/{shop.fault}",
    "application-sent": "/console/applications/{shop.application}/certificates/{certificate}/sent",
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

    (own,) = connector.do("certificates.of_application", application=connector.application).certificates
    page = one.go(PAGES[name].format(shop=connector, certificate=own.fingerprint))
    faults = {"wide": _faults(page) if language == "cs" else []}
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


def test_the_flow_shows_itself_anew_and_can_be_held(staff, connector):
    page = staff("cs").go("/console/messages")
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    with page.expect_response("**/console/messages"):
        pass
    page.get_by_role("button", name="Podržet obraz").click()
    page.wait_for_timeout(300)  # what was asked for already comes in
    del asked[:]
    page.wait_for_timeout(2200)

    assert page.get_attribute("[data-pause]", "aria-pressed") == "true"
    assert asked == []


def test_the_flow_says_that_the_server_is_away_asks_less_often_and_goes_on(staff, connector):
    page = staff("cs").go("/console/messages")
    asked = []

    page.route("**/console/messages", lambda route: (asked.append(1), route.abort())[1])
    page.wait_for_selector("[data-stale] .say")
    told = page.inner_text("[data-stale]")
    page.wait_for_timeout(9000)
    away = len(asked)
    page.unroute("**/console/messages")
    page.wait_for_selector("[data-stale] .say", state="detached", timeout=20000)

    assert re.match(r"Od \d\d:\d\d:\d\d nejde o živý obraz", told)
    assert away <= 3
    assert page.locator("#flow .figures").is_visible()


def test_nothing_is_asked_for_while_nobody_sees_the_flow(staff, connector):
    page = staff("cs").go("/console/messages")
    asked = []

    page.evaluate("Object.defineProperty(document, 'hidden', {configurable: true, get: () => true})")
    page.wait_for_timeout(300)  # what was asked for already comes in
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(4500)

    assert asked == []


def test_a_flow_whose_session_is_over_leads_to_the_way_in(staff, connector):
    page = staff("cs").go("/console/messages")

    page.context.clear_cookies()
    page.wait_for_url("**/sign-in?next=*", timeout=10000)

    assert page.locator("input[type=password]").is_visible()


def test_the_flow_can_be_read_without_scripts_and_as_a_table(staff, connector):
    page = staff("en", scripts=False).go("/console/messages")

    page.locator("details.figures-table summary").click()

    assert page.locator("#flow svg polyline").count() == 4
    assert page.locator("details.figures-table tbody tr").count() == 12
    assert page.get_by_role("link", name="Show anew").is_visible()


def test_a_preview_follows_what_is_written_and_the_message_is_sent_to_its_life(staff, connector):
    page = staff("cs").go(f"/console/messages/test?application={connector.application}")

    page.fill("#to", "602000001")
    page.fill("#text", "Přijedu v pět")
    page.wait_for_selector("#preview .big")
    page.wait_for_selector("#preview >> text=kvůli")
    live = page.get_attribute("#preview", "aria-live")
    page.select_option("#coding", "gsm7-translit")
    page.wait_for_selector("#preview >> text=Prijedu v pet")
    page.get_by_role("button", name="Poslat").click()
    page.wait_for_url("**/console/messages/*/*")

    assert live == "polite"
    assert "Zpráva je přijatá" in page.inner_text("[role=status]")
    assert "Čeká ve frontě" in page.inner_text("#life")
    assert "Prijedu v pet" in page.inner_text(".sms")


def test_a_life_shows_what_happens_to_it_without_loading_the_page(staff, connector):
    page = staff("cs").go(f"/console/messages/{connector.application}/{connector.messages['waiting']}")
    page.evaluate("window.same = true")

    connector.happen("waiting", "sent")
    page.wait_for_selector("#life >> text=Síť ji převzala")

    assert page.evaluate("window.same") is True


def test_a_clause_of_a_life_opens_in_its_words(staff, connector):
    page = staff("cs").go(f"/console/messages/{connector.application}/{connector.messages['delivered']}")

    page.locator("#life a.clause").first.click()
    page.wait_for_selector("#why-sheet[open] .words")

    assert "3.1" in page.inner_text("#why-inside .clause")


def test_a_refused_field_is_ready_to_be_mended(staff, connector):
    page = staff("cs").go(f"/console/messages/test?application={connector.application}")

    page.fill("#to", "12")
    page.fill("#text", "Zkouška")
    page.get_by_role("button", name="Poslat").click()
    page.wait_for_selector("#problem")

    assert page.evaluate("document.activeElement.id") == "to"
    assert "problem" in page.get_attribute("#to", "aria-describedby")
    assert page.input_value("#text") == "Zkouška"


def test_an_application_is_written_by_its_number_and_offered_as_it_is(staff, connector):
    page = staff("cs").go("/console/messages/search")

    with page.expect_response("**/console/applications/choices?application=999"):
        page.type("#application", "999")
    page.wait_for_function("document.querySelectorAll('#application-list option').length === 1")
    offered = page.locator("#application-list option").get_attribute("value")
    page.fill("#application", offered)
    page.press("#application", "Enter")
    page.wait_for_url("**application=999021*")

    assert offered == "999021 Pekárna: pokladna"
    assert page.input_value("#application") == offered
    assert page.locator("#found-title").inner_text() == "Nalezeno"


def test_a_new_secret_is_warned_of_and_shown_once(staff, connector):
    page = staff("cs").go(f"/console/applications/{connector.other}")

    for _time in range(2):
        page.get_by_text(re.compile("^Nastavit (jinou )?adresu")).click()
        page.fill("#url", "https://program.example.com/in")
        warned = page.get_by_text("Dosavadní hned přestane platit").count()
        page.locator("button[value=set_webhook]").click()
        page.wait_for_selector("code.secret")
    page.screenshot(path=PICTURES / "application-secret-cs-wide.png", full_page=True)
    page.goto(page.url)

    assert warned == 1
    assert page.locator("code.secret").count() == 0


def test_applications_are_found_as_a_name_is_written(staff, connector):
    page = staff("cs").go("/console/applications")

    page.fill("#application-text", "999021")
    page.wait_for_selector("#applications >> text=1 aplikace")
    page.locator("#applications a.thing").click()
    page.wait_for_url("**/console/applications/*")

    assert page.inner_text("h1") == "pokladna"
