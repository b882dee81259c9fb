"""The client against a connector that really listens; both clients do the same."""

from __future__ import annotations

import ast
import asyncio
import inspect
import threading
from datetime import datetime

import httpx
import pytest

import spojka_client
from spojka_client import (
    Accepted,
    AsyncConnector,
    Connector,
    Message,
    MultimediaMessage,
    MultimediaPart,
    NotAnswered,
    Refused,
    RequestRefused,
)
from tests.surfaces.gateway.connector.programs import O2, PICTURE, Program, listening
from tests.tidy.sources import ROOT


@pytest.fixture(scope="module")
def world(database, tmp_path_factory):
    with listening(tmp_path_factory.mktemp("client")) as made:
        yield made


@pytest.fixture
def program(world):
    return Program(world)


def connected(program, kind=Connector, application=None):
    file = program.world.folder / f"{program.certificate.hex}.pem"
    return kind(
        program.world.url,
        application=str(application or program.id),
        certificate=file,
        authority=program.world.certificate,
    )


def test_messages_are_sent_and_followed(world, program):
    with connected(program) as connector:
        one = connector.send(Message(O2, "Ahoj"))
        many = connector.send_many([Message(O2, "1"), Message("222", "2"), Message(O2, data=b"\x00\xff")])
        state = connector.state(one.id)
        back = connector.cancel(one.id)
        shown = connector.preview("Kůň")
        limits = connector.limits()

    assert isinstance(one, Accepted)
    assert [type(each) for each in many] == [Accepted, Refused, Accepted]
    assert (many[1].code, many[1].figures) == ("RECIPIENT_INVALID", {"recipient": "222"})
    assert (state.status, state.waits, len(state.reference)) == ("accepted", True, 32)
    assert (back.status, shown.parts, limits.product) == ("cancelled", 1, "SMSC_PLUS")


def test_a_multimedia_message_is_sent(world):
    program = Program(world, "MMSC")
    message = MultimediaMessage(O2, (MultimediaPart("image/png", b"\x89PNG", "p1"),), subject="Léto")

    with connected(program) as connector:
        sent = connector.send(message)
        with pytest.raises(ValueError, match="calls of their own"):
            connector.send_many([message, Message(O2, "x")])

    assert isinstance(sent, Accepted)


def test_the_parts_of_a_multimedia_message_are_fetched(world):
    program = Program(world, "MMSC")
    world.pictured(program.id, subject="Léto")

    with connected(program) as mine:
        (item,) = mine.inbox()
        found = [mine.part(item.id, one.number) for one in item.parts]
        with pytest.raises(RequestRefused):
            mine.part(item.id, 3)

    assert found == [b"Ahoj", PICTURE]
    assert [(one.content_type, one.size, one.id) for one in item.parts] == [
        ("text/plain; charset=utf-8", 4, None),
        ("image/png", len(PICTURE), "p1"),
    ]


def test_what_comes_is_listened_to_and_acknowledged_when_the_next_is_asked_for(world, program):
    world.arrives(program.id, {"text": "první"})
    threading.Timer(0.3, world.arrives, [program.id, {"text": "druhá"}]).start()

    with connected(program) as connector:
        heard = []
        for item in connector.listen(wait_s=5):
            heard.append(item.text)
            if len(heard) == 2:
                break
        left = connector.inbox()
        done = connector.acknowledge([left[0].id, "nic"])

    assert heard == ["první", "druhá"]
    assert [one.text for one in left] == ["druhá"]
    assert {name: one.code for name, one in done.items()} == {"nic": "MESSAGE_NOT_FOUND"}


def test_a_foreign_application_is_a_request_that_is_refused(world, program):
    other = Program(world)

    with connected(program, application=other.id) as connector, pytest.raises(RequestRefused) as refused:
        connector.send(Message(O2, "x"))

    assert (refused.value.status, refused.value.refused.code) == (403, "CERT_UNKNOWN")


def test_with_asyncio_it_is_the_same(world, program):
    world.arrives(program.id, {"text": "x"})

    async def going():
        async with connected(program, AsyncConnector) as connector:
            sent = await asyncio.gather(*(connector.send(Message(O2, str(n))) for n in range(5)))
            items = await connector.inbox(wait_s=1)
            await connector.acknowledge([items[0].id])
            return sent, items, await connector.inbox()

    sent, items, left = asyncio.run(going())

    assert len({one.id for one in sent}) == 5
    assert ([one.text for one in items], left) == (["x"], [])


def test_a_call_without_an_answer_is_made_again_under_the_same_reference(program, monkeypatch):
    monkeypatch.setattr("spojka_client.calls.pause_s", lambda attempt: 0)
    asked = []

    def answer(request):
        asked.append(request.content)
        if len(asked) == 1:
            raise httpx.ReadError("lost")
        if len(asked) == 2:
            return httpx.Response(503)
        return httpx.Response(422, json={"refusal": {"code": "X", "words": "x", "clauses": [], "figures": {}}})

    with connected(program) as connector:
        connector._http.close()
        connector._http = httpx.Client(base_url="https://x", transport=httpx.MockTransport(answer))
        refused = connector.send(Message(O2, "x"))
        connector._http.close()
        connector._http = httpx.Client(
            base_url="https://x", transport=httpx.MockTransport(lambda request: httpx.Response(502))
        )
        with pytest.raises(NotAnswered):
            connector.limits()

    assert refused.code == "X"
    assert len(asked) == 3
    assert len(set(asked)) == 1


def test_an_instant_without_a_zone_is_not_sent():
    with pytest.raises(ValueError, match="time zone"):
        Message(O2, "x", send_at=datetime(2026, 2, 1)).body()  # noqa: DTZ001  # what is tried


def test_both_clients_offer_the_same():
    def offered(kind):
        return {
            name: str(inspect.signature(one)).replace("AsyncIterator", "Iterator")
            for name, one in inspect.getmembers(kind, callable)
            if not name.startswith("_")
        }

    assert offered(Connector) == offered(AsyncConnector)


def test_the_client_imports_nothing_of_the_server():
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
        for file in (ROOT / "spojka_client").glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }

    assert not [name for name in imported if name.split(".")[0] == "spojka"]
    assert spojka_client.__doc__
