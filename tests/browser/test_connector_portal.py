"""A subscriber at the connector's pages: seen, heard, at a phone, by keys; and the main things that are done there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from spojka.kernel.ids import uuid7
from tests.browser.conftest import NARROW, PHONE, PICTURES, WIDE, Guest
from tests.browser.test_pages import ENGLISH
from tests.surfaces.portal.disputes import JANA, add_disputed, ordered
from tests.surfaces.portal.subscribers import Subscribers, made_certificate, open_connector

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PAGES = {
    "apps": "/portal/messaging",
    "app": "/portal/messaging/{c.plus}",
    "app-waiting": "/portal/messaging/{c.waiting}",
    "app-held": "/portal/messaging/{c.held}",
    "app-messages": "/portal/messaging/{c.plus}/messages",
    "app-message": "/portal/messaging/{c.plus}/messages/{c.delivered}",
    "app-message-waits": "/portal/messaging/{c.plus}/messages/{c.queued}",
    "app-try": "/portal/messaging/{c.plus}/try",
    "app-inbox": "/portal/messaging/{c.plus}/inbox",
    "app-certificates": "/portal/messaging/{c.plus}/certificates",
    "app-certificate": "/portal/messaging/{c.plus}/certificates/{c.certificate}",
    "app-sent": "/portal/messaging/{c.plus}/certificates/{c.certificate}/sent",
    "app-programs": "/portal/messaging/{c.plus}/programs",
    "app-nicknames": "/portal/messaging/{c.plus}/nicknames",
    "app-contact": "/portal/messaging/{c.plus}/contact",
    "app-outages": "/portal/messaging/{c.plus}/outages",
    "app-consents": "/portal/messaging/consents",
    "app-consents-one": "/portal/messaging/consents?recipient=777000002",
    "app-home": "/portal/",
    "directory": "/directory",
}


@pytest.fixture(scope="session")
def connector(database: str) -> Subscribers:
    """The provider whose subscribers look at their pages."""
    return open_connector(f"look-{uuid7().hex[-8:]}")


@pytest.fixture(scope="module")
def subscriber(chromium, address, connector):
    """Somebody of the bakery at a screen: `subscriber("jana", "cs")`; one window for each login and language."""
    kept: dict[tuple[str, str], Guest] = {}
    base = address.rpartition("/")[0]

    def opening(login: str, language: str = "cs") -> Guest:
        if (login, language) not in kept:
            context = chromium.new_context(
                viewport={"width": WIDE[0], "height": WIDE[1]},
                locale=language,
                reduced_motion="reduce",
                accept_downloads=True,
            )
            context.set_default_timeout(10_000)
            context.add_cookies([{"name": "spojka_language", "value": language, "url": base}])
            kept[login, language] = Guest(context, f"{base}/{connector.code}").sign_in(login)
        one = kept[login, language]
        one.look(size=WIDE, scheme="light")
        del one.wrongs[:]
        return one

    yield opening
    for one in kept.values():
        one.context.close()


OPENED_WIDTH = """() => {
    const shut = [...document.querySelectorAll("details:not([open])")]
    shut.forEach(one => { one.open = true })
    const width = document.documentElement.scrollWidth
    shut.forEach(one => { one.open = false })
    return width
}"""
"""How wide the page is with everything that can be opened."""


def _faults(page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:160]} {fault['nodes'][0]['failureSummary'][:300]}"
        for fault in Axe().run(page).response["violations"]
        if fault["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_for_everybody_and_fits_every_screen(subscriber, connector, name):
    one = subscriber("jana")
    page = one.go(PAGES[name].format(c=connector))
    PICTURES.mkdir(exist_ok=True)

    by_day = _faults(page)
    one.look(size=PHONE, scheme="light")
    opened = page.evaluate(OPENED_WIDTH)
    for label, size in (("wide", WIDE), ("phone", PHONE), ("narrow", NARROW)):
        one.look(size=size, scheme="light")
        width = page.evaluate("document.documentElement.scrollWidth")
        if label != "narrow":
            page.screenshot(path=PICTURES / f"portal-{name}-{label}.png", full_page=True)
        assert width <= size[0], f"{name} is {width} px wide in a window of {size[0]} px"
    one.look(size=PHONE, scheme="dark")

    assert opened <= PHONE[0], f"{name} is {opened} px wide with everything opened"
    assert by_day == []
    assert _faults(page) == []
    assert one.wrongs == []
    assert ENGLISH.findall(page.inner_text("body").replace("English", "")) == []


@pytest.mark.parametrize(
    ("language", "because", "done"), [("cs", "kvůli „ř“", "Přijato"), ("en", "because of “ř”", "Accepted")]
)
def test_a_text_tells_its_price_as_it_is_written_and_leads_to_its_life(subscriber, connector, language, because, done):
    page = subscriber("jana", language).go(f"/portal/messaging/{connector.plus}/try")

    page.fill("[name=to]", "602 000 001")
    page.fill("[name=text]", "r" * 70 + "ř")
    page.get_by_text(because).wait_for()
    shown = page.inner_text("#preview")
    page.screenshot(path=PICTURES / f"portal-app-preview-{language}.png", full_page=True)
    page.fill("[name=text]", "Ano")
    page.get_by_role("button", name=re.compile("Odeslat|Send it")).click()
    page.wait_for_url(re.compile("/messages/[0-9a-f-]{36}$"))

    assert "2\N{NO-BREAK SPACE}SMS" in shown
    assert re.search(r"\d,\d+\s*Kč|CZK|\d\.\d+", shown)
    assert done in page.inner_text("#life")


def test_what_cannot_be_taken_stands_beside_its_field_with_its_code(subscriber, connector):
    page = subscriber("jana").go(f"/portal/messaging/{connector.plus}/try")

    page.fill("[name=to]", "222")
    page.fill("[name=text]", "Ano")
    page.get_by_role("button", name="Odeslat").click()
    field = page.locator(".field.wrong")

    assert "RECIPIENT_INVALID" in field.inner_text()
    assert field.locator("input").get_attribute("aria-invalid") == "true"
    assert page.evaluate("document.activeElement.name") == "to"


def test_a_waiting_message_is_taken_back(subscriber, connector):
    given = {"application": connector.plus, "to": "602000001", "text": "Zpět", "purpose": "service"}
    message = connector.do("messages.submit", **given).id
    page = subscriber("jana").go(f"/portal/messaging/{connector.plus}/messages/{message}")

    page.get_by_role("button", name="Vzít zpět").click()
    page.get_by_text("Zpráva je vzata zpět").wait_for()

    assert connector.rows("SELECT count(*) AS n FROM message_queue WHERE id = %s", message)[0]["n"] == 0


def test_a_key_is_made_shown_once_and_kept_nowhere(subscriber, connector, tmp_path: Path):
    page = subscriber("jana").go(f"/portal/messaging/{connector.plus}/certificates")

    page.fill("[name=common_name]", "kasa.example.cz")
    page.get_by_role("button", name="Vytvořit klíč a certifikát").click()
    page.screenshot(path=PICTURES / "portal-app-key-wide.png", full_page=True)
    with page.expect_download() as saved:
        page.get_by_role("link", name=re.compile("Uložit kasa")).click()
    saved.value.save_as(tmp_path / "kasa.pem")
    again = page.goto(page.url)

    text = (tmp_path / "kasa.pem").read_text()
    assert "BEGIN PRIVATE KEY" in text
    assert "BEGIN CERTIFICATE" in text
    assert "PRIVATE KEY" not in again.text()
    assert "kasa.example.cz" in again.text()


def test_a_certificate_is_reported_and_its_deadline_is_shown(subscriber, connector):
    given = {"application": connector.plus, "certificate": made_certificate(days=500)}
    made = connector.do("certificates.register_generated", **given)
    page = subscriber("petr").go(f"/portal/messaging/{connector.plus}/certificates/{made.fingerprint}")

    page.fill("#report-reason", "ztracený notebook")
    page.locator("#form-report button").click()
    page.get_by_text("nejpozději do").wait_for()

    assert "21. 2. 2026" in page.inner_text("main").replace("\N{NO-BREAK SPACE}", " ")


def test_what_was_sent_with_a_certificate_says_who_answers_and_is_saved_as_a_file(
    subscriber, connector, tmp_path: Path
):
    disputed = add_disputed(connector)
    one = subscriber("jana")
    page = one.go(f"/portal/messaging/{connector.plus}/certificates/{disputed}")

    page.get_by_role("link", name="Co s ním bylo odesláno").click()
    page.get_by_role("heading", name="Odesláno s tímto certifikátem").wait_for()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Seznam jako CSV").click()
    saved.value.save_as(tmp_path / "sent.csv")
    faults = _faults(page)
    page.screenshot(path=PICTURES / "portal-app-disputed-wide.png", full_page=True)
    one.look(size=PHONE, scheme="light")
    page.screenshot(path=PICTURES / "portal-app-disputed-phone.png", full_page=True)
    width = page.evaluate("document.documentElement.scrollWidth")

    assert [each.inner_text() for each in page.locator("td .tag").all()][::2][0] == "poskytovatel"
    assert len((tmp_path / "sent.csv").read_text().splitlines()) == 5
    assert (faults, width <= PHONE[0]) == ([], True)


def test_an_application_that_waits_is_switched_on_by_keys(subscriber, connector):
    made = ordered(connector, contact=JANA)
    page = subscriber("jana").go(f"/portal/messaging/{made}")
    page.screenshot(path=PICTURES / "portal-app-activate-wide.png", full_page=True)

    page.get_by_role("button", name="Přijmout podmínky a zapnout").focus()
    page.keyboard.press("Enter")
    page.get_by_text("od této chvíle může odesílat").wait_for()

    assert connector.do("connector.application", application=made).state == "active"


def test_a_list_of_consents_is_taken_in_and_what_was_left_out_is_named(subscriber, connector):
    page = subscriber("jana").go("/portal/messaging/consents")
    lines = "recipient,given_at,channel,wording\n605222333,2026-01-05T09:00,web,Ano\n222,2026-01-05T09:00,web,Ano\n"

    page.get_by_text("Celý seznam").click()
    listed = {"name": "souhlasy.csv", "mimeType": "text/csv", "buffer": lines.encode()}
    page.set_input_files("#list-file", files=[listed])
    page.get_by_role("button", name="Nahrát seznam").click()
    page.get_by_text("1 souhlas je zapsán").wait_for()

    assert "RECIPIENT_INVALID" in page.inner_text("main")
    assert "605 222 333" in page.inner_text("main").replace("\N{NO-BREAK SPACE}", " ")


def test_whoever_is_no_contact_person_is_told_why_a_limit_is_not_asked_for(subscriber, connector):
    page = subscriber("petr").go(f"/portal/messaging/{connector.plus}")

    page.get_by_text("Požádat o jiný limit").click()
    page.fill("#limit-value", "50000")
    page.get_by_role("button", name="Požádat o tento limit").click()
    page.get_by_text("NOT_CONTACT_PERSON").wait_for()

    assert "o2/3.3" in page.inner_text("main")


def test_a_nickname_is_checked_while_it_is_written(subscriber, connector):
    page = subscriber("jana").go(f"/portal/messaging/{connector.plus}/nicknames")

    page.type("#nickname-nickname", "Květinka")
    page.get_by_text("NICKNAME_DIACRITICS").wait_for()
    page.fill("#nickname-nickname", "Kvetinka")
    page.get_by_text("nikdo ji nemá").wait_for()
    page.fill("#nickname-phone", "602000001")
    page.get_by_role("button", name="Požádat o zavolání", exact=True).click()
    page.get_by_text("Zavoláme vám. Přezdívka").wait_for()

    asked = connector.rows("SELECT body FROM event WHERE kind = 'callback_asked'")
    assert [one["body"]["wanted"] for one in asked] == ["Kvetinka"]
