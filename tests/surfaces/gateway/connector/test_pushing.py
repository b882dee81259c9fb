"""Programs that want to be called are told what came: signed, again until they take it, never in private networks."""

from __future__ import annotations

import asyncio
import http.server
import threading
from datetime import timedelta

import pytest

from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Actor
from spojka.surfaces.gateway.connector.pushing import Pusher
from spojka.surfaces.gateway.connector.reader import Reader
from spojka_client.webhooks import SignatureWrong, read_call
from tests.surfaces.gateway.connector.programs import O2, Program, listening, now


@pytest.fixture(scope="module")
def world(database, tmp_path_factory):
    """A connector whose own pusher calls nobody on this machine, so that each test's does."""
    with listening(tmp_path_factory.mktemp("pushing")) as made:
        yield made


class Called:
    """A program that is called, and answers as it is told."""

    def __init__(self):
        self.calls, self.statuses = [], []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.calls.append((body, {name.lower(): value for name, value in self.headers.items()}))
                self.send_response(outer.statuses.pop(0) if outer.statuses else 204)
                self.send_header("location", "http://127.0.0.1:1/")
                self.end_headers()

            def log_message(self, *said):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/in"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def called():
    made = Called()
    yield made
    made.close()


def set_webhook(world, program, url, *, actor=OPERATOR):
    return call(
        "connector.set_webhook",
        {"application": program.id, "url": url},
        tenant=world.tenant,
        actor=actor,
        now=now(),
    )


def tell(world, *, at=None, private=True):
    """One look of a pusher, at an instant."""

    async def going():
        reader = Reader(world.tenant, now=lambda: at or now())
        pusher = Pusher(reader, private=private)
        try:
            taken_up = await pusher.begin_due()
            await pusher.finish()
            return taken_up
        finally:
            await pusher.close()
            reader.close()

    return asyncio.run(going())


def tries(world, program):
    return world.rows("SELECT * FROM webhook_try WHERE application_id = %s ORDER BY item_id", program.id)


@pytest.fixture
def program(world, called):
    """A program that wants to be called; the connector's own pusher has no item of it."""
    made = Program(world)
    made.secret = set_webhook(world, made, called.url).result.secret
    return made


def arrives(world, program, *texts):
    """Messages with these texts come in."""
    return [world.arrives(program.id, {"text": text}) for text in texts]


def test_what_is_taken_is_acknowledged(world, program, called):
    with_lease = arrives(world, program, "první", "druhá")
    world.until(lambda: len(tries(world, program)) == 2)  # its own pusher tried and was not let out
    later = now() + timedelta(minutes=2)

    tell(world, at=later)

    assert len(called.calls) == 2
    items = [
        one
        for body, headers in called.calls
        for one in read_call(body, headers, secret=program.secret, now_s=int(later.timestamp()))
    ]
    assert sorted(one.id for one in items) == with_lease
    assert tries(world, program) == []
    assert program.http.get(f"{program.root}/inbox").json()["items"] == []


@pytest.mark.parametrize(
    ("ends", "whole"),
    [(["delivered", "delivered"], "delivered"), (["delivered"], "dispatched"), (["undelivered"], "undelivered")],
)
def test_a_report_is_told_with_what_its_whole_message_is(world, program, called, ends, whole):
    sent = program.send({"to": O2, "text": "x" * 300, "report": True}).json()["id"]
    world.write("DELETE FROM message_queue WHERE id = %s", sent)
    for part in (1, 2):
        world.happens(sent, "sent", part=part, at=now())
    for part, kind in enumerate(ends, 1):
        at = now() + timedelta(seconds=part)
        world.happens(sent, kind, part=part, at=at)
        content = {"state": kind, "part": part, "parts": 2, "at": at.isoformat()}
        world.arrives(program.id, content, kind="report", message=sent)
    world.until(lambda: len(tries(world, program)) == len(ends))

    later = now() + timedelta(minutes=2)
    tell(world, at=later)

    told = [
        one
        for body, headers in called.calls
        for one in read_call(body, headers, secret=program.secret, now_s=int(later.timestamp()))
    ]
    assert [(one.content["state"], one.message_status) for one in told] == [(kind, whole) for kind in ends]


def test_what_is_not_taken_is_tried_again_later_each_time_and_can_be_fetched_meanwhile(world, program, called):
    arrives(world, program, "x")
    world.until(lambda: [row["error"] for row in tries(world, program)] == ["not https"])
    called.statuses[:] = [500, 302]
    pauses = []

    at = now() + timedelta(minutes=2)
    for _ in range(2):
        tell(world, at=at)
        (row,) = tries(world, program)
        pauses.append((row["tries"], round((row["due_at"] - at).total_seconds()), row["error"]))
        assert tell(world, at=row["due_at"] - timedelta(milliseconds=1)) == 0
        at = row["due_at"]
    fetched = program.http.get(f"{program.root}/inbox").json()["items"]
    tell(world, at=at)

    assert pauses == [(2, 30, "HTTP 500"), (3, 120, "HTTP 302")]
    assert len(fetched) == 1
    assert (len(called.calls), tries(world, program)) == (3, [])


def test_one_that_is_not_taken_does_not_hold_up_the_others(world, program, called):
    arrives(world, program, "a", "b", "c")
    world.until(lambda: len(tries(world, program)) == 3)
    called.statuses[:] = [500]

    tell(world, at=now() + timedelta(minutes=2))

    assert len(called.calls) == 3
    assert [row["error"] for row in tries(world, program)] == ["HTTP 500"]


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://127.0.0.1:1/", "not https"),
        ("https://127.0.0.1:1/", "address of a private network"),
        ("https://[::1]:1/", "address of a private network"),
        ("https://localhost:1/", "address of a private network"),
        ("https://nowhere.invalid/", "host not found"),
    ],
)
def test_addresses_of_private_networks_are_not_called(world, url, error):
    program = Program(world)
    set_webhook(world, program, url)

    arrives(world, program, "x")

    world.until(lambda: [row["error"] for row in tries(world, program)] == [error])
    assert len(program.http.get(f"{program.root}/inbox").json()["items"]) == 1


def test_a_call_with_another_signature_or_of_another_time_is_not_believed():
    with pytest.raises(SignatureWrong, match="another"):
        read_call(b"{}", {"spojka-timestamp": "1", "spojka-signature": "v1=x"}, secret="00", now_s=1)
    with pytest.raises(SignatureWrong, match="too long ago"):
        read_call(b"{}", {"spojka-timestamp": "1", "spojka-signature": "v1=x"}, secret="00", now_s=400)


@pytest.mark.parametrize(
    "url", ["ftp://a.cz", "https://", "https://u:p@a.cz/", "https://a.cz/#x", "https://a.cz:99999/", "https://ž.cz/"]
)
def test_what_is_no_address_is_refused(world, program, url):
    assert set_webhook(world, program, url).refusal.code == "WEBHOOK_URL_INVALID"


@pytest.mark.parametrize(
    ("url", "is_set"),
    [
        ("https://93.184.215.14/in", True),
        ("https://program.example.cz/in", True),
        ("http://program.example.cz/in", False),
        ("https://10.0.0.1/in", False),
        ("https://169.254.169.254/in", False),
        ("https://[::1]/in", False),
        ("https://[::ffff:127.0.0.1]/in", False),
        ("https://localhost:8443/in", False),
    ],
)
def test_a_customer_sets_no_address_that_is_private_or_in_clear_and_the_provider_may(world, program, url, is_set):
    (row,) = world.rows("SELECT party_id FROM service WHERE id = %s", program.id)
    customer = Actor("customer", frozenset({"connector.*"}), party=row["party_id"])

    own = set_webhook(world, program, url, actor=customer)
    providers = set_webhook(world, program, url)

    assert (own.refusal and own.refusal.code) == (None if is_set else "WEBHOOK_URL_INVALID")
    assert providers.result.url == url


def test_an_empty_address_ends_the_calling(world, program):
    ended = set_webhook(world, program, "")

    assert (ended.result.url, ended.result.secret) == ("", "")


@pytest.mark.clause("o2/3.2")
@pytest.mark.clause("o2/6.3")
def test_what_was_told_in_vain_is_not_picked_up_so_whoever_fetches_it_then_is_written_down(world, program, called):
    fetched_at = "SELECT fetched_at FROM message_inbox WHERE id = %s"
    (item,) = arrives(world, program, "x")
    world.until(lambda: len(tries(world, program)) == 1)  # its own pusher tried and was not let out
    called.statuses[:] = [500]
    tell(world, at=now() + timedelta(minutes=2))

    in_vain = world.rows(fetched_at, item)
    program.http.get(f"{program.root}/inbox")
    kept = world.rows("SELECT operation FROM audit WHERE actor = %s", f"certificate:{program.certificate.hex}")
    (second,) = arrives(world, program, "y")
    world.until(lambda: len(tries(world, program)) == 2)
    taken_at = now() + timedelta(minutes=60)
    tell(world, at=taken_at)

    assert [row["fetched_at"] for row in in_vain] == [None]
    assert [row["operation"] for row in kept] == ["messages.fetch"]
    assert [row["fetched_at"] for row in world.rows(fetched_at, second)] == [taken_at]
