"""The customer is told that a service runs, in the customer's language, with its number, card and tariff."""

from __future__ import annotations

import pytest

from tests.terms.sample import spaces


def told(do, **party):
    do("provider.load")
    who = do("parties.register", kind="consumer", name="Eva Malá", **party).plain["id"]
    options = {"msisdn": "+420601000001", "tariff": "nej-mobil-plus"}
    line = do("contracts.sign", party=who, product="nej-mobil", options=options).plain["services"][0]
    return line, do("notices.of", party=who, kind="service_activated").result


@pytest.mark.clause("nej/2.5")
@pytest.mark.parametrize(
    ("language", "subject", "body"),
    [
        (
            "cs",
            "Služba na čísle +420601000001 je zřízena",
            "Služba na čísle +420601000001 je od 1. 2. 2026 9:00:00 zřízena a lze ji užívat. Karta: {iccid}.",
        ),
        (
            "en",
            "The service on +420601000001 is set up",
            "The service on +420601000001 is set up since 1 Feb 2026 9:00:00 and can be used. Card: {iccid}.",
        ),
    ],
)
def test_the_notice_says_what_runs_since_when_in_the_customers_language(do, language, subject, body):
    line, notices = told(do, email="eva@example.cz", language=language)

    tariff = {"cs": "Tarif", "en": "Tariff"}[language]
    said = {(one.subject, spaces(one.body)) for one in notices}
    assert said == {(subject, f"{body.format(iccid=line['iccid'])} {tariff}: Nej MOBIL Plus.")}
    assert {(one.channel, one.recipient) for one in notices} == {
        ("email", "eva@example.cz"),
        ("sms", "+420601000001"),
        ("portal", ""),
    }
    assert {tuple(one.clauses) for one in notices} == {("nej/2.5",)}


def test_who_has_no_address_for_mail_is_told_by_text_and_in_the_portal(do):
    _, notices = told(do)

    assert {one.channel: one.state for one in notices} == {"sms": "queued", "portal": "sent"}
