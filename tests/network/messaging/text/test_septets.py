from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.network.messaging.text.septets import fill_bits, pack, unpack

SEPTETS = st.binary(max_size=200).map(lambda octets: bytes(one & 0x7F for one in octets))


@pytest.mark.parametrize(
    ("septets", "packed"),
    [
        (b"", ""),
        (b"a", "61"),
        (b"hellohello", "e8329bfd4697d9ec37"),
        (b"\x7f" * 8, "ffffffffffffff"),
        (b"\x7f" * 7, "ffffffffffff01"),
    ],
)
def test_septets_stand_lowest_first(septets, packed):
    assert pack(septets).hex() == packed


def test_a_header_of_six_octets_leaves_one_empty_bit():
    assert pack(b"\x7f", fill=fill_bits(6)).hex() == "fe"


def test_a_header_of_seven_octets_leaves_none():
    assert pack(b"\x7f", fill=fill_bits(7)).hex() == "7f"


@pytest.mark.parametrize(("header", "septets"), [(0, 160), (6, 153), (7, 152), (9, 149), (4, 155)])
def test_what_has_room_fills_140_octets_and_one_more_does_not(header, septets):
    fill = fill_bits(header)

    assert header + len(pack(b"a" * septets, fill=fill)) == 140
    assert header + len(pack(b"a" * (septets + 1), fill=fill)) == 141


@given(SEPTETS, st.integers(0, 6))
def test_packed_septets_come_back(septets, fill):
    packed = pack(septets, fill=fill)

    assert unpack(packed, count=len(septets), fill=fill) == septets


@given(SEPTETS, st.integers(0, 6))
def test_septets_are_packed_as_their_bits_say(septets, fill):
    bits = sum(one << 7 * place for place, one in enumerate(septets)) << fill

    assert int.from_bytes(pack(septets, fill=fill), "little") == bits


@pytest.mark.parametrize(("count", "fits"), [(8, True), (9, False)])
def test_more_septets_than_octets_hold_are_refused(count, fits):
    if fits:
        assert unpack(bytes(7), count=count) == bytes(8)
    else:
        with pytest.raises(ValueError, match="hold no 9 septets"):
            unpack(bytes(7), count=count)
