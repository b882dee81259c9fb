"""MMS from handsets through the simulated MMSC into inboxes, or refused with the right status."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from random import Random

import httpx
import pytest

from spojka.access.database.connections import transaction
from spojka.kernel.ids import uuid7
from spojka.kernel.time import micros_of
from spojka.network.messaging.centre.mms import Conduct, Reporting
from spojka.network.messaging.messages.inbox import erase_expired
from spojka.network.messaging.messages.media import media_of, medium_of
from spojka.network.messaging.mm7.client import Exchange, ProgramClient, Result
from spojka.network.messaging.mm7.content import Content, MediaPart
from spojka.network.messaging.mm7.integrity import alterations, digests
from spojka.network.messaging.mm7.messages import (
    DeliverReq,
    DeliverRsp,
    DeliveryReportReq,
    DeliveryReportRsp,
    Recipients,
)
from spojka.network.messaging.sending.sender import Sender
from tests.network.messaging.connector import new_application
from tests.network.messaging.multimedia.worlds import (
    JPEG,
    LOADED,
    O2,
    PICTURE,
    VODAFONE,
    at,
    events,
    inbox,
    mms,
    now,
    number,
    talking,
)

APP, MSISDN = "1991033", "+420720001033"


def delivered(provider, *calls, **settings):
    """Outcomes of deliveries of the MMSC: `(sender, dialled)` or with content."""

    async def going():
        async with talking(provider, **settings) as talk:
            found = []
            for sender, dialled, *content in calls:
                found.append(
                    await talk.centre.deliver(
                        sender=number(sender),
                        recipient=number(dialled),
                        content=content[0] if content else PICTURE,
                        subject="Odpověď",
                    )
                )
            return found

    return asyncio.run(going())


@pytest.mark.clause("o2/3.1")
@pytest.mark.clause("o2/3.2")
@pytest.mark.clause("o2/7.1")
def test_an_mms_lies_in_the_inbox_of_the_number_dialled_with_its_media_unchanged(provider, me):
    outcomes = delivered(provider, (O2, APP), (VODAFONE, MSISDN), ("+436641234567", MSISDN))

    rows = inbox(provider, me)
    assert [(one.result, one.status.code) for one in outcomes] == [(Result.DONE, 1000)] * 3
    assert [(row["kind"], row["sender"], row["network"], row["dialled"]) for row in rows] == [
        ("mms", O2, "O2", APP),
        ("mms", VODAFONE, "Vodafone", MSISDN),
        ("mms", "+436641234567", "", MSISDN),
    ]
    assert rows[0]["content"]["subject"] == "Odpověď"
    assert [(one["part"], one["content_type"], one["size"]) for one in rows[0]["content"]["parts"]] == [
        (1, 'text/plain; charset="utf-8"', 12),
        (2, "image/jpeg", len(JPEG)),
    ]
    assert (rows[0]["content"]["parts"][1]["id"], rows[0]["content"]["parts"][1]["name"]) == ("p", "léto.jpg")
    kept = at(provider, lambda ctx: media_of(ctx, rows[0]["id"]))
    media = [MediaPart(row["content_type"].partition(";")[0], row["data"]) for row in kept]
    assert alterations(digests(PICTURE.parts), digests(media)) == ()
    assert rows[0]["expires_at"] - rows[0]["received_at"] == timedelta(hours=96)


@pytest.mark.clause("o2/3.1")
@pytest.mark.parametrize(
    ("sender", "dialled", "said"),
    [
        (VODAFONE, APP, (2001, "NOT_REACHABLE_FROM_NETWORK")),
        ("+436641234567", APP, (2001, "NOT_REACHABLE_FROM_NETWORK")),
        (O2, "1991999", (2003, "UNKNOWN_APPLICATION_NUMBER")),
        (O2, "nobody", (2003, "UNKNOWN_APPLICATION_NUMBER")),
        (O2, "999022", (2001, "MESSAGE_TYPE_NOT_SUPPORTED")),
    ],
)
def test_what_reaches_nobody_is_refused_for_good_and_not_kept(provider, me, sender, dialled, said):
    new_application(provider, LOADED, number=22)

    (outcome,) = delivered(provider, (sender, dialled))

    assert (outcome.result, outcome.status.code, outcome.status.details) == (Result.REFUSED, *said)
    assert inbox(provider, me) == []


@pytest.mark.clause("o2/3.4")
def test_a_service_that_does_not_run_takes_nothing(provider, me):
    with transaction(provider) as db:
        db.execute("UPDATE service SET state = 'ended' WHERE id = %s", [me])

    (outcome,) = delivered(provider, (O2, APP))

    assert (outcome.status.code, outcome.status.details) == (4007, "SERVICE_TERMINATED")
    assert inbox(provider, me) == []


@pytest.mark.clause("o2/9.1")
@pytest.mark.parametrize(("scope", "said"), [("both", (4007, "SERVICE_SUSPENDED", 0)), ("outgoing", (1000, None, 1))])
def test_a_suspended_service_takes_nothing_and_one_that_may_not_send_takes_it(provider, me, scope, said):
    with transaction(provider) as db:
        db.execute(
            "INSERT INTO service_hold (tenant_id, id, service_id, reason, scope, clauses, held_at, requested_by)"
            " VALUES (%s, %s, %s, 'debt', %s, '[]', %s, 'x')",
            [provider, uuid7(), me, scope, LOADED],
        )

    (outcome,) = delivered(provider, (O2, APP))

    assert (outcome.status.code, outcome.status.details, len(inbox(provider, me))) == said


@pytest.mark.parametrize("written", ["420720001033", "720001033", "00420720001033", "+420720001033/TYPE=PLMN"])
def test_numbers_are_understood_as_mmscs_write_them(provider, me, written):
    delivered(provider, ("+420602000001/TYPE=PLMN", written))

    assert [(row["sender"], row["dialled"]) for row in inbox(provider, me)] == [(O2, MSISDN)]


def test_a_message_to_several_is_kept_for_those_of_ours_and_the_others_are_told_of(provider, me):
    both = Recipients(to=(number(APP), number(MSISDN), number("+420608000001")), cc=(number("999023"),))
    new_application(provider, LOADED, number=23)

    async def going():
        async with talking(provider) as talk, Exchange(talk.centre._exchange._peer) as exchange:
            return await ProgramClient(exchange).deliver(DeliverReq(number(O2), both, content=PICTURE))

    outcome = asyncio.run(going())

    assert (outcome.status.code, len(inbox(provider, me))) == (1100, 1)


def test_the_same_delivery_is_kept_once_and_answered_the_same(provider, me):
    request = DeliverReq(number(O2), Recipients(to=(number(APP),)), content=PICTURE, sent_at=LOADED)
    other = replace(request, subject="jiná")

    async def going():
        async with talking(provider) as talk, Exchange(talk.centre._exchange._peer) as exchange:
            asked = [request, request, other]
            return [await exchange.ask(one, DeliverRsp, transaction_id="t-1") for one in asked]

    outcomes = asyncio.run(going())

    assert [one.status.code for one in outcomes] == [1000] * 3
    assert [row["content"]["subject"] for row in inbox(provider, me)] == ["", "jiná"]


@pytest.mark.clause("o2/3.2")
def test_media_are_given_to_their_application_alone_until_their_time_is_over(provider, me):
    delivered(provider, (O2, APP))
    (row,) = inbox(provider, me)
    end = row["expires_at"]

    def part(ctx, *, application=me, moment=end - timedelta(microseconds=1), place=2):
        return medium_of(replace(ctx, now=moment), application, row["id"], place)

    assert at(provider, part)["data"] == JPEG
    assert at(provider, lambda ctx: part(ctx, moment=end)) is None
    assert at(provider, lambda ctx: part(ctx, application=row["id"])) is None
    assert at(provider, lambda ctx: part(ctx, place=3)) is None
    assert at(provider, lambda ctx: erase_expired(ctx, before=end, limit=999)) >= 1
    assert at(provider, lambda ctx: media_of(ctx, row["id"])) == []


@pytest.mark.clause("o2/8.1")
def test_stop_in_an_mms_withdraws_the_consent_and_is_confirmed_once(provider, me):
    stop = Content((MediaPart("text/plain", "Stop, prosím".encode(), charset="utf-8"),))
    sender = "+420602000077"

    async def going():
        async with talking(provider) as talk:
            for _ in range(2):
                await talk.centre.deliver(sender=number(sender), recipient=number(APP), content=stop)
            answers = await talk.desk.submit([mms(me, sender), mms(me, sender, purpose="service")])
            await talk.counted("sent", 2)
            return answers, [one.request for one in talk.centre.taken.values()]

    (commercial, service), requests = asyncio.run(going())

    assert (commercial.code, service.parts) == ("CONSENT_WITHDRAWN", 1)
    texts = [one.content.parts[0].text() for one in requests]
    assert sum("Pekárna" in text for text in texts) == 1
    assert {one.sender.address.value for one in requests} == {APP}
    with transaction(provider) as db:
        made = db.execute("SELECT id, accepted_at FROM message WHERE recipient = %s", [sender]).fetchall()
    assert len(made) == 2
    assert all(row["id"].int >> 80 == micros_of(row["accepted_at"]) // 1000 for row in made)


@pytest.mark.clause("o2/3.1")
def test_after_the_time_for_reports_an_mms_is_unknown(provider, me):
    async def going():
        async with talking(provider, Conduct(reporting=Reporting.LOST)) as talk:
            answers = await talk.desk.submit([mms(me)])
            await talk.counted("sent")
        looks = Sender(provider, [], now=lambda: now() + timedelta(hours=73), random=Random(1))
        await looks.start()
        await looks.sweep()
        looks.do_chores()
        await asyncio.sleep(0.5)
        await looks.close()
        return answers

    assert events(provider, asyncio.run(going())) == [["sent", "unknown"]]


def test_ids_and_addresses_without_end_stop_nothing(provider, me):
    endless = "x" * 20_000
    deliver = DeliverReq(number("+" + endless), Recipients(to=(number(MSISDN),)), content=PICTURE)
    report = DeliveryReportReq(endless, number(O2), mm_status="Retrieved", status_text=endless)

    async def going():
        async with talking(provider) as talk, Exchange(talk.centre._exchange._peer) as exchange:
            return [
                await exchange.ask(deliver, DeliverRsp, transaction_id=endless),
                await exchange.ask(report, DeliveryReportRsp),
            ]

    outcomes = asyncio.run(going())
    at(provider, lambda ctx: ctx.db.execute("DELETE FROM message_receipt"))

    assert [one.status.code for one in outcomes] == [1000, 1000]
    assert [len(row["sender"]) for row in inbox(provider, me)] == [254]


def test_strangers_are_not_heard(provider, me):
    async def going():
        async with talking(provider) as talk:
            peer = talk.centre._exchange._peer
            other, nowhere = replace(peer, password="jiné"), replace(peer, url=peer.url.replace("mmsc", "other"))
            found = []
            for one in (other, replace(peer, user=None), nowhere):
                async with Exchange(one) as exchange:
                    request = DeliverReq(number(O2), Recipients(to=(number(APP),)), content=PICTURE)
                    found.append((await ProgramClient(exchange).deliver(request)).http_status)
            async with httpx.AsyncClient() as plain:
                found.append((await plain.get(peer.url, auth=("mmsc", "tajemství"))).status_code)
            return found

    assert asyncio.run(going()) == [401, 401, 404, 405]
    assert inbox(provider, me) == []


def test_a_way_that_names_nobody_hears_only_those_with_certificates(provider, me):
    outcomes = delivered(provider, (O2, APP), heard_as="", heard_password="")

    assert [one.http_status for one in outcomes] == [401]


def test_what_cannot_be_written_in_time_is_tried_again_by_the_mmsc(provider, me, monkeypatch):
    monkeypatch.setattr("spojka.network.messaging.multimedia.hearing.ANSWER_S", 0)

    (outcome,) = delivered(provider, (O2, APP))

    assert (outcome.result, outcome.status.code) == (Result.LATER, 3000)
