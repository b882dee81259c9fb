"""Trying logins from one address has an end, whatever names are made up; who comes in does not count."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import Actor
from spojka.access.users import operations
from spojka.access.users.places import PLACE_FAILURES, PLACE_LOCKOUT, PLACE_MEMORY, PLACE_WINDOW, place_lock
from spojka.access.users.rules import VISITOR_MAY
from tests.access.committed import count
from tests.conftest import NOW

VISITOR = Actor("visitor", VISITOR_MAY)
PASSWORD = "a long enough phrase"
HERE, ELSEWHERE = "203.0.113.9", "203.0.113.10"
TICK = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """What a password costs to check is tried elsewhere."""
    monkeypatch.setattr(operations, "fits", lambda password, kept: kept is not None and password.reveal() == PASSWORD)


@pytest.fixture
def eva(do):
    return do("users.add", login="eva", password=PASSWORD, roles=["care"]).result


def attempt(do, login, *, password="wrong", address=HERE, after=timedelta(0)):
    return do("users.sign_in", login=login, password=password, address=address, actor=VISITOR, now=NOW + after)


def fail(do, times, **more):
    """So many attempts, each at another login that nobody has."""
    return [attempt(do, f"nobody-{number}", **more) for number in range(times)]


def spread(failures, over):
    return [NOW + over * place / (failures - 1) for place in range(failures)]


@pytest.mark.parametrize(("failures", "locked"), [(PLACE_FAILURES - 1, False), (PLACE_FAILURES, True)])
def test_so_many_failures_shut_a_place_out_and_one_fewer_does_not(failures, locked):
    failed_at = spread(failures, timedelta(minutes=10))

    until = place_lock(failed_at, failed_at[-1])

    assert until == (failed_at[-1] + PLACE_LOCKOUT if locked else None)


@pytest.mark.parametrize(("over", "locked"), [(PLACE_WINDOW - TICK, True), (PLACE_WINDOW, False)])
def test_only_failures_within_the_window_count_together(over, locked):
    failed_at = [NOW, *[NOW + over] * (PLACE_FAILURES - 1)]

    assert (place_lock(failed_at, NOW + over) is not None) is locked


@pytest.mark.parametrize(("after", "locked"), [(PLACE_LOCKOUT - TICK, True), (PLACE_LOCKOUT, False)])
def test_a_place_is_shut_out_for_its_time_and_no_longer(after, locked):
    assert (place_lock([NOW] * PLACE_FAILURES, NOW + after) is not None) is locked


def test_made_up_logins_are_counted_together_and_the_refusal_says_until_when(do, eva):
    answers = fail(do, PLACE_FAILURES)
    refusal = attempt(do, "nobody-at-all").refusal

    assert {answer.refusal for answer in answers} == {None}
    assert (refusal.code, refusal.figures["until"]) == ("ADDRESS_LOCKED", NOW + PLACE_LOCKOUT)
    assert attempt(do, "eva", password=PASSWORD).refusal.code == "ADDRESS_LOCKED"
    assert attempt(do, "eva", password=PASSWORD, address=ELSEWHERE).result.accepted
    assert attempt(do, "eva", password=PASSWORD, after=PLACE_LOCKOUT).result.accepted


def test_who_is_shut_out_is_told_as_news_once(do, tenant):
    fail(do, PLACE_FAILURES + 3)

    with transaction(tenant) as db:
        told = db.execute("SELECT kind, body FROM event WHERE key = %s", [f"address:{HERE}"]).fetchall()
    assert [row["kind"] for row in told] == ["security.address_locked"]
    assert told[0]["body"] == {"address": HERE, "until": (NOW + PLACE_LOCKOUT).isoformat()}


def test_an_address_that_many_share_is_not_shut_out_by_those_who_come_in(do, eva):
    fail(do, PLACE_FAILURES - 1)

    came_in = [attempt(do, "eva", password=PASSWORD).result.accepted for _ in range(PLACE_FAILURES)]

    assert all(came_in)


def test_one_home_of_ipv6_is_one_place(do):
    for number in range(PLACE_FAILURES):
        attempt(do, f"nobody-{number}", address=f"2001:db8::{number:x}")

    assert attempt(do, "nobody", address="2001:db8::ffff").refusal.code == "ADDRESS_LOCKED"
    assert attempt(do, "nobody", address="2001:db8:0:1::1").refusal is None


def test_attempts_at_once_never_slip_past_the_count(do):
    fail(do, PLACE_FAILURES - 2)
    together = threading.Barrier(6)

    def one(number):
        together.wait()
        return attempt(do, f"at-once-{number}")

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(one, range(6)))

    assert sorted(answer.refusal is None for answer in answers) == [False] * 4 + [True] * 2


@pytest.mark.parametrize(("after", "kept"), [(PLACE_MEMORY - TICK, 3), (PLACE_MEMORY, 1)])
def test_failures_that_say_nothing_any_more_are_forgotten_wherever_they_came_from(do, tenant, after, kept):
    fail(do, 1)
    fail(do, 1, address=ELSEWHERE)

    attempt(do, "nobody", after=after)

    assert count(tenant, "sign_in_failure") == kept


def test_a_call_from_no_address_is_counted_for_none(do, tenant):
    fail(do, PLACE_FAILURES + 1, address="")

    assert attempt(do, "nobody", address="").refusal is None
    assert count(tenant, "sign_in_failure") == 0
