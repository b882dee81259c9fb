"""The simulated MMSC: it behaves as it is told to, and counts what it hears."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from spojka.network.messaging.centre.mms import Answering, Conduct, MmsCentre, NoProgram, Reporting
from spojka.network.messaging.mm7.answering import Reply
from spojka.network.messaging.mm7.client import CentreClient, Exchange, Peer, Result
from spojka.network.messaging.mm7.content import Content, MediaPart
from spojka.network.messaging.mm7.integrity import alterations, digests
from spojka.network.messaging.mm7.limits import Limits
from spojka.network.messaging.mm7.messages import (
    CancelReq,
    DeliverReq,
    DeliveryReportReq,
    DeliveryStatus,
    ReadReplyReq,
    Recipients,
    ReplaceReq,
    status,
)
from spojka.network.messaging.mm7.receiving import Mm7Application
from tests.network.messaging.mm7.sockets import NUMBER, PICTURE, SHORT_CODE, SUBMIT, free_port, served

NOW = datetime(2026, 2, 1, 8, tzinfo=UTC)
SECOND = replace(NUMBER, value="+420602000002")
TWO = replace(SUBMIT, recipients=Recipients(to=(NUMBER, SECOND)), read_reply=True)


@contextlib.asynccontextmanager
async def world(conduct=None, *, reply=None, tries=1, answer_timeout_ms=2_000, **settings):
    """A centre, a client towards it, and what the program behind heard and when, in order."""
    heard = []

    async def hear(one):
        heard.append(one)
        return reply or Reply(status(1000))

    def choose(_request, _number):
        return conduct or Conduct()

    async with (
        served(Mm7Application(hear)) as program,
        MmsCentre(clock=lambda: NOW, choose=choose, program=Peer(program, tries=1), **settings) as centre,
        Exchange(Peer(centre.url, tries=tries, pause_ms=1, answer_timeout_ms=answer_timeout_ms)) as exchange,
    ):
        yield centre, CentreClient(exchange), heard


def test_a_submission_is_taken_reported_on_and_read_by_each_recipient():
    async def run():
        async with world() as (centre, client, heard):
            outcome = await client.submit(TWO)
            await centre.settle()
            return centre, outcome, [one.message for one in heard]

    centre, outcome, heard = asyncio.run(run())

    message_id = outcome.answer.message_id
    assert centre.taken[message_id].request == TWO
    reports = [one for one in heard if isinstance(one, DeliveryReportReq)]
    assert {(one.message_id, one.recipient, one.delivery, one.reported_at) for one in reports} == {
        (message_id, NUMBER, DeliveryStatus.RETRIEVED, NOW),
        (message_id, SECOND, DeliveryStatus.RETRIEVED, NOW),
    }
    assert len([one for one in heard if isinstance(one, ReadReplyReq)]) == 2
    assert {one.result for one in [*centre.reported, *centre.read]} == {Result.DONE}


@pytest.mark.clause("o2/7.1")
def test_media_arrive_at_the_centre_as_they_were_submitted():
    async def run():
        async with world() as (centre, client, _):
            outcome = await client.submit(SUBMIT)
            return centre.taken[outcome.answer.message_id].request.content

    arrived = asyncio.run(run())

    assert alterations(digests(PICTURE.parts), digests(arrived.parts)) == ()


@pytest.mark.parametrize(
    ("reporting", "times"), [(Reporting.ONCE, 1), (Reporting.TWICE, 2), (Reporting.LOST, 0), (Reporting.EARLY, 1)]
)
def test_reports_come_as_often_as_told(reporting, times):
    async def run():
        async with world(Conduct(reporting=reporting)) as (centre, client, heard):
            await client.submit(SUBMIT)
            await centre.settle()
            return [one.message for one in heard]

    reports = asyncio.run(run())

    assert len(reports) == times
    assert len(set(reports)) == min(times, 1)


@pytest.mark.parametrize(
    ("conduct", "before_the_answer"),
    [(Conduct(reporting=Reporting.EARLY), 1), (Conduct(report_after_ms=50), 0)],
    ids=["early", "late"],
)
def test_a_report_comes_before_or_after_the_submission_is_answered(conduct, before_the_answer):
    async def run():
        async with world(conduct) as (centre, client, heard):
            await client.submit(SUBMIT)
            at_the_answer = len(heard)
            await centre.settle()
            return at_the_answer, len(heard)

    assert asyncio.run(run()) == (before_the_answer, 1)


def test_nobody_is_told_who_did_not_ask():
    async def run():
        async with world() as (centre, client, heard):
            await client.submit(replace(SUBMIT, delivery_report=False))
            await centre.settle()
            return heard

    assert asyncio.run(run()) == []


def test_a_refusal_is_answered_with_its_code_and_nothing_is_taken():
    async def run():
        async with world(Conduct(code=2002)) as (centre, client, _):
            return await client.submit(SUBMIT), dict(centre.taken)

    outcome, taken = asyncio.run(run())

    assert (outcome.result, outcome.status.code, taken) == (Result.REFUSED, 2002, {})


@pytest.mark.parametrize(("answering", "taken"), [(Answering.LOSE, 1), (Answering.DROP, 0)])
def test_a_lost_answer_is_uncertain_whether_it_was_taken_or_not_and_is_heard_once(answering, taken):
    async def run():
        async with world(Conduct(answering=answering, reporting=Reporting.LOST), tries=5) as (centre, client, _):
            outcome = await client.submit(SUBMIT)
            return outcome, len(centre.taken), centre.transactions

    outcome, found, transactions = asyncio.run(run())

    assert (outcome.result, found) == (Result.UNCERTAIN, taken)
    assert transactions == {outcome.transaction_id: 1}


def test_a_centre_slower_than_patience_leaves_the_client_uncertain():
    async def run():
        async with world(Conduct(latency_ms=20_000), answer_timeout_ms=200, tries=3) as (centre, client, _):
            began = time.perf_counter()
            outcome = await client.submit(SUBMIT)
            return outcome.result, time.perf_counter() - began, centre.transactions.total()

    result, took_s, heard = asyncio.run(run())

    assert (result, heard) == (Result.UNCERTAIN, 1)
    assert took_s < 10


def test_a_busy_centre_is_asked_again_and_takes_once():
    def choose(_request, number):
        return (Conduct(code=4006), Conduct(http_status=503))[number - 1] if number < 3 else Conduct()

    async def run():
        async with (
            MmsCentre(clock=lambda: NOW, choose=choose) as centre,
            Exchange(Peer(centre.url, pause_ms=1)) as exchange,
        ):
            return await CentreClient(exchange).submit(SUBMIT), len(centre.taken), centre.transactions

    outcome, taken, transactions = asyncio.run(run())

    assert (outcome.result, outcome.tries, taken) == (Result.DONE, 3, 1)
    assert transactions == {outcome.transaction_id: 3}


def test_a_hundred_submissions_share_few_connections():
    async def run():
        async with (
            MmsCentre(clock=lambda: NOW) as centre,
            Exchange(Peer(centre.url, connections=3)) as exchange,
        ):
            client = CentreClient(exchange)
            outcomes = await asyncio.gather(*(client.submit(SUBMIT) for _ in range(100)))
            return {one.answer.message_id for one in outcomes}, centre.connections

    ids, connections = asyncio.run(run())

    assert len(ids) == 100
    assert connections <= 3


def test_a_waiting_message_can_be_replaced_and_cancelled_and_then_no_more():
    other = Content((MediaPart("text/plain", b"other"),))

    async def run():
        async with world(Conduct(report_after_ms=60_000)) as (centre, client, heard):
            message_id = (await client.submit(SUBMIT)).answer.message_id
            replaced = await client.replace(ReplaceReq(SUBMIT.sender, message_id, read_reply=True, content=other))
            cancelled = await client.cancel(CancelReq(SUBMIT.sender, message_id))
            again = await client.cancel(CancelReq(SUBMIT.sender, message_id))
            late = await client.replace(ReplaceReq(SUBMIT.sender, message_id))
            unknown = await client.cancel(CancelReq(SUBMIT.sender, "unknown"))
            await centre.settle()
            codes = [one.status.code for one in (replaced, cancelled, again, late, unknown)]
            return codes, centre.taken[message_id], heard

    codes, taken, heard = asyncio.run(run())

    assert codes == [1000, 1000, 2005, 2005, 2005]
    assert (taken.request.content.parts, taken.request.read_reply) == (other.parts, True)
    assert (taken.is_cancelled, heard) == (True, [])


def test_a_message_already_reported_on_cannot_be_cancelled():
    async def run():
        async with world(Conduct(reporting=Reporting.EARLY)) as (_, client, _heard):
            message_id = (await client.submit(SUBMIT)).answer.message_id
            return await client.cancel(CancelReq(SUBMIT.sender, message_id))

    assert asyncio.run(run()).status.code == 2005


def test_a_handsets_message_reaches_the_program():
    async def run():
        async with world() as (centre, _, heard):
            outcome = await centre.deliver(
                sender=NUMBER, recipient=SHORT_CODE, content=PICTURE, subject="Fotka", linked_id="l"
            )
            return outcome, [one.message for one in heard]

    outcome, heard = asyncio.run(run())

    assert outcome.result is Result.DONE
    assert heard == [
        DeliverReq(NUMBER, Recipients(to=(SHORT_CODE,)), "mmsc.simulated", linked_id="l", sent_at=NOW, subject="Fotka",
                   content=PICTURE)
    ]  # fmt: skip


def test_a_program_that_refuses_is_believed():
    async def run():
        async with world(reply=Reply(status(2003))) as (centre, _, _heard):
            return await centre.deliver(sender=NUMBER, recipient=SHORT_CODE, content=PICTURE)

    assert (asyncio.run(run())).status.code == 2003


def test_without_a_program_nothing_is_reported_and_nothing_delivered():
    async def run():
        async with MmsCentre(clock=lambda: NOW) as centre, Exchange(Peer(centre.url)) as exchange:
            outcome = await CentreClient(exchange).submit(SUBMIT)
            await centre.settle()
            with pytest.raises(NoProgram):
                await centre.deliver(sender=NUMBER, recipient=SHORT_CODE, content=PICTURE)
            return outcome.result, centre.reported

    assert asyncio.run(run()) == (Result.DONE, [])


@pytest.mark.parametrize(("user", "result"), [("vasp", Result.DONE), ("other", Result.REFUSED), (None, Result.REFUSED)])
def test_a_centre_may_ask_who_is_there(user, result):
    async def run():
        async with (
            MmsCentre(clock=lambda: NOW, user=("vasp", "secret")) as centre,
            Exchange(Peer(centre.url, user=user, password="secret")) as exchange,
        ):
            return await CentreClient(exchange).submit(SUBMIT)

    assert asyncio.run(run()).result is result


def test_a_body_beyond_the_limit_is_refused():
    async def run():
        async with (
            MmsCentre(clock=lambda: NOW, limits=Limits(body_bytes=10_000)) as centre,
            Exchange(Peer(centre.url)) as exchange,
        ):
            return await CentreClient(exchange).submit(SUBMIT), len(centre.taken)

    outcome, taken = asyncio.run(run())

    assert (outcome.result in (Result.REFUSED, Result.UNCERTAIN), taken) == (True, 0)


def test_what_is_no_mm7_is_answered_as_such():
    async def say(url, data):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.split(":")[2].split("/")[0]))
        writer.write(data)
        await writer.drain()
        head = await reader.readline()
        writer.close()
        await writer.wait_closed()
        return head

    async def run():
        async with MmsCentre(clock=lambda: NOW) as centre:
            return [
                await say(centre.url, b"GET /mm7 HTTP/1.1\r\nhost: a\r\n\r\n"),
                await say(centre.url, b"POST /mm7 HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\nx"),
                await say(centre.url, b"nonsense\r\n\r\n"),
            ]

    lines = asyncio.run(run())

    assert [line.split(b" ")[1:2] for line in lines] == [[b"405"], [b"400"], []]


def _issue(name, folder, authority=None):
    """A certificate and its key as files; of an authority, or one of its own."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer, signing = (authority[0].subject, authority[1]) if authority else (subject, key)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=authority is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        .sign(signing, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file, (made, key)


@pytest.mark.parametrize("proves_itself", [True, False])
def test_mutual_tls_lets_in_who_proves_himself(tmp_path, proves_itself):
    authority_file, authority = _issue("authority", tmp_path)
    server_file, _ = _issue("centre", tmp_path, authority)
    client_file, _ = _issue("program", tmp_path, authority)
    server_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(authority_file))
    server_tls.load_cert_chain(str(server_file))
    server_tls.verify_mode = ssl.CERT_REQUIRED
    client_tls = ssl.create_default_context(cafile=str(authority_file))
    if proves_itself:
        client_tls.load_cert_chain(str(client_file))

    async def run():
        centre = MmsCentre(clock=lambda: NOW)
        url = await centre.listen(host="localhost", port=free_port(), tls=server_tls)
        async with centre, Exchange(Peer(url, tries=1), tls=client_tls) as exchange:
            return await CentreClient(exchange).submit(SUBMIT), url, len(centre.taken)

    outcome, url, taken = asyncio.run(run())

    assert url.startswith("https://")
    assert (outcome.result is Result.DONE, taken) == (proves_itself, int(proves_itself))


def test_a_centre_that_is_not_trusted_is_sent_nothing(tmp_path):
    server_file, _ = _issue("centre", tmp_path)
    server_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_tls.load_cert_chain(str(server_file))

    async def run():
        centre = MmsCentre(clock=lambda: NOW)
        url = await centre.listen(host="localhost", port=free_port(), tls=server_tls)
        async with centre, Exchange(Peer(url, tries=1), tls=ssl.create_default_context()) as exchange:
            return await CentreClient(exchange).submit(SUBMIT), centre.transactions

    outcome, transactions = asyncio.run(run())

    assert (outcome.result, dict(transactions)) == (Result.LATER, {})
