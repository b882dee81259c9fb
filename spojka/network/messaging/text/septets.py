"""Septets packed into octets and back, with the fill bits that a header asks for (3GPP TS 23.038, 6.1.2.1)."""

from __future__ import annotations

from typing import Final

_LANES: Final = (
    # eight septets in eight octets: neighbours move together in pairs, then fours, then eights
    (b"\x7f\x00", b"\x00\x7f", 1),
    (b"\xff\x3f\x00\x00", b"\x00\x00\xff\x3f", 2),
    (b"\xff\xff\xff\x0f\x00\x00\x00\x00", b"\x00\x00\x00\x00\xff\xff\xff\x0f", 4),
)
_SPREAD: Final = (
    # the same way back, each mask the place of what moves apart
    (b"\xff\xff\xff\x0f\x00\x00\x00\x00", b"\x00\x00\x00\xf0\xff\xff\xff\x00", 4),
    (b"\xff\x3f\x00\x00", b"\x00\xc0\xff\x0f", 2),
    (b"\x7f\x00", b"\x80\x3f", 1),
)


def fill_bits(header_octets: int) -> int:
    """
    Bits between a header and the next septet border.

    >>> fill_bits(0), fill_bits(6), fill_bits(7)
    (0, 1, 0)
    """
    return -8 * header_octets % 7


def pack(septets: bytes, *, fill: int = 0) -> bytes:
    """
    Septets, one to a byte, as octets: the first septet in the lowest bits, after `fill` empty bits.

    >>> pack(b"hellohello").hex()
    'e8329bfd4697d9ec37'
    """
    groups = -(-len(septets) // 8)
    value = int.from_bytes(septets, "little")
    for low, high, shift in _LANES:
        times = groups * 8 // len(low)
        value = (
            value & int.from_bytes(low * times, "little") | (value & int.from_bytes(high * times, "little")) >> shift
        )
    dense = bytearray(value.to_bytes(groups * 8, "little"))
    del dense[7::8]
    length = (7 * len(septets) + fill + 7) // 8
    return (int.from_bytes(dense, "little") << fill).to_bytes(max(length, len(dense) + 1), "little")[:length]


def unpack(octets: bytes, *, count: int, fill: int = 0) -> bytes:
    """
    The `count` septets that stand after `fill` bits, one to a byte; raises ValueError when there are fewer.

    The count is part of a message (its user data length): eight septets end where seven with padding do.

    >>> unpack(bytes.fromhex("e8329bfd4697d9ec37"), count=10)
    b'hellohello'
    """
    if 7 * count + fill > 8 * len(octets):
        raise ValueError(f"{len(octets)} octets hold no {count} septets after {fill} bits")
    groups = -(-count // 8)
    dense = (int.from_bytes(octets, "little") >> fill).to_bytes(max(len(octets), groups * 7), "little")
    lanes = bytearray(groups * 8)
    for place in range(7):
        lanes[place::8] = dense[place : groups * 7 : 7]
    value = int.from_bytes(lanes, "little")
    for low, high, shift in _SPREAD:
        times = groups * 8 // len(low)
        value = (
            value & int.from_bytes(low * times, "little") | (value & int.from_bytes(high * times, "little")) << shift
        )
    return value.to_bytes(groups * 8, "little")[:count]
