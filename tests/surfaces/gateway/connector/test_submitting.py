"""The modern API: one message or many over mutual TLS, each with an answer of its own."""

from __future__ import annotations

import base64
import threading
from datetime import timedelta

import psycopg
import pytest

from spojka.kernel.ids import uuid7
from spojka.surfaces.gateway.connector import submitting
from spojka.surfaces.gateway.connector.gauge import OLD_NS
from tests.surfaces.gateway.connector.programs import O2, VODAFONE, Program, now


def code_of(reply):
    return reply.json()["refusal"]["code"]


def test_one_message_is_accepted_and_durable(world, program):
    reply = program.send({"to": O2, "text": "Dobrý den"})

    assert reply.status_code == 202
    body = reply.json()
    assert (body["status"], body["parts"], body["coding"], body["class"]) == ("accepted", 1, "ucs2", "standard")
    assert (body["place"], body["price"], body["repeated"], body["reply_possible"]) == (0, "1.10", False, True)
    (row,) = world.rows("SELECT body, certificate FROM message WHERE id = %s", body["id"])
    assert bytes(row["body"]).decode() == "Dobrý den"
    assert bytes(row["certificate"]) == program.certificate.read.fingerprint


@pytest.mark.clause("o2/3.1")
def test_many_messages_have_answers_in_their_order_with_every_kind_of_refusal_among_good_ones(world, program):
    long = "a" * 2000
    asked = [
        ({"to": O2, "text": "1"}, "accepted"),
        ({"to": "222", "text": "2"}, "RECIPIENT_INVALID"),
        ({"to": O2, "text": "3", "sender": "1992001"}, "SENDER_NOT_ASSIGNED"),
        ({"to": O2, "text": "4", "sender": "Nikdo"}, "NICKNAME_NOT_ACTIVE"),
        ({"to": O2, "text": long}, "MESSAGE_TOO_LONG"),
        ({"to": O2, "text": "6", "priority": True}, "PRIORITY_REQUIRES_PRIORITY_URL"),
        ({"to": O2, "text": "7", "expires_at": (now() - timedelta(hours=1)).isoformat()}, "WOULD_EXPIRE"),
        ({"to": O2, "text": "8", "reference": "once"}, "accepted"),
        ({"to": O2, "text": "9", "reference": "once"}, "KEY_REUSED"),
        ({"to": O2}, "REQUEST_MALFORMED"),
        ({"text": "11"}, "REQUEST_MALFORMED"),
        ("12", "REQUEST_MALFORMED"),
        ({"to": O2, "text": "13", "txt": "x"}, "REQUEST_MALFORMED"),
        ({"to": O2, "text": "14", "report": "yes"}, "REQUEST_MALFORMED"),
        ({"to": O2, "text": "15", "send_at": "2026-01-01T00:00:00"}, "REQUEST_MALFORMED"),
        ({"to": O2, "text": "16", "reference": "a\u0000b"}, "REQUEST_MALFORMED"),
        ({"to": O2, "data": "%%%"}, "REQUEST_MALFORMED"),
        ({"to": VODAFONE, "text": "18"}, "accepted"),
    ]

    reply = program.send({"messages": [one for one, _ in asked]})

    results = reply.json()["results"]
    assert reply.status_code == 200
    assert [one.get("code", one["status"]) for one in results] == [expected for _, expected in asked]
    assert (reply.json()["accepted"], reply.json()["refused"]) == (3, len(asked) - 3)
    assert all(one["words"] for one in results if one["status"] == "refused")
    queued = world.rows("SELECT 1 FROM message_queue WHERE application_id = %s", program.id)
    assert len(queued) == 3


@pytest.mark.parametrize(
    ("product", "url", "body", "code"),
    [
        ("SMSC", "priority", {"to": O2, "text": "x"}, "PRIORITY_NOT_AVAILABLE"),
        ("SMSC_PLUS", "priority", {"to": O2, "text": "x", "priority": False}, "PRIORITY_URL_REQUIRES_PRIORITY"),
        ("SMSC", "standard", {"to": O2, "text": "x", "sender": "Pekarna"}, "NICKNAME_NOT_AVAILABLE"),
        ("MMSC", "standard", {"to": O2, "text": "x"}, "MESSAGE_TYPE_NOT_SUPPORTED"),
    ],
)
@pytest.mark.clause("o2/2.2")
def test_what_a_product_does_not_do_is_refused_with_a_reason(world, product, url, body, code):
    program = Program(world, product)

    reply = program.send(body, url=url)

    assert (reply.status_code, code_of(reply)) == (422, code)


@pytest.mark.clause("o2/5.1-d")
def test_in_a_batch_to_the_priority_address_one_that_is_not_is_refused_alone(program):
    reply = program.send(
        {"messages": [{"to": O2, "text": "1"}, {"to": O2, "text": "2", "priority": False}, {"to": O2, "text": "3"}]},
        url="priority",
    )

    results = reply.json()["results"]
    assert [one.get("code", one.get("class")) for one in results] == [
        "priority",
        "PRIORITY_URL_REQUIRES_PRIORITY",
        "priority",
    ]


def test_states_and_consents_of_an_application_are_told_with_their_clauses(world, program):
    world.write(
        "INSERT INTO application_option (tenant_id, id, application_id, kind, value, folded, state, reason, channel,"
        " caller, evidence, requested_at, active_from) VALUES (%s, %s, %s, 'nickname', 'Pekarna', 'pekarna', 'active',"
        " '', '', '', '{}', %s, %s)",
        world.tenant,
        uuid7(),
        program.id,
        now(),
        now() - timedelta(minutes=1),
    )
    world.write("UPDATE application SET consent_mode = 'enforce' WHERE id = %s", program.id)

    abroad = program.send({"to": "+4915123456789", "text": "x", "sender": "Pekarna"})
    missing = program.send({"to": O2, "text": "x"})
    world.write(
        "INSERT INTO service_hold (tenant_id, id, service_id, reason, scope, clauses, held_at, requested_by)"
        " VALUES (%s, %s, %s, 'spam', 'both', '[\"o2/8.1\"]', %s, 'x')",
        world.tenant,
        uuid7(),
        program.id,
        now(),
    )
    world.until(lambda: program.send({"to": O2, "text": "x"}).status_code == 403, for_s=3)
    held = program.send({"to": O2, "text": "x"}, headers={"accept-language": "en"})

    assert (abroad.status_code, code_of(abroad)) == (422, "NICKNAME_ABROAD_NOT_SUPPORTED")
    assert (missing.status_code, code_of(missing)) == (403, "CONSENT_MISSING")
    world.until(lambda: code_of(program.send({"to": O2, "text": "x"})) == "SERVICE_SUSPENDED", for_s=3)
    assert held.status_code == 403


@pytest.mark.clause("o2/8.1")
def test_a_recipient_who_took_the_consent_back_is_refused_among_others_and_still_told_of_services(world, program):
    party = world.rows("SELECT party_id FROM application WHERE id = %s", program.id)[0]["party_id"]
    world.write(
        "INSERT INTO consent_withdrawal (tenant_id, id, party_id, recipient, scope, withdrawn_at, channel, source,"
        " recorded_at) VALUES (%s, %s, %s, %s, 'commercial', %s, 'sms', '', %s)",
        world.tenant,
        uuid7(),
        party,
        O2,
        now() - timedelta(minutes=1),
        now(),
    )

    reply = program.send(
        {
            "messages": [
                {"to": O2, "text": "sleva"},
                {"to": VODAFONE, "text": "sleva"},
                {"to": O2, "text": "kód 123", "purpose": "service"},
            ]
        }
    )

    results = reply.json()["results"]
    assert [one.get("code", one["status"]) for one in results] == ["CONSENT_WITHDRAWN", "accepted", "accepted"]
    assert results[0]["clauses"] == ["o2/8.1"]


@pytest.mark.parametrize(("state", "code"), [("waiting", "SERVICE_NOT_ACTIVE"), ("ended", "SERVICE_TERMINATED")])
def test_a_service_that_does_not_run_takes_nothing(world, program, state, code):
    world.write(
        "UPDATE service SET state = %s, activated_at = CASE WHEN %s = 'ended' THEN activated_at END,"
        " ended_at = CASE WHEN %s = 'ended' THEN now() END WHERE id = %s",
        state,
        state,
        state,
        program.id,
    )

    reply = program.send({"to": O2, "text": "x"})

    assert (reply.status_code, code_of(reply)) == (403, code)
    assert reply.json()["refusal"]["words"]


def limit(world, program, period, granted):
    world.write(
        "INSERT INTO application_limit (tenant_id, id, application_id, period, asked, granted, state, reason, asked_by,"
        " asked_at, decided_by, valid_from) VALUES (%s, %s, %s, %s, %s, %s, 'granted', '', '', %s, '', %s)",
        world.tenant,
        uuid7(),
        program.id,
        period,
        granted,
        granted,
        now(),
        now() - timedelta(minutes=1),
    )


@pytest.mark.clause("o2/3.3")
@pytest.mark.parametrize(("period", "code"), [("day", "DAILY_LIMIT_EXCEEDED"), ("month", "MONTHLY_LIMIT_EXCEEDED")])
def test_a_limit_is_told_in_headers_and_refuses_until_it_begins_anew(world, program, period, code):
    limit(world, program, period, 2)

    replies = [program.send({"to": O2, "text": "x"}) for _ in range(3)]

    assert [one.status_code for one in replies] == [202, 202, 429]
    assert code_of(replies[2]) == code
    assert int(replies[2].headers["retry-after"]) > 0
    assert f'"{period}";q=2' in replies[1].headers["ratelimit-policy"]
    assert f'"{period}";r=0;t=' in replies[1].headers["ratelimit"]
    assert replies[1].headers["pace"] == "5"


def test_the_two_overloads_have_answers_of_their_own(world, program):
    world.write(
        "INSERT INTO message_queue (tenant_id, id, application_id, class, parts, ready_at, state)"
        " VALUES (%s, %s, %s, 'standard', 100000, %s, 'claimed')",
        world.tenant,
        uuid7(),
        program.id,
        now(),
    )

    full = program.send({"to": O2, "text": "x"})
    world.write("UPDATE message_queue SET parts = 50000 WHERE application_id = %s", program.id)
    world.until(lambda: code_of(program.send({"to": O2, "text": "x", "valid_for_s": 60})) == "WOULD_EXPIRE", for_s=4)
    late = program.send({"to": O2, "text": "x", "valid_for_s": 60})

    assert (full.status_code, code_of(full)) == (429, "QUEUE_FULL")
    assert int(full.headers["retry-after"]) >= 1
    assert (late.status_code, code_of(late)) == (409, "WOULD_EXPIRE")


def test_a_repeated_key_answers_the_same_and_sends_nothing(world, program):
    first = program.send({"to": O2, "text": "Jednou"}, headers={"Idempotency-Key": "a-1"})
    again = program.send({"to": O2, "text": "Jednou"}, headers={"Idempotency-Key": "a-1"})
    other = program.send({"to": O2, "text": "Jinak"}, headers={"Idempotency-Key": "a-1"})
    many = [
        program.send({"messages": [{"to": O2, "text": "A"}, {"to": O2, "text": "B"}]}, headers={"Idempotency-Key": "b"})
        for _ in range(2)
    ]

    assert (first.json()["id"], again.json()["repeated"]) == (again.json()["id"], True)
    assert (other.status_code, code_of(other)) == (409, "KEY_REUSED")
    ids = [[one["id"] for one in reply.json()["results"]] for reply in many]
    assert ids[0] == ids[1]
    assert len(world.rows("SELECT 1 FROM message WHERE application_id = %s", program.id)) == 3


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 400, "REQUEST_MALFORMED"),
        (b"", 400, "REQUEST_MALFORMED"),
        (b"\xff\xfe", 400, "REQUEST_MALFORMED"),
        (b'{"to": "\\ud83d", "text": "x"}', 400, "REQUEST_MALFORMED"),
        (b"[1]", 400, "REQUEST_MALFORMED"),
        (b'{"messages": {}}', 400, "REQUEST_MALFORMED"),
        (b'{"messages": [' + b"1," * 5000 + b"1]}", 413, "TOO_MANY_MESSAGES"),
        (b'{"to": "' + b"1" * 9_000_000 + b'"}', 413, "BODY_TOO_LARGE"),
    ],
)
def test_a_body_that_cannot_be_taken_is_refused_with_what_is_wrong(program, content, status, code):
    reply = program.http.post(f"{program.root}/standard/messages", content=content)

    assert (reply.status_code, code_of(reply)) == (status, code)


def test_a_body_that_does_not_say_its_length_is_cut_off_where_it_is_too_long(program):
    def endless():
        for _ in range(200):
            yield b"x" * 65536

    reply = program.http.post(f"{program.root}/standard/messages", content=endless())

    assert (reply.status_code, code_of(reply)) == (413, "BODY_TOO_LARGE")


def test_words_come_in_the_language_that_is_asked_for(program):
    words = [
        program.send({"to": "222", "text": "x"}, headers={"accept-language": language}).json()["refusal"]["words"]
        for language in ("cs", "en-GB,en;q=0.9", "de", "en;q=0.5, cs")
    ]

    assert words[1].startswith("222 is no mobile number")
    assert words[0] == words[2]
    assert words[0].startswith("222 není číslo")


@pytest.mark.clause("o2/7.1")
def test_a_preview_says_what_a_text_takes_and_why(program):
    shown = program.http.post(f"{program.root}/messages/preview", json={"text": "Kůň"}).json()
    bad = program.http.post(f"{program.root}/messages/preview", json={"text": "x", "coding": "morse"})

    assert (shown["parts"], shown["coding"]) == (1, "ucs2")
    assert "„ů“" in shown["words"]
    assert bad.status_code == 400


def test_a_multimedia_message_keeps_its_parts_to_the_byte(world):
    program = Program(world, "MMSC")
    picture = bytes(range(256))
    part = {"content_type": "image/jpeg", "content": base64.b64encode(picture).decode(), "id": "p1"}

    sent = program.send({"to": O2, "subject": "Léto", "parts": [part]}, url="mms")
    wrong = [
        program.send(body, url="mms")
        for body in (
            {"to": O2, "parts": []},
            {"to": O2, "parts": [{**part, "content_type": "nic"}]},
            {"to": O2, "parts": [{**part, "id": "a\r\nb"}]},
            {"to": O2, "parts": [part], "subject": "a\nb"},
            {"to": O2, "parts": [part], "text": "x"},
        )
    ]
    too_big = {**part, "content": base64.b64encode(bytes(310_000)).decode()}

    (row,) = world.rows("SELECT body, kind FROM message WHERE id = %s", sent.json()["id"])
    assert row["kind"] == "mms"
    assert picture in bytes(row["body"])
    assert [one.status_code for one in wrong] == [400] * 5
    assert code_of(program.send({"to": O2, "parts": [too_big]}, url="mms")) == "MESSAGE_TOO_LONG"


def test_limits_that_were_read_long_ago_are_read_anew_before_they_are_told(world, program):
    first = program.send({"to": O2, "text": "x"})
    read = world.running.services.gauge._readings[program.id]
    read.day_used, read.read_ns = read.day_limit, read.read_ns - OLD_NS

    second = program.send({"to": O2, "text": "x"})

    assert f'"day";r={read.day_limit - 1};t=' in first.headers["ratelimit"]
    assert f'"day";r={read.day_limit - 2};t=' in second.headers["ratelimit"]


@pytest.mark.parametrize("fault", [psycopg.errors.UndefinedTable, psycopg.OperationalError, ZeroDivisionError])
def test_what_was_accepted_is_answered_so_when_its_headers_cannot_be_made(world, program, monkeypatch, fault):
    before = program.send({"to": O2, "text": "x"})

    def fails(*given):
        raise fault

    gauge = world.running.services.gauge
    monkeypatch.setattr(gauge, "_readings_of", fails)
    monkeypatch.setattr(gauge, "_readings", {})
    accepted = program.send({"to": O2, "text": "x"})
    many = program.send({"messages": [{"to": O2, "text": "x"}]})
    told = program.http.get(f"{program.root}/limits")

    assert "ratelimit" in before.headers
    assert [(one.status_code, "ratelimit" in one.headers) for one in (accepted, many)] == [(202, False), (200, False)]
    assert (told.status_code, code_of(told)) == (
        (503, "TRY_AGAIN") if fault is psycopg.OperationalError else (500, "FAULT")
    )
    assert len(world.rows("SELECT 1 FROM message WHERE application_id = %s", program.id)) == 3


def test_an_answer_does_not_wait_for_what_its_headers_would_say(world, program, monkeypatch):
    waits = threading.Event()
    monkeypatch.setattr(submitting, "PACE_S", 0.1)
    monkeypatch.setattr(world.running.services.gauge, "_readings_of", lambda *given: {waits.wait(20): None})

    reply = program.send({"to": O2, "text": "x"})
    still_waits = not waits.is_set()
    waits.set()

    assert (reply.status_code, "ratelimit" in reply.headers, still_waits) == (202, False, True)
