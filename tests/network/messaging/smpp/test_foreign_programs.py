"""Programs and centres that were written by others understand ours, and ours understands them."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import smpplib.client
import smpplib.consts

from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.smpp.fates import Fate
from spojka.network.messaging.smpp.pdus import SubmitSm, answer_to
from spojka.network.messaging.smpp.receipts import IdForm, IdForms, MessageState, read_receipt
from tests.network.messaging.smpp.peers import bound, client_of, until

HERE = Path(__file__).parent
NODE_MODULES = HERE.parents[3] / "node_modules"
NOW = datetime(2026, 2, 1, 8, 30, tzinfo=UTC)


def centre_of(**settings):
    return Centre(CentreSettings(**settings), now=lambda: NOW)


def _converse(port, count):
    """Bind by the other library, send so many messages, gather answers and receipts, ask for one, leave."""
    answered, receipts, states = [], [], []
    client = smpplib.client.Client("127.0.0.1", port, timeout=5, allow_unknown_opt_params=True)
    client.set_message_sent_handler(lambda pdu: answered.append(pdu.message_id.decode().rstrip("\0")))
    client.set_message_received_handler(lambda pdu: receipts.append((pdu.esm_class, pdu.short_message)))
    client.set_query_resp_handler(lambda pdu: states.append(pdu.message_state))
    client.connect()
    client.bind_transceiver(system_id="program", password="secret")
    for n in range(count):
        client.send_message(
            source_addr_ton=smpplib.consts.SMPP_TON_ALNUM,
            source_addr="Spojka",
            dest_addr_ton=smpplib.consts.SMPP_TON_INTL,
            destination_addr=f"42060100{n:04}",
            short_message=b"Hello",
            registered_delivery=True,
        )
    while len(answered) < count or len(receipts) < count:
        client.read_once()
    client.query_message(message_id=answered[0], source_addr_ton=0, source_addr_npi=0, source_addr="Spojka")
    while not states:
        client.read_once()
    client.unbind()
    client.disconnect()
    return answered, receipts, states


def test_smpplib_sends_is_receipted_and_asks():
    async def running():
        async with centre_of(ids="hex") as centre:
            found = await asyncio.wait_for(asyncio.to_thread(_converse, centre.port, 50), 20)
            return *found, [one.request.source_addr for one in centre.memory]

    answered, receipts, states, sources = asyncio.run(running())

    assert answered == [f"{n:X}" for n in range(1, 51)]
    assert [text.partition(b" ")[0].decode() for _, text in receipts] == [f"id:{one}" for one in answered]
    assert {esm_class for esm_class, _ in receipts} == {4}
    assert states == [MessageState.DELIVERED]
    assert sources == ["Spojka"] * 50


@pytest.fixture
def node():
    """The environment in which node finds the library; without it the test is left out, in CI it fails."""
    if not (NODE_MODULES / "smpp").is_dir():
        leave_out = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        leave_out("needs the node module smpp; scripts/peers installs it")
    return os.environ | {"NODE_PATH": str(NODE_MODULES)}


@asynccontextmanager
async def node_running(env, *given):
    running = await asyncio.create_subprocess_exec(
        "node", *given, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.communicate()


@pytest.mark.peer("node")
def test_a_node_program_sends_parts_and_payloads_is_receipted_and_asks(node):
    async def running():
        async with (
            centre_of() as centre,
            node_running(node, str(HERE / "program.js"), str(centre.port), "200") as program,
        ):
            out, err = await asyncio.wait_for(program.communicate(), 30)
            return json.loads(out or b"{}"), err, [one.request for one in centre.memory]

    found, err, requests = asyncio.run(running())

    assert err == b""
    assert (found["bound"], found["parts"], found["payload"]) == (0, 0, 0)
    assert sorted(f"id:{one}" for one in found["answered"]) == sorted(one.split()[0] for one in found["receipts"])
    assert len(set(found["answered"])) == 200
    assert found["queried"] == MessageState.DELIVERED
    assert [one.content for one in requests if one.esm_class & 0x40] == [bytes((5, 0, 3, 1, 2, 1)) + b"part"]
    assert [len(one.content) for one in requests].count(500) == 1


@pytest.mark.peer("node")
def test_our_client_matches_every_receipt_of_a_node_centre(node):
    receipts = []

    def take(link, requests):
        receipts.extend(read_receipt(one) for one in requests)
        link.answer([answer_to(one) for one in requests])

    async def running():
        async with node_running(node, str(HERE / "foreign_centre.js")) as centre:
            port = int(await asyncio.wait_for(centre.stdout.readline(), 20))
            async with client_of(SimpleNamespace(port=port), on_requests=take, window=20) as client:
                await bound(client)
                outcomes = await client.submit(
                    [SubmitSm(destination_addr="420601000001", registered_delivery=1) for _ in range(300)]
                )
                await until(lambda: len(receipts) == 300)
                return outcomes

    outcomes = asyncio.run(running())

    forms = IdForms(answer=IdForm.HEX, receipt=IdForm.HEX)
    assert {one.fate for one in outcomes} == {Fate.ANSWERED}
    assert sorted(forms.of_answer(one.answer.message_id) for one in outcomes) == sorted(
        forms.of_receipt(one.message_id) for one in receipts
    )
    assert {one.state for one in receipts} == {MessageState.DELIVERED}
