"""User data headers: which part of which message, which national language, which port (3GPP TS 23.040, 9.2.3.24)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

CONCATENATED_8: Final = 0x00
CONCATENATED_16: Final = 0x08
PORTS_16: Final = 0x05
SINGLE_SHIFT: Final = 0x24
LOCKING_SHIFT: Final = 0x25

ReferenceBits = Literal[8, 16]


@dataclass(frozen=True, slots=True)
class PartOf:
    """
    Which part of which message.

    Args:
        reference: the sender's number of the message, 0 to 255 or to 65535.
        total: how many parts it has, 1 to 255.
        number: which one this is, from 1.
        bits: the width of the reference.

    """

    reference: int
    total: int
    number: int
    bits: ReferenceBits = 8

    def __post_init__(self) -> None:
        assert 0 <= self.reference < 1 << self.bits, self.reference
        assert 1 <= self.number <= self.total <= 255, (self.number, self.total)


@dataclass(frozen=True, slots=True)
class Header:
    """
    A header as it was read.

    Args:
        octets: all of it, its length octet first.
        part: which part it heads; None of a message that is whole, or when the numbers make no sense.
        locking: national language of the basic table, 0 the default.
        single: national language of the extension, 0 the default.
        ports: destination and source port, or None.
        elements: every element, identifier and data, in the order they came.

    """

    octets: bytes
    part: PartOf | None
    locking: int
    single: int
    ports: tuple[int, int] | None
    elements: tuple[tuple[int, bytes], ...]


def part_element(part: PartOf) -> bytes:
    """
    The element that says which part this is.

    >>> part_element(PartOf(7, 3, 1)).hex(), part_element(PartOf(7, 3, 1, bits=16)).hex()
    ('0003070301', '080400070301')
    """
    if part.bits == 8:
        return bytes((CONCATENATED_8, 3, part.reference, part.total, part.number))
    return bytes((CONCATENATED_16, 4, *part.reference.to_bytes(2, "big"), part.total, part.number))


def language_elements(*, locking: int = 0, single: int = 0) -> bytes:
    """
    The elements that name the national tables; none for the default ones.

    >>> language_elements(single=2).hex(), language_elements()
    ('240102', b'')
    """
    elements = b""
    if single:
        elements += bytes((SINGLE_SHIFT, 1, single))
    if locking:
        elements += bytes((LOCKING_SHIFT, 1, locking))
    return elements


def port_element(*, destination: int, source: int) -> bytes:
    """
    The element that addresses an application by 16-bit ports.

    >>> port_element(destination=2948, source=9200).hex()
    '05040b8423f0'
    """
    return bytes((PORTS_16, 4, *destination.to_bytes(2, "big"), *source.to_bytes(2, "big")))


def with_length(elements: bytes) -> bytes:
    """
    The header of some elements, its length octet first; empty when there are none.

    >>> with_length(part_element(PartOf(7, 3, 1))).hex(), with_length(b"")
    ('050003070301', b'')
    """
    return bytes((len(elements),)) + elements if elements else b""


def read_header(user_data: bytes) -> Header | None:
    """
    The header at the start of user data; None when its lengths do not fit the data.

    Of elements that come twice the last one counts; a part whose numbers make no sense is none, as the standard wants
    (3GPP TS 23.040, 9.2.3.24.1).
    """
    if not user_data or user_data[0] >= len(user_data):
        return None
    end = user_data[0] + 1
    elements: list[tuple[int, bytes]] = []
    at = 1
    while at < end:
        if at + 2 > end or at + 2 + user_data[at + 1] > end:
            return None
        elements.append((user_data[at], user_data[at + 2 : at + 2 + user_data[at + 1]]))
        at += 2 + user_data[at + 1]
    part, locking, single, ports = None, 0, 0, None
    for identifier, data in elements:
        match identifier, len(data):
            case (0x00, 3) | (0x08, 4):
                part = _part(data)
            case (0x24, 1):
                single = data[0]
            case (0x25, 1):
                locking = data[0]
            case (0x05, 4):
                ports = (int.from_bytes(data[:2], "big"), int.from_bytes(data[2:], "big"))
    return Header(user_data[:end], part, locking, single, ports, tuple(elements))


def _part(data: bytes) -> PartOf | None:
    *reference, total, number = data
    if not 1 <= number <= total:
        return None
    return PartOf(int.from_bytes(bytes(reference), "big"), total, number, 8 if len(reference) == 1 else 16)
