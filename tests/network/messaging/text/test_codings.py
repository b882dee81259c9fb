from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.network.messaging.text.codings import Scheme, data_coding_of, read_incoming, scheme_of
from spojka.network.messaging.text.parts import cut_text


@pytest.mark.parametrize(
    ("data_coding", "scheme"),
    [
        (0x00, Scheme("gsm7")),
        (0x01, Scheme("ascii")),
        (0x02, Scheme("octets")),
        (0x03, Scheme("latin1")),
        (0x04, Scheme("octets")),
        (0x05, Scheme("octets")),
        (0x06, Scheme("cyrillic")),
        (0x07, Scheme("hebrew")),
        (0x08, Scheme("ucs2")),
        (0x0B, Scheme("octets")),
        (0x10, Scheme("gsm7", 0)),
        (0x14, Scheme("octets", 0)),
        (0x18, Scheme("ucs2", 0)),
        (0x19, Scheme("ucs2", 1)),
        (0x80, Scheme("octets")),
        (0xC0, Scheme("gsm7", waiting=True)),
        (0xDF, Scheme("gsm7", waiting=True)),
        (0xE0, Scheme("ucs2", waiting=True)),
        (0xF0, Scheme("gsm7", 0)),
        (0xF3, Scheme("gsm7", 3)),
        (0xF4, Scheme("octets", 0)),
        (0xF7, Scheme("octets", 3)),
        (0xF8, Scheme("octets")),
    ],
)
def test_data_coding_says_how_a_message_is_written(data_coding, scheme):
    assert scheme_of(data_coding) == scheme


@pytest.mark.parametrize(("default", "text"), [("gsm7", "è"), ("latin1", "\x04")])
def test_the_link_says_what_data_coding_0_means(default, text):
    assert read_incoming(b"\x04", data_coding=0, has_header=False, default=default).text == text


@pytest.mark.parametrize("data_coding", [0xF0, 0x10])
def test_the_default_of_a_link_does_not_touch_codings_that_are_said(data_coding):
    assert scheme_of(data_coding, default="latin1").family == "gsm7"


@pytest.mark.parametrize(
    ("octets", "data_coding", "text", "exact"),
    [
        (b"K\x1be", 0, "K€", True),
        (b"K\xe5", 0, "Ke", False),
        (b"caf\xe9", 1, "caf\ufffd", False),
        (b"caf\xe9", 3, "café", True),
        ("kůň".encode("utf-16-be"), 8, "kůň", True),
        ("😀".encode("utf-16-be")[:2], 8, "\ufffd", False),
        (b"\x01\x7d\x00", 8, "Ž\ufffd", False),
        (b"\xb6", 6, "Ж", True),
        (b"\x00\x01", 4, None, True),
    ],
)
def test_text_is_read_and_what_is_not_is_said(octets, data_coding, text, exact):
    incoming = read_incoming(octets, data_coding=data_coding, has_header=False)

    assert (incoming.text, incoming.exact, incoming.payload) == (text, exact, octets)


def test_a_header_is_taken_off():
    incoming = read_incoming(bytes.fromhex("050003070201") + b"abc", data_coding=0, has_header=True)

    assert (incoming.text, incoming.header.part.number) == ("abc", 1)


def test_septets_are_read_with_the_tables_their_header_names():
    incoming = read_incoming(bytes.fromhex("03250101") + b"\x0c", data_coding=0, has_header=True)

    assert (incoming.text, incoming.exact) == ("ğ", True)


def test_a_language_without_a_table_is_read_as_the_default_and_said():
    incoming = read_incoming(bytes.fromhex("0325010e") + b"\x0c", data_coding=0, has_header=True)

    assert (incoming.text, incoming.exact) == ("ø", False)


def test_a_broken_header_leaves_the_octets():
    incoming = read_incoming(b"\x20abc", data_coding=0, has_header=True)

    assert (incoming.text, incoming.payload, incoming.header, incoming.exact) == (None, b"\x20abc", None, False)


@given(st.text(max_size=200), st.booleans())
def test_what_is_sent_is_read_the_same(text, flash):
    sent = cut_text(text, reference=1)

    read = [
        read_incoming(part.octets, data_coding=data_coding_of(sent.coding, flash=flash), has_header=bool(part.header))
        for part in sent.parts
    ]

    assert "".join(one.text for one in read) == text
    assert all(one.exact and one.scheme.message_class == (0 if flash else None) for one in read)
