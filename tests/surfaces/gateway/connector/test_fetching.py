"""What came in, and the life of what was sent."""

from __future__ import annotations

import socket
import threading
import time
from datetime import timedelta
from hashlib import sha256

import pytest

from spojka.kernel.ids import uuid7
from tests.surfaces.gateway.connector.programs import O2, PICTURE, Program, context_of, now


def code_of(reply):
    return reply.json()["refusal"]["code"]


def test_a_message_shows_its_timeline_and_is_taken_back_while_it_waits(world, program):
    sent = program.send({"to": O2, "text": "tajné", "reference": "r-1"}).json()["id"]

    before = program.http.get(f"{program.root}/messages/{sent}").json()
    taken = program.http.delete(f"{program.root}/messages/{sent}").json()
    again = program.http.delete(f"{program.root}/messages/{sent}")

    assert (before["status"], before["waits"], before["reference"], before["network"]) == (
        "accepted",
        True,
        "r-1",
        "O2",
    )
    assert [one["event"] for one in taken["timeline"]] == ["accepted", "cancelled"]
    assert (taken["status"], taken["waits"], again.status_code) == ("cancelled", False, 200)
    assert "tajné" not in str(before)
    assert world.rows("SELECT 1 FROM message_queue WHERE id = %s", sent) == []


def test_a_message_that_left_cannot_be_taken_back(world, program):
    sent = program.send({"to": O2, "text": "x"}).json()["id"]
    world.write("DELETE FROM message_queue WHERE id = %s", sent)
    for kind, second in (("sent", 1), ("delivered", 2)):
        world.write(
            "INSERT INTO message_event (tenant_id, message_id, id, kind, part, at) VALUES (%s, %s, %s, %s, 1, %s)",
            world.tenant,
            sent,
            uuid7(),
            kind,
            now() + timedelta(seconds=second),
        )

    shown = program.http.get(f"{program.root}/messages/{sent}").json()
    taken = program.http.delete(f"{program.root}/messages/{sent}", headers={"accept-language": "en"})

    assert shown["status"] == "delivered"
    assert [one["event"] for one in shown["timeline"]] == ["accepted", "sent", "delivered"]
    assert (taken.status_code, code_of(taken)) == (409, "MESSAGE_LEFT")


@pytest.mark.parametrize("id_", ["nic", "01960000-0000-7000-8000-000000000001"])
def test_a_message_that_is_not_there_is_not_found(program, id_):
    replies = [program.http.request(method, f"{program.root}/messages/{id_}") for method in ("GET", "DELETE")]

    assert {(one.status_code, code_of(one)) for one in replies} == {(404, "MESSAGE_NOT_FOUND")}


@pytest.mark.clause("o2/3.2")
def test_a_message_stays_in_the_inbox_until_it_is_acknowledged(world, program):
    first, second = (world.arrives(program.id, {"text": text}) for text in ("první", "druhá"))
    world.arrives(program.id, {"state": "delivered"}, kind="report", message=uuid7())

    listed = [program.http.get(f"{program.root}/inbox").json()["items"] for _ in range(2)]
    after = program.http.get(f"{program.root}/inbox?limit=1&after={first}").json()["items"]
    done = program.http.post(f"{program.root}/inbox/acknowledge", json={"ids": [first]})
    again = program.http.post(f"{program.root}/inbox/acknowledge", json={"ids": [first, "nic", str(uuid7())]})
    left = program.http.get(f"{program.root}/inbox").json()["items"]
    by_id = program.http.get(f"{program.root}/inbox/{first}").json()

    assert [[one["content"]["text"] for one in items] for items in listed] == [["první", "druhá"]] * 2
    assert [one["id"] for one in after] == [second]
    assert done.json() == {"results": [{"id": first, "status": "acknowledged"}]}
    assert [one["status"] for one in again.json()["results"]] == ["acknowledged", "refused", "refused"]
    assert [one["id"] for one in left] == [second]
    assert by_id["content"] == {"text": "první"}
    reports = program.http.get(f"{program.root}/reports").json()["items"]
    assert [one["kind"] for one in reports] == ["report"]


@pytest.mark.clause("o2/3.2")
@pytest.mark.clause("o2/7.1")
def test_the_parts_of_a_multimedia_message_are_fetched_one_by_one_as_they_came(world):
    program, other = Program(world, "MMSC"), Program(world, "MMSC")
    item = world.pictured(program.id, subject="Léto")
    fetch = program.http.get

    (shown,) = fetch(f"{program.root}/inbox").json()["items"]
    parts = [fetch(one["href"]) for one in shown["content"]["parts"]]
    strange = [
        other.http.get(f"{other.root}/inbox/{item}/parts/1"),
        fetch(f"{program.root}/inbox/{item}/parts/3"),
        fetch(f"{program.root}/inbox/{item}/parts/x"),
        fetch(f"{program.root}/inbox/nic/parts/1"),
    ]
    world.write("UPDATE message_inbox SET expires_at = now() WHERE id = %s", item)
    late = fetch(shown["content"]["parts"][0]["href"])

    assert (shown["kind"], shown["content"]["subject"]) == ("mms", "Léto")
    assert [(one.headers["content-type"], one.content) for one in parts] == [
        ("text/plain; charset=utf-8", b"Ahoj"),
        ("image/png", PICTURE),
    ]
    assert [sha256(one.content).hexdigest() for one in parts] == [one["sha256"] for one in shown["content"]["parts"]]
    assert parts[1].headers["content-disposition"] == "attachment"
    assert {(one.status_code, code_of(one)) for one in [*strange, late]} == {(404, "MESSAGE_NOT_FOUND")}


@pytest.mark.clause("o2/3.2")
def test_after_its_time_a_message_is_gone_for_good(world, program):
    expired = world.arrives(program.id, {"text": "x"}, at=now() - timedelta(hours=96))

    fetched = program.http.get(f"{program.root}/inbox/{expired}")
    acknowledged = program.http.post(f"{program.root}/inbox/acknowledge", json={"ids": [expired]})

    assert program.http.get(f"{program.root}/inbox").json()["items"] == []
    assert (fetched.status_code, code_of(fetched)) == (410, "MO_EXPIRED")
    assert fetched.json()["refusal"]["figures"]["state"] == "expired_not_collected"
    assert (acknowledged.status_code, code_of(acknowledged)) == (410, "MO_EXPIRED")


@pytest.mark.clause("o2/3.2")
def test_a_program_learns_how_its_inbox_stands(world, program):
    world.arrives(program.id, {"text": "x"}, at=now() - timedelta(hours=96))
    first = world.arrives(program.id, {"text": "první"}, at=now() - timedelta(hours=95))
    world.arrives(program.id, {"text": "druhá"})

    stands = program.http.get(f"{program.root}/limits").json()["inbox"]

    shown = program.http.get(f"{program.root}/inbox/{first}").json()
    assert (stands["waiting"], stands["deleted_unread"]) == (2, 1)
    assert stands["oldest_expires_at"] == shown["expires_at"]


@pytest.mark.clause("o2/6.3")
def test_whatever_a_program_does_is_attributed_to_its_certificate(world, program):
    sent = program.send({"to": O2, "text": "x"}).json()["id"]
    items = [world.arrives(program.id, {"text": text}) for text in "ab"]

    for _ in range(2):
        program.http.get(f"{program.root}/inbox")
    program.http.post(f"{program.root}/inbox/acknowledge", json={"ids": [items[0]]})
    program.http.delete(f"{program.root}/messages/{sent}")

    actor = f"certificate:{program.certificate.hex}"
    kept = world.rows("SELECT operation, items FROM audit WHERE actor = %s ORDER BY id", actor)
    assert [(row["operation"], row["items"]) for row in kept] == [
        ("messages.fetch", 2),
        ("messages.acknowledge", 1),
        ("messages.take_back", 1),
    ]


def test_whoever_waits_is_answered_as_soon_as_something_comes(world, program):
    threading.Timer(0.5, world.arrives, [program.id, {"text": "teď"}]).start()

    began = time.monotonic()
    reply = program.http.get(f"{program.root}/inbox?wait=20")
    took_s = time.monotonic() - began

    assert [one["content"]["text"] for one in reply.json()["items"]] == ["teď"]
    assert 0.4 < took_s < 15


def test_waiting_for_nothing_ends_with_nothing_and_in_time(program):
    began = time.monotonic()
    reply = program.http.get(f"{program.root}/reports?wait=1")

    assert reply.json() == {"items": []}
    assert 0.9 < time.monotonic() - began < 15


def test_one_application_cannot_wait_without_end_or_without_number(world, program):
    clients = [world.client(program.certificate) for _ in range(16)]
    threads = [threading.Thread(target=one.get, args=[f"{program.root}/inbox?wait=5"]) for one in clients]
    for thread in threads:
        thread.start()
    world.until(lambda: world.running.services.bell.waiting(program.id) == 16)

    over = program.http.get(f"{program.root}/inbox?wait=5")
    long = program.http.get(f"{program.root}/inbox?wait=61")
    world.arrives(program.id, {"text": "x"})
    for thread in threads:
        thread.join(10)

    assert (over.status_code, code_of(over)) == (429, "TOO_MANY_WAITING")
    assert (long.status_code, code_of(long)) == (400, "REQUEST_MALFORMED")
    assert world.running.services.bell.waiting(program.id) == 0


def test_the_wait_of_a_program_that_left_ends_at_once_and_takes_nothing(world, program):
    bell, context = world.running.services.bell, context_of(world.folder, program.certificate, world.certificate)
    raw = socket.create_connection(("127.0.0.1", world.port))
    leaving = context.wrap_socket(raw, server_hostname="127.0.0.1")
    leaving.sendall(f"GET {program.root}/inbox?wait=60 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    world.until(lambda: bell.waiting(program.id) == 1)
    (task,) = [one.task for one in list(world.running.listener.connections) if one.task is not None]

    leaving.close()
    world.until(lambda: bell.waiting(program.id) == 0)
    world.until(task.done)
    item = world.arrives(program.id, {"text": "x"})

    assert world.rows("SELECT fetched_at FROM message_inbox WHERE id = %s", item) == [{"fetched_at": None}]
    assert [one["id"] for one in program.http.get(f"{program.root}/inbox").json()["items"]] == [str(item)]


@pytest.mark.parametrize("query", ["wait=x", "limit=1001", "after=x", "wait=%ff"])
def test_arguments_that_cannot_be_read_are_refused(program, query):
    reply = program.http.get(f"{program.root}/inbox?{query}")

    assert (reply.status_code, code_of(reply)) == (400, "REQUEST_MALFORMED")


@pytest.mark.parametrize("body", [{}, [], {"ids": "x"}, {"ids": [1]}, {"ids": ["x"] * 1001}])
def test_an_acknowledgement_that_cannot_be_read_is_refused(program, body):
    reply = program.http.post(f"{program.root}/inbox/acknowledge", json=body)

    assert (reply.status_code, code_of(reply)) == (400, "REQUEST_MALFORMED")


@pytest.mark.clause("o2/3.3")
def test_limits_are_told_with_what_is_used_and_when_they_begin_anew(program):
    program.send({"to": O2, "text": "ř" * 71})

    def used():
        return program.http.get(f"{program.root}/limits").json()

    ends = time.monotonic() + 20
    while used()["day"]["used"] != 2:
        assert time.monotonic() < ends
        time.sleep(0.1)
    shown = used()
    assert shown["product"] == "SMSC_PLUS"
    assert shown["day"]["remaining"] == shown["day"]["limit"] - 2
    assert shown["month"]["used"] == 2
    assert (shown["pace_per_s"], shown["queue"]["waiting"], shown["queue"]["drains_in_s"]) == ("5", 2, 1)


def test_the_description_names_every_address_and_only_schemas_that_it_has(program):
    document = program.http.get("/v1/openapi.json").json()

    text = str(document)
    named = {part.split("'")[0] for part in text.split("#/components/schemas/")[1:]}
    assert document["openapi"] == "3.1.0"
    assert named <= set(document["components"]["schemas"])
    assert len(document["paths"]) == 11
    assert "message_status" in document["webhooks"]["items"]["post"]["description"]
    assert "429" in document["paths"]["/v1/applications/{application}/standard/messages"]["post"]["responses"]


@pytest.mark.clause("o2/4.4")
def test_the_description_says_where_delivery_is_not_guaranteed_and_by_which_clause(program):
    about = program.http.get("/v1/openapi.json").json()["info"]["description"]

    assert about.endswith("Delivery to other networks is not guaranteed: other_cz, foreign (o2/4.4).")


def test_what_is_not_there_says_where_to_look(program):
    nowhere = program.http.get("/v2/applications")
    wrong = program.http.get(f"{program.root}/standard/messages")

    assert (nowhere.status_code, code_of(nowhere)) == (404, "ADDRESS_UNKNOWN")
    assert (wrong.status_code, code_of(wrong)) == (405, "METHOD_NOT_ALLOWED")
