"""What is dispatched is what was accepted: a body that was changed meanwhile is never sent (o2/7.1)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.messages import store
from spojka.network.messaging.sending.composing import Altered, Outgoing, request_to_many, requests_of
from spojka.network.messaging.submission.desk import SubmissionDesk
from spojka.network.messaging.submission.requests import Shape, Submission
from spojka.network.messaging.submission.shaping import shaped
from tests.network.messaging.connector import new_application, new_provider
from tests.network.messaging.messages.test_store import message
from tests.network.messaging.sending.test_sender import LOADED, O2, now, route, running, until

WHOLE = "Příliš žluťoučký kůň"


def outgoing(made, **changed) -> Outgoing:
    assert isinstance(made.shape, Shape)
    options = {"replaced": made.replaced} if made.replaced else {}
    given = {"coding": made.shape.coding, "parts": made.shape.parts, "body": made.body, "body_hash": made.digest}
    return Outgoing.of(message(**{**given, "options": options, **changed}))


@pytest.mark.clause("o2/7.1")
@pytest.mark.parametrize("text", [WHOLE, "5 € {a}", "x" * 161, "ů" * 500, ""])
def test_parts_read_back_are_the_text_that_was_accepted(text):
    asked = Submission(message().application, O2, text)

    assert requests_of(outgoing(shaped(asked)))


@pytest.mark.clause("o2/7.1")
@pytest.mark.parametrize("body", ["Prilis zlutoucky kun", WHOLE + " STOP?", WHOLE.upper()])
def test_another_text_than_was_accepted_is_not_composed(body):
    made = shaped(Submission(message().application, O2, WHOLE))
    changed = shaped(Submission(message().application, O2, body))
    altered = replace(changed, digest=made.digest)

    with pytest.raises(Altered):
        requests_of(outgoing(altered))


def test_signs_replaced_on_request_are_compared_with_what_is_to_be_sent():
    made = shaped(Submission(message().application, O2, "kůň", coding="gsm7-translit"))

    (request,) = requests_of(outgoing(made))

    assert request.short_message == b"kun"
    assert made.digest == sha256("kůň".encode()).digest()
    with pytest.raises(Altered):
        requests_of(outgoing(made, body=b"kan"))


def test_data_is_compared_too():
    made = shaped(Submission(message().application, O2, data=bytes(range(200))))

    assert len(requests_of(outgoing(made))) == 2
    with pytest.raises(Altered):
        requests_of(outgoing(made, body=bytes(200)))


def test_messages_of_one_request_were_all_accepted_with_its_body():
    one, other = (outgoing(shaped(Submission(message().application, O2, "sleva"))) for _ in range(2))

    assert request_to_many([one, other]).short_message == b"sleva"
    other.body_hash = sha256(b"zdarma").digest()
    with pytest.raises(Altered):
        request_to_many([one, other])


@pytest.mark.clause("o2/7.1")
def test_a_body_altered_in_the_table_fails_and_never_leaves(database):
    provider = new_provider(LOADED)
    me = new_application(provider, LOADED)

    async def accepted():
        desk = SubmissionDesk(provider, now=now)
        try:
            return await desk.submit([Submission(me, O2, WHOLE), Submission(me, O2, WHOLE, report=True)])
        finally:
            await desk.close()

    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (_, sender):
            await until(lambda: sender.counts.get("failed", 0) + sender.counts.get("delivered", 0) == 2)
            return [one.request.short_message for one in centre.memory]

    kept, altered = asyncio.run(accepted())
    with transaction(provider) as db:
        db.execute("UPDATE message SET body = %s WHERE id = %s", [WHOLE.replace("kůň", "vůl").encode(), altered.id])
    sent = asyncio.run(going())

    with transaction(provider) as db:
        ctx = Context(db, provider, OPERATOR, now() + timedelta(seconds=1), uuid7(), None)
        (event,) = store.events_of(ctx, [altered.id])
        left = [one["kind"] for one in store.events_of(ctx, [kept.id])]
        report = db.execute("SELECT message_id, content FROM message_inbox").fetchone()
    assert sent == [WHOLE.encode("utf-16-be")]
    assert (event["kind"], event["detail"]) == ("failed", {"code": "BODY_ALTERED", "clauses": ["o2/7.1"]})
    assert left == ["sent", "delivered"]
    assert (report["message_id"], report["content"]["state"]) == (altered.id, "failed")
