"""A client keeps its link: it binds anew, waits longer each time, and speaks TLS when told."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from spojka.network.messaging.smpp import statuses
from spojka.network.messaging.smpp.clients import wait_ms
from spojka.network.messaging.smpp.fates import Fate
from spojka.network.messaging.smpp.pdus import SubmitSm
from spojka.network.messaging.smpp.servers import Admission
from spojka.network.messaging.smpp.waiting import Timers
from tests.network.messaging.smpp.peers import bound, client_of, server_of, until


def test_a_lost_link_is_bound_anew_and_sends_again():
    async def losing():
        changes = []
        async with server_of() as server, client_of(server, on_change=lambda c: changes.append(c.is_bound)) as client:
            await bound(client)
            server.sessions[0].abort("lost")
            await until(lambda: client.binds == 2)
            (outcome,) = await client.submit([SubmitSm()])
            return outcome.fate, changes[:3], server.server.sessions == {server.sessions[1]}

    assert asyncio.run(losing()) == (Fate.ANSWERED, [True, False, True], True)


def test_a_server_that_comes_back_is_found():
    async def restarting():
        async with server_of() as server:
            port = server.port
            client = client_of(server)
            client.start()
            await bound(client)
        await until(lambda: client.fault.startswith("no connection"))
        async with server_of(port=port):
            await bound(client)
            again = client.binds
            await client.close()
        return again

    assert asyncio.run(restarting()) == 2


def test_a_refused_bind_is_told_and_tried_again():
    async def refusing():
        async with server_of(admission=Admission(statuses.ESME_RINVPASWD)) as server:
            async with client_of(server) as client:
                await until(lambda: client.refusal is not None)
                fault, refusal = client.fault, client.refusal
                server.admission = Admission()
                await bound(client)
            return fault, refusal, client.binds

    assert asyncio.run(refusing()) == ("bind refused: ESME_RINVPASWD", statuses.ESME_RINVPASWD, 1)


def test_a_server_that_does_not_answer_binds_is_left_in_time():
    async def ignoring():
        held = asyncio.Event()

        async def silent(reader, writer):
            await held.wait()
            writer.close()

        listener = await asyncio.start_server(silent, "127.0.0.1", 0)
        async with server_of() as server:
            server.port = listener.sockets[0].getsockname()[1]
            client = client_of(server, timers=Timers(bind_ms=80, response_ms=80))
            client.start()
            await until(lambda: client.fault)
            fault = client.fault
            await client.close()
        held.set()
        listener.close()
        return fault

    assert asyncio.run(ignoring()) == "bind refused: no answer"


def test_waiting_can_be_cut_short():
    async def hurrying():
        async with server_of() as server:
            client = client_of(server, first_wait_ms=60_000, most_wait_ms=60_000)
            client.start()
            await bound(client)
            server.sessions[0].abort("lost")
            await until(lambda: not client.is_bound)
            await asyncio.sleep(0.02)
            client.retry_now()
            await bound(client)
            await client.close()
            return client.binds

    assert asyncio.run(hurrying()) == 2


@pytest.mark.parametrize(
    ("attempt", "least", "most"),
    [(0, 500, 1000), (1, 1000, 2000), (5, 16_000, 32_000), (6, 30_000, 60_000), (60, 30_000, 60_000)],
)
def test_waits_double_up_to_a_minute_and_are_spread(attempt, least, most):
    random = Random(7)

    waits = [wait_ms(attempt, first_ms=1000, most_ms=60_000, random=random) for _ in range(300)]

    assert least <= min(waits)
    assert max(waits) <= most
    assert len(set(waits)) > 100


def _certificate(tmp_path, name):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / f"{name}.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path, made.public_bytes(serialization.Encoding.DER)


def test_over_tls_both_sides_show_their_certificates(tmp_path):
    ours, _ = _certificate(tmp_path, "centre.test")
    theirs, shown = _certificate(tmp_path, "program.test")
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(ours)
    serving.load_verify_locations(theirs)
    serving.verify_mode = ssl.CERT_REQUIRED
    asking = ssl.create_default_context(cafile=str(ours))
    asking.load_cert_chain(theirs)

    async def talking():
        async with server_of(tls=serving) as server:
            async with client_of(server, tls=asking, tls_name="centre.test") as client:
                await bound(client)
                outcomes = await client.submit([SubmitSm(short_message=b"x" * 200) for _ in range(100)])
                certificate = server.sessions[0].certificate
            return {one.fate for one in outcomes}, certificate

    fates, certificate = asyncio.run(talking())

    assert fates == {Fate.ANSWERED}
    assert certificate == shown
