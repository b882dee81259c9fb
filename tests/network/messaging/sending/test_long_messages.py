"""Long messages from mobiles: what is known of their parts is what was committed, across failures and new starts."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.centre.originating import written
from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.messages.inbox import pending
from spojka.network.messaging.sending.arriving import Came, incomplete, take
from spojka.network.messaging.sending.parts import LONGEST_WAIT
from spojka.network.messaging.sending.sender import Sender
from spojka.network.messaging.text.joining import REPEATS
from tests.network.messaging.connector import new_application, new_provider
from tests.network.messaging.sending.test_sender import route, until

LOADED = datetime(2025, 6, 10, 8, 0, tzinfo=UTC)
AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
FROM, TO = "+420602000001", "999021"
TEXT = "Ř" * 150


@pytest.fixture(scope="module")
def provider(database):
    made = new_provider(LOADED)
    new_application(made, LOADED)
    return made


@pytest.fixture(autouse=True)
def nothing_kept(provider):
    with transaction(provider) as db:
        db.execute("DELETE FROM message_fragment")
        db.execute("DELETE FROM message_inbox")


def parts(text=TEXT, reference=9) -> list[Came]:
    pdus = written(mobile=FROM, to=TO, text=text, reference=reference)
    return [Came.read(one, link="o2") for one in pdus]


def came(provider, *pieces: Came, at=AT) -> list[str]:
    """Texts that some parts, coming together, complete."""
    with transaction(provider) as db:
        taken = take(Context(db, provider, OPERATOR, at, uuid7(), None), pieces)
    return [str(one.content["text"]) for each in taken for one in each.arrived]


def given_up(provider, at) -> list[dict]:
    with transaction(provider) as db:
        return [dict(one.content) for one in incomplete(Context(db, provider, OPERATOR, at, uuid7(), None))]


def kept(provider) -> list[str]:
    with transaction(provider) as db:
        return [row["place"] for row in db.execute("SELECT place FROM message_fragment ORDER BY id").fetchall()]


def test_what_was_rolled_back_did_not_come(provider):
    one, two, three = parts()
    came(provider, one)
    with transaction(provider) as db, db.transaction(force_rollback=True):
        take(Context(db, provider, OPERATOR, AT, uuid7(), None), [two, three])

    assert came(provider, two, three) == [TEXT]


def test_a_repeat_of_what_is_complete_is_known_for_ten_minutes(provider):
    one, two, three = parts()
    assert came(provider, three, one, two) == [TEXT]

    assert came(provider, two, at=AT + REPEATS - MOMENT) == []

    assert kept(provider) == ["done", "done", "done", "repeated"]
    assert given_up(provider, AT + REPEATS) == []
    assert kept(provider) == []


def test_another_message_of_the_same_reference_takes_nothing_from_the_one_before(provider):
    came(provider, *parts())

    said = came(provider, *parts("Ž" * 150), at=AT + timedelta(minutes=1))

    assert said == ["Ž" * 150]
    assert kept(provider) == ["done"] * 3


def test_an_incomplete_message_is_given_as_far_as_it_came_after_a_day(provider):
    one, _, three = parts()
    came(provider, one)
    came(provider, three, at=AT + timedelta(hours=1))
    last = AT + timedelta(hours=1) + LONGEST_WAIT

    assert given_up(provider, last - MOMENT) == []
    (content,) = given_up(provider, last)

    assert content == {"text": "Ř" * 67 + " … " + "Ř" * 16, "exact": False, "missing": [2]}
    assert kept(provider) == []
    assert given_up(provider, last + LONGEST_WAIT) == []


def test_a_sender_that_starts_gives_what_waited_too_long(provider):
    day = datetime.now(UTC)
    came(provider, parts()[0], at=day - LONGEST_WAIT)

    async def going():
        async with Centre(CentreSettings(), now=lambda: day) as centre:
            sender = Sender(provider, [route(centre)], now=lambda: day, random=Random(1))
            await sender.start()
            await until(lambda: sender.counts.get("incomplete", 0) == 1)
            await sender.close()

    asyncio.run(going())

    with transaction(provider) as db:
        ctx = Context(db, provider, OPERATOR, day, uuid7(), None)
        (application,) = db.execute("SELECT id FROM application").fetchall()
        (row,) = pending(ctx, application["id"], limit=9)
    assert (row["content"]["missing"], row["dialled"], kept(provider)) == ([2, 3], TO, [])
