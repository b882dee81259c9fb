"""What a program is refused is counted for its subscriber and for staff, and written once a minute (o2/7.3)."""

from __future__ import annotations

import asyncio
import socket
from datetime import timedelta

import psycopg
import pytest

from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Actor
from spojka.kernel.ids import PartyId, uuid7
from spojka.surfaces.cli import probing
from spojka.surfaces.cli.probing import probe
from spojka_client import Connector, NotAnswered
from tests.surfaces.gateway.connector.programs import O2, Program, context_of, listening, now


@pytest.fixture(scope="module")
def world(database, tmp_path_factory):
    with listening(tmp_path_factory.mktemp("counting")) as made:
        yield made


def written(world):
    counts = world.running.services.refusals
    asyncio.run_coroutine_threadsafe(counts.write(), counts._writing.get_loop()).result(5)


def diagnosis(world, actor=OPERATOR, **asked):
    return call("connector.diagnosis", asked, tenant=world.tenant, actor=actor, now=now())


def reasons(world, program):
    found = diagnosis(world, application=program.id).result
    return {one.code: one.count for one in found.reasons}, found


@pytest.mark.clause("o2/7.3")
def test_refused_requests_are_counted_by_application_minute_and_reason(world):
    program, other = Program(world), Program(world)
    for _ in range(2):
        program.http.post(f"{program.root}/standard/messages", content=b"{")
    program.send({"to": "123", "text": "x"})
    program.send({"messages": [{"to": "123", "text": "x"}, {"to": O2, "text": "x"}]})
    program.http.get(f"{program.root}/nowhere")
    program.http.get("/smsconnector/getpost/GP?action=dance")
    program.send({"to": O2, "text": "x"})

    before, _ = reasons(world, program)
    written(world)
    after, found = reasons(world, program)
    program.send({"to": "123", "text": "x"})
    written(world)

    assert before == {}
    assert after == {"REQUEST_MALFORMED": 3, "RECIPIENT_INVALID": 2, "ADDRESS_UNKNOWN": 1}
    assert found.refused == sum(one.count for one in found.minutes) == 6
    assert {(one.at.second, one.at.microsecond, one.door) for one in found.minutes} == {(0, 0, "https")}
    assert reasons(world, program)[0]["RECIPIENT_INVALID"] == 3
    assert reasons(world, other)[0] == {}


@pytest.mark.clause("o2/7.3")
def test_handshakes_that_fail_and_what_is_no_http_are_counted(world):
    program, nobody = Program(world), diagnosis(world).result.refused
    context = context_of(world.folder, program.certificate, world.certificate)
    raw = socket.create_connection(("127.0.0.1", world.port))
    with context.wrap_socket(raw, server_hostname="127.0.0.1") as tls:
        tls.sendall(b"\x00\x01\r\n\r\n")
        tls.recv(100)
    with socket.create_connection(("127.0.0.1", world.port)) as bare:
        bare.sendall(b"GET / HTTP/1.1\r\n\r\n")
        bare.recv(100)

    def counted():
        written(world)
        return diagnosis(world).result.refused > nobody

    world.until(counted)
    assert "TLS_FAILED" in {one.code for one in diagnosis(world).result.reasons}
    assert reasons(world, program)[0] == {"REQUEST_NOT_HTTP": 1}


@pytest.mark.clause("o2/6.1")
def test_a_certificate_at_a_foreign_door_is_counted_for_its_own_application(world):
    program, other = Program(world), Program(world)

    program.http.get(f"{other.root}/limits")
    written(world)

    assert reasons(world, program)[0] == {"CERT_UNKNOWN": 1}
    assert reasons(world, other)[0] == {}


def test_a_subscriber_sees_its_own_and_nobody_elses(world):
    program, other = Program(world), Program(world)
    party = world.rows("SELECT party_id FROM service WHERE id = %s", program.id)[0]["party_id"]
    mine = Actor("jana", frozenset({"connector.read"}), PartyId(party))
    program.send({"to": "123", "text": "x"})
    written(world)

    own = diagnosis(world, mine, application=program.id).result
    refused = [diagnosis(world, mine, **asked).refusal.code for asked in ({}, {"application": other.id})]

    assert [(one.code, one.count) for one in own.reasons] == [("RECIPIENT_INVALID", 1)]
    assert refused == ["SERVICE_UNKNOWN"] * 2


@pytest.mark.clause("o2/7.3")
def test_the_platform_is_probed_by_a_submission_that_never_leaves_and_its_pick_up(world):
    program = Program(world)
    own = world.folder / f"{program.certificate.hex}.pem"
    given = {"application": str(program.id), "certificate": own, "authority": world.certificate, "tries": 1}

    with Connector(world.url, **given) as connector:
        went_well = probe(world.tenant, connector, O2, every_s=None)
        failed = probe(world.tenant, connector, "123", every_s=None)

    seen = diagnosis(world).result.interface
    assert (went_well, failed) == (True, False)
    assert (seen.tries, seen.failed, seen.fault, seen.slowest_ms >= 0) == (2, 1, "RECIPIENT_INVALID", True)
    assert world.rows("SELECT 1 FROM message_queue WHERE application_id = %s", program.id) == []
    assert program.http.get(f"{program.root}/reports").json()["items"] == []


def probing_program(world, program):
    own = world.folder / f"{program.certificate.hex}.pem"
    return Connector(world.url, application=str(program.id), certificate=own, authority=world.certificate, tries=1)


def test_a_probe_takes_no_report_that_is_not_its_own_however_many_wait(world):
    program = Program(world)
    others = [world.arrives(program.id, {"state": "delivered"}, kind="report", message=uuid7()) for _ in range(101)]

    with probing_program(world, program) as connector:
        tried = probing.try_once(connector, O2, now=now())

    pending = program.http.get(f"{program.root}/reports?limit=1000").json()["items"]
    assert (tried.fault, tried.pickup_ms is not None) == ("", True)
    assert [one["id"] for one in pending] == [str(one) for one in others]


def test_a_probe_that_could_not_take_its_message_back_leaves_one_that_is_worth_sending_for_no_time(world, monkeypatch):
    program = Program(world)

    def away(_self, _message):
        raise NotAnswered("no answer")

    monkeypatch.setattr(Connector, "cancel", away)
    with probing_program(world, program) as connector:
        tried = probing.try_once(connector, O2, now=now())

    queued = world.rows("SELECT ready_at, expires_at FROM message_queue WHERE application_id = %s", program.id)
    assert tried.fault
    assert [one["expires_at"] - one["ready_at"] for one in queued] == [timedelta(microseconds=1)]


@pytest.mark.clause("o2/7.3")
def test_a_probe_made_while_the_database_was_away_is_kept_at_its_own_instant_once_it_is_back(world, monkeypatch):
    tried, kept, faults = [], [], iter([psycopg.OperationalError("away"), psycopg.OperationalError("away")])

    def fails(connector, recipient, *, now):
        tried.append(now)
        return probing.Tried(fault="no answer")

    def keep(name, given, *, tenant, actor, now):
        for fault in faults:
            raise fault
        kept.append((now, given["fault"]))

    def rest(_):
        if len(tried) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(probing, "try_once", fails)
    monkeypatch.setattr(probing, "call", keep)
    monkeypatch.setattr(probing.time, "sleep", rest)
    with pytest.raises(KeyboardInterrupt):
        probe(world.tenant, None, O2, every_s=1)

    assert kept == [(at, "no answer") for at in tried]
    assert len(kept) == 3
