"""Who speaks: no certificate, no service; one application's certificate never reaches another's messages."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import threading
import time
from datetime import timedelta

import httpx
import pytest

from spojka.surfaces.gateway.connector.bounds import Bounds
from tests.network.messaging.certificates.authority import issue
from tests.surfaces.gateway.connector.programs import O2, Program, context_of, listening, now


def code_of(reply):
    return reply.json()["refusal"]["code"]


@pytest.mark.clause("o2/6.1")
def test_without_a_certificate_there_is_no_service(world, program):
    bare = world.client()

    replies = [
        bare.post(f"{program.root}/standard/messages", json={"to": O2, "text": "x"}),
        bare.get("/v1/openapi.json"),
        bare.get("/nowhere"),
    ]
    established = bare.get("/smsconnector/getpost/GP", params={"action": "ping", "baID": program.number})
    wsdl = bare.get("/smsconnector/services/PPGwPort?wsdl")

    assert {(one.status_code, code_of(one)) for one in replies} == {(403, "CERT_MISSING")}
    assert established.status_code == 403
    assert "responseType=AUTHORIZATION_ERROR\n" in established.text
    assert wsdl.status_code == 403
    assert b"<t:" not in wsdl.content
    assert all(one.headers["connection"] == "close" for one in [*replies, established])


@pytest.mark.clause("o2/6.1")
def test_a_certificate_that_nobody_registered_ends_the_handshake(world, program):
    stranger = issue(starts=now() - timedelta(days=1), ends=now() + timedelta(days=30))

    with pytest.raises((httpx.HTTPError, ssl.SSLError)):
        world.client(stranger).get(f"{program.root}/limits")
    assert program.http.get(f"{program.root}/limits").status_code == 200


def test_another_applications_certificate_gets_the_same_refusal_and_is_kept_in_the_audit(world, program):
    other = Program(world)
    sent = program.send({"to": O2, "text": "x"}).json()["id"]
    item = world.arrives(program.id, {"text": "odpověď"})

    replies = [
        other.http.get(f"{program.root}/messages/{sent}"),
        other.http.delete(f"{program.root}/messages/{sent}"),
        other.http.get(f"{program.root}/inbox"),
        other.http.get(f"{program.root}/inbox/{item}"),
        other.http.post(f"{program.root}/standard/messages", json={"to": O2, "text": "x"}),
        other.http.get("/v1/applications/nobody/inbox"),
    ]
    own = [other.http.get(f"{other.root}/messages/{sent}"), other.http.get(f"{other.root}/inbox/{item}")]
    acknowledged = other.http.post(f"{other.root}/inbox/acknowledge", json={"ids": [item]})
    established = other.http.get("/smsconnector/getpost/GP", params={"action": "receive", "baID": program.number})

    assert {(one.status_code, code_of(one)) for one in replies} == {(403, "CERT_UNKNOWN")}
    assert {(one.status_code, code_of(one)) for one in own} == {(404, "MESSAGE_NOT_FOUND")}
    assert acknowledged.status_code == 404
    assert (established.status_code, "AUTHORIZATION_ERROR" in established.text) == (403, True)
    assert len(program.http.get(f"{program.root}/inbox").json()["items"]) == 1
    actor = f"certificate:{other.certificate.hex}"
    kept = "SELECT outcome, items FROM audit WHERE operation = 'certificates.foreign_use' AND actor = %s"
    world.until(lambda: len(world.rows(kept, actor)) == 2)
    assert {(row["outcome"], row["items"]) for row in world.rows(kept, actor)} == {("CERT_UNKNOWN", 1)}


@pytest.mark.clause("o2/6.2")
def test_a_blocked_certificate_is_refused_within_a_second_on_a_connection_that_is_kept(world, program):
    before = program.send({"to": O2, "text": "x"})

    world.block(program.certificate)
    blocked = time.monotonic()
    while (reply := program.http.get(f"{program.root}/limits")).status_code == 200:
        assert time.monotonic() - blocked < 10
        time.sleep(0.02)
    again = world.client(program.certificate).get(f"{program.root}/limits")

    assert before.status_code == 202
    assert (reply.status_code, code_of(reply)) == (403, "CERT_REVOKED")
    assert (again.status_code, code_of(again)) == (403, "CERT_REVOKED")


@pytest.mark.clause("o2/6.2")
@pytest.mark.parametrize("path", ["/v1/applications/{id}/standard/messages", "/smsconnector/getpost/GP"])
def test_a_request_whose_body_ends_after_the_block_is_refused(world, program, path):
    body = {True: b'{"to": "%s", "text": "x"}', False: b"action=send&toNumber=%s&text=x"}[path.startswith("/v1")]
    body %= O2.encode().replace(b"+", b"+" if path.startswith("/v1") else b"%2B")
    head = f"POST {path.format(id=program.id)} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    context = context_of(world.folder, program.certificate, world.certificate)
    raw = socket.create_connection(("127.0.0.1", world.port), timeout=10)

    with context.wrap_socket(raw, server_hostname="127.0.0.1") as tls:
        tls.sendall(head.encode() + body[:5])
        before = program.http.get(f"{program.root}/limits")
        world.block(program.certificate)
        world.until(lambda: program.http.get(f"{program.root}/limits").status_code == 403)
        tls.sendall(body[5:])
        answered = b"".join(iter(lambda: tls.recv(65536), b""))

    assert before.status_code == 200
    assert answered.startswith(b"HTTP/1.1 403 ")
    assert b"CERT_REVOKED" in answered
    assert world.rows("SELECT 1 FROM message WHERE application_id = %s", program.id) == []


@pytest.mark.clause("o2/6.1")
@pytest.mark.parametrize("path", ["/smsconnector/getpost/GP", "/smsconnector/services/PPGwPort"])
def test_the_body_of_whom_no_certificate_lets_in_is_not_waited_for(world, program, path):
    world.block(program.certificate)
    world.until(lambda: program.http.get(f"{program.root}/limits").status_code == 403)
    context = context_of(world.folder, program.certificate, world.certificate)
    raw = socket.create_connection(("127.0.0.1", world.port), timeout=10)

    with context.wrap_socket(raw, server_hostname="127.0.0.1") as tls:
        tls.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\nba".encode())
        answered = b"".join(iter(lambda: tls.recv(65536), b""))

    assert b"CERT_REVOKED" in answered
    assert b"\r\nconnection: close\r\n" in answered


@pytest.mark.clause("o2/6.2")
def test_whoever_waits_for_messages_gets_none_once_its_certificate_is_blocked(world, program):
    waiting = world.client(program.certificate)
    asked = waiting.build_request("GET", f"{program.root}/inbox?wait=10")
    began = time.monotonic()

    threading.Timer(0.3, world.block, [program.certificate]).start()
    reply = waiting.send(asked)

    assert (reply.status_code, code_of(reply)) == (403, "CERT_REVOKED")
    assert time.monotonic() - began < 9


@pytest.mark.clause("o2/6.2")
def test_whoever_waited_to_the_end_is_judged_once_more(world, program, monkeypatch):
    monkeypatch.setattr(world.running.services.bell, "ring", lambda applications=None: None)  # no news comes through
    waiting = world.client(program.certificate)
    threading.Timer(0.3, world.block, [program.certificate]).start()

    reply = waiting.get(f"{program.root}/inbox?wait=2")

    assert (reply.status_code, code_of(reply)) == (403, "CERT_REVOKED")


def test_an_expired_certificate_is_told_so(world):
    application = world.application()
    late = issue(starts=now() - timedelta(days=30), ends=now() - timedelta(days=1))
    world.register(application, late)

    reply = world.client(late).get(f"/v1/applications/{application}/limits")

    assert (reply.status_code, code_of(reply)) == (403, "CERT_EXPIRED")


def test_a_certificate_of_two_applications_opens_the_one_that_is_named(world, program):
    second = world.application()
    world.register(second, program.certificate)
    world.until(lambda: len(world.pins.by_fingerprint[program.certificate.read.fingerprint]) == 2)

    replies = [program.http.get(f"/v1/applications/{one}/limits") for one in (program.id, second)]
    unsaid = program.http.get("/smsconnector/getpost/GP?action=ping")
    ping = {"action": "ping", "baID": program.number}

    assert [one.status_code for one in replies] == [200, 200]
    assert unsaid.status_code == 403
    world.until(lambda: program.http.get("/smsconnector/getpost/GP", params=ping).status_code == 200, for_s=3)


def test_a_session_of_tls_that_is_resumed_is_known_by_the_same_certificate(world, program):
    context = context_of(world.folder, program.certificate, world.certificate)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    request = f"GET {program.root}/limits HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()

    answers, session = [], None
    for _ in range(2):
        raw = socket.create_connection(("127.0.0.1", world.port), timeout=10)
        with context.wrap_socket(raw, server_hostname="127.0.0.1", session=session) as tls:
            tls.sendall(request)
            answers.append((tls.session_reused, tls.recv(65536)[:15]))
            session = tls.session

    assert answers == [(False, b"HTTP/1.1 200 OK"), (True, b"HTTP/1.1 200 OK")]


def test_half_open_and_slow_connections_take_nothing_from_the_others(database, tmp_path):
    bounds = Bounds(handshake_s=60, handshakes=20, slow_s=2)
    with listening(tmp_path, bounds=bounds) as world:
        program = Program(world)
        silent = [socket.create_connection(("127.0.0.1", world.port)) for _ in range(200)]
        context = context_of(world.folder, program.certificate, world.certificate)
        slow = context.wrap_socket(socket.create_connection(("127.0.0.1", world.port)), server_hostname="127.0.0.1")
        slow.sendall(b"POST /v1/x HTTP/1.1\r\nContent-Length: 10\r\n\r\n12")
        idle = context.wrap_socket(socket.create_connection(("127.0.0.1", world.port)), server_hostname="127.0.0.1")

        replies = [program.send({"to": O2, "text": "x"}) for _ in range(5)]
        world.until(lambda: world.running.listener.handshakes <= 20)
        for one in (slow, idle):
            one.settimeout(10)
            while one.recv(65536):
                pass
        world.until(lambda: len(world.running.listener.connections) == 1)
        for one in (*silent, slow, idle):
            one.close()

    assert [one.status_code for one in replies] == [202] * 5


def test_a_head_without_an_end_is_not_waited_for(world, program):
    context = context_of(world.folder, program.certificate, world.certificate)
    raw = socket.create_connection(("127.0.0.1", world.port), timeout=10)

    with context.wrap_socket(raw, server_hostname="127.0.0.1") as tls:
        tls.sendall(b"GET / HTTP/1.1\r\nX: ")
        with pytest.raises((ConnectionError, ssl.SSLError)):
            tls.sendall(b"x" * 16_000_000)

    assert program.http.get(f"{program.root}/limits").status_code == 200


def test_the_gateway_knows_the_words_of_all_it_answers_and_loads_no_django():
    code = """
import sys
import spojka.surfaces.gateway.connector.serving
from spojka.surfaces.gateway.connector.describing import OF_CERTIFICATES
from spojka.surfaces.gateway.connector.exchange import STATUSES
from spojka.surfaces.gateway.connector.routes import ROUTES
from spojka.terms.refusals import all_refusals
known = {one.code for one in all_refusals()}
asked = {*STATUSES, *OF_CERTIFICATES, "CERT_APPLICATION_UNSAID", *(code for one in ROUTES for code in one.codes)}
print(sorted(asked - known), [name for name in sys.modules if name.split(".")[0] == "django"])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)

    assert done.stdout.strip() == "[] []"
