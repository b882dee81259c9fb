"""PDUs of every kind with values at random, within what their fields hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from spojka.network.messaging.smpp.codec import LAYOUTS
from spojka.network.messaging.smpp.fields import (
    Destination,
    Destinations,
    Number,
    Octets,
    Refusals,
    Text,
    Unsuccessful,
)
from spojka.network.messaging.smpp.tlvs import LENGTHS

OCTET = st.integers(0, 255)
LETTERS = st.characters(min_codepoint=1, max_codepoint=255)


def texts(most):
    return st.text(LETTERS, max_size=most - 1)


DESTINATION = st.builds(Destination, texts(21), OCTET, OCTET) | st.builds(
    Destination, st.just(""), st.just(0), st.just(0), st.text(LETTERS, min_size=1, max_size=20)
)
UNSUCCESSFUL = st.builds(Unsuccessful, texts(21), OCTET, OCTET, st.integers(0, 0xFFFFFFFF))


def values_of(field):
    match field:
        case Number(size=size):
            return st.integers(0, 256**size - 1)
        case Text(most=most):
            return texts(most)
        case Octets():
            return st.binary(max_size=254)
        case Destinations():
            return st.lists(DESTINATION, min_size=1, max_size=5).map(tuple)
        case Refusals():
            return st.lists(UNSUCCESSFUL, max_size=5).map(tuple)
    raise AssertionError(field)


def _value(tag):
    shortest, longest = LENGTHS.get(tag, (0, 30))
    return st.binary(min_size=shortest, max_size=min(longest, 300)).map(lambda value: (tag, value))


TLVS = st.lists((st.sampled_from(sorted(LENGTHS)) | st.integers(0x1400, 0x3FFF)).flatmap(_value), max_size=4).map(tuple)
SEQUENCE = st.integers(1, 0x7FFFFFFF)


def pdus_of(command):
    made, fields = LAYOUTS[command]
    return st.builds(made, SEQUENCE, st.just(0), TLVS, *(values_of(field) for field in fields))


ANY = st.sampled_from(sorted(LAYOUTS)).flatmap(pdus_of)

_FIRST = datetime(2000, 1, 2, tzinfo=UTC)
INSTANTS = st.integers(0, 99 * 365 * 86_400_000_000).map(lambda micros: _FIRST + timedelta(microseconds=micros))
"""Of the years that two digits tell."""
