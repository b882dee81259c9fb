"""What the demonstration's programs send, and how it is shown; that it is sent is proved by running it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from spojka.network.messaging.text.previewing import preview
from spojka.surfaces.demo.beside import messages_sent, print_connector
from spojka.surfaces.demo.connector.subscribers import PLANS, DemoApplication
from spojka.surfaces.demo.connector.texts import FIXED_LINE, OF_O2, dialled, recipient, text

APPLICATIONS = [DemoApplication(plan, plan.name, "999001", "+420606999001", Path()) for plan in PLANS]
SEEN = {
    "programs": {
        "kódy": {
            "submitted": 12,
            "accepted": 10,
            "refused": {"RECIPIENT_INVALID": 2},
            "reports": {"delivered": 9, "undelivered": 1},
            "received": 3,
        }
    },
    "bill": {
        "state": "finished",
        "issued": 4,
        "total": "1234.50 CZK",
        "documents": {"written": 3, "folder": "/tmp/x"},
        "why": [{"en": "SMS: 10", "cs": "SMS: 10 kusů"}],
    },
}


def test_twenty_thousand_messages_are_sent_to_people_in_more_than_one_network():
    assert sum(one.plan.messages for one in APPLICATIONS) == 20_000
    for one in APPLICATIONS:
        people = {recipient(one, number) for number in range(one.plan.messages)}
        own = {mobile for mobile in people if mobile.removeprefix("+420").startswith(OF_O2)}
        assert FIXED_LINE in people
        assert len(people) / 4 < len(own) < len(people) / 2


def test_offers_go_to_the_same_people_twice_so_that_an_opt_out_shows():
    (offers,) = [one for one in APPLICATIONS if one.plan.nickname]
    half = offers.plan.messages // 2

    assert recipient(offers, 3) == recipient(offers, 3 + half)


@pytest.mark.parametrize("application", APPLICATIONS, ids=lambda one: one.plan.name)
def test_texts_fit_into_one_message_and_the_longer_ones_into_two(application):
    sizes = [preview(text(application, number)).parts for number in range(1, application.plan.messages)]

    assert sizes.count(1) >= 0.97 * len(sizes)
    assert set(sizes) <= {1, 2}


def test_phones_of_other_networks_write_to_the_long_number():
    one = APPLICATIONS[0]

    assert [dialled(one, mobile) for mobile in ("+420602000001", "+420777000001")] == ["999001", "+420606999001"]


def test_what_was_seen_is_shown_with_its_reasons_within_a_narrow_terminal():
    shown = io.StringIO()

    print_connector(Console(file=shown, width=80), SEEN)

    assert messages_sent(SEEN) == 12
    for words in ("RECIPIENT_INVALID", "1,234.50 CZK", "1. SMS: 10", "SMS: 10 kusů", "/tmp/x"):
        assert words in shown.getvalue()
