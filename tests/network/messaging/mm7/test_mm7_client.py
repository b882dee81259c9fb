"""The client over real sockets: what is tried again, what is uncertain, and that nothing uncertain is sent twice."""

from __future__ import annotations

import asyncio
import gzip

import pytest

from spojka.network.messaging.mm7.bodies import write_body
from spojka.network.messaging.mm7.client import CentreClient, Exchange, Peer, Result
from spojka.network.messaging.mm7.messages import (
    CancelReq,
    CancelRsp,
    ReplaceReq,
    ReplaceRsp,
    RSErrorRsp,
    SenderIdentification,
    SubmitRsp,
    status,
)
from tests.network.messaging.mm7.samples import SOAP, envelope
from tests.network.messaging.mm7.sockets import PICTURE, SUBMIT, free_port, http, listening, peer_that_says

DONE = write_body(SubmitRsp(status(1000)), transaction_id="t-1").data


def said(message, http_status=200, *headers, transaction_id="t-1"):
    return http(http_status, write_body(message, transaction_id=transaction_id).data, *headers)


def submitting(*answers, pauses=None, **settings):
    """The outcome of one submission to a peer that gives these answers, and what the peer heard."""

    async def pause(pause_ms):
        if pauses is not None:
            pauses.append(pause_ms)

    async def run():
        async with peer_that_says(*answers) as (url, heard), Exchange(Peer(url, **settings), pause=pause) as exchange:
            return await CentreClient(exchange).submit(SUBMIT, transaction_id="t-1"), heard

    return asyncio.run(run())


def test_an_accepted_submission_is_done_and_named():
    outcome, heard = submitting(said(SubmitRsp(status(1000), "m-7")))

    assert (outcome.result, outcome.answer.message_id, outcome.tries) == (Result.DONE, "m-7", 1)
    head = heard[0][0].lower()
    assert head.startswith(b"post /mm7 http/1.1\r\n")
    assert b'soapaction: ""\r\n' in head
    assert b'content-type: multipart/related; type="text/xml"; start="<envelope@mm7>"; boundary=' in head
    assert b"authorization" not in head


def test_a_partial_success_is_done_with_its_status():
    outcome, _ = submitting(said(SubmitRsp(status(1100, "one of two"), "m")))

    assert (outcome.result, outcome.status.code, outcome.status.details) == (Result.DONE, 1100, "one of two")


@pytest.mark.parametrize("code", [3000, 4005, 4006])
def test_a_server_that_could_not_is_asked_again_under_the_same_transaction(code):
    pauses = []

    outcome, heard = submitting(
        said(SubmitRsp(status(code))), said(SubmitRsp(status(code))), said(SubmitRsp(status(1000), "m")), pauses=pauses
    )

    assert (outcome.result, outcome.tries, pauses) == (Result.DONE, 3, [500, 1000])
    assert len({body for _, body in heard}) == 1


@pytest.mark.parametrize("code", [2000, 2001, 2004, 2007, 3001, 3002, 3003, 4001, 4004, 4007, 9999])
def test_any_other_status_is_final(code):
    outcome, heard = submitting(said(SubmitRsp(status(code))))

    assert (outcome.result, outcome.status.code, len(heard)) == (Result.REFUSED, code, 1)


def test_tries_are_bounded():
    outcome, heard = submitting(*[said(SubmitRsp(status(4006)))] * 2, tries=2)

    assert (outcome.result, outcome.tries, len(heard)) == (Result.LATER, 2, 2)


@pytest.mark.parametrize("http_status", [500, 503, 599])
def test_http_5xx_of_the_peer_is_tried_again(http_status):
    outcome, heard = submitting(http(http_status), said(SubmitRsp(status(1000), "m")))

    assert (outcome.result, len(heard)) == (Result.DONE, 2)


@pytest.mark.parametrize("http_status", [502, 504])
def test_a_gateways_word_that_no_answer_came_is_uncertain_and_not_sent_again(http_status):
    outcome, heard = submitting(http(http_status))

    assert (outcome.result, outcome.http_status, len(heard)) == (Result.UNCERTAIN, http_status, 1)


@pytest.mark.parametrize("http_status", [301, 400, 401, 404, 413])
def test_http_3xx_and_4xx_are_final(http_status):
    outcome, heard = submitting(http(http_status, b"", "location: /elsewhere"))

    assert (outcome.result, outcome.http_status, len(heard)) == (Result.REFUSED, http_status, 1)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\ncut",
        b"this is no HTTP\r\n\r\n",
        http(200, b""),
        http(200, b"<html>welcome</html>"),
        http(200, gzip.compress(DONE), "content-encoding: gzip"),
        http(200, b" " * 300_000),
        said(SubmitRsp(status(1000), "m"), transaction_id="another"),
        said(CancelRsp(status(1000))),
        said(RSErrorRsp(status(1000))),
        2_000,
    ],
    ids=[
        "closed", "cut", "no http", "empty", "html", "compressed", "endless", "another transaction", "another answer",
        "an error that succeeded", "silence",
    ],
)  # fmt: skip
def test_a_lost_or_senseless_answer_is_uncertain_and_not_sent_again(answer):
    outcome, heard = submitting(answer, said(SubmitRsp(status(1000), "m")), answer_timeout_ms=400)

    assert (outcome.result, outcome.answer, len(heard)) == (Result.UNCERTAIN, None, 1)
    assert outcome.reason


def test_an_answer_that_drips_is_given_up_in_time():
    async def drip(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        for _ in range(1000):
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    async def run():
        async with listening(drip) as url, Exchange(Peer(url, answer_timeout_ms=300)) as exchange:
            return await CentreClient(exchange).submit(SUBMIT)

    assert asyncio.run(run()).result is Result.UNCERTAIN


def test_where_nobody_listens_nothing_was_sent():
    async def run():
        async with Exchange(Peer(f"http://127.0.0.1:{free_port()}", tries=2, pause_ms=1)) as exchange:
            return await CentreClient(exchange).submit(SUBMIT)

    outcome = asyncio.run(run())

    assert (outcome.result, outcome.tries, outcome.http_status) == (Result.LATER, 2, None)


def test_a_peer_that_never_finishes_its_handshake_was_sent_nothing():
    async def mute(reader, _writer):
        await reader.read()

    async def run():
        async with listening(mute) as url:
            peer = Peer(url.replace("http:", "https:"), tries=2, pause_ms=1, connect_timeout_ms=100)
            async with Exchange(peer) as exchange:
                return await CentreClient(exchange).submit(SUBMIT)

    outcome = asyncio.run(run())

    assert (outcome.result, outcome.tries) == (Result.LATER, 2)


def test_waiting_for_a_free_connection_is_no_part_of_an_exchanges_time():
    async def slow(reader, writer):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]))
            await asyncio.sleep(0.2)
            writer.write(said(SubmitRsp(status(1000), "m"), transaction_id=None))
            await writer.drain()

    async def run():
        async with listening(slow) as url, Exchange(Peer(url, connections=1, answer_timeout_ms=800)) as exchange:
            return await asyncio.gather(*(CentreClient(exchange).submit(SUBMIT) for _ in range(5)))

    assert {one.result for one in asyncio.run(run())} == {Result.DONE}


def test_once_uncertain_a_later_success_is_not_sought():
    outcome, heard = submitting(said(SubmitRsp(status(4006))), None, said(SubmitRsp(status(1000), "m")))

    assert (outcome.result, outcome.tries, len(heard)) == (Result.UNCERTAIN, 2, 2)


@pytest.mark.parametrize(("code", "result", "times"), [(4001, Result.REFUSED, 1), (3000, Result.LATER, 3)])
def test_an_error_response_decides_by_its_status_and_not_by_https(code, result, times):
    outcome, heard = submitting(*[said(RSErrorRsp(status(code)), 500)] * 3)

    assert (outcome.result, outcome.status.code, len(heard)) == (result, code, times)


@pytest.mark.parametrize(("code", "result"), [("Client", Result.REFUSED), ("Server", Result.LATER)])
def test_a_plain_fault_decides_by_whose_it_is(code, result):
    fault = f'<e:Fault xmlns:e="{SOAP}"><faultcode>e:{code}</faultcode><faultstring>no</faultstring></e:Fault>'
    answer = http(500, envelope(fault, transaction_id=None).encode())

    outcome, _ = submitting(answer, answer, answer)

    assert outcome.result is result


@pytest.mark.parametrize(("seconds", "result", "pauses"), [(10, Result.DONE, [10_000]), (11, Result.LATER, [])])
def test_a_pause_that_the_peer_asks_for_is_kept_where_it_is_not_too_long(seconds, result, pauses):
    waited = []

    outcome, _ = submitting(http(503, b"", f"retry-after: {seconds}"), said(SubmitRsp(status(1000))), pauses=waited)

    assert (outcome.result, waited) == (result, pauses)


def test_basic_authentication_is_sent_where_it_is_set_and_never_shown():
    _, heard = submitting(said(SubmitRsp(status(1000), "m")), user="vasp", password="pá:ss")

    assert b"Authorization: Basic dmFzcDpww6E6c3M=\r\n" in heard[0][0].replace(b"authorization", b"Authorization")
    assert "pá:ss" not in repr(Peer("http://x", user="vasp", password="pá:ss"))


def test_an_answer_without_a_transaction_is_still_an_answer():
    outcome, _ = submitting(said(SubmitRsp(status(1000), "m"), transaction_id=None))

    assert outcome.result is Result.DONE


def test_cancel_and_replace_end_in_their_own_answers():
    sender = SenderIdentification("vasp")

    async def run():
        async with peer_that_says(
            said(CancelRsp(status(1000)), transaction_id=None), said(ReplaceRsp(status(2005)), transaction_id=None)
        ) as (url, _), Exchange(Peer(url)) as exchange:  # fmt: skip
            client = CentreClient(exchange)
            return await client.cancel(CancelReq(sender, "m")), await client.replace(
                ReplaceReq(sender, "m", content=PICTURE)
            )

    cancelled, replaced = asyncio.run(run())

    assert (cancelled.result, type(cancelled.answer)) == (Result.DONE, CancelRsp)
    assert (replaced.result, replaced.answer.status.code) == (Result.REFUSED, 2005)


def test_a_kept_connection_that_the_peer_has_closed_is_replaced_and_not_uncertain():
    met = []

    async def once(reader, writer):
        met.append(writer)
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]))
        writer.write(said(SubmitRsp(status(1000), "m"), transaction_id=None))
        await writer.drain()

    async def run():
        async with listening(once) as url, Exchange(Peer(url)) as exchange:
            first = await CentreClient(exchange).submit(SUBMIT)
            await asyncio.sleep(0.05)
            return first, await CentreClient(exchange).submit(SUBMIT)

    outcomes = asyncio.run(run())

    assert [one.result for one in outcomes] == [Result.DONE, Result.DONE]
    assert len(met) == 2
