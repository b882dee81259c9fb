"""What a text takes and costs is told before it is sent."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from tests.network.messaging.connector import new_application, new_provider

AT = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def ask(database):
    tenant = new_provider(AT)
    application = new_application(tenant, AT)

    def asking(**given):
        return call("messages.preview", {"application": application, **given}, tenant=tenant, actor=OPERATOR, now=AT)

    return asking


def test_a_letter_outside_the_alphabet_doubles_a_text_and_is_named(ask):
    plain, dear = ask(text="r" * 71).result, ask(text="r" * 70 + "ř").result

    assert (plain.parts, plain.coding, plain.because) == (1, "gsm7", [])
    assert (dear.parts, dear.coding, dear.because, dear.plain_parts) == (2, "ucs2", ["ř"], 1)
    assert "„ř“ (71. znak)" in dear.cs


@pytest.mark.clause("o2/1.4")
def test_a_price_is_known_with_the_number_and_counts_every_part(ask):
    nowhere = ask(text="Ano").result
    one, two = ask(text="Ano", to="602000001").result, ask(text="r" * 161, to="602000001").result

    assert (nowhere.price, nowhere.destination, nowhere.sender) == (None, None, "")
    assert one.price is not None
    assert one.price.micros > 0
    assert (two.parts, two.price) == (2, one.price.times(2))
    assert (one.destination, one.sender[:4]) == ("own", "9990")


def test_a_priority_message_costs_more(ask):
    standard, priority = (ask(text="Ano", to="602000001", url=url).result.price for url in ("standard", "priority"))

    assert priority.micros > standard.micros


def test_a_sender_that_is_not_ones_own_has_no_price(ask):
    found = ask(text="Ano", to="602000001", sender="777").result

    assert (found.price, found.sender, found.destination) == (None, "", "own")


def test_half_a_character_is_refused_by_its_place(ask):
    with pytest.raises(ValueError, match="no text may hold"):
        ask(text="a\ud800")


def test_a_text_that_is_too_long_is_told_before_it_is_refused(ask):
    fits, too_long = (ask(text="r" * (153 * parts)).result for parts in (10, 11))

    assert (fits.fits_a_message, too_long.fits_a_message) == (True, False)
