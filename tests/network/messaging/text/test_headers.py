from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.network.messaging.text.headers import (
    PartOf,
    language_elements,
    part_element,
    port_element,
    read_header,
    with_length,
)


@pytest.mark.parametrize(
    ("part", "header"),
    [(PartOf(0xAB, 3, 2), "050003ab0302"), (PartOf(0xABCD, 3, 2, bits=16), "060804abcd0302")],
)
def test_a_part_is_named_by_reference_total_and_number(part, header):
    assert with_length(part_element(part)).hex() == header
    assert read_header(bytes.fromhex(header)).part == part


def test_languages_and_ports_are_read_from_their_elements():
    elements = language_elements(locking=1, single=3) + port_element(destination=2948, source=9200)

    header = read_header(with_length(elements) + b"text")

    assert (header.locking, header.single, header.ports, header.part) == (1, 3, (2948, 9200), None)
    assert header.octets == with_length(elements)


def test_elements_that_are_not_known_are_kept():
    assert read_header(bytes.fromhex("047002ffee61")).elements == ((0x70, b"\xff\xee"),)


@pytest.mark.parametrize("numbers", ["0300", "0304", "0000"])
def test_a_part_whose_numbers_make_no_sense_is_none(numbers):
    assert read_header(bytes.fromhex(f"050003ab{numbers}")).part is None


@pytest.mark.parametrize("broken", ["", "05", "050003ab03", "050004ab0301", "0100", "020005"])
def test_a_header_longer_than_its_data_is_none(broken):
    assert read_header(bytes.fromhex(broken)) is None


def test_a_header_without_elements_is_read():
    assert read_header(b"\x00abc").octets == b"\x00"


@given(st.binary(max_size=20))
def test_any_octets_are_read_or_none(octets):
    header = read_header(octets)

    assert header is None or octets.startswith(header.octets)


@pytest.mark.parametrize(("total", "number"), [(255, 255), (1, 1)])
def test_parts_count_from_1_to_255(total, number):
    assert PartOf(0, total, number).number == number


@pytest.mark.parametrize(("reference", "total", "number"), [(0, 256, 1), (0, 2, 0), (0, 2, 3), (256, 2, 1)])
def test_numbers_outside_a_header_are_a_mistake(reference, total, number):
    with pytest.raises(AssertionError):
        PartOf(reference, total, number)
