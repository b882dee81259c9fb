"""A month of messages becomes billable items: counted in the database, once, and again by differences."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.kernel.ids import uuid7
from spojka.kernel.time import Period
from spojka.network.messaging.billing.closing import bill_messages, close_messages
from spojka.network.messaging.messages.records import CONFIRMS, Happened
from spojka.network.messaging.messages.store import add_events
from tests.access.committed import committed
from tests.network.messaging.billing.traffic import accepted, handed_over
from tests.network.messaging.connector import new_application, new_provider

PRAGUE = ZoneInfo("Europe/Prague")
BEGINS = datetime(2025, 5, 1, 8, tzinfo=UTC)
JUNE = Period.month(2025, 6)
JULY = Period.month(2025, 7)
MIDDLE = datetime(2025, 6, 10, 10, tzinfo=UTC)
CLOSED = datetime(2025, 7, 1, 0, tzinfo=UTC)


@pytest.fixture
def tenant(database):
    return new_provider(BEGINS)


@pytest.fixture
def application(tenant):
    return new_application(tenant, BEGINS, number=21)


def bill(tenant, period=JUNE, now=CLOSED):
    with committed(tenant, now) as ctx:
        return bill_messages(ctx, period)


def items(tenant):
    """Line, quantity and amount in hellers of every item, in the order of making."""
    with transaction(tenant) as db:
        rows = db.execute("SELECT line, quantity, amount_micros FROM charge ORDER BY id").fetchall()
    return [(row["line"], row["quantity"], row["amount_micros"] / 10_000) for row in rows]


def send(tenant, messages, **how):
    with committed(tenant, MIDDLE) as ctx:
        handed_over(ctx, messages, **how)


@pytest.mark.clause("o2/1.4")
def test_the_price_list_of_the_instant_of_acceptance_decides(tenant, application):
    last = datetime(2025, 6, 30, 23, 59, 59, 900_000, tzinfo=PRAGUE)
    first = datetime(2025, 7, 1, tzinfo=PRAGUE)
    messages = [accepted(application, at, destination="other_cz") for at in (last, first)]
    send(tenant, messages, after=timedelta(seconds=0.2))

    bill(tenant)
    bill(tenant, JULY, datetime(2025, 8, 1, tzinfo=UTC))

    assert items(tenant) == [("sms.other_cz@1.15", 1, 115), ("sms.other_cz@1.25", 1, 125)]


@pytest.mark.clause("o2/1.4")
def test_every_part_that_was_dispatched_is_one_sms_and_others_cost_nothing(tenant, application):
    long = accepted(application, MIDDLE, destination="other_cz", parts=2)
    half = accepted(application, MIDDLE, parts=2)
    send(tenant, [long], then=["delivered"])
    send(tenant, [accepted(application, MIDDLE)], first="failed")
    send(tenant, [accepted(application, MIDDLE)], first="cancelled")
    send(tenant, [accepted(application, MIDDLE)], first="expired")
    send(tenant, [accepted(application, MIDDLE)], first="uncertain")
    send(tenant, [half], first="deferred")
    with committed(tenant, MIDDLE) as ctx:
        add_events(ctx, [Happened(half.id, 1, "sent", MIDDLE), Happened(half.id, 2, "failed", MIDDLE)])

    done = bill(tenant)

    assert items(tenant) == [("sms.other_cz@1.15", 2, 230), ("sms.own@1.10", 1, 110)]
    assert (done.messages, done.parts, str(done.amount)) == (2, 3, "3.40 CZK")


@pytest.mark.clause("o2/8.1")
def test_the_answer_to_a_withdrawal_costs_nothing(tenant, application):
    mine = accepted(application, MIDDLE)
    answer = replace(accepted(application, MIDDLE), options={CONFIRMS: str(uuid7())})
    send(tenant, [mine, answer], then=["delivered"])

    done = bill(tenant)

    assert (done.messages, items(tenant)) == (1, [("sms.own@1.10", 1, 110)])


@pytest.mark.clause("o2/4.4")
def test_what_did_not_arrive_in_another_network_is_paid_all_the_same(tenant, application):
    abroad = [accepted(application, MIDDLE, destination="foreign") for _ in range(10)]
    send(tenant, abroad[:7], then=["delivered"])
    send(tenant, abroad[7:], then=["undelivered"])

    bill(tenant)

    assert items(tenant) == [("sms.foreign@2.90", 10, 2900)]


@pytest.mark.clause("o2/5.1")
@pytest.mark.clause("o2/5.1-e")
def test_nickname_and_priority_have_lines_of_their_own(tenant, application):
    send(tenant, [accepted(application, MIDDLE) for _ in range(10)])
    send(tenant, [accepted(application, MIDDLE, sender_kind="nickname", sender="OPTIKA") for _ in range(8)])
    both = {"sender_kind": "nickname", "sender": "OPTIKA", "class_": "priority"}
    send(tenant, [accepted(application, MIDDLE, **both) for _ in range(2)])

    done = bill(tenant)

    assert sorted(items(tenant)) == [
        ("sms.own.nickname@1.40", 10, 1400),
        ("sms.own@1.10", 10, 1100),
        ("sms.priority@0.60", 2, 120),
    ]
    assert str(done.amount) == "26.20 CZK"


@pytest.mark.clause("o2/5.1-e")
def test_a_long_priority_message_pays_the_surcharge_for_each_part(tenant, application):
    send(tenant, [accepted(application, MIDDLE, class_="priority", parts=2)])

    assert str(bill(tenant).amount) == "3.40 CZK"


@pytest.mark.clause("o2/4.3")
def test_an_mms_is_one_unit_whatever_its_size(tenant, application):
    send(tenant, [accepted(application, MIDDLE, kind="mms", coding="mms", body=b"x" * 9000)])

    bill(tenant)

    assert items(tenant) == [("mms.own@4.20", 1, 420)]


def test_counting_again_posts_nothing_and_a_late_status_posts_the_difference(tenant, application):
    late = accepted(application, MIDDLE)
    send(tenant, [accepted(application, MIDDLE)])
    send(tenant, [late], first="uncertain")
    bill(tenant)
    again = bill(tenant)
    with committed(tenant, MIDDLE) as ctx:
        add_events(ctx, [Happened(late.id, 1, "delivered", MIDDLE + timedelta(hours=3))])

    changed = bill(tenant)

    assert (again.lines, changed.lines) == (0, 1)
    assert items(tenant) == [("sms.own@1.10", 1, 110), ("sms.own@1.10", 1, 110)]


def test_the_close_of_a_month_counts_the_one_before_once_more(tenant, application):
    queued = accepted(application, datetime(2025, 6, 30, 21, tzinfo=UTC))
    with committed(tenant, MIDDLE) as ctx:
        handed_over(ctx, [queued], first="deferred")
        close_messages(ctx, JUNE)
        add_events(ctx, [Happened(queued.id, 1, "sent", CLOSED + timedelta(hours=5))])

    with committed(tenant, datetime(2025, 8, 1, tzinfo=UTC)) as ctx:
        close_messages(ctx, JULY)

    with transaction(tenant) as db:
        rows = db.execute("SELECT line, period_on, billable_on FROM charge").fetchall()
    assert [(row["line"], row["period_on"].month, row["billable_on"].month) for row in rows] == [("sms.own@1.10", 6, 6)]


@pytest.mark.clause("o2/1.4")
def test_messages_without_a_price_wait_on_a_list_and_are_not_free(tenant):
    application = new_application(tenant, datetime(2018, 9, 1, tzinfo=UTC))
    before = datetime(2018, 9, 10, 10, tzinfo=UTC)
    since = datetime(2018, 9, 20, 10, tzinfo=UTC)
    send(tenant, [accepted(application, at) for at in (before, since)])

    done = bill(tenant, Period.month(2018, 9))
    listed = call("messages.unpriced", {}, tenant=tenant, actor=OPERATOR, now=CLOSED).plain

    assert (done.parts, done.parts_unpriced) == (2, 1)
    assert items(tenant) == [("sms.own@1.10", 1, 110)]
    assert [(one["line"], one["parts"], one["reason"]["code"]) for one in listed] == [("sms.own", 1, "PRICE_MISSING")]


def test_items_say_how_many_at_which_price_and_which_messages_they_are(tenant, application):
    sent = [accepted(application, MIDDLE + timedelta(minutes=place)) for place in range(3)]
    send(tenant, [*sent, accepted(application, MIDDLE, destination="foreign")])
    bill(tenant)
    with transaction(tenant) as db:
        charge = db.execute("SELECT id FROM charge WHERE line = 'sms.own@1.10'").fetchone()["id"]

    def ask(name, **given):
        return call(name, {"charge": charge, **given}, tenant=tenant, actor=OPERATOR, now=CLOSED).plain

    first = ask("messages.of_charge", limit=2)
    second = ask("messages.of_charge", limit=2, after=first["next_after"])

    assert "3 × 1.10 CZK/SMS = 3.30 CZK" in ask("charges.why")["en"]
    assert [one["id"] for one in first["messages"] + second["messages"]] == [str(one.id) for one in sent]
    assert (first["messages"][0]["recipient"], second["next_after"]) == (sent[0].recipient, None)
