"""The bench of messages itself: what it counts is there, what it sends is whole, limits are judged on both sides."""

from __future__ import annotations

import configparser
import json

import pytest

from spojka.access.database.connections import close_pool
from spojka.surfaces.bench.messaging import jasmin
from spojka.surfaces.bench.messaging.carrying import carry_by_jasmin, carry_by_kannel, carry_by_queue
from spojka.surfaces.bench.messaging.load import NUMBERS, Caller, Program, Tally, program_of
from spojka.surfaces.bench.messaging.programs import body_of, kannel_plan
from spojka.surfaces.bench.messaging.running import LIMITS, MEASUREMENTS, Limit, run
from spojka.surfaces.bench.messaging.submitting import submit_to_jasmin


def given(batch):
    head = "POST / HTTP/1.1\r\n"
    return {"certificate": None, "trusted": "", "has_body": True, "head": head, "pieces": body_of(batch)}


@pytest.mark.parametrize("batch", [1, 3])
def test_a_request_is_whole_and_its_recipients_follow_one_another(batch):
    program = program_of(given(batch))

    request = program.request(NUMBERS - 1)

    head, _, body = request.partition(b"\r\n\r\n")
    messages = json.loads(body).get("messages", [json.loads(body)])
    assert program.messages == batch
    assert head.endswith(b"content-length: %d" % len(body))
    assert [one["to"] for one in messages] == ["+420602999999", "+420602000000", "+420602000001"][:batch]


def test_kannel_is_asked_for_reports_only_where_somebody_hears_them():
    quiet = kannel_plan(1, connections=1, seconds=1)["programs"][0]["head"]
    told = kannel_plan(1, connections=1, seconds=1, receipts_to=2)["programs"][0]["head"]

    assert "dlr-mask" not in quiet
    assert "dlr-mask=3" in told


def test_jasmin_is_asked_for_reports_only_where_somebody_hears_them():
    quiet = jasmin.plan(1, connections=1, seconds=1)["programs"][0]["head"]
    told = jasmin.plan(1, connections=1, seconds=1, receipts_to=2)["programs"][0]["head"]

    assert "dlr" not in quiet
    assert "dlr=yes&dlr-level=2" in told
    assert told.endswith("&to=%2B420602")


def test_jasmin_listens_on_this_machine_alone_and_finds_its_brokers(tmp_path):
    ports = jasmin.Ports(*range(1, 11))

    read = configparser.RawConfigParser()
    read.read(jasmin.written(tmp_path, ports, tmp_path / "amqp.xml"))

    assert {read[name]["bind"] for name in read.sections() if "bind" in read[name]} == {"127.0.0.1"}
    assert (read["amqp-broker"]["port"], read["redis-client"]["port"]) == (str(ports.queue), str(ports.cache))
    assert read["smpp-server-pb"]["port"] == read["smpp-server-pb-client"]["port"] == str(ports.servers)


@pytest.mark.parametrize(
    ("head", "body", "accepted"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", b'5\r\nSucce\r\nA\r\nss "8099f"\r\n0\r\n\r\n', 1),
        (b"HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked", b"5\r\nError\r\n0\r\n\r\n", 0),
        (b"HTTP/1.1 202 Accepted\r\nContent-Length: 2", b"{}", 1),
    ],
)
def test_an_answer_counts_once_it_is_whole_in_chunks_or_of_a_told_length(head, body, accepted):
    tally, freed = Tally(), []
    tally.counting = True
    caller = Caller(Program([b"a", b"b"], None), freed.append, tally)
    answer = head + b"\r\n\r\n" + body

    for place in range(len(answer)):
        assert freed == []
        caller.data_received(answer[place : place + 1])

    assert freed == [caller]
    assert (tally.accepted, tally.refused) == (accepted, 1 - accepted)


def test_what_is_refused_is_counted_apart_and_its_first_words_are_kept():
    tally = Tally()
    tally.answered(0, b"202", b"{}", 1)
    tally.counting = True

    tally.answered(0, b"202", b"{}", 1)
    tally.answered(0, b"200", b'{"accepted":98,"refused":2}', 100)
    tally.answered(0, b"429", b"full", 1)

    assert (tally.ever, tally.accepted, tally.refused) == (100, 99, 3)
    assert tally.faults[1] == "429 full"


@pytest.mark.parametrize(
    ("measured", "most", "met"), [(10, False, True), (9, False, False), (10, True, True), (11, True, False)]
)
def test_a_limit_is_met_up_to_its_bound(measured, most, met):
    limit = Limit(("ours", "per_s"), ("theirs", "per_s"), 0.5, most=most)

    judged = limit.judge({"ours": {"per_s": measured}, "theirs": {"per_s": 20}})

    assert judged["met"] is met


def test_a_limit_without_its_peer_is_not_judged():
    limit = Limit(("ours", "per_s"), ("theirs", "per_s"))

    assert limit.judge({"ours": {"per_s": 5}}) is None


def test_limits_are_of_measurements_that_there_are():
    named = {one.measured[0] for one in LIMITS} | {one.bound[0] for one in LIMITS if isinstance(one.bound, tuple)}

    assert named <= set(MEASUREMENTS)


def test_messages_go_from_programs_to_receipts_through_real_processes_beside_the_disks_speed(database):
    close_pool()

    found = run(only=("carry",), seconds=1)

    figures = found["carry"]
    assert figures["faults"] == []
    assert figures["messages"] == figures["delivered"] > figures["accepted"] > 0
    assert (figures["receipts_unmatched"], figures["uncertain"], figures["queued"]) == (0, 0, 0)
    assert figures["gateway_cpu_s"] > 0
    assert figures["sender_cpu_s"] > 0
    assert found["fdatasync_per_s"] > 0
    assert set(found["accepted_per_fdatasync"]) == {"carry"}
    assert {one["limit"].partition(".")[0] for one in found["limits"]} == {"carry"}
    assert {one["limit"] for one in found["limits"] if not one["met"]} == set(found["missed"])


def test_what_needs_a_program_that_is_not_there_measures_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert carry_by_queue(tmp_path, seconds=1, connections=1, batch=1) == {}
    assert carry_by_kannel(tmp_path, seconds=1, connections=1) == {}
    assert carry_by_jasmin(tmp_path, seconds=1, connections=1) == {}
    assert submit_to_jasmin(tmp_path, seconds=1, connections=1) == {}


@pytest.mark.parametrize(
    ("absent", "there"), [(None, True), *[(one, False) for one in (*jasmin.BROKERS, "jasmind.py")]]
)
def test_jasmin_is_there_with_everything_it_needs_and_not_without_one_of_it(tmp_path, monkeypatch, absent, there):
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in {*jasmin.BROKERS, "jasmind.py"} - {absent}:
        (folder / name).touch(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv(jasmin.FOLDER, str(tmp_path))

    assert jasmin.is_installed() is there


def test_without_the_folder_of_jasmin_nothing_of_it_is_measured(monkeypatch):
    monkeypatch.delenv(jasmin.FOLDER, raising=False)

    assert not jasmin.is_installed()


def test_a_program_knows_how_many_messages_its_request_has():
    assert Program([b"a", b"b", b"c"], None).messages == 2
