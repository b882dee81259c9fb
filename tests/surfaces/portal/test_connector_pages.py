"""A subscriber's pages of the connector: in both languages, with nothing of another subscriber."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

PAGES = (
    "/portal/",
    "/portal/messaging",
    "/portal/messaging/consents",
    "/portal/messaging/consents?recipient=777000002",
    "/portal/messaging/consents?recipient=nobody",
    "/portal/messaging/{c.plus}",
    "/portal/messaging/{c.waiting}",
    "/portal/messaging/{c.held}",
    "/portal/messaging/{c.plus}/messages",
    "/portal/messaging/{c.waiting}/messages",
    "/portal/messaging/{c.plus}/messages?status=undelivered",
    "/portal/messaging/{c.plus}/messages?recipient=999",
    "/portal/messaging/{c.plus}/messages/{c.delivered}",
    "/portal/messaging/{c.plus}/messages/{c.queued}",
    "/portal/messaging/{c.plus}/try",
    "/portal/messaging/{c.waiting}/try",
    "/portal/messaging/{c.plus}/inbox",
    "/portal/messaging/{c.waiting}/inbox",
    "/portal/messaging/{c.plus}/certificates",
    "/portal/messaging/{c.waiting}/certificates",
    "/portal/messaging/{c.plus}/certificates/{c.certificate}",
    "/portal/messaging/{c.plus}/certificates/{c.certificate}/sent",
    "/portal/messaging/{c.plus}/certificates/{c.certificate}/sent?to_at=2001-01-01T00:00",
    "/portal/messaging/{c.plus}/programs",
    "/portal/messaging/{c.waiting}/programs",
    "/portal/messaging/{c.plus}/nicknames",
    "/portal/messaging/{c.held}/nicknames",
    "/portal/messaging/{c.plus}/contact",
    "/portal/messaging/{c.waiting}/contact",
    "/portal/messaging/{c.plus}/outages",
    "/portal/messaging/{c.held}/outages",
)
FOREIGN = (
    "/portal/messaging/{c.others}",
    "/portal/messaging/{c.others}/messages",
    "/portal/messaging/{c.others}/messages/{c.others_message}",
    "/portal/messaging/{c.plus}/messages/{c.others_message}",
    "/portal/messaging/{c.others}/try",
    "/portal/messaging/{c.others}/inbox",
    "/portal/messaging/{c.others}/certificates",
    "/portal/messaging/{c.others}/certificates/{c.others_certificate}",
    "/portal/messaging/{c.plus}/certificates/{c.others_certificate}",
    "/portal/messaging/{c.others}/programs",
    "/portal/messaging/{c.others}/nicknames",
    "/portal/messaging/{c.others}/contact",
    "/portal/messaging/{c.others}/outages",
)


@pytest.fixture
def _nothing_missing(monkeypatch):
    """A template that names what is not there shows a mark."""
    from django.template import engines

    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "MISSING(%s)")


@pytest.mark.usefixtures("_nothing_missing")
@pytest.mark.parametrize("language", ["cs", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_there_in_both_languages(visit, connector, page, language):
    visitor = visit("jana", of=connector, language=language)
    visitor.client.cookies["spojka_language"] = language

    answer = visitor.get(page.format(c=connector))

    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in text
    assert text.count("<h1") == 1
    assert "MISSING(" not in text
    assert re.findall(r'id="([^"]+)"', text) == list(dict.fromkeys(re.findall(r'id="([^"]+)"', text)))


@pytest.mark.usefixtures("_nothing_missing")
@pytest.mark.parametrize("page", PAGES)
def test_a_login_that_only_uses_the_services_sees_them_too(visit, connector, page):
    answer = visit("petr", of=connector).get(page.format(c=connector))

    assert answer.status_code == 200
    assert "MISSING(" not in answer.content.decode()


@pytest.mark.parametrize("page", FOREIGN)
def test_what_belongs_to_another_subscriber_is_not_there(visit, connector, page):
    answer = visit("jana", of=connector).get(page.format(c=connector))

    assert answer.status_code == 404
    assert "Květiny" not in answer.content.decode()


ACTS = {
    "": [{"do": "limit", "period": "day", "value": "5000"}, {"do": "cancel"}, {"do": "activate", "presented": "x"}],
    "/messages/{c.others_message}": [{"do": "cancel"}],
    "/try": [{"do": "try", "to": "602000001", "text": "Ano", "sender": "auto", "purpose": "service"}],
    "/try/preview": [{"to": "602000001", "text": "Ano"}],
    "/inbox": [{"do": "acknowledge", "item": "{item}"}],
    "/certificates": [
        {"do": "register", "certificate": "-----BEGIN CERTIFICATE-----"},
        {"do": "make", "common_name": "x", "days": "365", "key_type": "ec", "kind": "pem"},
    ],
    "/certificates/{c.others_certificate}": [{"do": "report", "reason": "x"}, {"do": "invalidate", "reason": "x"}],
    "/programs": [
        {"do": "webhook", "url": "https://example.cz"},
        {"do": "stop"},
        {"do": "account", "system_id": "kvetiny", "message_class": "standard", "purpose": "service"},
        {"do": "revoke", "system_id": "999034"},
    ],
    "/nicknames": [
        {"do": "nickname", "nickname": "Kvetiny", "phone": "602000001"},
        {"do": "end", "phone": "602000001"},
    ],
    "/contact": [{"do": "contact", "name": "Jana", "phone": "+420602000009"}],
    "/outages": [{"do": "claim", "outage": "{item}"}],
}


@pytest.mark.parametrize(("page", "fields"), [(page, one) for page, acts in ACTS.items() for one in acts])
def test_no_form_reaches_another_subscribers_application(visit, connector, page, fields):
    item = str(UUID(int=7))
    before = _all_that_stands(connector)

    answer = visit("jana", of=connector).post(
        f"/portal/messaging/{connector.others}{page.format(c=connector)}",
        **{name: value.format(item=item) for name, value in fields.items()},
    )

    assert answer.status_code == 404 or page == "/try/preview"
    assert "Květiny" not in answer.content.decode()
    assert _all_that_stands(connector) == before


def _all_that_stands(connector):
    """What the other subscriber has, as far as any of the forms could change it."""
    counted = " UNION ALL ".join(
        f"SELECT '{table}' AS t, count(*) AS n FROM {table}"
        for table in ("message", "message_queue", "application_limit", "connector_certificate", "contact_person")
    )
    tables = connector.rows(counted)
    own = connector.rows("SELECT webhook_url, closed_at FROM application WHERE id = %s", connector.others)
    events = connector.rows("SELECT count(*) AS n FROM event WHERE kind = 'callback_asked'")
    return tables, own, events


def test_the_way_to_messages_is_shown_only_to_who_has_a_connector(visit, shop, connector):
    with_one, without = visit("jana", of=connector).get("/portal/"), visit("eva").get("/portal/")

    assert "/portal/messaging" in with_one.content.decode()
    assert "/portal/messaging" not in without.content.decode()


def test_nobody_who_has_not_signed_in_sees_anything(visit, connector):
    answer = visit("", of=connector).get(f"/portal/messaging/{connector.plus}")

    assert answer.status_code == 302
    assert "sign-in" in answer.headers["location"]
