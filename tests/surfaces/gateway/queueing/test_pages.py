"""Messages that travel are those that were accepted, in pages of a size that a server takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.kernel.ids import ServiceId, uuid7
from spojka.network.messaging.messages.records import Message
from spojka.surfaces.gateway.queueing.pages import PageUnreadable, pages_of, read_page

AT = datetime(2026, 2, 1, 8, 30, 0, 123456, tzinfo=UTC)


def message(body=b"Dobr\xc3\xbd den", **given):
    facts = {
        "id": uuid7(),
        "application": ServiceId(uuid7()),
        "kind": "sms",
        "class_": "standard",
        "purpose": "service",
        "recipient": "+420602000001",
        "sender": "999021",
        "sender_kind": "app_number",
        "network": "O2",
        "destination": "own",
        "coding": "gsm7",
        "parts": 1,
        "body": body,
        "body_hash": sha256(body).digest(),
        "accepted_at": AT,
    }
    return Message(**{**facts, **given})


def test_a_message_arrives_as_it_left():
    one = message(
        reference="č. 1",
        certificate=bytes(range(32)),
        expires_at=AT + timedelta(hours=1),
        not_before=AT,
        options={"report": True, "header": "050003", "data_coding": 8},
    )

    (page,) = pages_of([one], most=10_000)

    assert read_page(page.data) == [one]
    assert page.id == one.id


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode(errors="ignore")))
def test_any_octets_arrive_as_they_left(body):
    one = message(body)

    (page,) = pages_of([one], most=100_000)

    assert read_page(page.data) == [one]


def test_an_erased_body_stays_erased():
    one = replace(message(), body=None)

    (page,) = pages_of([one], most=10_000)

    assert read_page(page.data) == [one]


def test_pages_are_full_and_none_is_too_large():
    all_ = [message(b"x" * 100) for _ in range(50)]
    (whole,) = pages_of(all_, most=1_000_000)

    at_the_bound = list(pages_of(all_, most=len(whole.data)))
    beyond = list(pages_of(all_, most=len(whole.data) - 1))

    assert [page.messages for page in at_the_bound] == [50]
    assert [page.messages for page in beyond] == [49, 1]
    assert [one for page in beyond for one in read_page(page.data)] == all_
    assert all(len(page.data) < len(whole.data) for page in beyond)


def test_a_message_larger_than_a_page_is_left_to_the_database():
    small, large = message(), message(b"x" * 5000)

    pages = list(pages_of([large, small, large], most=2000))

    assert [page.messages for page in pages] == [1]
    assert read_page(pages[0].data) == [small]


def test_nothing_makes_no_page():
    assert list(pages_of([], most=1000)) == []


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff", b"[]", b"{}", b'{"format":2,"messages":[]}', b'{"format":1,"messages":[[1,2]]}', b'{"format":1}'],
)
def test_what_is_no_page_is_said_to_be_none(data):
    with pytest.raises(PageUnreadable):
        read_page(data)
