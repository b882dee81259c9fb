"""An even pace for every application; priority first, standard never starved."""

from __future__ import annotations

from fractions import Fraction
from heapq import heappop, heappush
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spojka.network.messaging.sending.pacing import FAIR, SECOND_NS, Pacer, spacing_ns

MS = 1_000_000
FIVE, ONE, HALF = Fraction(5), Fraction(1), Fraction(1, 2)


def pacer(**rates: Fraction) -> Pacer[str]:
    made: Pacer[str] = Pacer()
    for application, rate in rates.items():
        made.set_rate(application, rate, now_ns=0)
    return made


def add(one: Pacer[str], application: str, *messages: str, kind="standard", parts=1, at_ms=0) -> None:
    for message in messages:
        one.add(application, message, kind=kind, parts=parts, now_ns=at_ms * MS)


def run(one: Pacer[str], *, until_ms: int, from_ms: int = 0) -> list[tuple[str, float]]:
    """What leaves as time goes by, with its instant in milliseconds."""
    left, now = [], from_ms * MS
    while now <= until_ms * MS:
        left += [(slot.message, slot.due_ns / MS) for slot in one.take(now_ns=now, most=1_000)]
        following = one.next_at()
        if following is None:
            break
        now = max(now + 1, following)
    return left


@pytest.mark.clause("o2/4.1")
def test_six_messages_at_five_a_second_leave_two_tenths_of_a_second_apart():
    one = pacer(a=FIVE)
    add(one, "a", *"123456")

    assert run(one, until_ms=2000) == [(str(n + 1), 200.0 * n) for n in range(6)]


@pytest.mark.clause("o2/4.1")
def test_the_parts_of_a_long_message_take_a_slot_each():
    one = pacer(a=FIVE)
    add(one, "a", "long", parts=3)
    add(one, "a", "next")

    assert run(one, until_ms=2000) == [("long", 0.0), ("next", 600.0)]


@pytest.mark.clause("o2/4.2")
def test_three_messages_at_one_a_second_leave_a_second_apart():
    one = pacer(a=ONE)
    add(one, "a", *"123")

    assert run(one, until_ms=5000) == [("1", 0.0), ("2", 1000.0), ("3", 2000.0)]


@pytest.mark.clause("o2/4.3")
def test_three_mms_at_half_a_second_leave_two_seconds_apart():
    one = pacer(a=HALF)
    add(one, "a", *"123")

    assert run(one, until_ms=5000) == [("1", 0.0), ("2", 2000.0), ("3", 4000.0)]


@pytest.mark.clause("o2/2.3")
def test_a_bought_pace_holds_for_what_waits_from_its_instant():
    one = pacer(a=ONE)
    add(one, "a", *"123")
    assert [slot.message for slot in one.take(now_ns=0, most=9)] == ["1"]

    one.set_rate("a", Fraction(10), now_ns=50 * MS)

    assert run(one, from_ms=50, until_ms=2000) == [("2", 100.0), ("3", 200.0)]


@pytest.mark.clause("o2/2.2")
def test_priority_leaves_before_what_waited_longer_and_before_other_applications_standard():
    one = pacer(a=FIVE, b=FIVE)
    add(one, "a", "a1", "a2")
    add(one, "b", "b1")
    add(one, "a", "urgent", kind="priority")

    assert run(one, until_ms=1000) == [("urgent", 0.0), ("b1", 0.0), ("a1", 200.0), ("a2", 400.0)]


def test_one_in_so_many_is_a_standard_message_though_priority_waits():
    rates = {f"p{n}": FIVE for n in range(40)}
    one = pacer(s=FIVE, **rates)
    add(one, "s", "standard")
    for application in rates:
        add(one, application, application, kind="priority")

    order = [slot.kind for slot in one.take(now_ns=0, most=100)]

    assert order.index("standard") == FAIR - 1
    assert order.count("priority") == 40


@pytest.mark.clause("o2/4.1")
def test_the_next_message_leaves_no_sooner_after_one_that_was_late():
    one = pacer(a=FIVE)
    add(one, "a", "1", "2", "3")
    assert [slot.due_ns for slot in one.take(now_ns=0, most=1)] == [0]

    one.left("a", 30 * MS)
    one.left("b", 30 * MS)

    assert run(one, from_ms=30, until_ms=1000) == [("2", 230.0), ("3", 430.0)]


def ahead(*messages: str) -> Pacer[str]:
    """Five a second, given out 400 ms before they come."""
    made: Pacer[str] = Pacer(ahead=lambda spacing: 2 * spacing)
    made.set_rate("a", FIVE, now_ns=0)
    add(made, "a", *messages)
    return made


def test_slots_are_given_out_before_they_come_and_keep_their_instants():
    one = ahead("1", "2", "3", "4", "5")

    assert [slot.due_ns // MS for slot in one.take(now_ns=0, most=9)] == [0, 200, 400]
    assert one.next_at() == 200 * MS
    assert [slot.due_ns // MS for slot in one.take(now_ns=200 * MS, most=9)] == [600]


def test_slots_of_messages_that_do_not_get_on_are_given_out_when_they_come():
    one = ahead(*"123456789")
    for now_ms in (0, 200, 400):
        list(one.take(now_ns=now_ms * MS, most=9))

    backed_up = one.next_at()
    one.gone_on("a", 5)
    add(one, "a", "urgent", kind="priority", at_ms=450)

    assert backed_up == 1000 * MS
    assert one.next_at() == 50 * MS


def left_at(pacer, slots):
    """When messages leave that were given slots: name and milliseconds, in their order."""
    waiting = sorted((slot.due_ns, slot.kind != "priority", slot.message, slot.parts) for slot in slots)
    gone = []
    while waiting:
        due_ns, usual, message, parts = waiting.pop(0)
        leaves_ns = pacer.leaves("a", due_ns, parts)
        if leaves_ns > due_ns:
            waiting = sorted([*waiting, (leaves_ns, usual, message, parts)])
        else:
            gone.append((message, due_ns // MS))
    return gone


def test_a_priority_message_takes_the_next_slot_and_each_standard_one_the_next_after_its_own():
    one = ahead("1", "2", "3")
    given = list(one.take(now_ns=0, most=9))
    gone = left_at(one, given[:1])
    add(one, "a", "urgent", kind="priority", at_ms=50)
    given = [*given[1:], *one.take(now_ns=50 * MS, most=9)]

    assert gone + left_at(one, given) == [("1", 0), ("urgent", 200), ("2", 400), ("3", 600)]


def test_priority_messages_keep_their_order_and_the_pace_before_standard_ones_that_were_given_slots():
    one = ahead("1", "2")
    given = list(one.take(now_ns=0, most=9))
    for name in ("u1", "u2"):
        add(one, "a", name, kind="priority", at_ms=2)
    given += [slot for at_ms in (2, 200) for slot in one.take(now_ns=at_ms * MS, most=9)]

    assert left_at(one, given) == [("1", 0), ("u1", 200), ("u2", 400), ("2", 600)]


def test_a_priority_message_leaves_between_the_parts_of_a_long_one():
    one = ahead()
    one.add("a", "long", kind="standard", parts=4, now_ns=0)
    list(one.take(now_ns=0, most=9))
    add(one, "a", "urgent", kind="priority", at_ms=50)

    urgent = next(one.take(now_ns=50 * MS, most=9))
    parts = [one.leaves("a", due * MS, 1) // MS for due in (0, 200)]

    assert (urgent.message, urgent.due_ns // MS) == ("urgent", 200)
    assert parts == [0, 200]


def test_no_more_priority_slots_are_given_out_than_come_soon():
    one = ahead()
    add(one, "a", *"123456789", kind="priority")

    assert [slot.due_ns // MS for slot in one.take(now_ns=0, most=9)] == [0, 200, 400]
    assert one.next_at() == 200 * MS


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.integers(1, 4), st.integers(0, 3000)), max_size=60),
    st.fixed_dictionaries({name: st.sampled_from(["0.5", "1", "3", "5", "7"]) for name in "abc"}),
    st.sampled_from([0, 100, 500]),
)
@settings(max_examples=120, deadline=None)
def test_every_part_leaves_once_in_order_and_no_second_holds_more_of_them_than_the_pace(arrivals, rates, ahead_ms):
    one: Pacer[str] = Pacer(ahead=lambda _: ahead_ms * MS)
    for name, rate in rates.items():
        one.set_rate(name, Fraction(rate), now_ns=0)
    spacing = {name: spacing_ns(Fraction(rate)) for name, rate in rates.items()}
    waiting = [(number, *arrival) for number, arrival in enumerate(sorted(arrivals, key=lambda arrival: arrival[3]))]
    soon, left, now, turn = [], [], 0, 0

    while waiting or len(one) or soon:
        while waiting and waiting[0][4] * MS <= now:
            number, name, urgent, parts, _ = waiting.pop(0)
            one.add(name, str(number), kind="priority" if urgent else "standard", parts=parts, now_ns=now)
        for slot in one.take(now_ns=now, most=10_000):
            for part in range(slot.parts):
                turn += 1
                heappush(soon, (slot.due_ns + part * slot.spacing_ns, slot.kind == "standard", turn, slot))
        while soon and soon[0][0] <= now:
            due_ns, usual, came, slot = heappop(soon)
            leaves_ns = one.leaves(slot.application, due_ns, 1)
            if leaves_ns > due_ns:
                heappush(soon, (leaves_ns, usual, came, slot))
            else:
                left.append((slot, due_ns))
        coming = [one.next_at(), waiting[0][4] * MS if waiting else None, soon[0][0] if soon else None]
        now = max(now + 1, min([instant for instant in coming if instant is not None], default=now))

    assert len(left) == sum(parts for _, _, parts, _ in arrivals)
    for name in "abc":
        own = [(slot, at_ns) for slot, at_ns in left if slot.application == name]
        assert all(later - earlier >= spacing[name] for (_, earlier), (_, later) in pairwise(own))
        assert spacing[name] * Fraction(rates[name]) >= SECOND_NS
        for kind in ("priority", "standard"):
            numbers = [int(slot.message) for slot, _ in own if slot.kind == kind]
            assert numbers == sorted(numbers)
