"""The sender's process with an MMSC on both sides: over TLS with certificates, or in clear with names."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.network.messaging.centre.mms import MmsCentre
from spojka.network.messaging.mm7.client import Peer, Result
from spojka.network.messaging.submission.desk import SubmissionDesk
from spojka.surfaces.gateway.dispatch import Ear, sending
from tests.network.messaging.connector import new_application, new_provider
from tests.network.messaging.mm7.sockets import free_port
from tests.network.messaging.multimedia.worlds import LOADED, O2, PICTURE, mms, number
from tests.surfaces.gateway.connector.programs import server_files


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def provider(database):
    """One for each test: a way that moves asks for its password again, and these two share a way's name."""
    return new_provider(LOADED)


def tls_of(certificate, key, purpose):
    context = ssl.create_default_context(purpose, cafile=str(certificate))
    context.load_cert_chain(certificate, key)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


async def count(provider, sql):
    def ask():
        with transaction(provider) as db:
            return db.execute(sql).fetchone()["n"]

    async with asyncio.timeout(60):
        while not await asyncio.to_thread(ask):  # noqa: ASYNC110  # nobody tells a test
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("encrypted", [False, True], ids=["names", "certificates"])
def test_mms_go_out_and_come_in_while_the_sender_runs(provider, tmp_path, encrypted):
    me = new_application(provider, LOADED, product="MMSC", number=41 + encrypted)
    certificate, key = server_files(tmp_path)
    port, scheme = free_port(), "https" if encrypted else "http"
    files = (certificate, key, certificate) if encrypted else ()
    server, client = (
        (tls_of(certificate, key, ssl.Purpose.CLIENT_AUTH), tls_of(certificate, key, ssl.Purpose.SERVER_AUTH))
        if encrypted
        else (None, None)
    )
    names = {} if encrypted else {"system_id": "spojka", "password": "heslo-k-mmsc"}
    heard = {} if encrypted else {"heard_as": "mmsc", "heard_password": "tajne"}

    async def going():
        stop = asyncio.Event()
        program = Peer(
            f"{scheme}://127.0.0.1:{port}/mm7/mmsc", user=heard.get("heard_as"), password=heard.get("heard_password")
        )
        user = None if encrypted else ("spojka", "heslo-k-mmsc")
        centre = MmsCentre(clock=now, program=program, program_tls=client, user=user)
        await centre.listen(tls=server)
        async with centre:
            given = {"name": "mmsc", "kind": "mm7", "networks": ["*"], "url": centre.url, **names, **heard}
            made = call("connector.set_route", given, tenant=provider, actor=OPERATOR, now=LOADED)
            assert made.refusal is None, made.refusal
            task = asyncio.create_task(sending(provider, now=now, stop=stop, ear=Ear("127.0.0.1", port, *files)))
            desk = SubmissionDesk(provider, now=now)
            await desk.submit([mms(me)])
            await count(
                provider,
                f"SELECT count(*) AS n FROM message_event e JOIN message m ON m.id = e.message_id"
                f" WHERE e.kind = 'delivered' AND m.application_id = '{me}'",
            )
            outcome = await centre.deliver(
                sender=number(O2), recipient=number(f"19910{41 + encrypted}"), content=PICTURE
            )
            await desk.close()
            stop.set()
            await asyncio.wait_for(task, 20)
            return outcome, centre.reported

    outcome, reported = asyncio.run(going())

    assert (outcome.result, [one.result for one in reported]) == (Result.DONE, [Result.DONE])
