"""The clock jumps an hour forth and back under a running gateway: ids stay unique, repeats are known, days count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spojka.kernel.time import PRAGUE
from tests.surfaces.gateway.connector.programs import O2, Program, listening

HOUR = timedelta(hours=1)


class Clock:
    """Tells the time that it is set to, and a little more with every look."""

    def __init__(self):
        today = datetime.now(PRAGUE).date() + timedelta(days=1)
        self.before_midnight = datetime(today.year, today.month, today.day, tzinfo=PRAGUE).astimezone(UTC) - HOUR / 2
        self.at = self.before_midnight

    def __call__(self):
        self.at += timedelta(microseconds=1)
        return self.at


@pytest.fixture(scope="module")
def clock():
    return Clock()


@pytest.fixture(scope="module")
def world(database, tmp_path_factory, clock):
    with listening(tmp_path_factory.mktemp("clock"), clock=clock) as made:
        yield made


@pytest.fixture
def program(world, clock):
    clock.at = clock.before_midnight
    return Program(world)


def send(program, *references, text="x"):
    """The answers to one message of each reference."""
    messages = [{"to": O2, "text": text, "reference": one} for one in references]
    return program.send({"messages": messages}).json()["results"]


def used(world, program):
    """Parts that were counted, by the day or month that they were counted on."""
    rows = world.rows("SELECT period, period_on, used FROM message_counter WHERE application_id = %s", program.id)
    return {(row["period"], row["period_on"]): row["used"] for row in rows}


@pytest.mark.clause("o2/3.3")
def test_what_is_accepted_counts_on_the_day_of_prague_that_the_clock_shows(world, program, clock):
    evening = clock.before_midnight.astimezone(PRAGUE).date()
    morning = evening + timedelta(days=1)

    send(program, "a")
    clock.at += HOUR
    send(program, "b", "c")
    clock.at -= HOUR
    send(program, "d", "e", "f")

    counted = used(world, program)
    assert counted["day", evening] == 4
    assert counted["day", morning] == 2
    assert sum(n for (period, _), n in counted.items() if period == "month") == 6
    assert counted["month", evening.replace(day=1)] >= 4


def test_ids_are_unique_and_nothing_is_there_twice_however_the_clock_jumps(world, program, clock):
    first = send(program, *(f"a{n}" for n in range(50)))
    clock.at += HOUR
    second = send(program, *(f"b{n}" for n in range(50)))
    clock.at = clock.before_midnight
    third = send(program, *(f"c{n}" for n in range(50)))
    clock.at = clock.before_midnight
    fourth = send(program, *(f"d{n}" for n in range(50)))

    ids = [one["id"] for one in first + second + third + fourth]
    rows = world.rows("SELECT id::text AS id FROM message WHERE application_id = %s", program.id)
    assert len(set(ids)) == 200
    assert {row["id"] for row in rows} == set(ids)


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["forth", "back"])
def test_a_repeat_after_a_jump_is_answered_as_before_and_sent_once(world, program, clock, jump):
    (first,) = send(program, "once")

    clock.at += jump
    (again,) = send(program, "once")
    (other,) = send(program, "once", text="y")

    assert (again["id"], again["repeated"]) == (first["id"], True)
    assert other["code"] == "KEY_REUSED"
    assert len(world.rows("SELECT 1 FROM message WHERE application_id = %s", program.id)) == 1


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["forth", "back"])
def test_a_certificate_is_recognised_and_an_inbox_kept_after_a_jump(world, program, clock, jump):
    item = world.arrives(program.id, {"text": "MO"}, at=clock.at)

    clock.at += jump
    items = program.http.get(f"{program.root}/inbox").json()["items"]
    done = program.http.post(f"{program.root}/inbox/acknowledge", json={"ids": [item]}).json()["results"]
    clock.at -= jump
    left = program.http.get(f"{program.root}/inbox").json()["items"]

    assert [one["id"] for one in items] == [item]
    assert [one["status"] for one in done] == ["acknowledged"]
    assert left == []
