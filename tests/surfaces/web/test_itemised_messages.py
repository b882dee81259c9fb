"""The itemised list of messages as CSV: whole however many pages, with heads in the reader's language."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import RequestFactory
from django.utils import translation

from spojka.access.database.connections import transaction
from spojka.access.operations.context import Actor
from spojka.kernel.ids import PartyId
from spojka.surfaces.web import itemised
from tests.access.committed import committed
from tests.network.messaging.billing.traffic import accepted, handed_over
from tests.network.messaging.connector import new_application, new_provider

BEGINS = datetime(2025, 5, 10, 8, tzinfo=UTC)
MIDDLE = datetime(2025, 6, 10, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def sent(database):
    """A provider, an application with five messages in June, and its subscriber."""
    tenant = new_provider(BEGINS)
    application = new_application(tenant, BEGINS)
    with transaction(tenant) as db:
        db.execute("UPDATE service SET activated_at = %s WHERE id = %s", [BEGINS, application])
        party = db.execute("SELECT party_id FROM service WHERE id = %s", [application]).fetchone()["party_id"]
    messages = [accepted(application, MIDDLE + timedelta(minutes=place)) for place in range(4)]
    with committed(tenant, MIDDLE) as ctx:
        handed_over(ctx, [*messages, accepted(application, MIDDLE + timedelta(hours=1), class_="priority", parts=2)])
    return tenant, application, PartyId(party)


def listed(sent, language):
    tenant, application, party = sent
    request = RequestFactory().get("/", {"period": "2025-06"})
    actor = Actor("own", frozenset({"charges.read"}), party)
    request.visit = SimpleNamespace(tenant=tenant, actor=actor, now=datetime(2025, 7, 2, tzinfo=UTC))
    with translation.override(language):
        answer = itemised.messages_csv(request, application)
        return answer, list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))


@pytest.mark.parametrize("at_once", [1, 2, 5, 1000])
def test_a_list_of_several_pages_holds_every_message_once(sent, monkeypatch, at_once):
    monkeypatch.setattr(itemised, "AT_ONCE", at_once)

    _, lines = listed(sent, "en")

    assert [line[3] for line in lines[1:]] == sorted({line[3] for line in lines[1:]})
    assert [(line[6], line[7], line[8]) for line in lines[1:]] == [("no", "1", "1.10")] * 4 + [("yes", "2", "3.40")]


@pytest.mark.parametrize(
    ("language", "head", "bears"), [("cs", "cena_kc_bez_dph", "účastník"), ("en", "price_czk_net", "subscriber")]
)
def test_heads_and_words_are_in_the_readers_language(sent, language, head, bears):
    answer, lines = listed(sent, language)

    assert answer["content-type"] == "text/csv; charset=utf-8"
    assert (lines[0][8], lines[1][9]) == (head, bears)
    assert {len(line) for line in lines} == {11}
