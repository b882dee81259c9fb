"""The itemised list of messages: what each costs, for as many months as the general terms say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Actor
from spojka.kernel.ids import PartyId, uuid7
from spojka.kernel.money import Money
from spojka.kernel.time import Period
from spojka.network.messaging.billing.closing import bill_messages
from tests.access.committed import committed
from tests.network.messaging.billing.traffic import accepted, handed_over
from tests.network.messaging.connector import new_application, new_provider

BEGINS = datetime(2025, 1, 10, 8, tzinfo=UTC)
JUNE = Period.month(2025, 6)
MIDDLE = datetime(2025, 6, 10, 10, tzinfo=UTC)
LATER = datetime(2025, 7, 5, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def shop(database):
    """A provider, an application that sent five messages in June, and its subscriber as a customer."""
    tenant = new_provider(BEGINS)
    application = new_application(tenant, BEGINS)
    with transaction(tenant) as db:
        db.execute("UPDATE service SET activated_at = %s WHERE id = %s", [BEGINS, application])
        party = db.execute("SELECT party_id FROM service WHERE id = %s", [application]).fetchone()["party_id"]
    sent = [
        accepted(application, MIDDLE + timedelta(minutes=place), **changed)
        for place, changed in enumerate(
            [
                {},
                {"destination": "other_cz", "parts": 2},
                {"sender_kind": "nickname", "sender": "OPTIKA"},
                {"class_": "priority"},
                {"destination": "foreign"},
            ]
        )
    ]
    never = accepted(application, MIDDLE)
    with committed(tenant, MIDDLE) as ctx:
        handed_over(ctx, sent)
        handed_over(ctx, [never], first="cancelled")
        handed_over(ctx, [accepted(application, MIDDLE.replace(month=5))])
    return tenant, application, Actor("own", frozenset({"charges.read"}), PartyId(party)), [one.id for one in sent]


def asked(shop, *, actor=None, now=LATER, **given):
    tenant, application, own, _ = shop
    return call("messages.itemised", {"application": application, **given}, tenant=tenant, actor=actor or own, now=now)


@pytest.mark.clause("o2/1.4")
@pytest.mark.clause("o2/5.1-e")
def test_each_dispatched_message_of_the_month_has_its_price_and_together_they_are_what_is_billed(shop):
    with committed(shop[0], LATER) as ctx:
        billed = bill_messages(ctx, JUNE)

    listed = asked(shop, period="2025-06").result.messages

    assert [one.id for one in listed] == shop[3]
    assert [str(one.price) for one in listed] == ["1.10 CZK", "2.30 CZK", "1.40 CZK", "1.70 CZK", "2.90 CZK"]
    assert Money(sum(one.price.micros for one in listed)) == billed.amount


def test_pages_follow_one_another_and_end(shop):
    first = asked(shop, period="2025-06", limit=3).result
    second = asked(shop, period="2025-06", limit=3, after=first.next_after).result

    assert [one.id for one in (*first.messages, *second.messages)] == shop[3]
    assert second.next_after is None


def test_a_customer_sees_the_running_month_and_six_before_it(shop):
    in_december = datetime(2025, 12, 31, 22, tzinfo=UTC)
    in_january = datetime(2025, 12, 31, 23, tzinfo=UTC)

    assert asked(shop, period="2025-06", now=in_december).refusal is None
    assert asked(shop, period="2025-06", now=in_january).refusal.code == "PERIOD_NOT_SHOWN"
    assert asked(shop, period="2025-06", now=in_january, actor=OPERATOR).refusal is None


def test_another_customers_list_is_not_there(shop):
    other = Actor("other", frozenset({"*"}), PartyId(uuid7()))

    assert asked(shop, actor=other).refusal.code == "SERVICE_UNKNOWN"
