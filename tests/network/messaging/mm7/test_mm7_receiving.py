"""The application that hears an MMSC, behind a real HTTP server and by hand."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from spojka.network.messaging.mm7.answering import Reply
from spojka.network.messaging.mm7.bodies import read_body, write_body
from spojka.network.messaging.mm7.client import Exchange, Peer, ProgramClient, Result
from spojka.network.messaging.mm7.limits import Limits
from spojka.network.messaging.mm7.messages import (
    DeliverReq,
    DeliverRsp,
    DeliveryReportReq,
    DeliveryReportRsp,
    DeliveryStatus,
    ReadReplyReq,
    ReadReplyRsp,
    ReadStatus,
    Recipients,
    VASPErrorRsp,
    status,
)
from spojka.network.messaging.mm7.receiving import Mm7Application
from tests.network.messaging.mm7.samples import DELIVER_TYPE, REL_5, REL_6, deliver_body, delivery_report, envelope
from tests.network.messaging.mm7.sockets import NUMBER, PICTURE, SHORT_CODE, SUBMIT, served

DELIVER = DeliverReq(sender=NUMBER, recipients=Recipients(to=(SHORT_CODE,)), subject="Ahoj", content=PICTURE)
REPORT = DeliveryReportReq("m-1", NUMBER, SHORT_CODE, datetime(2026, 1, 1, tzinfo=UTC), DeliveryStatus.RETRIEVED)
READ = ReadReplyReq("m-1", NUMBER, SHORT_CODE, datetime(2026, 1, 1, tzinfo=UTC), ReadStatus.READ)


def keeper(reply=None):
    """A hearer that keeps what it heard."""
    kept = []

    async def hear(heard):
        kept.append(heard)
        return reply or Reply(status(1000), service_code="code")

    return hear, kept


def test_all_three_messages_are_heard_and_answered_over_a_kept_connection():
    hear, kept = keeper()

    async def run():
        async with served(Mm7Application(hear)) as url, Exchange(Peer(url, connections=1)) as exchange:
            client = ProgramClient(exchange)
            return await client.deliver(DELIVER), await client.report(REPORT), await client.read_reply(READ)

    delivered, reported, replied = asyncio.run(run())

    assert [one.message for one in kept] == [DELIVER, REPORT, READ]
    assert {one.path for one in kept} == {"/mm7"}
    assert [one.transaction_id for one in kept] == [one.transaction_id for one in (delivered, reported, replied)]
    assert delivered.answer == DeliverRsp(status(1000), "code")
    assert reported.answer == DeliveryReportRsp(status(1000))
    assert replied.answer == ReadReplyRsp(status(1000))


@pytest.mark.parametrize(("code", "result"), [(2005, Result.REFUSED), (4007, Result.REFUSED), (4006, Result.LATER)])
def test_what_the_hearer_says_is_what_the_mmsc_is_told(code, result):
    hear, kept = keeper(Reply(status(code, "why")))

    async def run():
        async with served(Mm7Application(hear)) as url, Exchange(Peer(url, tries=1)) as exchange:
            return await ProgramClient(exchange).report(REPORT)

    outcome = asyncio.run(run())

    assert (outcome.result, outcome.status, len(kept)) == (result, status(code, "why"), 1)


def posted(data, content_type="text/xml", *, hear=None, method="POST", **settings):
    """The HTTP status and the message answered to a body."""

    async def run():
        transport = httpx.ASGITransport(Mm7Application(hear or keeper()[0], **settings))
        async with httpx.AsyncClient(transport=transport) as client:
            headers = {"content-type": content_type} if content_type else {}
            return await client.request(method, "http://program/mm7", content=data, headers=headers)

    response = asyncio.run(run())
    return response, read_body(response.headers["content-type"], response.content)


def test_the_answer_is_in_the_peers_version_and_namespace():
    _, received = posted(delivery_report(namespace=REL_5, version="5.3.0").encode())

    assert (received.namespace, received.transaction_id) == (REL_5, "tr-1")
    assert received.message == DeliveryReportRsp(status(1000), "5.3.0")


def test_a_hearer_that_broke_makes_the_mmsc_try_again():
    async def broken(_heard):
        raise OSError("the store is away")

    response, received = posted(delivery_report().encode(), hear=broken)

    assert (response.status_code, received.message.status.code) == (500, 3000)
    assert "the store" not in response.text


def test_a_hearer_that_broke_is_asked_again_by_our_own_client():
    times = []

    async def breaks_once(heard):
        times.append(heard.transaction_id)
        if len(times) == 1:
            raise OSError("the store is away")
        return Reply(status(1000))

    async def run():
        async with served(Mm7Application(breaks_once)) as url, Exchange(Peer(url, pause_ms=1)) as exchange:
            return await ProgramClient(exchange).deliver(DELIVER)

    outcome = asyncio.run(run())

    assert (outcome.result, outcome.tries, len(set(times))) == (Result.DONE, 2, 1)


@pytest.mark.parametrize(
    ("data", "content_type", "http_status", "code", "kind"),
    [
        (deliver_body(content_id="missing"), DELIVER_TYPE, 200, 2007, DeliverRsp),
        (deliver_body().replace(b"BASE64", b"x-own"), DELIVER_TYPE, 200, 2004, DeliverRsp),
        (delivery_report(version="3.0.0").encode(), "text/xml", 200, 4002, DeliveryReportRsp),
        (b"", "text/xml", 400, 4004, VASPErrorRsp),
        (b"", "", 400, 2007, VASPErrorRsp),
        (b"\xff\xfe\x00", "text/xml", 400, 4004, VASPErrorRsp),
        (envelope(f'<Own xmlns="{REL_6}"/>').encode(), "text/xml", 400, 4003, VASPErrorRsp),
        (write_body(SUBMIT, transaction_id="t").data, write_body(SUBMIT, transaction_id="t").content_type, 400, 4003,
         VASPErrorRsp),
        (write_body(DeliverRsp(status(1000)), transaction_id="t").data, "text/xml", 400, 4003, VASPErrorRsp),
    ],
    ids=["missing part", "encoding", "version", "empty", "no type", "letters", "unheard", "submission", "answer"],
)  # fmt: skip
def test_what_cannot_be_read_is_answered_with_its_status_and_never_heard(data, content_type, http_status, code, kind):
    hear, kept = keeper()

    response, received = posted(data, content_type, hear=hear)

    assert (response.status_code, type(received.message), received.message.status.code) == (http_status, kind, code)
    assert received.message.status.details
    assert kept == []


def test_a_body_is_limited_on_both_sides_of_the_boundary():
    data = delivery_report().encode()

    fits, _ = posted(data, limits=Limits(body_bytes=len(data)))
    more, received = posted(data, limits=Limits(body_bytes=len(data) - 1))

    assert (fits.status_code, more.status_code, received.message.status.code) == (200, 400, 2004)


def test_another_method_than_post_is_refused():
    response, _ = posted(b"", method="GET")

    assert (response.status_code, response.headers["allow"]) == (405, "POST")


def by_hand(events, **settings):
    """What the application sends to a connection that brings these events, and then nothing."""
    hear, kept = keeper()
    sent = []

    async def run():
        left = list(events)

        async def receive():
            if not left:
                await asyncio.sleep(30)
            return left.pop(0)

        async def send(event):
            sent.append(event)

        scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"Content-Type", b"text/xml")]}
        await Mm7Application(hear, **settings)(scope, receive, send)

    asyncio.run(run())
    return sent, kept


def test_a_body_that_does_not_arrive_is_not_waited_for():
    sent, kept = by_hand([{"type": "http.request", "body": b"<", "more_body": True}], body_timeout_s=0)

    assert (sent[0]["status"], kept) == (408, [])


def test_a_peer_that_leaves_is_not_answered_and_not_heard():
    whole = delivery_report().encode()

    sent, kept = by_hand([{"type": "http.request", "body": whole, "more_body": True}, {"type": "http.disconnect"}])

    assert (sent, kept) == ([], [])


def test_a_body_in_pieces_is_one_body():
    whole = delivery_report().encode()
    pieces = [
        {"type": "http.request", "body": whole[at : at + 10], "more_body": True} for at in range(0, len(whole), 10)
    ]

    sent, kept = by_hand([*pieces, {"type": "http.request"}])

    assert (sent[0]["status"], len(kept)) == (200, 1)


def test_the_start_and_the_end_of_the_server_are_acknowledged():
    sent = []

    async def run():
        events = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

        async def receive():
            return events.pop(0)

        async def send(event):
            sent.append(event["type"])

        await Mm7Application(keeper()[0])({"type": "lifespan"}, receive, send)

    asyncio.run(run())

    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
