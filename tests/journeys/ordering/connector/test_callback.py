"""Options are ordered on the care line: the portal checks a nickname, and asks for a call."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from tests.network.messaging.connector import new_application, new_provider

AT = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def provider(database):
    return new_provider(AT)


@pytest.fixture(scope="module")
def application(provider):
    return new_application(provider, AT)


@pytest.fixture
def ask(provider, application):
    def asking(name, **given):
        return call(name, {"application": application, **given}, tenant=provider, actor=OPERATOR, now=AT)

    return asking


@pytest.mark.clause("o2/8.5")
@pytest.mark.parametrize(
    ("nickname", "code"),
    [("PekarnaUKost", "NICKNAME_TOO_LONG"), ("Pekárna", "NICKNAME_DIACRITICS"), ("", "NICKNAME_EMPTY")],
)
def test_a_nickname_that_cannot_be_had_is_told_why_before_anybody_calls(ask, nickname, code):
    refusal = ask("connector.check_nickname", nickname=nickname).refusal

    assert refusal.code == code


@pytest.mark.clause("o2/8.5")
def test_a_nickname_of_eleven_characters_fits_and_nothing_is_ordered_by_asking(ask):
    fits = ask("connector.check_nickname", nickname="PekarnaUKos").result

    assert (fits.nickname, fits.has, fits.longest.value) == ("PekarnaUKos", False, 11)
    assert ask("connector.application").result.options == []


def test_a_product_without_nicknames_is_told_so(provider):
    smsc = new_application(provider, AT, product="SMSC", number=31)

    given = {"application": smsc, "nickname": "Pekarna"}
    refusal = call("connector.check_nickname", given, tenant=provider, actor=OPERATOR, now=AT).refusal

    assert refusal.code == "OPTION_NOT_AVAILABLE"


@pytest.mark.clause("o2/5.1")
def test_a_call_that_was_asked_for_waits_for_staff_with_what_is_wanted(ask, provider, application):
    asked = ask("connector.ask_callback", option="nickname", phone="602 000 001", wanted="Pekarna")

    with transaction(provider) as db:
        row = db.execute("SELECT body FROM event WHERE kind = 'callback_asked' AND key = 'work'").fetchone()
    assert (asked.result.phone, asked.result.basis.value, asked.result.basis.ref.id) == (
        "+420602000001",
        "care_line",
        "o2/5.1",
    )
    assert (row["body"]["application"], row["body"]["wanted"]) == (str(application), "Pekarna")


@pytest.mark.clause("o2/5.1")
def test_a_number_that_cannot_be_called_is_refused(ask):
    assert ask("connector.ask_callback", option="sla", phone="222").refusal.code == "CALLBACK_PHONE_INVALID"
