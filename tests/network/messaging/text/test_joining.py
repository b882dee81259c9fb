from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.network.messaging.text.codings import read_incoming
from spojka.network.messaging.text.headers import PartOf
from spojka.network.messaging.text.joining import Joining
from spojka.network.messaging.text.parts import cut_octets, cut_text

NOW = datetime(2026, 2, 1, 8, 0, tzinfo=UTC)
WAIT = timedelta(hours=2)
CODINGS = {"gsm7": 0, "octets": 4, "ucs2": 8}


def came(message):
    return [
        read_incoming(part.octets, data_coding=CODINGS[message.coding], has_header=bool(part.header))
        for part in message.parts
    ]


def sent(text, reference=7):
    return came(cut_text(text, reference=reference))


def add(joining, piece, now=NOW, source="+420777000001", destination="1991042"):
    return joining.add(piece, source=source, destination=destination, part=piece.header.part, now=now)


@given(st.integers(100, 600), st.sampled_from("ař€😀"), st.data())
def test_parts_in_any_order_with_repeats_make_the_text_once(length, letter, data):
    text = letter * length + "!" * 100
    pieces = sent(text)
    order = data.draw(st.permutations(list(range(len(pieces))) * 2))
    joining = Joining(wait=WAIT)

    given_back = [joined for place in order for joined in add(joining, pieces[place])]

    assert [(joined.text, joined.partial, joined.exact) for joined in given_back] == [(text, False, True)]
    assert len(joining) == 0


def test_data_is_joined_as_octets():
    data = bytes(range(200))
    joining = Joining(wait=WAIT)

    *_, last = [add(joining, piece) for piece in came(cut_octets(data, reference=1))]

    assert (last[0].payload, last[0].text, last[0].runs) == (data, None, ())


@pytest.mark.parametrize("septets", [b"\x1b", b"a\x1b\x1b"])
def test_pairs_that_another_sender_cut_are_read_whole(septets):
    joining = Joining(wait=WAIT)
    first = read_incoming(bytes.fromhex("050003070201") + septets, data_coding=0, has_header=True)
    second = read_incoming(bytes.fromhex("050003070202") + b"e", data_coding=0, has_header=True)

    add(joining, first)
    (joined,) = add(joining, second)

    assert joined.text == {b"\x1b": "€", b"a\x1b\x1b": "a e"}[septets]


def test_a_surrogate_pair_that_another_sender_cut_is_read_whole():
    high, low = "😀".encode("utf-16-be")[:2], "😀".encode("utf-16-be")[2:]
    joining = Joining(wait=WAIT)

    add(joining, read_incoming(bytes.fromhex("050003070201") + high, data_coding=8, has_header=True))
    (joined,) = add(joining, read_incoming(bytes.fromhex("050003070202") + low, data_coding=8, has_header=True))

    assert (joined.text, joined.exact) == ("😀", True)


@pytest.mark.parametrize(
    "other",
    [
        {"source": "+420777000002"},
        {"destination": "1991043"},
        {"part": PartOf(8, 2, 2)},
        {"part": PartOf(7, 3, 2)},
        {"incoming": sent("ř" * 100)[1]},
    ],
)
def test_parts_of_different_messages_are_not_put_together(other):
    first, second = sent("a" * 200)
    joining = Joining(wait=WAIT)
    add(joining, first)

    given_back = joining.add(
        other.get("incoming", second),
        source=other.get("source", "+420777000001"),
        destination=other.get("destination", "1991042"),
        part=other.get("part", second.header.part),
        now=NOW,
    )

    assert (given_back, len(joining)) == ((), 2)


@pytest.mark.parametrize(("waited", "given_up"), [(WAIT - timedelta(seconds=1), 0), (WAIT, 1)])
def test_a_message_whose_parts_do_not_come_is_given_up_as_partial(waited, given_up):
    first, _, third = sent("a" * 153 + "b" * 153 + "c" * 20)
    joining = Joining(wait=WAIT)
    add(joining, first, NOW - timedelta(hours=1))
    add(joining, third)

    partial = joining.due(NOW + waited)

    assert len(partial) == given_up
    assert [(one.missing, one.runs, one.text, one.payload) for one in partial] == [
        ((2,), ("a" * 153, "c" * 20), None, None)
    ] * given_up


def test_a_repeat_does_not_prolong_the_wait():
    first, second = sent("a" * 200)[0], sent("b" * 200, reference=9)[0]
    joining = Joining(wait=WAIT)
    add(joining, first)
    add(joining, second, NOW + timedelta(minutes=1))
    add(joining, first, NOW + timedelta(minutes=2))

    assert joining.next_due_at == NOW + WAIT
    assert [one.key.reference for one in joining.due(NOW + WAIT)] == [7]


def test_nothing_is_due_when_nothing_waits():
    joining = Joining(wait=WAIT)

    assert (joining.due(NOW), joining.next_due_at) == ((), None)


def test_a_reference_used_again_gives_the_older_message_up():
    older, newer = sent("a" * 200), sent("b" * 200)
    joining = Joining(wait=WAIT)
    add(joining, older[0])

    (partial,) = add(joining, newer[0])
    (joined,) = add(joining, newer[1])

    assert (partial.missing, partial.runs, joined.text) == ((2,), ("a" * 153,), "b" * 200)


@pytest.mark.parametrize("late", [False, True])
def test_a_repeat_after_completion_is_dropped_for_some_minutes(late):
    pieces = sent("a" * 200)
    joining = Joining(wait=WAIT, repeats=timedelta(minutes=10))
    for piece in pieces:
        add(joining, piece)

    add(joining, pieces[0], NOW + timedelta(minutes=10 if late else 9))

    assert len(joining) == (1 if late else 0)


def test_a_new_message_that_begins_like_the_last_one_loses_nothing():
    older, newer = sent("a" * 153 + "first words"), sent("a" * 153 + "other words")
    joining = Joining(wait=WAIT)

    texts = [one.text for piece in (*older, *newer) for one in add(joining, piece)]

    assert texts == ["a" * 153 + "first words", "a" * 153 + "other words"]


def test_known_repeats_are_forgotten_in_time():
    pieces = sent("a" * 200)
    joining = Joining(wait=WAIT, repeats=timedelta(minutes=10))
    for piece in pieces:
        add(joining, piece)

    joining.due(NOW + timedelta(minutes=10))

    assert joining == Joining(wait=WAIT, repeats=timedelta(minutes=10))
