"""Messages in over SMPP: each as it was asked, or refused with the status that says why."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from spojka.network.messaging.sending.composing import Outgoing, requests_of
from spojka.network.messaging.smpp import statuses
from spojka.network.messaging.smpp.fields import Destination
from spojka.network.messaging.smpp.pdus import CancelSm, DataSm, QuerySm, ReplaceSm, SubmitMulti, SubmitSm
from spojka.network.messaging.smpp.receipts import MessageState
from spojka.network.messaging.smpp.times import absolute_time, relative_time
from spojka.network.messaging.smpp.tlvs import (
    MESSAGE_PAYLOAD,
    QOS_TIME_TO_LIVE,
    SAR_MSG_REF_NUM,
    SAR_SEGMENT_SEQNUM,
    SAR_TOTAL_SEGMENTS,
)
from spojka.network.messaging.smpp.tlvs import text as text_tlv
from spojka.network.messaging.submission.operations import SUBMIT_REFUSALS
from spojka.surfaces.gateway.smpp.answers import STATUSES, status_of
from spojka.surfaces.gateway.smpp.reading import REFERENCE
from tests.surfaces.gateway.connector.programs import O2, VODAFONE, now
from tests.surfaces.gateway.smpp.speakers import Speaker, asked, message, reason

PART = bytes((5, 0, 3, 7, 2, 1))


def answers_of(speaker, *requests, **given):
    async def going():
        async with speaker.speaking(**given) as client:
            return await asked(client, *requests)

    return asyncio.run(going())


def sent_on(speaker):
    """What the sender would hand to a centre of an application's messages."""
    return [requests_of(Outgoing.read({**row, "expires_at": None}))[0] for row in speaker.messages()]


@pytest.mark.clause("o2/6.3")
def test_a_message_is_in_the_database_before_it_is_answered(speaker):
    answers = answers_of(speaker, message(), message(b"Dobr\x04 den"))

    kept = speaker.messages()
    assert [one.status for one in answers] == [0, 0]
    assert [one.message_id for one in answers] == [row["id"].hex for row in kept]
    assert [row["body"].decode() for row in kept] == ["Hello", "Dobrè den"]
    assert {row["certificate"] for row in kept} == {speaker.certificate.read.fingerprint}
    assert [row["recipient"] for row in kept] == [O2, O2]


WORDS = (
    (0x00, b"\x00\x02\x1b\x65", "@$€"),
    (0x01, b"a@b.cz {1}", "a@b.cz {1}"),
    (0x01, b"\x00\x11 caf\x05", "@_ café"),
    (0x03, b"\xe9 \xa7", "é §"),
    (0x08, "Příliš 😀".encode("utf-16-be"), "Příliš 😀"),
    (0x18, "Příliš".encode("utf-16-be"), "Příliš"),
    (0x10, b"Flash", "Flash"),
)


def test_words_are_kept_in_any_coding(speaker):
    answers = answers_of(speaker, *(message(octets, data_coding=coding) for coding, octets, _ in WORDS))

    kept = speaker.messages()
    assert {one.status for one in answers} == {0}
    assert [row["body"].decode() for row in kept] == [text for _, _, text in WORDS]
    assert [row["options"].get("flash", False) for row in kept] == [coding & 0xF0 == 0x10 for coding, _, _ in WORDS]


def test_a_long_text_in_message_payload_is_cut_by_us(speaker):
    payload = ((MESSAGE_PAYLOAD, b"x" * 200),)

    (answer,) = answers_of(speaker, message(b"", tlvs=payload))

    assert answer.status == 0
    assert [(row["parts"], len(row["body"])) for row in speaker.messages()] == [(2, 200)]


PARTS = (
    (message(PART + b"\x00" * 153, esm_class=0x40), PART, 0, b"\x00" * 153),
    (message(PART + b"\xd8\x3d", esm_class=0x43, data_coding=8), PART, 8, b"\xd8\x3d"),
    (message(PART + b"a_b", esm_class=0x40, data_coding=1), PART, 0, b"a\x11b"),
    (message(PART + "ý".encode("latin-1"), esm_class=0x40, data_coding=3), PART, 3, b"\xfd"),
    (
        message(b"\x06\x05\x04\x0b\x84\x23\xf0\x01\xff", esm_class=0x40, data_coding=0xF5),
        b"\x06\x05\x04\x0b\x84\x23\xf0",
        0xF5,
        b"\x01\xff",
    ),
    (
        message(
            b"first",
            tlvs=((SAR_MSG_REF_NUM, b"\x01\x07"), (SAR_TOTAL_SEGMENTS, b"\x02"), (SAR_SEGMENT_SEQNUM, b"\x01")),
        ),
        PART,
        0,
        b"first",
    ),
)


def test_a_part_that_a_program_made_goes_out_as_it_came(speaker):
    answers = answers_of(speaker, *(request for request, *_ in PARTS))

    sent = sent_on(speaker)
    assert {one.status for one in answers} == {0}
    assert [(out.short_message, out.data_coding, out.esm_class) for out in sent] == [
        (header + payload, data_coding, 0x40) for _, header, data_coding, payload in PARTS
    ]


def test_octets_stay_octets(speaker):
    (answer,) = answers_of(speaker, message(b"\x00\xff\x80", data_coding=4))

    (out,) = sent_on(speaker)
    assert (answer.status, out.short_message, out.data_coding, out.esm_class) == (0, b"\x00\xff\x80", 4, 0)


def test_times_wishes_for_receipts_and_senders_are_taken(speaker):
    at = now().replace(microsecond=0)
    starts, ends = at + timedelta(hours=1), at + timedelta(hours=3)
    requests = (
        message(schedule_delivery_time=absolute_time(starts), validity_period=absolute_time(ends)),
        message(validity_period=relative_time(timedelta(hours=2)), registered_delivery=1),
        message(registered_delivery=2, source_addr=speaker.number, source_addr_ton=1),
        DataSm(destination_addr="602000001", tlvs=((MESSAGE_PAYLOAD, b"data"), (QOS_TIME_TO_LIVE, (60).to_bytes(4)))),
    )

    answers = answers_of(speaker, *requests)

    queue = speaker.world.rows("SELECT * FROM message_queue WHERE application_id = %s ORDER BY id", speaker.id)
    assert [one.status for one in answers] == [0, 0, 0, 0]
    assert (queue[0]["ready_at"], queue[0]["expires_at"]) == (starts, ends)
    assert abs(queue[1]["expires_at"] - at - timedelta(hours=2)) < timedelta(seconds=10)
    assert abs(queue[3]["expires_at"] - at - timedelta(seconds=60)) < timedelta(seconds=10)
    assert [row["options"].get("report") for row in speaker.messages()] == [None, True, "failures", None]
    assert speaker.messages()[2]["sender_kind"] == "app_number"


REFUSED = (
    ({"to": "123"}, statuses.ESME_RINVDSTADR, "RECIPIENT_INVALID"),
    ({"to": ""}, statuses.ESME_RINVDSTADR, "RECIPIENT_INVALID"),
    ({"source_addr": "420608123456"}, statuses.ESME_RINVSRCADR, "SENDER_NOT_ASSIGNED"),
    ({"source_addr": "Pekarna"}, statuses.ESME_RINVSRCADR, "NICKNAME_NOT_ACTIVE"),
    ({"text": b"x" * 20, "tlvs": ((SAR_MSG_REF_NUM, b"\x00\x01"),)}, 0xC0, "REQUEST_MALFORMED sar_segment_seqnum"),
    ({"text": b"", "tlvs": ((MESSAGE_PAYLOAD, b"x" * 60_000),)}, statuses.ESME_RINVMSGLEN, "MESSAGE_TOO_LONG"),
    ({"text": PART + b"x" * 154, "esm_class": 0x40}, statuses.ESME_RINVMSGLEN, "MESSAGE_TOO_LONG"),
    ({"text": PART + b"x" * 135, "esm_class": 0x40, "data_coding": 4}, 0x01, "MESSAGE_TOO_LONG"),
    ({"text": b"\x30no", "esm_class": 0x40}, statuses.ESME_RINVMSGLEN, "REQUEST_MALFORMED short_message"),
    ({"text": b"\xff"}, statuses.ESME_RSUBMITFAIL, "REQUEST_MALFORMED short_message"),
    ({"text": b"\xd8\x3d", "data_coding": 8}, statuses.ESME_RSUBMITFAIL, "REQUEST_MALFORMED short_message"),
    ({"data_coding": 0x05}, statuses.ESME_RSUBMITFAIL, "REQUEST_MALFORMED data_coding"),
    ({"data_coding": 0xC8}, statuses.ESME_RSUBMITFAIL, "REQUEST_MALFORMED data_coding"),
    ({"esm_class": 0x02}, statuses.ESME_RINVESMCLASS, "REQUEST_MALFORMED esm_class"),
    ({"esm_class": 0x08}, statuses.ESME_RINVESMCLASS, "REQUEST_MALFORMED esm_class"),
    ({"protocol_id": 64}, statuses.ESME_RSUBMITFAIL, "REQUEST_MALFORMED protocol_id"),
    ({"replace_if_present_flag": 1}, statuses.ESME_RINVREPFLAG, "REQUEST_MALFORMED replace_if_present_flag"),
    ({"sm_default_msg_id": 1}, statuses.ESME_RINVDFTMSGID, "REQUEST_MALFORMED sm_default_msg_id"),
    ({"validity_period": "tomorrow"}, statuses.ESME_RINVEXPIRY, "REQUEST_MALFORMED validity_period"),
    ({"schedule_delivery_time": "990101000000000+"}, 0x61, "REQUEST_MALFORMED schedule_delivery_time"),
    ({"validity_period": "200101000000000+"}, statuses.ESME_RINVEXPIRY, "REQUEST_MALFORMED validity_period"),
    ({"tlvs": ((REFERENCE, b"\0"),)}, statuses.ESME_RINVPARLEN, "REQUEST_MALFORMED reference"),
)


def test_what_cannot_be_done_is_refused_with_its_own_status(speaker):
    answers = answers_of(speaker, *(message(**{"text": b"Hello"} | given) for given, _, _ in REFUSED))

    assert [(one.status, reason(one)) for one in answers] == [(status, said) for _, status, said in REFUSED]
    assert {one.message_id for one in answers} == {""}
    assert speaker.messages() == []


@pytest.mark.clause("o2/2.2")
def test_priority_is_the_accounts_and_the_flag_a_hint(world):
    plain, fast = Speaker(world), Speaker(world, message_class="priority", purpose="service")
    basic = Speaker(world, "SMSC", message_class="priority")

    answers = [answers_of(one, message(priority_flag=3))[0] for one in (plain, fast, basic)]

    assert [one.status for one in answers] == [0, 0, statuses.ESME_RINVPRTFLG]
    assert reason(answers[2]) == "PRIORITY_NOT_AVAILABLE"
    assert [(row["class"], row["purpose"]) for one in (plain, fast) for row in one.messages()] == [
        ("standard", "commercial"),
        ("priority", "service"),
    ]


def test_the_same_reference_is_answered_the_same_and_sent_once(speaker):
    given = {"tlvs": (text_tlv(REFERENCE, "order-7"),)}

    answers = answers_of(speaker, message(**given), message(**given), message(b"another", **given))

    assert answers[0].message_id == answers[1].message_id
    assert (answers[2].status, reason(answers[2])) == (statuses.ESME_RSUBMITFAIL, "KEY_REUSED")
    assert len(speaker.messages()) == 1


def test_every_destination_of_submit_multi_is_a_message_or_told_why_not(speaker):
    to = (
        Destination("420602000001"),
        Destination("999", 0, 0),
        Destination("420777000002"),
        Destination(dl_name="all"),
    )

    some, none = answers_of(
        speaker,
        SubmitMulti(destinations=to, short_message=b"Hello"),
        SubmitMulti(destinations=(Destination("999", 0, 0),), short_message=b"Hello"),
    )

    assert some.status == 0
    assert [(one.addr, one.status) for one in some.unsuccessful] == [
        ("999", statuses.ESME_RINVDSTADR),
        ("", statuses.ESME_RINVDLNAME),
    ]
    kept = speaker.messages()
    assert [row["recipient"] for row in kept] == [O2, VODAFONE]
    assert {row["reference"].partition("#")[0] for row in kept} == {f"smpp-multi:{some.message_id}"}
    assert (none.status, reason(none), len(none.unsuccessful)) == (statuses.ESME_RINVDSTADR, "RECIPIENT_INVALID", 1)


def test_a_message_is_asked_about_and_taken_back_while_it_waits(speaker):
    async def going():
        async with speaker.speaking() as client:
            (sent,) = await asked(client, message())
            known = sent.message_id
            first = await asked(client, QuerySm(message_id=known), CancelSm(message_id=known))
            return first + await asked(client, QuerySm(message_id=known), CancelSm(message_id=known))

    waits, taken, gone, again = asyncio.run(going())

    assert (waits.message_state, waits.final_date) == (MessageState.ENROUTE, "")
    assert (taken.status, again.status) == (0, 0)
    assert gone.message_state == MessageState.DELETED
    assert gone.final_date.endswith("00+")
    actor = f"certificate:{speaker.certificate.hex}"
    kept = speaker.world.rows("SELECT operation FROM audit WHERE actor = %s", actor)
    assert {row["operation"] for row in kept} == {"messages.take_back"}


def test_what_left_is_not_taken_back_and_nothing_is_replaced(speaker):
    async def going():
        async with speaker.speaking() as client:
            (sent,) = await asked(client, message())
            speaker.world.write("DELETE FROM message_queue WHERE id = %s", sent.message_id)
            return await asked(
                client,
                CancelSm(message_id=sent.message_id),
                ReplaceSm(message_id=sent.message_id, short_message=b"another"),
                CancelSm(destination_addr="420602000001"),
                QuerySm(message_id="nothing"),
                CancelSm(message_id="0" * 32),
            )

    answers = asyncio.run(going())

    assert [(one.status, reason(one)) for one in answers] == [
        (statuses.ESME_RCANCELFAIL, "MESSAGE_LEFT"),
        (statuses.ESME_RREPLACEFAIL, None),
        (statuses.ESME_RCANCELFAIL, None),
        (statuses.ESME_RINVMSGID, "MESSAGE_NOT_FOUND"),
        (statuses.ESME_RINVMSGID, "MESSAGE_NOT_FOUND"),
    ]


@pytest.mark.clause("o2/6.1")
def test_one_applications_messages_are_never_anothers(speaker, world):
    other = Speaker(world)
    (sent,) = answers_of(speaker, message())

    answers = answers_of(other, QuerySm(message_id=sent.message_id), CancelSm(message_id=sent.message_id))

    assert [one.status for one in answers] == [statuses.ESME_RINVMSGID] * 2
    assert len(world.rows("SELECT 1 FROM message_queue WHERE id = %s", sent.message_id)) == 1


@pytest.mark.clause("o2/4.1")
def test_limits_and_a_turn_that_comes_too_late_ask_for_patience(world):
    limited, slow = Speaker(world), Speaker(world)
    for period in ("day", "month"):
        limited.done("connector.set_limit", period=period, value=1, reason="test")
    many = SubmitMulti(destinations=(Destination("420602000001"),) * 50, short_message=b"Hello")

    over = answers_of(limited, message(), message())
    late = answers_of(slow, many, many, message(validity_period=relative_time(timedelta(seconds=1))))

    assert [(one.status, reason(one)) for one in over] == [
        (0, None),
        (statuses.ESME_RTHROTTLED, "MONTHLY_LIMIT_EXCEEDED"),
    ]
    assert [(one.status, reason(one)) for one in late] == [
        (0, None),
        (0, None),
        (statuses.ESME_RMSGQFUL, "WOULD_EXPIRE"),
    ]


def test_every_refusal_of_the_desk_has_a_status():
    assert set(SUBMIT_REFUSALS) <= set(STATUSES)
    assert status_of("QUEUE_FULL") == statuses.ESME_RTHROTTLED
    assert {status_of(code) for code in SUBMIT_REFUSALS if "NICKNAME" in code} == {statuses.ESME_RINVSRCADR}
    assert {status_of(code) for code in SUBMIT_REFUSALS if "PRIORITY" in code} == {statuses.ESME_RINVPRTFLG}


def test_more_unanswered_requests_than_the_window_are_throttled(world):
    narrow = Speaker(world, window=5)

    answers = answers_of(narrow, *[message() for _ in range(40)])

    found = {one.status for one in answers}
    assert found == {0, statuses.ESME_RTHROTTLED}
    assert len(narrow.messages()) == sum(one.status == 0 for one in answers) >= 5


def test_a_receiver_sends_nothing(speaker):
    (answer,) = answers_of(speaker, SubmitSm(destination_addr="602000001"), way="receiver")

    assert answer.status == statuses.ESME_RINVBNDSTS
    assert speaker.messages() == []
